package attention

// The size of a tile, for tests of its borders.
const (
	TileRows = tileRows
	TileCols = tileCols
)

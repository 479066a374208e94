package flash

// For tests: the size of a tile, for its borders, and the factors.
const (
	TileRows = tileRows
	TileCols = tileCols
)

var DrawFactors = drawFactors

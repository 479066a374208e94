package safetensors

// A Tensor has a name, a shape and its values, row-major.
type Tensor struct {
	Name  string
	Shape []int
	Data  []float32
}

// Named is what can be converted to a [Tensor], such as the parameters of a model.
type Named interface {
	~struct {
		Name  string
		Shape []int
		Data  []float32
	}
}

// A safetensors file is eight bytes that say how long its header is, the header
// in JSON, and the tensors' values one after another, all little-endian:
//
//	{"wte.weight": {"dtype": "F32", "shape": [50257, 768], "data_offsets": [0, 154389504]}, …}
//
// Offsets count from the end of the header. The name "__metadata__" holds
// strings of the writer's own.
const metadataName = "__metadata__"

// maxHeader is the longest header that the format allows.
const maxHeader = 100_000_000

// tensorInfo is what the header says of a tensor.
type tensorInfo struct {
	name       string
	dtype      DType
	shape      []int
	begin, end int64    // of its values, behind the header
	at         int64    // where in the header its name is
	file       *Tensors // that has the values
}

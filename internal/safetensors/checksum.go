package safetensors

import (
	"hash/crc32"
	"slices"
)

// Checksum is a CRC-32 of all values of the tensors, in their order.
func Checksum[T Named](tensors []T) uint32 {
	table := crc32.MakeTable(crc32.Castagnoli)
	var sum uint32
	buffer := make([]byte, 1<<16)
	for _, t := range tensors {
		for values := range slices.Chunk(Tensor(t).Data, len(buffer)/4) {
			encodeF32(buffer, values)
			sum = crc32.Update(sum, table, buffer[:4*len(values)])
		}
	}
	return sum
}

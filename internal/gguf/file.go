package gguf

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
)

// File gives access to what is in a GGUF file. Nothing but metadata and the list of
// the tensors is read before it is asked for.
type File struct {
	Name     string         // for messages
	Metadata map[string]any // of Go's type of the same name, or a slice of it; of lists, []any
	Size     int64          // in bytes
	r        io.ReaderAt
	close    func() error
	tensors  []tensor // in the order of the file
	places   map[string]int
}

// A tensor is what a file says of one.
type tensor struct {
	name  string
	shape []int // rows first; a file has it the other way round
	kind  Type
	at    uint64 // in the data, and from New on in the file
	bytes uint64
}

// A file begins with these four letters, its version, and how many tensors and
// metadata there are.
const magic = "GGUF"

// The least bytes that a piece of metadata and the description of a tensor take.
const (
	leastPair   = 8 + 4 + 1
	leastTensor = 8 + 4 + 8 + 4 + 8
)

const (
	alignmentKey   = "general.alignment"
	usualAlignment = 32
	maxDims        = 4
)

// Open opens a file. Close what it returns.
func Open(path string) (*File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	var file *File
	if err == nil {
		file, err = New(path, f, info.Size())
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	file.close = f.Close
	return file, nil
}

// Close closes a file that was opened by [Open].
func (f *File) Close() error { return f.close() }

// New reads the metadata and the list of the tensors of a file of size bytes and
// checks that they are what the format allows: every tensor in its place, whole, no
// gap, no overlap. The name stands in messages. Reads from r may come from several
// goroutines.
func New(name string, r io.ReaderAt, size int64) (*File, error) {
	f := &File{Name: name, Size: size, r: r, Metadata: map[string]any{}, places: map[string]int{}, close: func() error { return nil }}
	p := newParser(r, size)
	if err := f.parse(p); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return f, nil
}

// errorf is an error that names the file.
func (f *File) errorf(format string, args ...any) error {
	return fmt.Errorf("%s: %w", f.Name, fmt.Errorf(format, args...))
}

func (f *File) parse(p *parser) error {
	if err := p.begin(); err != nil {
		return err
	}
	tensors, pairs := p.u64(), p.u64()
	switch {
	case p.err != nil:
		return fmt.Errorf("the counts of tensors and metadata: %w", p.err)
	case pairs > p.left()/leastPair:
		return fmt.Errorf("claims %d pieces of metadata, more than fit in a file of %d bytes", pairs, p.size)
	case tensors > p.left()/leastTensor:
		return fmt.Errorf("claims %d tensors, more than fit in a file of %d bytes", tensors, p.size)
	}
	for range pairs {
		if err := f.parsePair(p); err != nil {
			return err
		}
	}
	for range tensors {
		if err := f.parseTensor(p); err != nil {
			return err
		}
	}
	return f.place(p)
}

// begin reads the magic and the version.
func (p *parser) begin() error {
	var head [4]byte
	p.fill(head[:])
	if string(head[:]) != magic {
		return fmt.Errorf("not a GGUF file: it begins with %q, not %q", head[:p.at], magic)
	}
	version := p.u32()
	switch {
	case p.err != nil:
		return fmt.Errorf("the version: %w", p.err)
	case version&0xffff == 0:
		return errors.New("a GGUF file in big-endian order; only little-endian is read: take the file that was made for this computer")
	case version != 2 && version != 3: // which differ in the byte order alone
		return fmt.Errorf("GGUF version %d; only 2 and 3 are read: take a newer file of the model", version)
	}
	return nil
}

// parsePair reads a key and its value.
func (f *File) parsePair(p *parser) error {
	at := p.at
	key := p.text()
	if p.err != nil {
		return fmt.Errorf("the metadata key at byte %d: %w", at, p.err)
	}
	if _, ok := f.Metadata[key]; ok {
		return fmt.Errorf("metadata %.100q comes twice, the second time at byte %d", key, at)
	}
	f.Metadata[key] = p.value(p.u32())
	if p.err != nil {
		return fmt.Errorf("metadata %.100q at byte %d: %w", key, at, p.err)
	}
	return nil
}

// parseTensor reads the description of a tensor.
func (f *File) parseTensor(p *parser) error {
	at := p.at
	t := tensor{name: p.text()}
	dims := p.u32()
	if dims == 0 || dims > maxDims {
		p.fail("%d dimensions; the format allows 1 to %d", dims, maxDims)
	}
	room := p.size * 8 // no type has less than a bit for a value
	for i := uint32(0); i < dims && p.err == nil; i++ {
		d := p.u64()
		t.shape = append(t.shape, int(d&math.MaxInt64))
		if p.err == nil && (d == 0 || d > room) {
			p.fail("dimension %d is %d: no values, or more than a file of %d bytes holds", i+1, d, p.size)
		}
		room /= max(1, d)
	}
	slices.Reverse(t.shape)
	t.kind, t.at = Type(p.u32()), p.u64()
	if p.err == nil {
		p.err = t.measure()
	}
	if p.err == nil {
		if _, ok := f.places[t.name]; ok {
			p.fail("there is one of this name already")
		}
	}
	if p.err != nil {
		return fmt.Errorf("tensor %.100q, described at byte %d: %w", t.name, at, p.err)
	}
	f.places[t.name] = len(f.tensors)
	f.tensors = append(f.tensors, t)
	return nil
}

// measure sets how many bytes a tensor takes.
func (t *tensor) measure() error {
	block, ok := blocks[t.kind]
	if !ok {
		return fmt.Errorf("its type is %v, which is not read here: take a file in %s", t.kind, readable)
	}
	row := t.shape[len(t.shape)-1]
	if row%block.values != 0 {
		return fmt.Errorf("rows of %d values are not whole blocks of %d, as %v needs", row, block.values, t.kind)
	}
	t.bytes = uint64(sizeOf(t.shape) / block.values * block.bytes)
	return nil
}

func sizeOf(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}

// place checks where the tensors are. The data begin behind what was read, and every
// tensor begins at a multiple of the alignment.
func (f *File) place(p *parser) error {
	alignment := uint64(usualAlignment)
	if value, ok := f.Metadata[alignmentKey]; ok {
		n, ok := value.(uint32)
		if alignment = uint64(n); !ok || n&(n-1) != 0 || n == 0 {
			return fmt.Errorf("metadata %q is %v of type %T; it must be a uint32, and a power of two", alignmentKey, value, value)
		}
	}
	up := func(n uint64) uint64 { return (n + alignment - 1) / alignment * alignment }
	start, at := up(p.at), uint64(0)
	for i := range f.tensors {
		t := &f.tensors[i]
		if t.at != at {
			return fmt.Errorf("tensor %.100q begins at byte %d of the data, where %d was expected: a gap or an overlap", t.name, t.at, at)
		}
		t.at = start + at
		if end := t.at + t.bytes; end > p.size {
			return fmt.Errorf("tensor %.100q ends at byte %d of a file of %d: the file is truncated", t.name, end, p.size)
		}
		at = up(at + t.bytes)
	}
	return nil
}

// number decodes an unsigned number from its bytes.
func number(b []byte) uint64 {
	var wide [8]byte
	copy(wide[:], b)
	return binary.LittleEndian.Uint64(wide[:])
}

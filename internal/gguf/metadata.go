package gguf

import (
	"bufio"
	"fmt"
	"io"
	"math"
)

// A parser goes through the first part of a file. What it is to read and is not
// there makes an error, which stays; it reads zeros from then on.
type parser struct {
	in       *bufio.Reader
	at, size uint64
	depth    int // of lists in lists
	err      error
}

func newParser(r io.ReaderAt, size int64) *parser {
	return &parser{in: bufio.NewReaderSize(io.NewSectionReader(r, 0, size), 1<<16), size: uint64(size)}
}

func (p *parser) fail(format string, args ...any) {
	if p.err == nil {
		p.err = fmt.Errorf(format, args...)
	}
}

// left is how many bytes follow.
func (p *parser) left() uint64 { return p.size - p.at }

// fill reads as many bytes as b has.
func (p *parser) fill(b []byte) {
	if p.err != nil {
		return
	}
	n, err := io.ReadFull(p.in, b)
	if p.at += uint64(n); err != nil {
		clear(b)
		p.fail("the file ends at byte %d, in the midst of it: it is truncated", p.at)
	}
}

// unsigned reads a number of so many bytes.
func (p *parser) unsigned(bytes int) uint64 {
	var b [8]byte
	p.fill(b[:bytes])
	return number(b[:])
}

func (p *parser) u32() uint32 { return uint32(p.unsigned(4)) }
func (p *parser) u64() uint64 { return p.unsigned(8) }

// text reads a string: its length and its bytes.
func (p *parser) text() string {
	n := p.u64()
	if n > p.left() {
		p.fail("a string of %d bytes, where %d follow: the file is damaged or truncated", n, p.left())
	}
	if p.err != nil {
		return ""
	}
	b := make([]byte, n)
	p.fill(b)
	return string(b)
}

// A kind is a type of metadata: the least bytes that a value takes, and how one is
// read, and a list.
type kind struct {
	name  string
	bytes uint64
	one   func(p *parser) any
	list  func(p *parser, n uint64) any
}

func kindOf[T any](name string, bytes uint64, read func(p *parser) T) kind {
	return kind{name, bytes,
		func(p *parser) any { return read(p) },
		func(p *parser, n uint64) any {
			list := make([]T, n)
			for i := 0; i < len(list) && p.err == nil; i++ {
				list[i] = read(p)
			}
			return list
		}}
}

// kinds are known by their place in this list.
var kinds = []kind{
	kindOf("uint8", 1, func(p *parser) uint8 { return uint8(p.unsigned(1)) }),
	kindOf("int8", 1, func(p *parser) int8 { return int8(p.unsigned(1)) }),
	kindOf("uint16", 2, func(p *parser) uint16 { return uint16(p.unsigned(2)) }),
	kindOf("int16", 2, func(p *parser) int16 { return int16(p.unsigned(2)) }),
	kindOf("uint32", 4, (*parser).u32),
	kindOf("int32", 4, func(p *parser) int32 { return int32(p.u32()) }),
	kindOf("float32", 4, func(p *parser) float32 { return math.Float32frombits(p.u32()) }),
	kindOf("bool", 1, func(p *parser) bool { return p.unsigned(1) != 0 }),
	kindOf("string", 8, (*parser).text),
	listKind: {name: "list", bytes: 4 + 8},
	kindOf("uint64", 8, (*parser).u64),
	kindOf("int64", 8, func(p *parser) int64 { return int64(p.u64()) }),
	kindOf("float64", 8, func(p *parser) float64 { return math.Float64frombits(p.u64()) }),
}

const (
	listKind = 9
	maxDepth = 4 // of lists in lists; nobody has found a use for two yet
)

// value reads a value of this kind.
func (p *parser) value(kind uint32) any {
	switch {
	case p.err != nil:
		return nil
	case kind >= uint32(len(kinds)):
		p.fail("its type is number %d, which the format does not have", kind)
		return nil
	case kind == listKind:
		return p.list()
	}
	return kinds[kind].one(p)
}

// list reads a list: the kind of its values, how many there are, and they.
func (p *parser) list() any {
	kind, n := p.u32(), p.u64()
	switch {
	case p.err != nil:
		return nil
	case kind >= uint32(len(kinds)):
		p.fail("a list whose values are of type number %d, which the format does not have", kind)
		return nil
	case n > p.left()/kinds[kind].bytes:
		p.fail("a list of %d %s values, where %d bytes follow: the file is damaged or truncated", n, kinds[kind].name, p.left())
		return nil
	case kind != listKind:
		return kinds[kind].list(p, n)
	}
	if p.depth++; p.depth >= maxDepth {
		p.fail("lists in lists, %d deep", p.depth+1)
		return nil
	}
	list := make([]any, n)
	for i := 0; i < len(list) && p.err == nil; i++ {
		list[i] = p.list()
	}
	p.depth--
	return list
}

// Value returns the metadata of this key. It is an error if there are none, or if
// they are of another type.
func Value[T any](f *File, key string) (T, error) {
	var none T
	value, ok := f.Metadata[key]
	if !ok {
		return none, f.errorf("metadata %q is missing", key)
	}
	v, ok := value.(T)
	if !ok {
		return none, f.errorf("metadata %q is of type %T, where %T belongs", key, value, none)
	}
	return v, nil
}

// Optional is [Value] where the key may be missing: it returns other then.
func Optional[T any](f *File, key string, other T) (T, error) {
	if _, ok := f.Metadata[key]; !ok {
		return other, nil
	}
	return Value[T](f, key)
}

// Count returns a number that says how much there is of something: 0 or more, of
// whatever type, and no more than the file has bytes, or a million, so that nothing
// becomes much larger by it than the file. Where the key is missing, it is other, if
// that is 0 or more.
func (f *File) Count(key string, other int) (int, error) {
	value, ok := f.Metadata[key]
	if !ok && other >= 0 {
		return other, nil
	}
	n := int64(-1)
	switch v := value.(type) {
	case nil:
		return 0, f.errorf("metadata %q is missing", key)
	case uint32:
		n = int64(v)
	case int32:
		n = int64(v)
	case uint64:
		n = int64(min(v, math.MaxInt64))
	case int64:
		n = v
	case uint16:
		n = int64(v)
	default:
		return 0, f.errorf("metadata %q is of type %T, where a whole number belongs", key, value)
	}
	if most := max(f.Size, 1<<20); n < 0 || n > most {
		return 0, f.errorf("metadata %q is %d; it must be at least 0, and at most %d", key, n, most)
	}
	return int(n), nil
}

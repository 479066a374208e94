// Package strictjson reads JSON that somebody else may have written or changed:
// one reader for every such file. What Go's encoding/json passes over is an
// error here, with its place: a key that comes twice, a key that is another one's
// but for the case of its letters, null where a value belongs, and whatever
// follows the value.
package strictjson

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/llm-from-scratch/llm/internal/plaintext"
)

// Unknown says what becomes of a key for which the destination has no field.
type Unknown bool

// A file that only this program writes holds no other keys. One that other
// programs write, too, may.
const (
	Refuse Unknown = false
	Ignore Unknown = true
)

// Unmarshal decodes the one JSON value that data hold into what v points to. A
// byte-order mark before it is skipped. null is a value only for pointers and
// for any. Names are matched exactly; two in one object are never the same. An
// error begins with the line, or in JSON of one line with the byte, where data
// are not as they should be.
func Unmarshal(data []byte, v any, unknown Unknown) error {
	text, err := plaintext.String("", data)
	if err != nil {
		return err
	}
	return decode(source(text), v, unknown)
}

// source is the text of a JSON value.
type source string

func decode(s source, v any, unknown Unknown, more ...json.Options) error {
	strict := func(d *jsontext.Decoder, v any) error {
		kind := reflect.TypeOf(v).Elem().Kind()
		switch at := d.PeekKind(); {
		case at == 'n' && kind != reflect.Pointer && kind != reflect.Interface:
			return errNull
		case at == '{' && kind == reflect.Struct:
			if err := s.checkCase(d, fields(reflect.TypeOf(v).Elem())); err != nil {
				return err
			}
		}
		return json.SkipFunc
	}
	more = append(more, json.RejectUnknownMembers(unknown == Refuse), json.WithUnmarshalers(json.UnmarshalFromFunc(strict)))
	err := json.UnmarshalRead(strings.NewReader(string(s)), v, more...)
	return s.explain(err)
}

var errNull = errors.New("null, where a value belongs")

// fields maps the keys of a struct, in small letters, to themselves.
func fields(t reflect.Type) map[string]string {
	names := map[string]string{}
	for _, f := range reflect.VisibleFields(t) {
		tag, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name := cmp.Or(tag, f.Name); f.IsExported() && !(f.Anonymous && tag == "") {
			names[folded(name)] = name
		}
	}
	return names
}

// folded is the same for names that differ only in case.
func folded(name string) string { return strings.ToLower(strings.ToUpper(name)) }

// checkCase refuses the keys of the object at which d stands that are one of
// names but for their case.
func (s source) checkCase(d *jsontext.Decoder, names map[string]string) error {
	start := s.next(d.InputOffset(), '{')
	object := jsontext.NewDecoder(strings.NewReader(string(s[start:])), jsontext.AllowDuplicateNames(true))
	object.ReadToken()
	for object.PeekKind() == '"' {
		at := s.next(start+object.InputOffset(), '"')
		token, err := object.ReadToken()
		if err != nil {
			break // whoever reads the object says so
		}
		key := token.String()
		if want, ok := names[folded(key)]; ok && key != want {
			err := fmt.Errorf("the key is spelt %q", want)
			if other, ok := s[start:].find(jsontext.Pointer("").AppendToken(want)); ok {
				err = fmt.Errorf("the key comes as %q, too, at %s", want, s.place(start+other))
			}
			return &located{at, key, err}
		}
		if object.SkipValue() != nil {
			break
		}
	}
	return nil
}

// next is the place of the next c from offset on.
func (s source) next(offset int64, c byte) int64 {
	return offset + int64(strings.IndexByte(string(s[offset:]), c))
}

// located is an error at a key.
type located struct {
	offset int64
	key    string
	error
}

// find returns the place of the first key of that pointer.
func (s source) find(key jsontext.Pointer) (offset int64, ok bool) {
	d := jsontext.NewDecoder(strings.NewReader(string(s)), jsontext.AllowDuplicateNames(true))
	for {
		before := d.InputOffset()
		if _, err := d.ReadToken(); err != nil {
			return 0, false
		}
		if d.StackPointer() == key {
			return s.next(before, '"'), true
		}
	}
}

// place names the line that offset is in, or the byte, if there is one line only.
func (s source) place(offset int64) string {
	if strings.Contains(strings.TrimSpace(string(s)), "\n") {
		return "line " + strconv.Itoa(1+strings.Count(string(s[:min(offset, int64(len(s)))]), "\n"))
	}
	return "byte " + strconv.FormatInt(offset, 10)
}

// explain says in the reader's words what the decoder has found, and where.
func (s source) explain(err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%s: the JSON ends too early", s.place(int64(len(s))))
	}
	if at, ok := errors.AsType[*located](err); ok {
		return fmt.Errorf("%s: %q: %w", s.place(at.offset), at.key, at.error)
	}
	if e, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		if first, found := s.find(e.JSONPointer); found && errors.Is(e.Err, jsontext.ErrDuplicateName) {
			return fmt.Errorf("%s: %s comes twice, first at %s", s.place(e.ByteOffset), strings.TrimSuffix(path(e.JSONPointer), ": "), s.place(first))
		}
		if strings.Contains(e.Err.Error(), "after top-level value") {
			return fmt.Errorf("%s: something follows the JSON value", s.place(e.ByteOffset))
		}
		return fmt.Errorf("%s: %s%w", s.place(e.ByteOffset), path(e.JSONPointer), e.Err)
	}
	if e, ok := errors.AsType[*json.SemanticError](err); ok {
		return fmt.Errorf("%s: %s%w", s.place(e.ByteOffset), path(e.JSONPointer), reason(e))
	}
	return err
}

// path names the keys that lead to a value, and the places in lists.
func path(p jsontext.Pointer) string {
	var all strings.Builder
	for token := range p.Tokens() {
		if _, err := strconv.Atoi(token); err == nil {
			fmt.Fprintf(&all, "[%s]: ", token)
		} else {
			fmt.Fprintf(&all, "%q: ", token)
		}
	}
	return all.String()
}

// reason says why a value does not fit.
func reason(e *json.SemanticError) error {
	switch {
	case errors.Is(e.Err, json.ErrUnknownName):
		return errors.New("there is no such key")
	case errors.Is(e.Err, strconv.ErrRange):
		return fmt.Errorf("%s is too large or too small", e.JSONValue)
	case e.Err != nil && !errors.Is(e.Err, strconv.ErrSyntax):
		return e.Err
	}
	found := cmp.Or(kinds[e.JSONKind], "something else")
	if e.JSONValue != nil && len(e.JSONValue) < 40 {
		found = string(e.JSONValue)
	}
	return fmt.Errorf("%s, where %s belongs", found, wanted(e.GoType))
}

var kinds = map[jsontext.Kind]string{
	'n': "null", 'f': "false", 't': "true", '"': "a string", '0': "a number", '{': "an object", '[': "a list",
}

// wanted names the JSON that a Go type is read from.
func wanted(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Pointer:
		return wanted(t.Elem())
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "a string"
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.Slice, reflect.Array:
		if t.Elem().Kind() == reflect.Uint8 {
			return "a string of base64"
		}
		return "a list"
	case reflect.Struct, reflect.Map:
		return "an object"
	}
	return "a whole number"
}

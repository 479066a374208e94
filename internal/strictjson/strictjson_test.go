package strictjson

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type layer struct {
	Width int `json:"n_embd"`
}

type inner struct {
	Rate float32 `json:"rate"`
}

type settings struct {
	inner                 // read as if its fields were here
	Layers int            `json:"n_layer"`
	Name   string         `json:"name"`
	Tied   bool           `json:"tied"`
	Inner  *int           `json:"n_inner"`
	List   []layer        `json:"list"`
	Pair   [2]string      `json:"pair"`
	Noise  []byte         `json:"noise"`
	IDs    map[string]int `json:"ids"`
	Any    any            `json:"any"`
	Unset  int            `json:"-"`
	Plain  int
}

func TestUnmarshal(t *testing.T) {
	var s settings
	const text = "\ufeff{\r\n \"rate\": 0.5, \"n_layer\": 2, \"n_inner\": null, \"list\": [{\"n_embd\": 3}, {}], \"pair\": [\"a\", \"b\"],\r\n" +
		` "noise": "AQI=", "ids": {"The": 1, "the": 2, "": 3, "\u2028": 4}, "any": {"x": null}, "Plain": 7}` + " \r\n"
	require.NoError(t, Unmarshal([]byte(text), &s, Refuse))
	require.Equal(t, settings{inner: inner{0.5}, Layers: 2, List: []layer{{3}, {}}, Pair: [2]string{"a", "b"}, Noise: []byte{1, 2},
		IDs: map[string]int{"The": 1, "the": 2, "": 3, "\u2028": 4}, Any: map[string]any{"x": nil}, Plain: 7}, s)
	require.NoError(t, Unmarshal([]byte(`{"n_layer": 5, "more": [{"a": 1}]}`), &s, Ignore))
	require.Equal(t, 5, s.Layers)
}

// refused are texts that are no settings, and all that is said of them.
var refused = []struct{ text, want string }{
	{``, `byte 0: the JSON ends too early`},
	{" \n", "byte 2: the JSON ends too early"},
	{`{`, `byte 1: the JSON ends too early`},
	{"{\"n_layer\": 2,\n\"name\": \"a", `line 2: the JSON ends too early`},
	{`{"n_layer": 2} x`, `byte 15: something follows the JSON value`},
	{"{\"n_layer\": 2}\n\n{}", `line 3: something follows the JSON value`},
	{"{\n\"n_layer\": 2,\n\"tied\": true,\n\"n_layer\": 3}", `line 4: "n_layer" comes twice, first at line 2`},
	{`{"n_layer": 2, "n_layer": 2}`, `byte 15: "n_layer" comes twice, first at byte 1`},
	{`{"n_layer": 2, "n_l\u0061yer": 2}`, `byte 15: "n_layer" comes twice, first at byte 1`},
	{"{\"n_layer\": 2,\n\"N_Layer\": 3}", `line 2: "N_Layer": the key comes as "n_layer", too, at line 1`},
	{"{\"N_LAYER\": 2,\n\"n_layer\": 3}", `line 1: "N_LAYER": the key comes as "n_layer", too, at line 2`},
	{`{"N_LAYER": 2}`, `byte 1: "N_LAYER": the key is spelt "n_layer"`},
	{`{"plain": 2}`, `byte 1: "plain": the key is spelt "Plain"`},
	{`{"RATE": 2}`, `byte 1: "RATE": the key is spelt "rate"`},
	{`{"list": [{}, {"n_embd": 1, "N_embd": 2}]}`, `byte 28: "N_embd": the key comes as "n_embd", too, at byte 15`},
	{`{"ids": {"a": 1, "b": 2, "a": 3}}`, `byte 25: "ids": "a" comes twice, first at byte 9`},
	{`{"any": {"a": 1, "a": 3}}`, `byte 17: "any": "a" comes twice, first at byte 9`},
	{`{"n_layer": null}`, `byte 12: "n_layer": null, where a value belongs`},
	{`{"pair": null}`, `byte 9: "pair": null, where a value belongs`},
	{`{"list": [null]}`, `byte 10: "list": [0]: null, where a value belongs`},
	{`{"ids": {"a": null}}`, `byte 14: "ids": "a": null, where a value belongs`},
	{`null`, `byte 0: null, where a value belongs`},
	{`[]`, `byte 0: a list, where an object belongs`},
	{`{"n_layer": "2"}`, `byte 12: "n_layer": a string, where a whole number belongs`},
	{`{"n_layer": 2.5}`, `byte 12: "n_layer": 2.5, where a whole number belongs`},
	{`{"n_layer": 99999999999999999999}`, `byte 12: "n_layer": 99999999999999999999 is too large or too small`},
	{`{"rate": 1e99}`, `byte 9: "rate": 1e99 is too large or too small`},
	{`{"name": ["a"]}`, `byte 9: "name": a list, where a string belongs`},
	{`{"tied": 1}`, `byte 9: "tied": a number, where true or false belongs`},
	{`{"pair": ["a"]}`, `byte 13: "pair": too few array elements`},
	{`{"pair": ["a", "b", "c"]}`, `byte 23: "pair": too many array elements`},
	{`{"n_width": 2}`, `byte 1: "n_width": there is no such key`},
	{"{\"name\": \"\xff\"}", `line 1: the byte 0xff is not UTF-8; save the text as UTF-8, or convert it, if it is from Windows with: iconv -f WINDOWS-1252 -t UTF-8`},
	{"{\"name\": \"\\ud800\"}", "byte 10: \"name\": invalid surrogate pair `\\ud800\"}` in string"},
}

func TestRefused(t *testing.T) {
	for _, c := range refused {
		var s settings
		err := Unmarshal([]byte(c.text), &s, Refuse)
		assert.EqualError(t, err, c.want, c.text)
	}
	// A file that others write may have other keys, but no other case of ours.
	var s settings
	require.EqualError(t, Unmarshal([]byte(`{"n_width": 2, "N_LAYER": 3}`), &s, Ignore), `byte 15: "N_LAYER": the key is spelt "n_layer"`)
}

// The inputs that misled us once.
func TestCases(t *testing.T) {
	var entries []map[string]string
	for name, want := range map[string]string{
		"bom.json": "", "trailing-garbage.json": "line", "min-two-lists.json": "something follows the JSON value", "min-latin1.json": "iconv",
	} {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		require.NoError(t, err)
		if err = Unmarshal(data, &entries, Refuse); want == "" {
			require.NoError(t, err)
		} else {
			require.ErrorContains(t, err, want)
		}
	}
}

func FuzzUnmarshal(f *testing.F) {
	for _, c := range refused {
		f.Add(c.text)
	}
	names, err := filepath.Glob("testdata/*.json")
	require.NoError(f, err)
	for _, name := range names {
		data, err := os.ReadFile(name)
		require.NoError(f, err)
		f.Add(string(data))
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, unknown := range []Unknown{Refuse, Ignore} {
			var s settings
			if err := Unmarshal([]byte(text), &s, unknown); err != nil {
				require.Regexp(t, `^(line|byte) \d+: `, err.Error())
				require.False(t, strings.Contains(err.Error(), "json: "), err.Error())
			}
			var any any
			if Unmarshal([]byte(text), &s, Refuse) == nil {
				require.NoError(t, Unmarshal([]byte(text), &any, Refuse))
			}
		}
	})
}

package tex

// symbols are the commands that stand for one sign or name. A command that no
// page uses is not here: add it with the formula that wants it.
var symbols = map[string]node{
	"alpha": {ordinary, mi("α")}, "beta": {ordinary, mi("β")}, "varepsilon": {ordinary, mi("ε")}, "sigma": {ordinary, mi("σ")}, "pi": {ordinary, mi("π")}, "Phi": {ordinary, mi("Φ")}, "varphi": {ordinary, mi("φ")},
	"partial": {ordinary, mi("∂")}, "top": {ordinary, upright("⊤")},
	"cdot": {operator, mo("⋅", "")}, "times": {operator, mo("×", "")}, "odot": {operator, mo("⊙", "")},
	"approx": {operator, mo("≈", "")}, "in": {operator, mo("∈", "")}, "leftarrow": {operator, mo("←", "")},
	"langle": {ordinary, mo("⟨", still)}, "rangle": {ordinary, mo("⟩", still)},
	",": {operator, space("0.167")}, "quad": {operator, space("1")}, "qquad": {operator, space("2")},
	"log": {function, mi("log")}, "exp": {function, mi("exp")}, "cos": {function, mi("cos")}, "sin": {function, mi("sin")}, "tanh": {function, mi("tanh")},
	"sum": {large, mo("∑", movable)}, "max": {large, mo("max", movable+` form="prefix" lspace="0.1em" rspace="0.167em"`)},
}

// signs are the characters that stand for themselves, or nearly so.
var signs = map[string]node{
	"(": {opening, mo("(", still)}, "[": {opening, mo("[", still)},
	")": {closing, mo(")", still)}, "]": {closing, mo("]", still)},
	",": {closing, mo(",", "")}, ".": {closing, mo(".", "")}, "|": {ordinary, mo("|", still+` lspace="0" rspace="0"`)},
	"-": {operator, mo("−", "")}, "+": {operator, mo("+", "")}, "=": {operator, mo("=", "")},
	"<": {operator, mo("<", "")}, ">": {operator, mo(">", "")}, ":": {operator, mo(":", "")},
	"/": {operator, mo("/", ` lspace="0" rspace="0"`)},
}

const (
	still   = ` stretchy="false"`
	movable = ` movablelimits="true"`
)

// structures are the commands that have arguments.
var structures map[string]func(*parser) node

func init() { // they read rows, in which they stand
	structures = map[string]func(*parser) node{
		"frac": (*parser).frac, "sqrt": (*parser).sqrt, "hat": (*parser).hat,
		"text": (*parser).text, "mathrm": (*parser).upright,
		"mathbf": (*parser).letters, "mathbb": (*parser).letters, "mathcal": (*parser).letters,
		"left": (*parser).fenced, "begin": (*parser).environment,
	}
}

// alphabets have the letters that Unicode had before its block of mathematical
// alphabets; the bold ones are all in the block. MathML Core has no other way to
// say bold.
var alphabets = map[string]map[rune]rune{"mathbb": {'R': 'ℝ'}, "mathcal": {'L': 'ℒ'}}

func letter(command string, r rune) (rune, bool) {
	switch {
	case command != "mathbf":
		styled, ok := alphabets[command][r]
		return styled, ok
	case r >= 'A' && r <= 'Z':
		return 0x1D400 + r - 'A', true
	case r >= 'a' && r <= 'z':
		return 0x1D41A + r - 'a', true
	}
	return 0, false
}

// environments have the attributes of their table; the page's style sheet aligns
// the columns by the class.
var environments = map[string]string{"aligned": ` class="aligned" displaystyle="true"`}

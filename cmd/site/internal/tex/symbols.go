package tex

import "github.com/llm-from-scratch/llm/cmd/site/internal/spell"

// letters are commands that stand for one identifier.
var letters = map[string]string{
	"alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ϵ", "varepsilon": "ε", "zeta": "ζ", "eta": "η",
	"theta": "θ", "vartheta": "ϑ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π",
	"rho": "ρ", "sigma": "σ", "tau": "τ", "upsilon": "υ", "phi": "ϕ", "varphi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω",
	"infty": "∞", "ell": "ℓ", "partial": "∂", "nabla": "∇", "emptyset": "∅", "hbar": "ℏ",
}

// capitals are Greek capitals, upright as TeX sets them, and what else is upright.
var capitals = map[string]string{
	"Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Upsilon": "Υ",
	"Phi": "Φ", "Psi": "Ψ", "Omega": "Ω", "top": "⊤", "bot": "⊥", "prime": "′",
	"ldots": "…", "dots": "…", "cdots": "⋯", "vdots": "⋮", "ddots": "⋱",
	"_": "_", "%": "%", "#": "#", "$": "$", "&": "&",
}

// operators are commands that stand for a relation or a binary operator.
var operators = map[string]string{
	"cdot": "⋅", "times": "×", "div": "÷", "pm": "±", "mp": "∓", "odot": "⊙", "oplus": "⊕", "otimes": "⊗", "circ": "∘", "ast": "∗", "star": "⋆",
	"le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠", "neq": "≠", "ll": "≪", "gg": "≫", "approx": "≈", "equiv": "≡", "sim": "∼", "simeq": "≃", "propto": "∝",
	"in": "∈", "notin": "∉", "subset": "⊂", "subseteq": "⊆", "cup": "∪", "cap": "∩", "setminus": "∖", "land": "∧", "lor": "∨", "neg": "¬",
	"to": "→", "rightarrow": "→", "leftarrow": "←", "gets": "←", "mapsto": "↦", "Rightarrow": "⇒", "Leftarrow": "⇐", "iff": "⟺", "implies": "⟹", "leftrightarrow": "↔",
	"mid": "∣", "colon": ":", "parallel": "∥", "forall": "∀", "exists": "∃",
}

// larges are operators whose scripts go above and below in a display.
var larges = map[string]string{
	"sum": "∑", "prod": "∏", "bigcup": "⋃", "bigoplus": "⨁",
	"max": "max", "min": "min", "lim": "lim", "argmax": "arg max", "argmin": "arg min", "sup": "sup", "inf": "inf",
}

// functions are upright names applied to what follows.
var functions = map[string]bool{
	"log": true, "ln": true, "exp": true, "sin": true, "cos": true, "tan": true, "tanh": true, "sinh": true, "cosh": true, "det": true, "dim": true, "Pr": true, "gcd": true, "deg": true, "arctan": true,
}

// fences are brackets by command.
var fences = map[string]string{
	"{": "{", "}": "}", "lbrace": "{", "rbrace": "}", "langle": "⟨", "rangle": "⟩", "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉",
	"lvert": "|", "rvert": "|", "lVert": "‖", "rVert": "‖", "|": "‖", "vert": "|", "Vert": "‖",
}

// spaces are widths in em.
var spaces = map[string]string{
	",": "0.167", ":": "0.222", ";": "0.278", " ": "0.25", "!": "-0.167", "quad": "1", "qquad": "2", "enspace": "0.5", "thinspace": "0.167",
}

// accents sit over their argument.
var accents = map[string]string{
	"hat": "^", "widehat": "^", "bar": "¯", "overline": "¯", "tilde": "~", "widetilde": "~", "vec": "→", "dot": "˙", "ddot": "¨",
}

// structures are the commands with a rule of their own in the parser.
var structures = []string{
	"frac", "tfrac", "dfrac", "sqrt", "left", "right", "big", "Big", "bigl", "bigr", "Bigl", "Bigr", "text", "mathrm", "mathbf", "boldsymbol", "mathbb", "mathcal", "mathit", "mathsf", "mathtt", "operatorname",
	"begin", "end", "underbrace", "overbrace", "underset", "overset", "binom", "displaystyle", "int", "not", "tag", "limits", "nolimits", "phantom", "boxed",
}

// alphabets maps a styled letter to its Unicode character: MathML Core has no
// other way to say bold.
func alphabet(command string, r rune) (string, bool) {
	type start struct{ upper, lower, digit rune }
	sets := map[string]start{
		"mathbf": {0x1D400, 0x1D41A, 0x1D7CE}, "boldsymbol": {0x1D468, 0x1D482, 0x1D7CE}, "mathbb": {0x1D538, 0x1D552, 0x1D7D8},
		"mathcal": {0x1D49C, 0x1D4B6, 0}, "mathsf": {0x1D5A0, 0x1D5BA, 0x1D7E2}, "mathtt": {0x1D670, 0x1D68A, 0x1D7F6},
	}
	// Letters that Unicode had before the block of mathematical alphabets.
	early := map[string]string{
		"mathbbC": "ℂ", "mathbbH": "ℍ", "mathbbN": "ℕ", "mathbbP": "ℙ", "mathbbQ": "ℚ", "mathbbR": "ℝ", "mathbbZ": "ℤ",
		"mathcalB": "ℬ", "mathcalE": "ℰ", "mathcalF": "ℱ", "mathcalH": "ℋ", "mathcalI": "ℐ", "mathcalL": "ℒ", "mathcalM": "ℳ", "mathcalR": "ℛ",
		"mathcale": "ℯ", "mathcalg": "ℊ", "mathcalo": "ℴ",
	}
	if s, ok := early[command+string(r)]; ok {
		return s, true
	}
	s, ok := sets[command]
	switch {
	case !ok:
		return "", false
	case r >= 'A' && r <= 'Z':
		return string(s.upper + r - 'A'), true
	case r >= 'a' && r <= 'z':
		return string(s.lower + r - 'a'), true
	case r >= '0' && r <= '9' && s.digit != 0:
		return string(s.digit + r - '0'), true
	case command == "boldsymbol" && r >= 'α' && r <= 'ω':
		return string(0x1D736 + r - 'α'), true
	case command == "boldsymbol" && r >= 'Α' && r <= 'Ω':
		return string(0x1D71C + r - 'Α'), true
	}
	return "", false
}

// nearest returns the known command closest to name, or "" when none is close.
func nearest(name string) string {
	best, cost := "", 3
	try := func(c string) {
		if d := spell.Distance(name, c); d < cost || d == cost && c < best {
			best, cost = c, d
		}
	}
	for _, table := range []map[string]string{letters, capitals, operators, larges, fences, accents} {
		for c := range table {
			if len(c) > 1 {
				try(c)
			}
		}
	}
	for c := range functions {
		try(c)
	}
	for _, c := range structures {
		try(c)
	}
	return best
}

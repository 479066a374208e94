package published

import (
	"context"
	"fmt"

	"github.com/llm-from-scratch/llm/internal/torchrand"
)

// generator is what all random numbers come from.
func generator(context.Context, *Lab) ([]Row, error) {
	var s sheet
	g := torchrand.New(seed)
	for i, want := range []uint32{2991312382, 3062119789, 1228959102, 1840268610, 974319580} {
		s.text(fmt.Sprintf("MT19937 number %d", i), want, g.Uint32())
	}
	r := torchrand.NewRandomState(seed)
	s.text("NumPy RandomState number 0", 2991312382, r.Uint32())
	x := make([]float32, 4)
	torchrand.New(seed).Uniform(x, 0, 1)
	s.numbers("torch.rand", "0.29611194 0.51656228 0.25167072 0.68855679", x...)

	// The last sixteen numbers of many are drawn anew where sixteen do not divide them:
	// the third of 18 is drawn twice, the third of 20 not before the fifth.
	few, more := make([]float32, 18), make([]float32, 20)
	torchrand.New(seed).Normal(few)
	torchrand.New(seed).Normal(more)
	s.text("torch.randn of 18 and of 20: the first two are the same", true, few[0] == more[0] && few[1] == more[1])
	s.text("torch.randn of 18 and of 20: the third is too", false, few[2] == more[2])
	return s, nil
}

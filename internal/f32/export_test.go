package f32

// Kernels names the kernels that run on this processor, the one in use first.
func Kernels() []string {
	var names []string
	for _, k := range append(kernels(), portable) {
		names = append(names, k.name)
	}
	return names
}

// UseKernel makes the products use a kernel until restore is called.
func UseKernel(name string) (restore func()) {
	before := fast
	for _, k := range append(kernels(), portable) {
		if k.name == name {
			fast = k
		}
	}
	return func() { fast = before }
}

//go:build ignore

// OpenBLAS at a product, for the program beside this file, which compiles it and
// calls it with NN M N K SECONDS, N or T for each operand. Prints the GFLOP/s of the
// median call, or nothing where there is no OpenBLAS: it is looked for when the
// program runs.
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

typedef void sgemm(int order, int ta, int tb, int m, int n, int k, float alpha, const float *a, int lda,
                   const float *b, int ldb, float beta, float *c, int ldc);

static double now(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + 1e-9 * t.tv_nsec;
}

static int ascending(const void *a, const void *b) {
	double d = *(const double *)a - *(const double *)b;
	return d < 0 ? -1 : d > 0;
}

static float *numbers(size_t n) {
	float *x = malloc(4 * n);
	for (size_t i = 0; i < n; i++) x[i] = (i % 17) * 0.1f - 0.8f;
	return x;
}

static sgemm *find(void) {
	const char *names[] = {"libopenblas.so.0", "libopenblas.so", "libopenblas.dylib"};
	for (int i = 0; i < 3; i++) {
		void *library = dlopen(names[i], RTLD_NOW);
		if (library) return (sgemm *)dlsym(library, "cblas_sgemm");
	}
	return NULL;
}

int main(int argc, char **argv) {
	sgemm *multiply = find();
	if (!multiply || argc != 6) return 0;
	int ta = argv[1][0] == 'T', tb = argv[1][1] == 'T', m = atoi(argv[2]), n = atoi(argv[3]), k = atoi(argv[4]);
	float *a = numbers((size_t)m * k), *b = numbers((size_t)k * n), *c = numbers((size_t)m * n);
	enum { most = 4096 };
	static double took[most];
	// The library's threads and room are there before anything is timed.
	float *small = numbers(3 * 256 * 256);
	multiply(101, 111, 111, 256, 256, 256, 1, small, 256, small + 256 * 256, 256, 0, small + 2 * 256 * 256, 256);
	int calls = 0;
	for (double end = now() + atof(argv[5]); calls == 0 || (calls < most && now() < end); calls++) {
		double start = now();
		// A gradient of weights, the transposed first operand, is added to what is there.
		multiply(101, 111 + ta, 111 + tb, m, n, k, 1, a, ta ? m : k, b, tb ? k : n, ta, c, n);
		took[calls] = now() - start;
	}
	qsort(took, calls, sizeof *took, ascending);
	printf("%g\n", 2e-9 * m * n * k / took[calls / 2]);
	return 0;
}

//go:build ignore

// OpenBLAS at single products, for the program beside this file, which compiles
// it. Reads lines "NN M N K SECONDS" from its standard
// input, N or T for each operand, and answers each with the GFLOP/s of the median
// call. The library is looked for when the program runs.
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

int main(void) {
	sgemm *multiply = find();
	if (!multiply) {
		fprintf(stderr, "no libopenblas\n");
		return 1;
	}
	enum { most = 4096 };
	static double took[most];
	char t[3];
	int m, n, k, m0 = 0, n0 = 0, k0 = 0;
	double seconds;
	float *a = NULL, *b = NULL, *c = NULL;
	while (scanf("%2s %d %d %d %lf", t, &m, &n, &k, &seconds) == 5) {
		if (m != m0 || n != n0 || k != k0) {
			free(a), free(b), free(c);
			a = numbers((size_t)m * k), b = numbers((size_t)k * n), c = numbers((size_t)m * n);
			m0 = m, n0 = n, k0 = k;
		}
		int ta = t[0] == 'T', tb = t[1] == 'T', calls = 0;
		for (double end = now() + seconds; calls == 0 || (calls < most && now() < end); calls++) {
			double start = now();
			// A gradient of weights, the transposed first operand, is added to what is there.
			multiply(101, 111 + ta, 111 + tb, m, n, k, 1, a, ta ? m : k, b, tb ? k : n, ta, c, n);
			took[calls] = now() - start;
		}
		qsort(took, calls, sizeof *took, ascending);
		printf("%g\n", 2e-9 * m * n * k / took[calls / 2]);
		fflush(stdout);
	}
	return 0;
}

/* timing.h: what the benches written in C share: the clock, and the line that bench.py reads. */
#ifndef TESTS_BENCH_TIMING_H
#define TESTS_BENCH_TIMING_H

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static inline double now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static inline int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* Sorts the times, prints "name, median ms, 99th percentile ms", and gives the latter. */
static inline double print_times(const char *name, double *ms, size_t count)
{
	qsort(ms, count, sizeof ms[0], by_value);
	printf("%-44s %9.3f ms %9.3f ms\n", name, ms[count / 2], ms[count * 99 / 100]);
	return ms[count * 99 / 100];
}

#endif

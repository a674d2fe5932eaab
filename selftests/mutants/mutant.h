/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The number of the mutant that is active in this run. The tree with all mutants
 * contains this header. Each file of this tree includes this header first, and
 * so does the kselftest harness.
 */
#ifndef _MUTANT_H
#define _MUTANT_H

#ifdef __KERNEL__
extern int mmapdemo_mutant;

#define MUTANT(n) (mmapdemo_mutant == (n))
#else
extern char *getenv(const char *name);

static inline int mutant_number(void)
{
	static int number = -1;
	const char *text;

	if (number < 0) {
		number = 0;
		for (text = getenv("MUTANT"); text && *text; text++)
			number = number * 10 + *text - '0';
	}
	return number;
}

#define MUTANT(n) (mutant_number() == (n))

/*
 * Return true if a test should run. A test should run if no test has failed yet,
 * and if the name of the test begins with $ONLY. If $ONLY is not set, every name
 * is accepted.
 */
static inline int mutant_wants(const char *test, int failed)
{
	const char *only = getenv("ONLY");

	if (failed)
		return 0;
	while (only && *only && *only == *test)
		only++, test++;
	return !only || !*only;
}
#endif

#endif /* _MUTANT_H */

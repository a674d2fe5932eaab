/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel counted of faults, for people and for programs. */
#ifndef _FAULTS_H
#define _FAULTS_H

#include "line.h"
#include "mmapdemo.h"

/* All functions return 0 or -errno. */

/* A line for each class that there was, the longest in all first; their sum. */
int faults_table(FILE *out, const struct style *style,
		 const struct mmapdemo_faults *faults);

/* An object for each class that there was, and a summary. */
int faults_json(FILE *out, const struct mmapdemo_faults *faults);

#endif /* _FAULTS_H */

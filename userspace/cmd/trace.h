/* SPDX-License-Identifier: GPL-2.0-only */
/* The options of mmapdemo trace. */
#ifndef _CMD_TRACE_H
#define _CMD_TRACE_H

#include "base/line.h"
#include "cmd/session.h"

#include <stdbool.h>

struct trace_options {
	struct session_options session;
	bool json;
	bool brief;
	enum when colour;
};

/* -1: go on; else the exit status. Prints help and errors. */
int trace_parse(int argc, char **argv, struct trace_options *opts);

#endif /* _CMD_TRACE_H */

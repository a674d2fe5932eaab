/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Output of the run time of a command, and of the share that its page faults
 * took.
 */
#ifndef _RUN_TIME_H
#define _RUN_TIME_H

#include "base/line.h"
#include "system/workload.h"

#include <json.h>

/*
 * Print a line with the run time and CPU times of @command. If @timed is set,
 * @faults is the total duration of the command's faults, in ns. Return 0 or
 * -errno.
 */
int run_time_text(FILE *out, const struct style *style,
		  const struct workload *command, bool timed, __u64 faults);

/* Add the members "ran", "user" and "system", which are in ns. Return @object. */
struct json_object *run_time_json(struct json_object *object,
				  const struct workload *command);

#endif /* _RUN_TIME_H */

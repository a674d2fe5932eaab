// SPDX-License-Identifier: GPL-2.0-only
#include "inspect/run_time.h"
#include "base/format.h"
#include "base/json.h"

static __u64 to_ns(const struct timeval *time)
{
	return time->tv_sec * 1000000000ULL + time->tv_usec * 1000ULL;
}

static unsigned long long majors(const struct workload *command)
{
	return command->usage.ru_majflt;
}

/*
 * The faults of several threads and children can occur at the same time, so the
 * sum of their durations can exceed 100 % of the run time.
 */
static void add_faults(struct line *line, __u64 faults, __u64 ran)
{
	char time[FORMAT_MAX];

	line_add(line, PLAIN, "; the faults took ");
	line_add(line, BOLD, "%s", format_duration(time, faults,
						   line->style->glyphs->micro));
	if (ran)
		line_add(line, PLAIN, ", %.1f %% of the run time%s",
			 faults * 100.0 / ran, faults > ran ?
			 " (summed over concurrent threads)" : "");
}

int run_time_text(FILE *out, const struct style *style,
		  const struct workload *command, bool timed, __u64 faults)
{
	const char *micro = style->glyphs->micro;
	char ran[FORMAT_MAX], user[FORMAT_MAX], system[FORMAT_MAX];
	struct line line;

	line_begin(&line, style);
	line_add(&line, PLAIN, "the command ran for ");
	line_add(&line, BOLD, "%s", format_duration(ran, command->ran, micro));
	line_add(&line, PLAIN, " (%s user, %s system)",
		 format_duration(user, to_ns(&command->usage.ru_utime), micro),
		 format_duration(system, to_ns(&command->usage.ru_stime),
				 micro));
	if (timed)
		add_faults(&line, faults, command->ran);
	if (timed && command->usage.ru_majflt)
		line_add(&line, RED, "; %llu major fault%s", majors(command),
			 plural(majors(command)));
	return line_end(&line, out);
}

struct json_object *run_time_json(struct json_object *object,
				  const struct workload *command)
{
	object = json_add_number(object, "ran", command->ran);
	object = json_add_number(object, "user",
				 to_ns(&command->usage.ru_utime));
	return json_add_number(object, "system",
			       to_ns(&command->usage.ru_stime));
}

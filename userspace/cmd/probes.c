// SPDX-License-Identifier: GPL-2.0-only
/* mmapdemo probes: show which kernel functions can and cannot be observed */
#include "base/columns.h"
#include "base/format.h"
#include "base/json.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "event/event.h"
#include "event/json.h"
#include "event/names.h"
#include "system/device.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <json.h>

enum probes_column {
	PROBES_EVENT, PROBES_FUNCTION, PROBES_HITS, PROBES_MISSED,
	PROBES_PENDING, PROBES_INSIDE, PROBES_METHOD, PROBES_STATE
};

static const struct column probes_columns[] = {
	{ "EVENT", "event that needs the function", 0 },
	{ "FUNCTION", "kernel function", 0 },
	{ "HITS", "number of observed calls", COLUMN_NUMBER },
	{ "MISSED", "number of calls that were not observed", COLUMN_NUMBER },
	{ "PENDING", "number of tasks that have made only the first of two related "
	  "calls",
	  COLUMN_NUMBER },
	{ "INSIDE", "number of calls in progress",
	  COLUMN_NUMBER | COLUMN_NAMED },
	{ "METHOD", "method by which the probe is attached: direct or kretprobe",
	  COLUMN_NAMED },
	{ "STATE", "how the probe is attached, or why it is not attached",
	  COLUMN_FOLD },
	{ 0 }
};

/** struct probes_tests - results of the module's self test, for each event */
struct probes_tests {
	struct mmapdemo_selftest event[MMAPDEMO_EVENTS];
};

/** struct probes_options - options of the command */
struct probes_options {
	bool json;
	struct columns_wanted columns;
};

static const struct cmd_usage usage = {
	.name = "probes",
	.text =
"Usage: mmapdemo probes [OPTION]...\n"
"Show each kernel function that is observed for an event: how the probe is\n"
"attached to the function, or why no probe is attached, and the number of\n"
"observed calls and of missed calls. Also show the number of tasks that have made\n"
"only the first of two related calls, such as two attempts to handle one fault.\n"
"If the kernel is newer than all kernels that the module knows, or if the module\n"
"parameter selftest is 1, the last lines show the result of the self test.\n",
	.examples =
"  sudo mmapdemo probes --sort HITS -o EVENT,FUNCTION,HITS\n"
"  sudo mmapdemo probes --json | jq 'select(.missed > 0)'\n",
	.columns = probes_columns,
	.options = {
		OPTION_COLUMNS(struct probes_options, columns),
		OPTION_JSON(struct probes_options, json, "write one line of "
			    "JSON for each function"),
		OPTION_END
	},
};

/* Return -1 on success, otherwise the exit status. */
static int parse(int argc, char **argv, struct probes_options *opts)
{
	int status = cmd_parse(&usage, argc, argv, opts);

	if (status >= 0)
		return status;
	if (optind < argc)
		return cmd_misused("probes", "%s: unexpected argument",
				   argv[optind]);
	return -1;
}

static const char *method_of(const struct mmapdemo_probe *probe)
{
	switch (probe->method) {
	case MMAPDEMO_METHOD_KRETPROBE:
		return "kretprobe";
	case MMAPDEMO_METHOD_DIRECT:
		return "direct";
	default:
		return "";
	}
}

/*
 * Return the state of an attached probe as text. If a direct call was tried,
 * but is not attached, the text contains the reason.
 */
static const char *attached_text(const struct mmapdemo_probe *probe)
{
	static char text[96];

	if (probe->error == EUNATCH) {
		snprintf(text, sizeof(text), "attached, but %s",
			 name_attach_error(probe->error));
		return text;
	}
	if (probe->method == MMAPDEMO_METHOD_DIRECT)
		return "attached by direct call";
	if (probe->method != MMAPDEMO_METHOD_KRETPROBE)
		return "attached";
	if (!probe->error)
		return "attached by kretprobe";
	if (probe->error == EINPROGRESS)
		return "attached by kretprobe until a direct call replaces it";
	snprintf(text, sizeof(text), "attached by kretprobe; no direct call: %s",
		 name_attach_error(probe->error));
	return text;
}

static const char *state_of(const struct mmapdemo_probe *probe)
{
	static char text[64];

	switch (probe->state) {
	case MMAPDEMO_PROBE_READY:
		if (!probe->inside)
			return "ready";
		snprintf(text, sizeof(text), "ready, but %llu call%s still running",
			 (unsigned long long)probe->inside,
			 probe->inside == 1 ? " is" : "s are");
		return text;
	case MMAPDEMO_PROBE_ARMED:
		return attached_text(probe);
	default:
		return name_attach_error(probe->error);
	}
}

/* ---- the self test ---- */

static int read_tests(int fd, struct probes_tests *tests)
{
	int err = 0;

	for (__u32 i = 0; !err && i < MMAPDEMO_EVENTS; i++) {
		err = dev_selftest(fd, i, &tests->event[i]);
		/* An older module has fewer events. */
		if (err == -EINVAL)
			err = 0;
	}
	return err;
}

/* Return true if the module has tested itself, or should have tested itself. */
static bool is_tested(const struct probes_tests *tests)
{
	return tests->event[0].flags & MMAPDEMO_SELFTEST_NEWER ||
	       tests->event[0].error != ECANCELED;
}

static const char *not_run_text(__u32 error)
{
	switch (error) {
	case ECANCELED:
		return "the module parameter selftest is 0";
	case EINPROGRESS:
		return "the self test has not ended";
	case EAGAIN:
		return "the probes missed calls of the probed functions";
	case EOPNOTSUPP:
		return "the task that loaded the module has no address space, or "
		       "has locked memory";
	default:
		return name_attach_error(error);
	}
}

static const char *kernel_text(const struct probes_tests *tests)
{
	return tests->event[0].flags & MMAPDEMO_SELFTEST_NEWER ? "untested" : "known";
}

static void show_tests(const struct probes_tests *tests)
{
	const struct mmapdemo_selftest *test;
	bool failed = false;

	if (!is_tested(tests))
		return;
	if (tests->event[0].error) {
		printf("%s kernel, self test has no result: %s\n",
		       kernel_text(tests), not_run_text(tests->event[0].error));
		return;
	}
	for (int kind = 0; kind < MMAPDEMO_EVENTS; kind++) {
		test = &tests->event[kind];
		if (test->state != MMAPDEMO_SELFTEST_FAILED)
			continue;
		printf("%s kernel, self test failed: %s: %.*s\n", kernel_text(tests),
		       event_layouts[kind].name, (int)sizeof(test->text), test->text);
		failed = true;
	}
	if (!failed)
		printf("%s kernel, self test passed\n", kernel_text(tests));
}

/* ---- the table ---- */

static void add_absent(struct columns *columns, const char *event)
{
	columns_row(columns);
	columns_text(columns, PROBES_EVENT, PLAIN, event);
	columns_text(columns, PROBES_STATE, PLAIN, "not built into this module");
}

/* If the function is absent, say so, because its absence made the self test fail. */
static const char *state_for(const struct mmapdemo_probe *probe,
			     const struct mmapdemo_selftest *test)
{
	return test->state == MMAPDEMO_SELFTEST_FAILED &&
	       probe->state != MMAPDEMO_PROBE_ABSENT ?
	       "unavailable: the self test failed" : state_of(probe);
}

static void add_number(struct columns *columns, enum probes_column column,
		       __u64 number)
{
	char text[FORMAT_MAX];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)number);
	columns_number(columns, column, PLAIN, text, number);
}

static void add_probe(struct columns *columns, const char *event,
		      const struct mmapdemo_probe *probe,
		      const struct mmapdemo_selftest *test)
{
	char symbol[sizeof(probe->symbol) + 1];

	snprintf(symbol, sizeof(symbol), "%.*s", (int)sizeof(probe->symbol),
		 probe->symbol);
	columns_row(columns);
	columns_text(columns, PROBES_EVENT, PLAIN, event);
	columns_text(columns, PROBES_FUNCTION, PLAIN, symbol);
	add_number(columns, PROBES_HITS, probe->hits);
	add_number(columns, PROBES_MISSED, probe->missed);
	add_number(columns, PROBES_PENDING, probe->pending);
	add_number(columns, PROBES_INSIDE, probe->inside);
	columns_text(columns, PROBES_METHOD, PLAIN, method_of(probe));
	columns_text(columns, PROBES_STATE, PLAIN, state_for(probe, test));
}

/*
 * Add a row for each function of an event, even if the table already has a row
 * for the function and another event.
 */
static int add_event(struct columns *columns, int fd,
		     const struct mmapdemo_info *info,
		     const struct probes_tests *tests, int kind)
{
	const char *name = event_layouts[kind].name;
	struct mmapdemo_probe probe;
	int err;

	if (!(info->events & 1ULL << kind)) {
		add_absent(columns, name);
		return 0;
	}
	for (__u32 i = 0; i < info->probes; i++) {
		err = dev_probe(fd, i, &probe);
		if (err)
			return err;
		if (probe.events & 1ULL << kind)
			add_probe(columns, name, &probe, &tests->event[kind]);
	}
	return 0;
}

static int show_table(int fd, const struct mmapdemo_info *info,
		      const struct probes_tests *tests,
		      struct columns_wanted *wanted)
{
	struct columns columns;
	struct style style;
	int err = 0, kind;

	style_detect(&style, stdout, NEVER);
	columns_default(wanted, probes_columns);
	columns_open(&columns, probes_columns, wanted, &style);
	for (kind = 0; !err && kind < MMAPDEMO_EVENTS; kind++)
		err = add_event(&columns, fd, info, tests, kind);
	columns_sort(&columns);
	err = columns_close(&columns, stdout) ?: err;
	if (!err && !wanted->noheadings)
		show_tests(tests);
	return err;
}

/* ---- JSON ---- */

static struct json_object *test_object(const struct mmapdemo_selftest *test)
{
	static const char *const states[] = { "not tested", "passed", "failed" };
	struct json_object *object = json_object_new_object();
	char text[sizeof(test->text) + 1];

	snprintf(text, sizeof(text), "%.*s", (int)sizeof(test->text), test->text);
	object = json_add_text(object, "event", event_layouts[test->event].name);
	object = json_add_text(object, "state", test->state < 3 ?
			       states[test->state] : "?");
	return json_add_text(object, "state_text", test->error ?
			     not_run_text(test->error) : text);
}

/* Add whether the kernel is known, and the results of the self test for @events. */
static struct json_object *add_tests(struct json_object *object, __u64 events,
				     const struct probes_tests *tests)
{
	struct json_object *list;

	if (!is_tested(tests))
		return object;
	list = json_object_new_array();
	for (int kind = 0; kind < MMAPDEMO_EVENTS; kind++) {
		if (events & 1ULL << kind)
			list = json_append(list, test_object(&tests->event[kind]));
	}
	object = json_add_text(object, "kernel", kernel_text(tests));
	return json_add_object(object, "selftest", list);
}

static struct json_object *probe_object(const struct mmapdemo_probe *probe,
					const struct probes_tests *tests)
{
	static const char *const states[] = { "ready", "attached", "absent" };
	struct json_object *object = json_object_new_object();

	object = json_add_text(object, "function", probe->symbol);
	object = json_add_text(object, "state", probe->state < 3 ?
			       states[probe->state] : "?");
	object = json_add_text(object, "state_text", state_of(probe));
	object = json_add_text(object, "method", method_of(probe));
	object = json_add_number(object, "error", probe->error);
	object = json_add_number(object, "hits", probe->hits);
	object = json_add_number(object, "missed", probe->missed);
	object = json_add_number(object, "inside", probe->inside);
	object = json_add_number(object, "pending", probe->pending);
	object = json_add_events(object, probe->events);
	return add_tests(object, probe->events, tests);
}

static int show_json(int fd, const struct mmapdemo_info *info,
		     const struct probes_tests *tests)
{
	struct mmapdemo_probe probe;
	int err = 0;

	for (__u32 i = 0; !err && i < info->probes; i++) {
		err = dev_probe(fd, i, &probe);
		if (!err)
			err = json_line(stdout, probe_object(&probe, tests));
	}
	return err;
}

int cmd_probes(int argc, char **argv)
{
	struct mmapdemo_info info;
	struct probes_options opts = { 0 };
	struct probes_tests tests;
	int status = parse(argc, argv, &opts);
	int fd, err;

	if (status >= 0)
		return status;
	fd = dev_open();
	if (fd < 0)
		return cmd_no_device("probes", fd);
	err = dev_info(fd, &info);
	if (!err)
		err = read_tests(fd, &tests);
	if (!err)
		err = opts.json ? show_json(fd, &info, &tests) :
				  show_table(fd, &info, &tests, &opts.columns);
	close(fd);
	return err && err != -EPIPE ? cmd_fail("probes", "%s", dev_strerror(err)) :
				      cmd_written("probes", err);
}

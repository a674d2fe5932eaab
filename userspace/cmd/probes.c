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
	{ "METHOD", "direct or kretprobe", COLUMN_NAMED },
	{ "STATE", "how the probe is attached, or why it is not attached",
	  COLUMN_FOLD },
	{ 0 }
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
"the first, but not yet the second of two related calls, such as two attempts to\n"
"handle one fault.\n",
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

static void add_absent(struct columns *columns, const char *event)
{
	columns_row(columns);
	columns_text(columns, PROBES_EVENT, PLAIN, event);
	columns_text(columns, PROBES_STATE, PLAIN, "not built into this module");
}

static void add_number(struct columns *columns, enum probes_column column,
		       __u64 number)
{
	char text[FORMAT_MAX];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)number);
	columns_number(columns, column, PLAIN, text, number);
}

static void add_probe(struct columns *columns, const char *event,
		      const struct mmapdemo_probe *probe)
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
	columns_text(columns, PROBES_STATE, PLAIN, state_of(probe));
}

/*
 * Add a row for each function of an event, even if another event has already
 * added a row for the function.
 */
static int add_event(struct columns *columns, int fd,
		     const struct mmapdemo_info *info, int kind)
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
			add_probe(columns, name, &probe);
	}
	return 0;
}

static int show_table(int fd, const struct mmapdemo_info *info,
		      struct columns_wanted *wanted)
{
	struct columns columns;
	struct style style;
	int err = 0, kind;

	style_detect(&style, stdout, NEVER);
	columns_default(wanted, probes_columns);
	columns_open(&columns, probes_columns, wanted, &style);
	for (kind = 0; !err && kind < MMAPDEMO_EVENTS; kind++)
		err = add_event(&columns, fd, info, kind);
	columns_sort(&columns);
	return columns_close(&columns, stdout) ?: err;
}

static struct json_object *probe_object(const struct mmapdemo_probe *probe)
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
	return json_add_events(object, probe->events);
}

static int show_json(int fd, const struct mmapdemo_info *info)
{
	struct mmapdemo_probe probe;
	int err = 0;

	for (__u32 i = 0; !err && i < info->probes; i++) {
		err = dev_probe(fd, i, &probe);
		if (!err)
			err = json_line(stdout, probe_object(&probe));
	}
	return err;
}

int cmd_probes(int argc, char **argv)
{
	struct mmapdemo_info info;
	struct probes_options opts = { 0 };
	int status = parse(argc, argv, &opts);
	int fd, err;

	if (status >= 0)
		return status;
	fd = dev_open();
	if (fd < 0)
		return cmd_no_device("probes", fd);
	err = dev_info(fd, &info);
	if (!err)
		err = opts.json ? show_json(fd, &info) :
				  show_table(fd, &info, &opts.columns);
	close(fd);
	return err && err != -EPIPE ? cmd_fail("probes", "%s", dev_strerror(err)) :
				      cmd_written("probes", err);
}

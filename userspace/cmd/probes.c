// SPDX-License-Identifier: GPL-2.0-only
/* mmapdemo probes: show which kernel functions can and cannot be observed */
#include "base/printer.h"
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

/** struct probes_options - options of the command */
struct probes_options {
	bool json;
};

static const struct cmd_usage usage = {
	.name = "probes",
	.text =
"Usage: mmapdemo probes [OPTION]...\n"
"Show for every event the kernel functions that are observed for it: where\n"
"attached or why not, how often called, how often not seen, and how many\n"
"tasks are between two calls that are one step.\n",
	.examples =
"  sudo mmapdemo probes\n"
"  sudo mmapdemo probes --json | jq 'select(.missed > 0)'\n",
	.options = {
		OPTION_JSON(struct probes_options, json, "one JSON object per "
			    "function, one per line"),
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
		return cmd_misused("probes", "%s: no argument is expected",
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

/* Functions that are called often are attached by a direct call if possible. */
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
		return "attached by kretprobe for now";
	snprintf(text, sizeof(text), "attached by kretprobe: %s",
		 name_attach_error(probe->error));
	return text;
}

static const char *state_of(const struct mmapdemo_probe *probe)
{
	static char text[48];

	switch (probe->state) {
	case MMAPDEMO_PROBE_READY:
		if (!probe->inside)
			return "ready";
		snprintf(text, sizeof(text), "ready, %llu calls still inside",
			 (unsigned long long)probe->inside);
		return text;
	case MMAPDEMO_PROBE_ARMED:
		return attached_text(probe);
	default:
		return name_attach_error(probe->error);
	}
}

/* Where the columns of the table begin or end. */
enum {
	AT_FUNCTION = 18, HITS_END = 50, MISSED_END = 58, PENDING_END = 66,
};

static void show_heads(struct printer *printer)
{
	struct line line;

	line_begin(&line, printer->style);
	line_add(&line, DIM, "EVENT");
	line_to(&line, AT_FUNCTION);
	line_add(&line, DIM, "FUNCTION");
	printer_right(&line, DIM, HITS_END, "HITS");
	printer_right(&line, DIM, MISSED_END, "MISSED");
	printer_right(&line, DIM, PENDING_END, "PENDING");
	line_add(&line, DIM, "  STATE");
	printer_line(printer, &line);
}

static void show_absent(struct printer *printer, const char *event)
{
	struct line line;

	line_begin(&line, printer->style);
	line_add(&line, PLAIN, "%s", event);
	line_to(&line, AT_FUNCTION);
	line_add(&line, PLAIN, "not built into this module");
	printer_line(printer, &line);
}

static void show_probe(struct printer *printer, const char *event,
		       const struct mmapdemo_probe *probe)
{
	struct line line;

	line_begin(&line, printer->style);
	line_add(&line, PLAIN, "%s", event);
	line_to(&line, AT_FUNCTION);
	line_add(&line, PLAIN, "%.63s", probe->symbol);
	printer_number(&line, HITS_END, probe->hits);
	printer_number(&line, MISSED_END, probe->missed);
	printer_number(&line, PENDING_END, probe->pending);
	line_add(&line, PLAIN, "  %s", state_of(probe));
	printer_line(printer, &line);
}

/* Show the functions of an event. A function of two events is shown twice. */
static int show_event(struct printer *printer, int fd,
		      const struct mmapdemo_info *info, int kind)
{
	const char *name = event_layouts[kind].name;
	struct mmapdemo_probe probe;
	int err;

	if (!(info->events & 1ULL << kind)) {
		show_absent(printer, name);
		return 0;
	}
	for (__u32 i = 0; i < info->probes; i++) {
		err = dev_probe(fd, i, &probe);
		if (err)
			return err;
		if (!(probe.events & 1ULL << kind))
			continue;
		show_probe(printer, name, &probe);
		name = "";
	}
	return printer->err;
}

static int show_table(int fd, const struct mmapdemo_info *info)
{
	struct style style;
	struct printer printer = { stdout, &style, 0 };
	int err = 0;

	style_detect(&style, stdout, NEVER);
	show_heads(&printer);
	for (int kind = 0; !err && kind < MMAPDEMO_EVENTS; kind++)
		err = show_event(&printer, fd, info, kind);
	return err;
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
		err = opts.json ? show_json(fd, &info) : show_table(fd, &info);
	close(fd);
	return err && err != -EPIPE ? cmd_fail("probes", "%s", dev_strerror(err)) :
				      cmd_written("probes", err);
}

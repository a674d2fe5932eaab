// SPDX-License-Identifier: GPL-2.0-only
/* mmapdemo report: summarize a recording */
#include "base/format.h"
#include "base/json.h"
#include "base/outfile.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "report/export/export.h"
#include "report/html/html.h"
#include "report/machine.h"
#include "report/summary_file.h"
#include "report/summary_text.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BY_ALL (-1)

static const char default_path[] = "trace.dat";

struct report_options {
	const char *path;
	const char *html;
	int by;
	int slowest;
	bool faults;
	bool merges;
	bool timeline;
	bool machine;
	bool json;
	const struct export_format *format;	/* export format; NULL: text or JSON */
	enum when colour;
};

/**
 * struct reading - state of the command
 * @file: the recording and its summary
 * @opts: options of the command
 * @shown: number of events that were written one by one
 * @output: error of a write, as -errno
 * @export: the export that is being written
 * @style: style of the text
 * @html: the HTML page that is being made
 * @again: this is the second pass over the events. Only the HTML page needs a
 *	second pass
 */
struct reading {
	struct summary_file file;
	const struct report_options *opts;
	__u64 shown;
	int output;
	struct export export;
	struct style style;
	struct html html;
	bool again;
};

/* ---- options ---- */

/* Return true if the user requested only a part of the report. */
static bool chooses(const struct report_options *opts)
{
	return opts->by != BY_ALL || opts->faults || opts->merges ||
	       opts->timeline || opts->machine || (opts->slowest && !opts->json);
}

/* Return true if the output itself says what the recording lacks. */
static bool says_losses(const struct report_options *opts)
{
	return opts->html || opts->machine || (!chooses(opts) &&
			      (!opts->format || opts->format->figures));
}

static const char *by_word(int by)
{
	return by <= BY_HOLDER ? by_names[by].word : NULL;
}

/* Return the name of format @number: "text", "json", or an export format. */
static const char *format_word(int number)
{
	const struct export_format *format;

	if (number < 2)
		return number ? "json" : "text";
	format = export_format(number - 2);
	return format ? format->name : NULL;
}

static int take_format(const struct given *given, void *value)
{
	struct report_options *opts = value;
	int number = 0;

	while (strcmp(format_word(number), given->text))
		number++;
	opts->json = number == 1;
	opts->format = number < 2 ? NULL : export_format(number - 2);
	return -1;
}

static int take_json(const struct given *given, void *value)
{
	const struct given json = {
		.command = given->command, .option = "--format", .text = "json",
	};

	return take_format(&json, value);
}

static const struct cmd_usage usage = {
	.name = "report",
	.text =
"Usage: mmapdemo report [OPTION]... [FILE]\n"
"Summarize FILE, which is a recording made by mmapdemo record. The default is\n"
"trace.dat; - is standard input. The summary shows the durations of page faults\n"
"and of the system calls that manage memory, failed merges, the growth of the\n"
"process, and lost events.\n"
"The duration of a fault is the time in handle_mm_fault(), without earlier waits\n"
"for mmap_lock or for the VMA lock. The duration of a system call includes waits\n"
"for mmap_lock and faults during the call, but not the later faults in a new\n"
"mapping. The class of a fault (anon, read, cow, ...) says where the page came\n"
"from; see mmapdemo(7).\n",
	.examples =
"  mmapdemo report --by file\n"
"  mmapdemo report --html page.html server.dat\n",
	.options = {
		OPTION_WORD('b', "by", "WHAT", by_word, NULL,
			    struct report_options, by, "print one complete "
			    "table; caller requires a recording with call "
			    "stacks; maker shows the calls that made VMAs, and "
			    "the callers of these calls; part shows where the "
			    "time of faults went; holder shows what held "
			    "mmap_lock; WHAT"),
		OPTION_VALUE('s', "slowest", "N", option_number,
			     struct report_options, slowest, "print the N slowest "
			     "faults, and where their time went"),
		OPTION_FLAG('f', "faults", struct report_options, faults,
			    "print each fault in one line"),
		OPTION_FLAG('m', "merges", struct report_options, merges,
			    "print each failed merge and its reason in one "
			    "line"),
		OPTION_FLAG('T', "timeline", struct report_options, timeline,
			    "print a timeline of the recording"),
		OPTION_FLAG('M', "machine", struct report_options, machine,
			    "print the machine and its settings of huge pages"),
		{ "format", 'F', "WHICH", "output format (default text; json is "
		  "one object, or one object for each fault or failed merge with "
		  "-f or -m)", 0,
		  take_format, format_word },
		{ "json", 'j', NULL, "same as --format=json", 0, take_json, NULL },
		OPTION_VALUE('H', "html", "FILE", option_text,
			     struct report_options, html, "write the whole "
			     "summary to FILE as an HTML page with pictures"),
		OPTION_COLOUR(struct report_options, colour),
		OPTION_END
	},
};

static int parse(int argc, char **argv, struct report_options *opts)
{
	int status = cmd_parse(&usage, argc, argv, opts);

	if (status >= 0)
		return status;
	if (argc - optind > 1)
		return cmd_misused("report", "at most one FILE is allowed");
	if (opts->html && (chooses(opts) || opts->json || opts->format))
		return cmd_misused("report", "--html cannot be combined with "
				   "--by, --slowest, --faults, --merges, "
				   "--timeline, --machine or --format");
	if ((opts->by != BY_ALL) + opts->timeline + opts->machine + !!opts->slowest +
	    (opts->faults || opts->merges) > 1)
		return cmd_misused("report", "--by, --slowest, --timeline and "
				   "--machine cannot be combined with each other or with "
				   "--faults or --merges");
	if (opts->format && chooses(opts))
		return cmd_misused("report", "--by, --slowest, --faults, --merges, "
				   "--timeline and --machine require --format text or json");
	if (optind < argc)
		opts->path = cmd_input("report", argv[optind]);
	return opts->path ? -1 : CMD_FAILED;
}

/* ---- single events ---- */

/*
 * If @err is a write error, save it, and return 1 to stop reading the recording.
 * Otherwise, return 0 or -ENOMEM.
 */
static int written(struct reading *reading, int err)
{
	if (!err || err == -ENOMEM)
		return err;
	reading->output = err;
	return 1;
}

static int show_line(struct reading *reading, const struct event *event,
		     const struct space *space)
{
	const struct report_options *opts = reading->opts;
	bool fault = opts->faults && event->kind == MMAPDEMO_EVENT_PTE_FAULT;
	bool merge = opts->merges && event->kind == MMAPDEMO_EVENT_VMA_MERGE &&
		     merge_refused(&event->merge);

	if (!fault && !merge)
		return 0;
	reading->shown++;
	if (opts->json)
		return summary_json_event(stdout, &reading->file.replay, event,
					  space);
	return summary_line(stdout, &reading->style, &reading->file.replay,
			    event, space);
}

/* Return 0, -ENOMEM, or 1 after a write error. reading->output is this error. */
static int show(void *data, const struct event *event,
		const struct space *space)
{
	struct reading *reading = data;
	const struct world *world = &reading->file.replay.world;
	struct html *html = &reading->html;

	if (reading->opts->format)
		return written(reading, export_event(&reading->export, event,
						     space));
	if (!reading->opts->html)
		return written(reading, show_line(reading, event, space));
	return reading->again ?
	       heat_event(&html->heat, &html->map, event, space, world) :
	       map_event(&html->map, event, space, world);
}

/* ---- before and after the events ---- */

static int show_begin(void *data)
{
	struct reading *reading = data;
	const struct report_options *opts = reading->opts;
	const struct meta *meta = &reading->file.replay.meta;
	int err = reading->again ? 0 : summary_file_begin(&reading->file);

	if (err)
		return err;
	if (opts->by == BY_CALLER && !reading->file.summary.stacks)
		return -ENODATA;
	reading->html.map.page_bytes = meta->page_bytes ?: 4096;
	if (opts->format) {
		reading->export = (struct export){
			.format = opts->format,
			.out = stdout,
			.meta = meta,
			.summary = &reading->file.summary,
			.symbols = &reading->file.replay.symbols,
			.world = &reading->file.replay.world,
		};
		err = export_begin(&reading->export,
				   reading->file.replay.recording.names);
		return err == -ENODATA ? err : written(reading, err);
	}
	if (opts->json && (opts->faults || opts->merges))
		return written(reading,
			       summary_json_begin(stdout, meta));
	return 0;
}

/* Write the end of the output after events were written one by one. */
static int show_last(struct reading *reading)
{
	if (reading->opts->json)
		return summary_json_end(stdout, &reading->file.replay.meta,
					reading->shown);
	if (reading->shown)
		return 0;
	return puts(!reading->opts->merges ? "no faults" :
		    !reading->opts->faults ? "no failed merges" :
		    "no faults and no failed merges") < 0 ? -errno : 0;
}

static int show_end(struct reading *reading)
{
	const struct report_options *opts = reading->opts;
	struct summary_file *file = &reading->file;

	summary_end(&file->summary);
	if (opts->format)
		return export_end(&reading->export);
	if (opts->faults || opts->merges)
		return show_last(reading);
	if (opts->json)
		return summary_json(stdout, &file->summary, &file->replay.meta,
				    &file->replay.symbols);
	if (opts->machine)
		return machine_text(stdout, &reading->style, &file->replay.meta);
	if (opts->timeline)
		return summary_text_timeline(stdout, &reading->style,
					     &file->summary);
	if (opts->slowest)
		return summary_text_slowest(stdout, &reading->style,
					    &file->summary);
	if (opts->by != BY_ALL)
		return summary_text_by(stdout, &reading->style, &file->summary,
				       opts->by, &file->replay.symbols);
	return summary_text(stdout, &reading->style, &file->summary,
			    &file->replay.meta,
			    &file->replay.symbols);
}

/* ---- the file ---- */

static int file_failed(const struct reading *reading, int err)
{
	const bool found = err != -ENOENT ||
			   reading->opts->path != default_path;

	if (err == -ENODATA && reading->opts->format)
		return cmd_fail("report", "%s: where the time of faults went was "
				"not recorded: the module had no event fault_time",
				reading->opts->path);
	return cmd_fail("report", "%s: %s%s", reading->opts->path,
			replay_why(&reading->file.replay, err), found ? "" :
			"; make a recording with mmapdemo record");
}

/*
 * Return true if events are written to the terminal, so that the terminal can't
 * show the progress.
 */
static bool streams(const struct report_options *opts)
{
	return isatty(STDOUT_FILENO) &&
	       (opts->faults || opts->merges || opts->format);
}

/*
 * Read all events. Write them one by one, or summarize them. Return 0, the -errno
 * of reading, or 1 after a write error. reading->output is the write error.
 */
static int read_file(struct reading *reading)
{
	const struct report_options *opts = reading->opts;
	const bool each = opts->faults || opts->merges ||
			  (opts->format && !opts->format->figures);
	const struct replay_visitor visitor = {
		.begin = show_begin,
		.record = each || reading->again ? NULL : summary_file_event,
		.event = show,
		.data = reading,
	};

	if (!streams(opts))
		progress_begin(&reading->file.replay.progress);
	return replay_read(&reading->file.replay, opts->path, &visitor);
}

static int write_page(struct reading *reading)
{
	const char *path = reading->opts->html;
	struct outfile file;
	int err = outfile_find(&file, path), fd;
	FILE *out = NULL;

	if (!err)
		err = outfile_create(&file);
	fd = err ? -1 : fcntl(file.fd, F_DUPFD_CLOEXEC, 0);
	if (fd >= 0)
		out = fdopen(fd, "we");
	if (!err)
		err = out ? html_write(out, &reading->html,
				       &reading->file.summary,
				       &reading->file.replay.symbols) : -errno;
	if (out && fclose(out) && !err)
		err = -errno;
	if (!err)
		err = outfile_keep(&file, /* old = */ false);
	outfile_close(&file);
	return err ? cmd_fail("report", "%s: %s", path, outfile_why(err)) :
		     CMD_OK;
}

/*
 * Refuse to overwrite a file that is not an HTML page written by mmapdemo
 * report. Return -1 if @path may be written, otherwise the exit status.
 */
static int check_page(const char *path)
{
	int status = cmd_not_over("report", path);

	if (status >= 0 || !path || !outfile_exists(path) ||
	    html_is_page(path))
		return status;
	return cmd_fail("report", "%s: refusing to overwrite a file that "
			"mmapdemo report --html did not write; choose another "
			"FILE",
			path);
}

/*
 * The layout of the map is now known, so read all events again. Then write the
 * page.
 */
static int show_page(struct reading *reading)
{
	int err = html_turn(&reading->html, &reading->file.replay.meta);

	replay_close(&reading->file.replay);
	reading->again = true;
	if (!err)
		err = read_file(reading);
	summary_end(&reading->file.summary);
	return err < 0 ? file_failed(reading, err) : write_page(reading);
}

/*
 * Print to stderr what the recording lacks, because stdout contains only events
 * or a table.
 */
static void warn_losses(const struct meta *meta)
{
	char gap[256];

	if (!meta->lost && !meta->missed && !meta->gaps)
		return;
	fputs("mmapdemo: report: the output is incomplete: ", stderr);
	if (meta->lost)
		fprintf(stderr, "%llu event%s lost; ",
			(unsigned long long)meta->lost,
			meta->lost == 1 ? " was" : "s were");
	if (meta->missed)
		fprintf(stderr, "%llu kernel function call%s not observed; ",
			(unsigned long long)meta->missed,
			meta->missed == 1 ? " was" : "s were");
	for (size_t i = 0; i < meta->gaps; i++)
		fprintf(stderr, "%s; ", format_name(gap, sizeof(gap),
						    meta_gap(meta, i)));
	fputs("run mmapdemo report without options for details\n", stderr);
}

static int run(struct reading *reading)
{
	int err = read_file(reading), status;

	if (err < 0)
		return file_failed(reading, err);
	if (reading->opts->html)
		return show_page(reading);
	status = cmd_written("report", err ? reading->output :
					     show_end(reading));
	if (!status && !says_losses(reading->opts))
		warn_losses(&reading->file.replay.meta);
	return status;
}

int cmd_report(int argc, char **argv)
{
	struct report_options opts = { .path = default_path, .by = BY_ALL };
	static struct reading reading;	/* too large for the stack */
	int status = parse(argc, argv, &opts);

	if (status < 0)
		status = check_page(opts.html);
	if (status >= 0)
		return status;
	reading.opts = &opts;
	reading.file.summary.waits.wanted = opts.html ? SLOWEST_PAGE :
							 opts.slowest;
	if (opts.format && opts.format->binary && isatty(STDOUT_FILENO))
		return cmd_fail("report", "%s is a binary format: redirect "
				"the output to a file", opts.format->name);
	style_detect(&reading.style, stdout, opts.colour);
	status = run(&reading);
	if (reading.export.format)
		export_free(&reading.export);
	summary_file_close(&reading.file);
	html_free(&reading.html);
	return status;
}

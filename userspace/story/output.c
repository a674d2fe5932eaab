// SPDX-License-Identifier: GPL-2.0-only
#include "story/output.h"
#include "base/json.h"
#include "event/json.h"
#include "system/device.h"
#include "system/target.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <json.h>

void report_open(struct report *report, FILE *out, int dev, bool stock)
{
	struct story *story = &report->story;
	struct mmapdemo_info info;
	struct stat st;

	story->out = out;
	story->world.stock = stock;
	if (dev < 0)
		return;
	if (!dev_info(dev, &info))
		story->levels = info.levels;
	if (!fstat(dev, &st)) {
		story->device.dev = major(st.st_dev) << 20 | minor(st.st_dev);
		story->device.ino = st.st_ino;
	}
}

void report_close(struct report *report)
{
	story_free(&report->story);
}

int report_seed(struct report *report, int tid, const struct maps *maps,
		bool hide)
{
	return world_seed(&report->story.world, tid, maps, hide);
}

int report_join(struct report *report, int tid, int pid)
{
	return world_join(&report->story.world, tid, pid);
}

static int begin_json(struct report *report, char **command,
		      const struct pids *pids)
{
	struct json_object *object;

	object = json_header("mmapdemo-trace", command, pids->list[0]);
	object = json_add_pids(object, pids);
	object = json_add_text(object, "clock", "CLOCK_MONOTONIC");
	object = json_add_number(object, "page_bytes", sysconf(_SC_PAGESIZE));
	if (report->story.world.stock) {
		object = json_add_text(object, "source", "kernel");
		object = json_add_text(object, "unobserved",
				       "the module is not loaded");
	} else {
		object = json_add_number(object, "levels",
					 report->story.levels);
	}
	return json_line(report->story.out, object);
}

int report_begin(struct report *report, char **command,
		 const struct pids *pids)
{
	char title[512], what[256];
	struct utsname system;

	uname(&system);
	if (report->json)
		return begin_json(report, command, pids);
	subject_name(what, sizeof(what), command, pids);
	snprintf(title, sizeof(title), "mmapdemo trace: %s  (Linux %s)", what,
		 system.release);
	return story_begin(&report->story, title);
}

int report_event(struct report *report, const struct event *event)
{
	report->events++;
	if (report->json)
		return json_event(report->story.out, event);
	return story_tell(&report->story, event);
}

int report_end(struct report *report, __u64 lost, __u64 missed,
	       const struct gaps *gaps)
{
	struct json_object *object;

	if (!report->json) {
		report->story.lost = lost;
		report->story.missed = missed;
		report->story.gaps = gaps;
		return story_end(&report->story);
	}
	object = json_object_new_object();
	object = json_add_text(object, "event", "summary");
	object = json_add_number(object, "events", report->events);
	object = json_add_number(object, "lost", lost);
	object = json_add_number(object, "missed", missed);
	object = json_add_gaps(object, gaps);
	return json_line(report->story.out, object);
}

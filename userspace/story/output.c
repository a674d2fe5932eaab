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

void output_open(struct output *output, FILE *out, int dev, bool stock)
{
	struct story *story = &output->story;
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

void output_close(struct output *output)
{
	story_free(&output->story);
}

int output_seed(struct output *output, int tid, const struct maps *maps,
		bool hide)
{
	return world_seed(&output->story.world, tid, maps, hide);
}

int output_join(struct output *output, int tid, int pid)
{
	return world_join(&output->story.world, tid, pid);
}

static int begin_json(struct output *output, char **command,
		      const struct pids *pids)
{
	struct json_object *object;

	object = json_header("mmapdemo-trace", command, pids->list[0]);
	object = json_add_pids(object, pids);
	object = json_add_text(object, "clock", "CLOCK_MONOTONIC");
	object = json_add_number(object, "page_bytes", sysconf(_SC_PAGESIZE));
	if (output->story.world.stock) {
		object = json_add_text(object, "source", "kernel");
		object = json_add_text(object, "unobserved",
				       "the module is not loaded");
	} else {
		object = json_add_number(object, "levels",
					 output->story.levels);
	}
	return json_line(output->story.out, object);
}

int output_begin(struct output *output, char **command,
		 const struct pids *pids)
{
	char title[512], what[256];
	struct utsname system;

	uname(&system);
	if (output->json)
		return begin_json(output, command, pids);
	target_name(what, sizeof(what), command, pids);
	snprintf(title, sizeof(title), "mmapdemo trace: %s  (Linux %s)", what,
		 system.release);
	return story_begin(&output->story, title);
}

int output_event(struct output *output, const struct event *event)
{
	output->events++;
	if (output->json)
		return json_event(output->story.out, event);
	return story_event(&output->story, event);
}

int output_end(struct output *output, __u64 lost, __u64 missed,
	       const struct gaps *gaps)
{
	struct json_object *object;

	if (!output->json) {
		output->story.lost = lost;
		output->story.missed = missed;
		output->story.gaps = gaps;
		return story_end(&output->story);
	}
	object = json_object_new_object();
	object = json_add_text(object, "event", "summary");
	object = json_add_number(object, "events", output->events);
	object = json_add_number(object, "lost", lost);
	object = json_add_number(object, "missed", missed);
	object = json_add_gaps(object, gaps);
	return json_line(output->story.out, object);
}

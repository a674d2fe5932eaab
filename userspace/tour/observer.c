// SPDX-License-Identifier: GPL-2.0-only
/*
 * Observer of the process that plays a scene. stage.c runs in the process that
 * plays the scene.
 */
#include "record/recorder.h"
#include "story/output.h"
#include "system/proc.h"
#include "tour/stage.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/**
 * struct observer - observer of a scene
 * @recorder: recorder of the events; NULL: nothing is observed
 * @lost: number of events that were lost before the current act
 * @missed: number of calls that were missed before the current act
 */
struct observer {
	struct stage stage;
	pid_t pid;
	struct recorder *recorder;
	__u64 lost;
	__u64 missed;
	struct output report;
};

static bool overlaps(const struct stage_seen *seen, __u64 start, __u64 end)
{
	for (int i = 0; i < seen->range_count; i++) {
		if (start < seen->ranges[i].end && end > seen->ranges[i].start)
			return true;
	}
	return false;
}

/*
 * Return true if the event is about the ranges of the act, or about a whole
 * address space.
 */
static bool wanted(const struct stage_seen *seen, const struct event *event)
{
	if (seen->tid && event->tid != seen->tid)
		return false;
	switch (event->kind) {
	case MMAPDEMO_EVENT_DO_MMAP:
		return event->mmap.ret > 0 &&
		       overlaps(seen, event->mmap.ret, event->mmap.ret + 1);
	case MMAPDEMO_EVENT_GET_UNMAPPED_AREA:
		return event->search.ret > 0 &&
		       overlaps(seen, event->search.ret, event->search.ret + 1);
	case MMAPDEMO_EVENT_VMA_MERGE:
		return overlaps(seen, event->merge.start, event->merge.end);
	case MMAPDEMO_EVENT_VMA_LINK:
		return overlaps(seen, event->link.start, event->link.end);
	case MMAPDEMO_EVENT_VMA_SPLIT:
		return overlaps(seen, event->split.start, event->split.end);
	case MMAPDEMO_EVENT_VMA_UNLINK:
		return overlaps(seen, event->unlink.start, event->unlink.end);
	case MMAPDEMO_EVENT_PTE_FAULT:
		return overlaps(seen, event->fault.address,
				event->fault.address + 1);
	case MMAPDEMO_EVENT_FAULT_TIME:
		return overlaps(seen, event->slow.address,
				event->slow.address + 1);
	case MMAPDEMO_EVENT_BRK:
		return overlaps(seen, event->brk.old, event->brk.ret);
	case MMAPDEMO_EVENT_MREMAP:
		return overlaps(seen, event->mremap.addr,
				event->mremap.addr + event->mremap.old_len);
	default:
		return true;
	}
}

static void note(struct stage_seen *seen, const struct event *event)
{
	switch (event->kind) {
	case MMAPDEMO_EVENT_PTE_FAULT:
		if (seen->fault_count++ < STAGE_FAULTS)
			seen->faults[seen->fault_count - 1] = event->fault;
		break;
	case MMAPDEMO_EVENT_GET_UNMAPPED_AREA:
		if (seen->search_count < STAGE_SEARCHES)
			seen->searches[seen->search_count++] = event->search;
		break;
	case MMAPDEMO_EVENT_FAULT_TIME:
		seen->slow = event->slow;
		break;
	case MMAPDEMO_EVENT_PGD_ALLOC:
		seen->pgd_count++;
		seen->pgd = event->pgd;
		break;
	}
}

static int seed(int tid, void *data)
{
	struct observer *observer = data;
	struct maps maps = { 0 };
	int err = proc_maps(tid, &maps);

	if (!err)
		err = output_seed(&observer->report, tid, &maps,
				  /* hide = */ false);
	maps_free(&maps);
	return err == -ENOENT || err == -ESRCH ? 0 : err;
}

static void begin_act(struct observer *observer)
{
	struct output *report = &observer->report;
	struct recorder *recorder = observer->recorder;

	if (!recorder)
		return;
	observer->lost = recorder_lost(recorder);
	observer->missed = recorder_missed(recorder);
	*report = (struct output){ .story.style = *observer->stage.style };
	output_open(report, stdout, recorder->dev, recorder->stock);
	if (instance_start(&recorder->instance) ||
	    instance_followed(&recorder->instance, seed, observer))
		observer->recorder = NULL;
}

static int print_events(struct observer *observer)
{
	struct recorder *recorder = observer->recorder;
	struct stage_seen *seen = observer->stage.seen;
	const struct event *event;
	int err = recorder_drain(recorder, /* all = */ true);

	while (!err && (event = recorder_next(recorder))) {
		if (!wanted(seen, event))
			continue;
		note(seen, event);
		err = output_event(&observer->report, event);
	}
	return err ? err : story_rest(&observer->report.story);
}

static void end_act(struct observer *observer)
{
	struct recorder *recorder = observer->recorder;
	struct stage_seen *seen = observer->stage.seen;
	int err;

	if (!recorder)
		return;
	instance_stop(&recorder->instance);
	err = print_events(observer);
	seen->timed = event_wanted(recorder->instance.kinds,
				   MMAPDEMO_EVENT_FAULT_TIME);
	seen->observed = !err && recorder_lost(recorder) == observer->lost &&
			 recorder_missed(recorder) == observer->missed;
	output_close(&observer->report);
}

/* Answer the requests of the scene. The scene waits for each answer. */
static void direct(struct observer *observer, int ask, int answer)
{
	char word;

	while (read(ask, &word, 1) == 1) {
		if (word == ACT_BEGINS)
			begin_act(observer);
		else
			end_act(observer);
		fflush(stdout);
		if (write(answer, &word, 1) != 1)
			break;
	}
}

static int run_scene(struct stage *stage, int (*play)(struct stage *stage),
		     pid_t parent)
{
	char word;
	int status;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent || read(stage->answer, &word, 1) != 1)
		return SCENE_FAILED;
	status = play(stage);
	fflush(stdout);
	return status;
}

/*
 * Play the scene in a child process. The child waits until the recorder has
 * selected the child.
 */
static int play_on(struct observer *observer, int ask[2], int answer[2],
		   int (*play)(struct stage *stage))
{
	struct stage *stage = &observer->stage;
	pid_t parent = getpid();
	int status;

	fflush(stdout);
	observer->pid = fork();
	if (observer->pid < 0)
		return -errno;
	if (!observer->pid) {
		close(ask[0]);
		close(answer[1]);
		stage->ask = ask[1];
		stage->answer = answer[0];
		_exit(run_scene(stage, play, parent));
	}
	close(ask[1]);
	close(answer[0]);
	ask[1] = answer[0] = -1;
	if (observer->recorder &&
	    instance_follow(&observer->recorder->instance, &observer->pid,
			    1))
		observer->recorder = NULL;
	if (write(answer[1], "", 1) == 1)
		direct(observer, ask[0], answer[1]);
	/*
	 * If a signal has interrupted this process, the closed pipe makes the
	 * scene end.
	 */
	close(answer[1]);
	answer[1] = -1;
	while (waitpid(observer->pid, &status, 0) != observer->pid) {
		if (errno != EINTR)
			return -errno;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : SCENE_FAILED;
}

int stage_play(const struct tour_text *text, const struct style *style,
	       struct recorder *recorder, int (*play)(struct stage *stage))
{
	struct observer observer = {
		.stage = { .text = text, .style = style },
		.recorder = recorder,
	};
	int ask[2] = { -1, -1 }, answer[2] = { -1, -1 }, ret = -ENOMEM;
	void *seen = mmap(NULL, sizeof(*observer.stage.seen),
			  PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			  -1, 0);

	if (seen == MAP_FAILED)
		return ret;
	observer.stage.seen = seen;
	if (pipe(ask) || pipe(answer))
		ret = -errno;
	else
		ret = play_on(&observer, ask, answer, play);
	for (int i = 0; i < 2; i++) {
		if (ask[i] >= 0)
			close(ask[i]);
		if (answer[i] >= 0)
			close(answer[i]);
	}
	munmap(seen, sizeof(*observer.stage.seen));
	return ret;
}

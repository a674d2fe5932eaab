// SPDX-License-Identifier: GPL-2.0-only
#include "tour/stage.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void notify_observer(struct stage *stage, char word)
{
	fflush(stdout);
	if (write(stage->ask, &word, 1) != 1 ||
	    read(stage->answer, &word, 1) != 1)
		_exit(SCENE_FAILED);
}

void stage_begin(struct stage *stage)
{
	memset(stage->seen, 0, sizeof(*stage->seen));
	notify_observer(stage, ACT_BEGINS);
}

void stage_about(struct stage *stage, const volatile void *start,
		 size_t length)
{
	struct stage_seen *seen = stage->seen;

	if (seen->range_count == STAGE_RANGES)
		return;
	seen->ranges[seen->range_count].start = (uintptr_t)start;
	seen->ranges[seen->range_count].end = (uintptr_t)start + length;
	seen->range_count++;
}

void stage_end(struct stage *stage)
{
	notify_observer(stage, ACT_ENDS);
}

static void say(const struct stage *stage, enum colour colour,
		const char *sign, struct passage passage)
{
	struct line line;

	line_begin(&line, stage->style);
	line_add(&line, colour, "  %s ", sign);
	line.hang = line.columns;
	line_add(&line, PLAIN, "%.*s", passage.length, passage.text);
	line_end(&line, stdout);
}

void stage_claim(struct stage *stage, bool holds)
{
	const struct glyphs *glyphs = stage->style->glyphs;

	stage->failed += !holds;
	say(stage, holds ? GREEN : RED, holds ? glyphs->yes : glyphs->no,
	    tour_claim(stage->text, stage->claims++));
}

void stage_claim_if(struct stage *stage, bool known, bool holds)
{
	if (known) {
		stage_claim(stage, holds);
		return;
	}
	stage->unchecked++;
	say(stage, YELLOW, stage->style->glyphs->empty,
	    tour_claim(stage->text, stage->claims++));
}

void stage_claim_seen(struct stage *stage, bool holds)
{
	stage_claim_if(stage, stage->seen->observed, holds);
}

void stage_fact(struct stage *stage, const char *format, ...)
{
	struct line line;
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	line_begin(&line, stage->style);
	line_add(&line, CYAN, "    %s", text);
	line_end(&line, stdout);
}

void stage_note(struct stage *stage, const char *key)
{
	say(stage, YELLOW, stage->style->glyphs->folded,
	    tour_sentence(stage->text, key));
}

int stage_skip(struct stage *stage, const char *key)
{
	stage_note(stage, key);
	return SCENE_SKIPPED;
}

int stage_over(const struct stage *stage)
{
	if (stage->failed || tour_claim(stage->text, stage->claims).text)
		return SCENE_FAILED;
	return stage->unchecked ? SCENE_PARTLY : SCENE_SHOWN;
}

int stage_faults(const struct stage *stage, __u32 class)
{
	const struct stage_seen *seen = stage->seen;
	int count = 0;

	if (!seen->observed || seen->fault_count > STAGE_FAULTS)
		return -1;
	for (int i = 0; i < seen->fault_count; i++)
		count += seen->faults[i].class == class;
	return count;
}

bool stage_only(const struct stage *stage, __u32 class, int count)
{
	return stage_faults(stage, class) == count &&
	       stage->seen->fault_count == count;
}

// SPDX-License-Identifier: GPL-2.0-only
#include "inspect/top_screen.h"
#include "base/screen.h"
#include "inspect/top_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/*
 * Return the number of lines for the list. The list is between the head and the
 * line with the keys.
 */
static size_t rows_shown(void)
{
	int rows = screen_rows() - TOP_TEXT_HEAD - 1;

	return rows > 0 ? rows : 0;
}

/*
 * Return the number of processes that have had faults. The list begins with
 * these processes.
 */
static size_t busy(const struct top *top)
{
	size_t count = 0;

	while (count < top->processes.count &&
	       top->processes.list[count]->loads.total.stats.count)
		count++;
	return count;
}

/* Return the index of the highlighted process in the list. */
static size_t bar(const struct top_screen *screen, const struct top *top)
{
	size_t count = busy(top);

	for (size_t i = 0; i < count; i++) {
		if (top->processes.list[i]->pid == screen->pid)
			return i;
	}
	return 0;
}

/* ---- moving ---- */

/*
 * Move the highlighting by @by lines. In a list of VMAs, no line is highlighted,
 * so scroll the list.
 */
static void move_by(struct top_screen *screen, const struct top *top, long by)
{
	long count = top->pid ? (long)top->vmas.count + 1 : (long)busy(top);
	long at = top->pid ? (long)screen->first : (long)bar(screen, top);
	long rows = rows_shown(), last = count - 1;

	if (top->pid)
		last = count - rows;
	at += by;
	at = at > last ? last : at;
	at = at < 0 ? 0 : at;
	if (top->pid) {
		screen->first = at;
		return;
	}
	/*
	 * If the first line is highlighted, set the pid to 0, so that the first
	 * line stays highlighted even if another process moves there.
	 */
	screen->pid = at ? top->processes.list[at]->pid : 0;
}

/*
 * Keep the highlighted process on the screen when the order of the lines has
 * changed.
 */
static void follow_bar(struct top_screen *screen, const struct top *top)
{
	size_t at = bar(screen, top), rows = rows_shown();

	if (top->pid) {
		move_by(screen, top, 0);
		return;
	}
	if (at < screen->first)
		screen->first = at;
	else if (rows && at >= screen->first + rows)
		screen->first = at - rows + 1;
}

/* ---- drawing ---- */

static enum look look_of(const struct top_screen *screen,
			 const struct top *top, size_t line)
{
	if (!line)
		return LOOK_BOLD;
	if (line < TOP_TEXT_HEAD)
		return line == TOP_TEXT_HEAD - 1 ? LOOK_DIM : LOOK_PLAIN;
	if (!top->pid && line - TOP_TEXT_HEAD == bar(screen, top))
		return LOOK_BAR;
	return LOOK_PLAIN;
}

/* Draw the head, then the visible lines of the list. */
static void draw_text(struct top_screen *screen, const struct top *top,
		      char *text)
{
	size_t line = 0, end = TOP_TEXT_HEAD + screen->first + rows_shown();
	char *next;

	for (; *text && line < end; text = next, line++) {
		next = strchrnul(text, '\n');
		if (*next)
			*next++ = 0;
		if (line < TOP_TEXT_HEAD)
			screen_line(line, text, look_of(screen, top, line));
		else if (line >= TOP_TEXT_HEAD + screen->first)
			screen_line(line - screen->first, text,
				    look_of(screen, top, line));
	}
	screen_rest(line < screen->first + TOP_TEXT_HEAD ?
		    line < TOP_TEXT_HEAD ? line : TOP_TEXT_HEAD :
		    line - screen->first);
}

static void draw_keys(const struct top_screen *screen, const struct top *top)
{
	char text[128];

	snprintf(text, sizeof(text), "%s  sort: f faults  m major  t time  "
		 "l mean  %s  Space %s  q quit",
		 top->pid ? "Esc back" : "Enter VMAs",
		 top->pid ? "a addr" : "p pid",
		 screen->held ? "resume" : "pause");
	screen_line(screen_rows() - 1, text, LOOK_BAR);
}

int top_screen_draw(struct top_screen *screen, const struct top *top)
{
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);
	int err;

	if (!file)
		return -errno;
	follow_bar(screen, top);
	style_fit(&screen->style, screen_columns());
	err = top_text(file, &screen->style, top, /* idle = */ true);
	if (fclose(file) && !err)
		err = -ENOMEM;
	if (!err) {
		draw_text(screen, top, text);
		draw_keys(screen, top);
		screen_show();
	}
	free(text);
	return err;
}

/* ---- keys ---- */

static int look_at(struct top_screen *screen, struct top *top, int pid)
{
	screen->first = 0;
	return top_look(top, pid);
}

static int enter(struct top_screen *screen, struct top *top)
{
	if (top->pid || !busy(top))
		return 0;
	return look_at(screen, top, top->processes.list[bar(screen, top)]->pid);
}

static int leave(struct top_screen *screen, struct top *top)
{
	return top->pid ? look_at(screen, top, 0) : 0;
}

/* Change the sort order if the key selects a sort order. Ignore other keys. */
static void sort(struct top *top, int key)
{
	static const char keys[] = {
		[BY_FAULTS] = 'f', [BY_MAJOR] = 'm', [BY_TIME] = 't',
		[BY_MEAN] = 'l', [BY_NUMBER] = 'p',
	};
	enum fault_load_order order = BY_FAULTS;

	while (order <= BY_NUMBER && keys[order] != key)
		order++;
	if (order > BY_NUMBER)
		return;
	top->order = order;
	top_sort(top);
}

static int do_key(struct top_screen *screen, struct top *top, int key)
{
	long rows = rows_shown();

	switch (key) {
	case SCREEN_ENTER:
		return enter(screen, top);
	case SCREEN_ESCAPE:
		return leave(screen, top);
	case SCREEN_UP:
		move_by(screen, top, -1);
		break;
	case SCREEN_DOWN:
		move_by(screen, top, 1);
		break;
	case SCREEN_PAGE_UP:
		move_by(screen, top, -rows);
		break;
	case SCREEN_PAGE_DOWN:
		move_by(screen, top, rows);
		break;
	case SCREEN_HOME:
		move_by(screen, top, -(1L << 30));
		break;
	case SCREEN_END:
		move_by(screen, top, 1L << 30);
		break;
	case ' ':
		screen->held = !screen->held;
		break;
	case 'q':
		screen->over = true;
		break;
	default:	/* the keys "a" and "p" are equivalent */
		sort(top, key == 'a' ? 'p' : key);
	}
	return 0;
}

int top_screen_keys(struct top_screen *screen, struct top *top)
{
	int key, err = 0, typed = 0;

	while (!err && !screen->over && (key = screen_key()) != SCREEN_NONE) {
		err = do_key(screen, top, key);
		typed = 1;
	}
	return err ? err : typed;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writer of the HTML page. The page is a template, which the build embeds in
 * the program, followed by the data.
 */
#include "report/html/html.h"
#include "base/format.h"
#include "base/outfile.h"
#include "report/html/data.h"
#include "report/summary_text.h"

#include <errno.h>
#include <string.h>

#include <json.h>

/*
 * The part of the page before the data. The Makefile builds this part from the
 * files in report/html/page/.
 */
asm(".pushsection .rodata\n"
    "page_begin:	.incbin \"page.html\"\n"
    "page_end:\n"
    ".popsection\n");

extern const char page_begin[], page_end[];

bool html_is_page(const char *path)
{
	const char *end = strstr(page_begin, "<head>");

	return outfile_begins(path, page_begin, end - page_begin);
}

int html_turn(struct html *html, const struct meta *meta)
{
	int err = map_lay_out(&html->map);

	return err ? err : heat_begin(&html->heat, meta);
}

/*
 * Return the length of a text after each '<' was escaped. '<' is escaped, so
 * that no name or command can end the HTML element that contains the data.
 */
static size_t escaped_length(const char *text)
{
	size_t length = 0;

	for (; *text; text++)
		length += *text == '<' ? 6 : 1;
	return length;
}

static void put_escaped(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '<')
			fputs("\\u003c", out);
		else
			putc(*text, out);
	}
}

static int put_page(FILE *out, const char *data)
{
	fwrite(page_begin, 1, page_end - page_begin, out);
	put_escaped(out, data);
	fputs("</script>\n", out);
	if (fflush(out) || ferror(out))
		return errno ? -errno : -EIO;
	return 0;
}

int html_write(FILE *out, struct html *html, const struct summary *summary,
	       struct symbols *symbols)
{
	size_t room = HTML_BYTES_MAX - (page_end - page_begin) - 16;
	struct json_object *object;
	const char *data;
	int err;

	/*
	 * Halve the numbers of lives, notes and verdicts until the page is
	 * small enough.
	 */
	for (int fewer = 0;; fewer++) {
		object = html_data(html, summary, symbols, fewer);
		data = object ? json_object_to_json_string_ext(object,
				JSON_C_TO_STRING_PLAIN |
				JSON_C_TO_STRING_NOSLASHESCAPE) : NULL;
		if (!data || escaped_length(data) <= room || fewer == 16)
			break;
		json_object_put(object);
	}
	err = data ? put_page(out, data) : -ENOMEM;
	json_object_put(object);
	return err;
}

void html_free(struct html *html)
{
	map_free(&html->map);
	heat_free(&html->heat);
}

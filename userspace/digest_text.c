// SPDX-License-Identifier: GPL-2.0-only
/* What a digest comes to, in sentences, and around its tables. */
#include "digest_text.h"
#include "format.h"
#include "names.h"
#include "sheet.h"
#include "tell.h"

typedef unsigned long long ull;

#define AT_COUNT 10	/* where numbers end, as in tables */

static void heading(struct sheet *sheet, const struct digest *digest,
		    const struct told *told)
{
	const size_t threads = digest->by[BY_THREAD].count;
	const __u64 execs = digest->kinds[EVENT_EXEC];
	char time[FORMAT_MAX];
	struct line line;

	line_begin(&line, sheet->style);
	line_add(&line, BOLD, "mmapdemo report: %s", told->title);
	line_add(&line, PLAIN, "  (Linux %s)", told->kernel);
	sheet_line(sheet, &line);
	line_begin(&line, sheet->style);
	line_add(&line, PLAIN, "%llu event%s in %s of %zu thread%s, %llu exec%s",
		 (ull)digest->events, plural(digest->events),
		 sheet_duration(sheet, time, digest->last - digest->first),
		 threads, plural(threads), (ull)execs, plural(execs));
	sheet_line(sheet, &line);
}

/** struct losses - being written, each line behind @indent */
struct losses {
	struct sheet *sheet;
	const char *indent;
};

static void show_loss(struct losses *losses, enum colour colour,
		      const char *what, const char *why)
{
	struct line line;

	line_begin(&line, losses->sheet->style);
	line_add(&line, colour, "%s%s", losses->indent, what);
	line_add(&line, PLAIN, "%s", why);
	sheet_line(losses->sheet, &line);
}

static void show_absent(const char *function, const char *events, int error,
			void *data)
{
	char what[128], why[512];

	snprintf(what, sizeof(what), "not observed: %s", function);
	snprintf(why, sizeof(why), ", for %s: %s", events,
		 name_attach_error(error));
	show_loss(data, YELLOW, what, why);
}

void digest_losses(struct sheet *sheet, const struct told *told,
		   const char *indent)
{
	struct losses losses = { sheet, indent };
	struct line line;
	char gap[256];

	line_begin(&line, sheet->style);
	if (told->lost)
		line_add(&line, RED, "%s%llu event%s lost: all figures are too "
			 "low; record with a larger --buffer", indent,
			 (ull)told->lost, told->lost == 1 ? " was" : "s were");
	if (told->missed)
		line_add(&line, RED, "%s%llu call%s could not be observed: too "
			 "many at once", told->lost ? "; " : indent,
			 (ull)told->missed, plural(told->missed));
	if (told->lost || told->missed)
		sheet_line(sheet, &line);
	for (size_t i = 0; i < told->gaps; i++)
		show_loss(&losses, RED, format_name(gap, sizeof(gap),
						    told_gap(told, i)), "");
	told_absent(told, show_absent, &losses);
}

/* First of all: can the rest be believed? */
static void losses(struct sheet *sheet, const struct told *told)
{
	struct line line;

	line_begin(&line, sheet->style);
	line_add(&line, GREEN, "nothing was lost");
	if (!told->lost && !told->missed && !told->gaps)
		sheet_line(sheet, &line);
	digest_losses(sheet, told, "");
}

static void faults(struct sheet *sheet, const struct digest *digest,
		   struct symbols *symbols)
{
	const struct figures *figures = &digest->faults.figures;
	char time[FORMAT_MAX];
	struct line line;

	line_begin(&line, sheet->style);
	line_add(&line, BOLD, "%llu fault%s", (ull)figures->count,
		 plural(figures->count));
	line_add(&line, PLAIN, " took %s",
		 sheet_duration(sheet, time, figures->ns));
	if (digest->faults.majors)
		line_add(&line, RED, "; %llu major",
			 (ull)digest->faults.majors);
	if (digest->awaited)
		line_add(&line, YELLOW, "; %llu waited for a read under way",
			 (ull)digest->awaited);
	if (digest->retried)
		line_add(&line, YELLOW, "; %llu retried",
			 (ull)digest->retried);
	if (digest->unhandled)
		line_add(&line, RED, "; %llu more ended before "
			 "handle_mm_fault()", (ull)digest->unhandled);
	if (digest->signals)
		line_add(&line, RED, "; %llu SIGSEGV or SIGBUS",
			 (ull)digest->signals);
	if (figures->untimed)
		line_add(&line, YELLOW, "; %llu of unknown duration",
			 (ull)figures->untimed);
	sheet_line(sheet, &line);
	if (figures->count)
		digest_tables(sheet, digest, symbols);
}

static void mmaps(struct sheet *sheet, const struct digest *digest)
{
	char time[FORMAT_MAX], size[FORMAT_MAX];
	struct line line;

	line_begin(&line, sheet->style);
	line_add(&line, BOLD, "%llu mmap call%s", (ull)digest->mmaps.count,
		 plural(digest->mmaps.count));
	line_add(&line, PLAIN, " took %s and mapped %s",
		 sheet_duration(sheet, time, digest->mmaps.ns),
		 format_size(size, digest->mapped));
	if (digest->mmaps_failed)
		line_add(&line, RED, "; %llu failed",
			 (ull)digest->mmaps_failed);
	sheet_line(sheet, &line);
}

/* Those of which the module's events tell nothing, or not all. */
static void calls(struct sheet *sheet, const struct digest *digest)
{
	static const struct {
		enum event_call call;
		const char *name;
	} others[] = {
		{ EVENT_CALL_MUNMAP, "munmap" },
		{ EVENT_CALL_MPROTECT, "mprotect" },
		{ EVENT_CALL_MADVISE, "madvise" },
	};
	const char *separator = "";
	struct line line;

	line_begin(&line, sheet->style);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		__u64 count = digest->calls[others[i].call].count;
		__u64 failed = digest->calls[others[i].call].failed;

		if (!count)
			continue;
		line_add(&line, BOLD, "%s%llu %s call%s", separator,
			 (ull)count, others[i].name, plural(count));
		if (failed)
			line_add(&line, RED, ", %llu failed", (ull)failed);
		separator = "; ";
	}
	if (*separator)
		sheet_line(sheet, &line);
}

static void merges(struct sheet *sheet, const struct digest *digest)
{
	const char *separator = ": ";
	__u64 refused = 0, merged = 0;
	struct line line;

	for (int i = 1; i < 4; i++)
		merged += digest->outcomes[i];
	for (int i = 0; i < MMAPDEMO_CAUSE_COUNT; i++)
		refused += digest->refused[i];
	line_begin(&line, sheet->style);
	line_add(&line, BOLD, "%llu merge%s", (ull)merged, plural(merged));
	line_add(&line, PLAIN, " with a neighbour, %llu refused although there "
		 "was one", (ull)refused);
	for (int i = 0; i < MMAPDEMO_CAUSE_COUNT; i++) {
		if (!digest->refused[i])
			continue;
		line_add(&line, PLAIN, "%s%llu for %s", separator,
			 (ull)digest->refused[i], name_of(names_cause, i));
		separator = ", ";
	}
	sheet_line(sheet, &line);
}

/* Why they were refused, the most frequent reason first. */
static void reasons(struct sheet *sheet, const struct digest *digest)
{
	bool told[MMAPDEMO_REASON_COUNT] = { false };

	for (;;) {
		struct line line;
		int most = -1;

		for (int i = 0; i < MMAPDEMO_REASON_COUNT; i++) {
			if (!told[i] && digest->reasons[i] &&
			    (most < 0 || digest->reasons[i] >
			     digest->reasons[most]))
				most = i;
		}
		if (most < 0)
			return;
		told[most] = true;
		line_begin(&line, sheet->style);
		sheet_number(&line, AT_COUNT, digest->reasons[most]);
		line_add(&line, PLAIN, "  %s", tell_reason(most));
		sheet_line(sheet, &line);
	}
}

static void growth(struct sheet *sheet, const struct digest *digest,
		   const struct told *told)
{
	const __u64 splits = digest->kinds[MMAPDEMO_EVENT_VMA_SPLIT];
	const __u64 removals = digest->kinds[MMAPDEMO_EVENT_VMA_UNLINK];
	char filled[FORMAT_MAX], tables[FORMAT_MAX];
	struct line line;

	line_begin(&line, sheet->style);
	line_add(&line, BOLD, "%u VMA%s", digest->map_count,
		 plural(digest->map_count));
	line_add(&line, PLAIN, " at most in one address space");
	if (told->max_map_count)
		line_add(&line, digest->map_count * 10ULL >
			 told->max_map_count * 9 ? RED : PLAIN,
			 ", %llu are allowed", (ull)told->max_map_count);
	line_add(&line, PLAIN, "; %llu new, %llu split%s, %llu removal%s",
		 (ull)digest->kinds[MMAPDEMO_EVENT_VMA_LINK], (ull)splits,
		 plural(splits), (ull)removals, plural(removals));
	sheet_line(sheet, &line);
	line_begin(&line, sheet->style);
	line_add(&line, BOLD, "%s", format_size(filled, digest->filled));
	line_add(&line, PLAIN, " of pages were mapped where faults happened, "
		 "and %s of page tables allocated",
		 format_size(tables, digest->tables * digest->page_bytes));
	if (digest->unseen)
		line_add(&line, YELLOW, "; not seen of %llu fault%s",
			 (ull)digest->unseen, plural(digest->unseen));
	sheet_line(sheet, &line);
}

static void flush_reasons(struct line *line, const struct digest *digest)
{
	const char *separator = "; ";

	for (int i = 0; i < FLUSH_REASONS; i++) {
		if (!digest->flushes[i].count)
			continue;
		line_add(line, PLAIN, "%s%llu %s", separator,
			 (ull)digest->flushes[i].count,
			 name_of(names_flush, i));
		separator = ", ";
	}
}

static void flushes(struct sheet *sheet, const struct digest *digest)
{
	const struct flush_figures sum = digest_flushes(digest);
	struct line line;

	line_begin(&line, sheet->style);
	if (digest->flushes_known) {
		line_add(&line, BOLD, "%llu flush%s of the TLB", (ull)sum.count,
			 sum.count == 1 ? "" : "es");
		line_add(&line, PLAIN, ", %llu of all its entries, the others "
			 "of %llu page%s", (ull)sum.all, (ull)sum.pages,
			 plural(sum.pages));
		flush_reasons(&line, digest);
	} else {
		line_add(&line, DIM, "flushes of the TLB were not recorded: "
			 "there is no tlb:tlb_flush");
	}
	sheet_line(sheet, &line);
}

int digest_text(FILE *out, const struct style *style,
		const struct digest *digest, const struct told *told,
		struct symbols *symbols)
{
	struct sheet sheet = { out, style, 0 };

	heading(&sheet, digest, told);
	losses(&sheet, told);
	sheet_empty(&sheet);
	faults(&sheet, digest, symbols);
	sheet_empty(&sheet);
	mmaps(&sheet, digest);
	calls(&sheet, digest);
	merges(&sheet, digest);
	reasons(&sheet, digest);
	growth(&sheet, digest, told);
	flushes(&sheet, digest);
	return sheet.err;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * A libFuzzer target that runs every command that reads a recording, with every
 * output format. An input consists of a byte with the index of the command in the
 * list below, a byte of OPTION_* bits, and the recording. Commands run repeatedly in
 * one process, and are called in the same way as main() calls them. After each call,
 * the program's variables get their initial values back.
 *
 * The mutator changes a part of the recording. The mutator then recalculates the
 * checksums, as an attacker would.
 *
 *	commands [libFuzzer's options] DIRECTORY...
 *	commands --about INPUT		print the command line for this input
 *
 * REFERENCE.dat must be in the same directory as the program. This file is the
 * second recording for mmapdemo diff.
 */
#include "cmd/cmd.h"
#include "record/trace_dat.h"
#include "system/smaps.h"

#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <libgen.h>
#include <limits.h>
#include <locale.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

size_t LLVMFuzzerMutate(unsigned char *data, size_t size, size_t max);

/* ---- commands ---- */

#define WORDS_MAX 12

/* Placeholders for arguments that are known only later. */
#define RECORDING "FILE"
#define REFERENCE "REFERENCE.dat"
#define PROCESS "PID"

static const struct {
	int (*run)(int argc, char **argv);
	const char *words[WORDS_MAX];
} commands[] = {
	{ cmd_report, { "report", RECORDING } },
	{ cmd_report, { "report", "--json", RECORDING } },
	{ cmd_report, { "report", "--html", "/dev/null", RECORDING } },
	{ cmd_report, { "report", "--faults", RECORDING } },
	{ cmd_report, { "report", "--faults", "--json", RECORDING } },
	{ cmd_report, { "report", "--merges", RECORDING } },
	{ cmd_report, { "report", "--merges", "--json", RECORDING } },
	{ cmd_report, { "report", "-fm", RECORDING } },
	{ cmd_report, { "report", "-fmj", RECORDING } },
	{ cmd_report, { "report", "--timeline", RECORDING } },
	{ cmd_report, { "report", "--machine", RECORDING } },
	{ cmd_report, { "report", "--timeline", "--json", RECORDING } },
	{ cmd_report, { "report", "--format=csv", RECORDING } },
	{ cmd_report, { "report", "--format=folded", RECORDING } },
	{ cmd_report, { "report", "--format=folded-waits", RECORDING } },
	{ cmd_report, { "report", "--format=chrome", RECORDING } },
	{ cmd_report, { "report", "--format=perfetto", RECORDING } },
	{ cmd_report, { "report", "--format=openmetrics", RECORDING } },
	{ cmd_report, { "report", "--by=class", RECORDING } },
	{ cmd_report, { "report", "--by=class", "--json", RECORDING } },
	{ cmd_report, { "report", "--by=vma", RECORDING } },
	{ cmd_report, { "report", "--by=vma", "--json", RECORDING } },
	{ cmd_report, { "report", "--by=file", RECORDING } },
	{ cmd_report, { "report", "--by=file", "--json", RECORDING } },
	{ cmd_report, { "report", "--by=ip", RECORDING } },
	{ cmd_report, { "report", "--by=ip", "--json", RECORDING } },
	{ cmd_report, { "report", "--by=thread", RECORDING } },
	{ cmd_report, { "report", "--by=thread", "--json", RECORDING } },
	{ cmd_report, { "report", "--by=maker", RECORDING } },
	{ cmd_report, { "report", "--by=maker", "--json", RECORDING } },
	{ cmd_report, { "report", "--by=caller", RECORDING } },
	{ cmd_report, { "report", "--by=caller", "--json", RECORDING } },
	{ cmd_lint, { "lint", "-i", RECORDING } },
	{ cmd_lint, { "lint", "--verbose", "-i", RECORDING } },
	{ cmd_lint, { "lint", "--json", "-i", RECORDING } },
	{ cmd_lint, { "lint", "--verbose", "--json", "-i", RECORDING } },
	{ cmd_why, { "why", "-i", RECORDING, "--all", PROCESS } },
	{ cmd_why, { "why", "-i", RECORDING, "--all", "--json", PROCESS } },
	{ cmd_why, { "why", "-i", RECORDING, PROCESS, "10001000" } },
	{ cmd_why, { "why", "-i", RECORDING, "--huge", PROCESS } },
	{ cmd_why, { "why", "-i", RECORDING, "--huge", "--json", PROCESS } },
	{ cmd_why, { "why", "-i", RECORDING, "--huge", "-v", PROCESS, "10001000" } },
	{ cmd_why, { "why", "-i", RECORDING, "-j", PROCESS, "10001000" } },
	{ cmd_why, { "why", "-i", RECORDING, PROCESS, "10000000", "10003000" } },
	{ cmd_diff, { "diff", RECORDING, REFERENCE } },
	{ cmd_diff, { "diff", "--json", RECORDING, REFERENCE } },
	{ cmd_diff, { "diff", REFERENCE, RECORDING } },
	{ cmd_diff, { "diff", "--json", REFERENCE, RECORDING } },
	{ cmd_diff, { "diff", RECORDING, RECORDING } },
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

/* Bits of the second byte of an input. */
#define OPTION_COLOUR	1	/* add --color=always */
#define OPTION_LIVES	2	/* the recorded process still exists */
#define OPTION_SYMBOLS	4	/* the recorded programs exist; such runs are slow */

#define CHOICE_BYTES	2	/* number of bytes before the recording */
#define INPUT_MAX	(1 << 20)	/* maximum size of an input from libFuzzer */

static char reference[PATH_MAX];
static bool process_lives, programs_there;

/* Return the PID in a recording, or 1 if there is none. */
static int recorded_pid(const unsigned char *data, size_t size)
{
	static const char member[] = "\"pid\":";
	const unsigned char *found = memmem(data, size, member,
					    sizeof(member) - 1);
	char digits[10] = "";

	if (found)
		snprintf(digits, sizeof(digits), "%.*s",
			 (int)strspn((const char *)found + sizeof(member) - 1,
				     "0123456789"),
			 (const char *)found + sizeof(member) - 1);
	return atoi(digits) > 0 ? atoi(digits) : 1;
}

/**
 * struct call - a call of a command
 * @choice: index of the command in the list
 * @pid: PID as text
 * @path: path of the recording
 * @argv: all arguments
 * @argc: number of arguments
 */
struct call {
	size_t choice;
	char pid[16];
	char path[PATH_MAX];
	char *argv[WORDS_MAX + 2];
	int argc;
};

/* Fill in a call. The byte after @data must be 0. */
static void call_make(struct call *call, const unsigned char *data, size_t size)
{
	const char *const *word;

	call->choice = data[0] % COMMANDS;
	process_lives = data[1] & OPTION_LIVES;
	programs_there = data[1] & OPTION_SYMBOLS;
	snprintf(call->pid, sizeof(call->pid), "%d",
		 recorded_pid(data + CHOICE_BYTES, size - CHOICE_BYTES));
	for (word = commands[call->choice].words; *word; word++) {
		char *argument = (char *)*word;

		if (!strcmp(*word, RECORDING))
			argument = call->path;
		else if (!strcmp(*word, REFERENCE))
			argument = reference;
		else if (!strcmp(*word, PROCESS))
			argument = call->pid;
		call->argv[call->argc++] = argument;
		if (call->argc == 1 && data[1] & OPTION_COLOUR)
			call->argv[call->argc++] = "--color=always";
	}
}

/* ---- environment ---- */

#define PAGE 4096
#define LOW 0x10000000ULL	/* lowest address in selftests/recordings.c */
#define LIVING_VMAS 16

/*
 * For each function __wrap_NAME, the linker redirects the calls of NAME to
 * __wrap_NAME.
 */
int __wrap_vmas_read(struct vmas *vmas, int pid);
int __wrap_vmas_whole(const struct vmas *vmas);
int __wrap_build_id_open(const char *path);
int __real_build_id_open(const char *path);
int __wrap_regcomp(regex_t *regex, const char *pattern, int flags);
int __real_regcomp(regex_t *regex, const char *pattern, int flags);
int __wrap_regexec(const regex_t *regex, const char *text, size_t count,
		   regmatch_t *match, int flags);
int __real_regexec(const regex_t *regex, const char *text, size_t count,
		   regmatch_t *match, int flags);

/*
 * Return the VMAs of a living process. The VMAs are adjacent, and each VMA
 * differs from the next one.
 */
int __wrap_vmas_read(struct vmas *vmas, int pid)
{
	(void)pid;
	*vmas = (struct vmas){ 0 };
	if (!process_lives)
		return -ESRCH;
	vmas->list = calloc(LIVING_VMAS, sizeof(*vmas->list));
	if (!vmas->list)
		return -ENOMEM;
	for (size_t i = 0; i < LIVING_VMAS; i++)
		vmas->list[i] = (struct vma){
			.start = LOW + i * PAGE,
			.end = LOW + (i + 1) * PAGE,
			.flags = i % 2 ? 0x73 : 0x71,
			.name = "[heap]",
		};
	vmas->count = LIVING_VMAS;
	return 0;
}

int __wrap_vmas_whole(const struct vmas *vmas)
{
	(void)vmas;
	return 0;
}

int __wrap_build_id_open(const char *path)
{
	return programs_there ? __real_build_id_open(path) : -ENOENT;
}

/* Compile each pattern only once per process, as in a normal run of the program. */
int __wrap_regcomp(regex_t *regex, const char *pattern, int flags)
{
	static struct {
		const char *pattern;
		regex_t regex;
	} known[8];
	int i = 0, ret;

	while (known[i].pattern && known[i].pattern != pattern)
		i++;
	ret = known[i].pattern ? 0 :
	      __real_regcomp(&known[i].regex, pattern, flags);
	known[i].pattern = pattern;
	*regex = known[i].regex;
	return ret;
}

/*
 * Most inputs have the same formats of events. Match each format only once, and
 * keep the answer.
 */
#define ANSWERS 4096

int __wrap_regexec(const regex_t *regex, const char *text, size_t count,
		   regmatch_t *match, int flags)
{
	static struct {
		__u64 sum;
		int ret;
	} answers[ANSWERS];
	const __u64 sum = sum_of((__u64)regex->buffer, text, strlen(text)) | 1;
	const size_t at = sum / 2 % ANSWERS;

	if (count)
		return __real_regexec(regex, text, count, match, flags);
	if (answers[at].sum != sum)
		answers[at].ret = __real_regexec(regex, text, count, match,
						 flags);
	answers[at].sum = sum;
	return answers[at].ret;
}

/* ---- variables ---- */

/*
 * fuzz.sh moves all variables of the program into these sections. The sanitizer
 * forbids access to the gaps between variables. copy_words() therefore copies
 * the sections by an instruction that the sanitizer does not check.
 */
extern char __start_program_data[], __stop_program_data[];
extern char __start_program_bss[], __stop_program_bss[];

static char *initial;

__attribute__((no_sanitize("address", "undefined")))
static void copy_words(char *to, const char *from, size_t size)
{
	__asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(size)
			 : : "memory");
}

static void variables_save(void)
{
	const size_t data = __stop_program_data - __start_program_data;
	const size_t bss = __stop_program_bss - __start_program_bss;

	initial = mmap(NULL, data + bss, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (initial == MAP_FAILED)
		err(1, "variables");
	copy_words(initial, __start_program_data, data);
	copy_words(initial + data, __start_program_bss, bss);
}

static void variables_restore(void)
{
	const size_t data = __stop_program_data - __start_program_data;
	const size_t bss = __stop_program_bss - __start_program_bss;

	copy_words(__start_program_data, initial, data);
	copy_words(__start_program_bss, initial + data, bss);
	optind = 0;
	clearerr(stdout);
}

/* ---- the target ---- */

/* Print the command line that runs this input with the normal program. */
static void about(const char *path)
{
	static unsigned char data[INPUT_MAX + 1];
	struct call call = { .path = RECORDING };
	FILE *file = fopen(path, "re");
	size_t size = file ? fread(data, 1, INPUT_MAX, file) : 0;

	if (size < CHOICE_BYTES)
		errx(1, "%s: it is no input", path);
	fclose(file);
	call_make(&call, data, size);
	printf("mmapdemo");
	for (int i = 0; i < call.argc; i++)
		printf(" %s", call.argv[i]);
	puts(process_lives ? " # of a process that lives" : "");
	exit(0);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	char folder[PATH_MAX];

	if (!realpath((*argv)[0], folder))
		err(1, "%s", (*argv)[0]);
	snprintf(reference, sizeof(reference), "%s/" REFERENCE,
		 dirname(folder));
	if (*argc == 3 && !strcmp((*argv)[1], "--about"))
		about((*argv)[2]);
	setlocale(LC_ALL, "C.UTF-8");
	setlocale(LC_NUMERIC, "C");
	variables_save();
	return 0;
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	static int fd = -1;
	struct call call = { 0 };
	unsigned char *copy;

	if (size < CHOICE_BYTES)
		return 0;
	if (fd < 0)
		fd = memfd_create("recording", MFD_CLOEXEC);
	copy = calloc(size + 1, 1);
	if (!copy || fd < 0)
		abort();
	memcpy(copy, data, size);
	if (ftruncate(fd, 0) ||
	    pwrite(fd, copy + CHOICE_BYTES, size - CHOICE_BYTES, 0) !=
	    (ssize_t)(size - CHOICE_BYTES))
		abort();
	snprintf(call.path, sizeof(call.path), "/proc/self/fd/%d", fd);
	call_make(&call, copy, size);
	free(copy);
	commands[call.choice].run(call.argc, call.argv);
	fflush(stdout);
	variables_restore();
	return 0;
}

/* ---- the mutator ---- */

/* Relative frequencies of changes to each part of a recording. */
#define OFTEN_HEADER	2
#define OFTEN_PAGE	3
#define OFTEN_FIELD	4
#define OFTEN_ORDER	3
#define OFTEN_ABOUT	4
#define OFTEN_END	1
#define OFTEN (OFTEN_HEADER + OFTEN_PAGE + OFTEN_FIELD + OFTEN_ORDER + \
	       OFTEN_ABOUT + OFTEN_END)

#define WINDOW		64	/* maximum number of bytes that are changed */
#define PAGE_HEAD	16	/* size of the header of a ring buffer page */
#define COMMIT_AT	8
#define COMMIT_MASK	((1U << 27) - 1)
#define WORD		4
#define TYPE_MASK	31
#define TYPE_WORDS	28	/* a type up to this number is a length in words */

/**
 * struct layout - where the parts of a recording are
 * @end: the last part, which follows the metadata
 * @page_size: size of a ring buffer page
 * @count: number of pages
 * @pages: offset of the pages
 * @sums: offset of the checksums, which follow the pages
 * @about: offset of the metadata, which follow the checksums
 */
struct layout {
	struct trace_dat_end end;
	__u32 page_size;
	size_t count;
	size_t pages;
	size_t sums;
	size_t about;
};

static unsigned int random_state;

static size_t below(size_t limit)
{
	return limit ? (size_t)rand_r(&random_state) % limit : 0;
}

static bool find_layout(const unsigned char *data, size_t size,
			struct layout *layout)
{
	const size_t at = sizeof(TRACE_DAT_MAGIC) + 2;
	size_t bytes;

	if (size < at + sizeof(layout->page_size) + sizeof(layout->end))
		return false;
	memcpy(&layout->page_size, data + at, sizeof(layout->page_size));
	size -= sizeof(layout->end);
	memcpy(&layout->end, data + size, sizeof(layout->end));
	if (layout->page_size < PAGE || layout->end.header_bytes > size ||
	    layout->end.sums_bytes > size || layout->end.meta_bytes > size)
		return false;
	layout->count = layout->end.sums_bytes / sizeof(__u64);
	bytes = layout->count * layout->page_size;
	if (layout->end.header_bytes + bytes + layout->end.sums_bytes +
	    layout->end.meta_bytes > size)
		return false;
	layout->about = size - layout->end.meta_bytes;
	layout->sums = layout->about - layout->end.sums_bytes;
	layout->pages = layout->sums - bytes;
	return true;
}

static void correct_sums(unsigned char *data, size_t size)
{
	struct layout layout;
	__u64 sum;

	if (!find_layout(data, size, &layout))
		return;
	for (size_t i = 0; i < layout.count; i++) {
		sum = sum_of(0, data + layout.pages + i * layout.page_size,
			     layout.page_size);
		memcpy(data + layout.sums + i * sizeof(sum), &sum, sizeof(sum));
	}
	sum = sum_of(0, data, layout.end.header_bytes);
	sum = sum_of(sum, data + layout.sums, layout.end.sums_bytes);
	sum = sum_of(sum, data + layout.about, layout.end.meta_bytes);
	layout.end.checksum = sum;
	memcpy(data + size - sizeof(layout.end), &layout.end,
	       sizeof(layout.end));
}

/* Change some of these bytes, but keep their number. */
static void change(unsigned char *data, size_t size)
{
	size_t window = size < WINDOW ? size : 1 + below(WINDOW);
	unsigned char *at = data + below(size - window + 1);

	if (window)
		LLVMFuzzerMutate(at, window, window);
}

/*
 * Return the number of bytes that records use in a page. Return 0 if there are
 * none.
 */
static size_t used(const unsigned char *page, const struct layout *layout)
{
	__u32 commit;

	memcpy(&commit, page + COMMIT_AT, sizeof(commit));
	commit &= COMMIT_MASK;
	return commit <= layout->page_size - PAGE_HEAD ? commit : 0;
}

static unsigned char *any_page(unsigned char *data, const struct layout *layout)
{
	return data + layout->pages + below(layout->count) * layout->page_size;
}

static void change_page(unsigned char *data, const struct layout *layout)
{
	unsigned char *page = any_page(data, layout);

	if (!layout->count)
		return;
	if (!below(16))
		change(page, PAGE_HEAD);
	else
		change(page + PAGE_HEAD, used(page, layout));
}

/*
 * Return a random short record of a page, as the address of its first word.
 * Return NULL if the page has no short record.
 */
static unsigned char *any_record(unsigned char *page,
				 const struct layout *layout)
{
	unsigned char *at = page + PAGE_HEAD, *end = at + used(page, layout);
	unsigned char *found = NULL;
	size_t count = 0, bytes;

	for (; end - at > WORD; at += bytes) {
		bytes = WORD + WORD * (*at & TYPE_MASK);
		if ((*at & TYPE_MASK) > TYPE_WORDS)
			bytes = 2 * WORD;
		else if (!(*at & TYPE_MASK) || bytes > (size_t)(end - at))
			break;
		else if (!below(++count))
			found = at;
	}
	return found;
}

/*
 * Set a word of a record to a small number, to an extreme number, or to a
 * random number.
 */
static void change_word(unsigned char *data, const struct layout *layout)
{
	static const __u32 ends[] = { 0, 1, ~0U, ~0U >> 1, 1U << 31, PAGE };
	unsigned char *record = layout->count ?
				any_record(any_page(data, layout), layout) :
				NULL;
	__u32 value;

	if (!record)
		return;
	switch (below(3)) {
	case 0:
		value = below(64);
		break;
	case 1:
		value = ends[below(sizeof(ends) / sizeof(ends[0]))];
		break;
	default:
		value = below(1 << 30) << 2 ^ below(1 << 30);
	}
	memcpy(record + WORD * (1 + below(*record & TYPE_MASK)), &value,
	       sizeof(value));
}

static void change_fields(unsigned char *data, const struct layout *layout)
{
	do
		change_word(data, layout);
	while (below(8));
}

/* Copy a record over another record of the same size, or swap the two records. */
static void change_order(unsigned char *data, const struct layout *layout)
{
	unsigned char *a, *b, copy[WORD * (1 + TYPE_WORDS)];
	size_t bytes;

	if (!layout->count)
		return;
	for (int tries = 0; tries < 16; tries++) {
		a = any_record(any_page(data, layout), layout);
		b = any_record(any_page(data, layout), layout);
		if (!a || !b || a == b || (*a & TYPE_MASK) != (*b & TYPE_MASK))
			continue;
		bytes = WORD * (*a & TYPE_MASK);
		memcpy(copy, a + WORD, bytes);
		memcpy(a + WORD, b + WORD, bytes);
		if (below(2))
			memcpy(b + WORD, copy, bytes);
		return;
	}
}

/*
 * Change the metadata, which may become longer or shorter. If the size of the
 * metadata changes, move the end of the recording. Return the new size of the
 * recording.
 */
static size_t change_about(unsigned char *data, size_t size, size_t max,
			   struct layout *layout)
{
	const size_t begin = below(layout->end.meta_bytes + 1);
	unsigned char *at = data + layout->about + begin;
	size_t left = layout->end.meta_bytes - begin, before, after, room;
	unsigned char rest[WINDOW];
	unsigned char *tail;

	before = left < WINDOW ? left : 1 + below(WINDOW);
	room = max - size < sizeof(rest) - before ? before + max - size :
	       sizeof(rest);
	tail = room ? malloc(left - before + 1) : NULL;
	if (!tail)
		return size;
	memcpy(tail, at + before, left - before);
	memcpy(rest, at, before);
	after = LLVMFuzzerMutate(rest, before, room);
	memcpy(at, rest, after);
	memcpy(at + after, tail, left - before);
	free(tail);
	layout->end.meta_bytes += after - before;
	memcpy(data + layout->about + layout->end.meta_bytes, &layout->end,
	       sizeof(layout->end));
	return size + after - before;
}

/*
 * Return true if @which is below @often, so that the part is chosen. Otherwise,
 * adapt @which to the list of the later parts.
 */
static bool chosen(size_t *which, size_t often)
{
	if (*which < often)
		return true;
	*which -= often;
	return false;
}

static size_t change_recording(unsigned char *data, size_t size, size_t max)
{
	struct layout layout;
	size_t which = below(OFTEN);

	if (!find_layout(data, size, &layout))
		return LLVMFuzzerMutate(data, size, max);
	if (chosen(&which, OFTEN_HEADER))
		change(data, layout.end.header_bytes);
	else if (chosen(&which, OFTEN_PAGE))
		change_page(data, &layout);
	else if (chosen(&which, OFTEN_FIELD))
		change_fields(data, &layout);
	else if (chosen(&which, OFTEN_ORDER))
		change_order(data, &layout);
	else if (chosen(&which, OFTEN_ABOUT))
		size = change_about(data, size, max, &layout);
	else
		change(data + size - sizeof(layout.end), sizeof(layout.end));
	return size;
}

size_t LLVMFuzzerCustomMutator(unsigned char *data, size_t size, size_t max,
			       unsigned int seed)
{
	random_state = seed;
	if (size <= CHOICE_BYTES)
		return LLVMFuzzerMutate(data, size, max);
	if (!below(4))
		data[0] = below(COMMANDS);
	if (!below(8))
		data[1] = below(8);
	do {
		size = CHOICE_BYTES +
		       change_recording(data + CHOICE_BYTES,
					size - CHOICE_BYTES,
					max - CHOICE_BYTES);
	} while (below(2) && size > CHOICE_BYTES);
	correct_sums(data + CHOICE_BYTES, size - CHOICE_BYTES);
	return size;
}

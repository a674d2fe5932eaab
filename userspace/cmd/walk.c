// SPDX-License-Identifier: GPL-2.0-only
/* mmapdemo walk: show the current page tables of a process */
#include "base/format.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "inspect/walked.h"
#include "system/device.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/*
 * The address of [vsyscall]. In /proc/PID/maps, [vsyscall] is the only mapping
 * that is not at a user address.
 */
#define VSYSCALL 0xffffffffff600000ULL

/** struct walking - options and state of the command */
struct walking {
	bool json;
	bool tree;
	enum when colour;
	struct walked walked;
};

/* ---- options ---- */

static const struct cmd_usage usage = {
	.name = "walk",
	.text =
"Usage: mmapdemo walk [OPTION]... PID ADDRESS\n"
"       mmapdemo walk [OPTION]... PID START-END\n"
"       mmapdemo walk [OPTION]... PID\n"
"If an ADDRESS is given, translate the address level by level, as the processor\n"
"does. If a range is given, print every populated page table entry that does not\n"
"point to a table, with each run of similar entries in one line. If neither is\n"
"given, print for each level the number of entries that point to tables and to\n"
"pages. Addresses are hexadecimal, as in /proc/PID/maps. The page tables can\n"
"change during the walk. Without the module or without root, show only the\n"
"contents of /proc/PID/pagemap.\n",
	.examples =
"  sudo mmapdemo walk 4711 7f0c5a1d2000\n"
"  sudo mmapdemo walk --tree self\n",
	.options = {
		OPTION_FLAG('t', "tree", struct walking, tree, "print "
			    "all populated entries as a tree, including "
			    "entries that point to tables"),
		OPTION_JSON(struct walking, json, "write one line of JSON "
			    "for each run of equal entries"),
		OPTION_COLOUR(struct walking, colour),
		OPTION_END
	},
};

/*
 * Return true for the canonical addresses above the user addresses: the upper
 * bits are all 1.
 */
static bool is_kernel(__u64 address)
{
	const int bits = walk_levels() == 5 ? 56 : 47;

	return address >> bits == ~0ULL >> bits;
}

/*
 * Refuse an address that is not a user address, and a range that starts or ends
 * at such an address. Return -1 if the text is not refused, otherwise the exit
 * status.
 */
static int refuse_kernel(const char *text)
{
	const char *end;
	__u64 address;

	if (parse_address(text, &end, &address))
		return -1;
	if (address < WALK_ADDRESSES && *end == '-' &&
	    parse_address(end + 1, &end, &address))
		return -1;
	if (address < WALK_ADDRESSES || (*end && *end != '-'))
		return -1;
	if ((address & -WALK_PAGE) == VSYSCALL)
		return cmd_fail("walk", "%s: an address in the vsyscall page, "
				"which the kernel emulates and no process maps",
				text);
	return cmd_fail("walk", "%s: %s; walk shows only the memory of "
			"processes", text, is_kernel(address) ?
			"a kernel address" : "not a canonical address");
}

static bool is_backwards(const char *text)
{
	const char *end;
	__u64 from, to;

	return !parse_address(text, &end, &from) && *end == '-' &&
	       !parse_address(end + 1, &end, &to) && !*end && to <= from;
}

/*
 * Parse an address or a range. If @text is NULL, use all addresses. Return
 * false if the text is invalid.
 */
static bool parse_where(const char *text, struct walked *walked)
{
	struct walk *walk = &walked->walk;
	const char *end;

	walk->end = WALK_ADDRESSES;
	if (!text)
		return true;
	if (parse_address(text, &end, &walk->start) ||
	    walk->start >= WALK_ADDRESSES)
		return false;
	walked->address = walk->start;
	walk->start &= -WALK_PAGE;
	if (!*end) {
		walked->view = WALKED_ADDRESS;
		walk->end = walk->start + WALK_PAGE;
		return true;
	}
	walked->view = WALKED_RANGE;
	if (*end != '-' || parse_address(end + 1, &end, &walk->end) || *end ||
	    walk->end >= WALK_ADDRESSES || walk->end <= walked->address)
		return false;
	walk->end = (walk->end + WALK_PAGE - 1) & -WALK_PAGE;
	return true;
}

/* Return -1 on success, otherwise the exit status. */
static int parse(int argc, char **argv, struct walking *walking)
{
	struct walked *walked = &walking->walked;
	int status = cmd_parse(&usage, argc, argv, walking);

	if (status >= 0)
		return status;
	if (optind == argc || argc - optind > 2)
		return cmd_misused("walk", "a PID is required; at most one "
				   "ADDRESS or START-END is allowed");
	status = cmd_process("walk", argv[optind], &walked->walk.pid);
	if (status >= 0)
		return status;
	walked->view = WALKED_ALL;
	if (argv[optind + 1])
		status = refuse_kernel(argv[optind + 1]);
	if (status >= 0)
		return status;
	if (argv[optind + 1] && is_backwards(argv[optind + 1]))
		return cmd_misused("walk", "%s: END must be above START",
				   argv[optind + 1]);
	if (!parse_where(argv[optind + 1], walked))
		return cmd_misused("walk", "%s: must be an address such as "
				   "7f0c5a1d2000, or a range START-END",
				   argv[optind + 1]);
	if (walking->tree)
		walked->view = WALKED_TREE;
	return -1;
}

/* ---- walking ---- */

static int see_run(const struct mmapdemo_run *run, void *data)
{
	struct walking *walking = data;

	walked_add(&walking->walked, run);
	return walking->json ? walked_json_run(&walking->walked, run) :
			       walked_text_run(&walking->walked, run);
}

static int failed(const struct walk *walk, int err)
{
	switch (err) {
	case -EPIPE:
		return CMD_OK;
	case -ESRCH:
		return kill(walk->pid, 0) && errno == ESRCH ?
		       cmd_fail("walk", "process %d: %s", walk->pid,
				strerror(ESRCH)) :
		       cmd_no_memory("walk", walk->pid, -ENODATA);
	default:
		return cmd_no_memory("walk", walk->pid, err);
	}
}

/*
 * Open the device. If the device can't be opened, fail with --tree. Without
 * --tree, show only the contents of /proc/PID/pagemap. Return -1 on success,
 * otherwise the exit status.
 */
static int open_tables(struct walking *walking)
{
	struct walked *walked = &walking->walked;
	struct mmapdemo_info info;
	int err;

	walked->walk.fd = dev_open();
	if (walked->walk.fd < 0 && walking->tree)
		return cmd_no_device("walk", walked->walk.fd);
	if (walked->walk.fd < 0) {
		walked->why = walked->walk.fd == -EACCES ? "root is required" :
			      "the module is not loaded";
		walked->walk.levels = walk_levels();
		return -1;
	}
	err = dev_info(walked->walk.fd, &info);
	walked->walk.levels = info.levels;
	return err ? failed(&walked->walk, err) : -1;
}

int cmd_walk(int argc, char **argv)
{
	static struct walking walking;
	struct walked *walked = &walking.walked;
	int status = parse(argc, argv, &walking);
	int err = 0;

	if (status < 0)
		status = open_tables(&walking);
	if (status >= 0)
		return status;
	style_detect(&walked->style, stdout, walking.colour);
	if (walking.json)
		err = walked_json_begin(walked);
	if (!err)
		err = walk_runs(&walked->walk, see_run, &walking);
	if (!err && walked->view == WALKED_ADDRESS &&
	    !walked_leaf_of(walked))
		walked->next = next_touch(walked->walk.pid, walked->address);
	if (!err)
		err = walking.json ? walked_json(walked) : walked_text(walked);
	if (!err && fflush(stdout))
		err = -errno;
	if (walked->walk.fd >= 0)
		close(walked->walk.fd);
	return err ? failed(&walked->walk, err) : CMD_OK;
}

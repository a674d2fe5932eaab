// SPDX-License-Identifier: GPL-2.0-only
#include "event/maps.h"
#include "base/format.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/**
 * struct maps_node - node of an AVL tree
 * @below: subtree of the mappings at lower addresses
 * @above: subtree of the mappings at higher addresses
 * @refs: number of nodes and maps that point to this node. A node with more
 *	than one reference must not be changed
 * @height: height of the subtree, including the node
 * @mapping: the mapping
 */
struct maps_node {
	struct maps_node *below;
	struct maps_node *above;
	unsigned int refs;
	int height;
	struct mapping mapping;
};

/* ---- nodes ---- */

static struct maps_node *get_node(struct maps_node *node)
{
	if (node)
		node->refs++;
	return node;
}

static void put_node(struct maps_node *node)
{
	if (!node || --node->refs)
		return;
	put_node(node->below);
	put_node(node->above);
	free(node);
}

static struct maps_node *new_node(const struct mapping *mapping)
{
	struct maps_node *node = calloc(1, sizeof(*node));

	if (!node)
		return NULL;
	node->refs = 1;
	node->height = 1;
	node->mapping = *mapping;
	return node;
}

/*
 * If the node *@link is shared, replace *@link by a private copy, which can be
 * changed. Return 0 or -ENOMEM.
 */
static int own_node(struct maps_node **link)
{
	struct maps_node *node = *link, *copy;

	if (node->refs == 1)
		return 0;
	copy = new_node(&node->mapping);
	if (!copy)
		return -ENOMEM;
	copy->height = node->height;
	copy->below = get_node(node->below);
	copy->above = get_node(node->above);
	put_node(node);
	*link = copy;
	return 0;
}

/* ---- balance ---- */

static int height(const struct maps_node *node)
{
	return node ? node->height : 0;
}

static void measure(struct maps_node *node)
{
	int below = height(node->below), above = height(node->above);

	node->height = 1 + (below > above ? below : above);
}

/*
 * Rotate the tree, so that the root of the subtree @below replaces *@link. If
 * there is no memory for a private copy of this root, change nothing. The tree
 * is then less balanced, but correct.
 */
static void raise_below(struct maps_node **link)
{
	struct maps_node *node = *link, *raised;

	if (own_node(&node->below))
		return;
	raised = node->below;
	node->below = raised->above;
	raised->above = node;
	measure(node);
	measure(raised);
	*link = raised;
}

static void raise_above(struct maps_node **link)
{
	struct maps_node *node = *link, *raised;

	if (own_node(&node->above))
		return;
	raised = node->above;
	node->above = raised->below;
	raised->below = node;
	measure(node);
	measure(raised);
	*link = raised;
}

/*
 * Update the height of *@link, which must be a private node. Rebalance the
 * subtree if necessary.
 */
static void balance(struct maps_node **link)
{
	struct maps_node *node = *link;
	int more = height(node->below) - height(node->above);

	measure(node);
	if (more > 1) {
		if (height(node->below->below) <
		    height(node->below->above) && !own_node(&node->below))
			raise_above(&node->below);
		raise_below(link);
	} else if (more < -1) {
		if (height(node->above->above) <
		    height(node->above->below) && !own_node(&node->above))
			raise_below(&node->above);
		raise_above(link);
	}
}

/* ---- changes, which first make all affected nodes private ---- */

static int add_node(struct maps_node **link, struct maps_node *added)
{
	struct maps_node *node = *link;
	int err;

	if (!node) {
		*link = added;
		return 0;
	}
	err = own_node(link);
	if (err)
		return err;
	node = *link;
	err = add_node(added->mapping.start < node->mapping.start ?
		       &node->below : &node->above, added);
	if (!err)
		balance(link);
	return err;
}

static void replace_node(struct maps_node **link, struct maps_node *by)
{
	struct maps_node *node = *link;

	*link = get_node(by);
	put_node(node);
}

/* Remove the leftmost node of *@link, and copy its mapping to @mapping. */
static int take_lowest(struct maps_node **link, struct mapping *mapping)
{
	int err;

	if (!(*link)->below) {
		*mapping = (*link)->mapping;
		replace_node(link, (*link)->above);
		return 0;
	}
	err = own_node(link) ?: take_lowest(&(*link)->below, mapping);
	if (!err)
		balance(link);
	return err;
}

/* Remove the mapping that begins at @start. The mapping must exist. */
static int drop_node(struct maps_node **link, __u64 start)
{
	struct maps_node *node = *link;
	int err;

	if (node->mapping.start == start && !(node->below && node->above)) {
		replace_node(link, node->below ?: node->above);
		return 0;
	}
	err = own_node(link);
	if (err)
		return err;
	node = *link;
	if (node->mapping.start == start)
		err = take_lowest(&node->above, &node->mapping);
	else
		err = drop_node(start < node->mapping.start ? &node->below :
							      &node->above,
				start);
	if (!err)
		balance(link);
	return err;
}

/*
 * Return the mapping that begins at @start. The caller may change this mapping.
 * Return NULL if there is no memory.
 */
static struct mapping *own_mapping(struct maps *maps, __u64 start)
{
	struct maps_node **link = &maps->root;

	maps->found = NULL;
	for (;;) {
		if (own_node(link))
			return NULL;
		if ((*link)->mapping.start == start)
			return &(*link)->mapping;
		link = start < (*link)->mapping.start ? &(*link)->below :
							&(*link)->above;
	}
}

static int add_mapping(struct maps *maps, const struct mapping *mapping)
{
	struct maps_node *node = new_node(mapping);
	int err = node ? add_node(&maps->root, node) : -ENOMEM;

	maps->found = NULL;
	if (err)
		free(node);
	return err;
}

static int drop_mapping(struct maps *maps, __u64 start)
{
	maps->found = NULL;
	return drop_node(&maps->root, start);
}

/* ---- ranges ---- */

static void move_start(struct mapping *mapping, __u64 start)
{
	mapping->offset += start - mapping->start;
	mapping->start = start;
}

/*
 * Remove the addresses from @start to @end from the mapping @known, which must
 * begin before @start.
 */
static int cut_end(struct maps *maps, const struct mapping *known,
		   __u64 start, __u64 end)
{
	struct mapping rest = *known, *mine = own_mapping(maps, known->start);

	if (!mine)
		return -ENOMEM;
	mine->end = start;
	if (rest.end <= end)
		return 0;
	move_start(&rest, end);
	return add_mapping(maps, &rest);
}

static int cut_start(struct maps *maps, const struct mapping *known, __u64 end)
{
	struct mapping *mine = own_mapping(maps, known->start);

	if (!mine)
		return -ENOMEM;
	move_start(mine, end);
	return 0;
}

int maps_clear(struct maps *maps, __u64 start, __u64 end)
{
	const struct mapping *known;
	int err = 0;

	if (start >= end)
		return 0;
	while (!err && (known = maps_after(maps, start)) &&
	       known->start < end) {
		if (known->start < start)
			err = cut_end(maps, known, start, end);
		else if (known->end > end)
			err = cut_start(maps, known, end);
		else
			err = drop_mapping(maps, known->start);
	}
	return err;
}

int maps_set(struct maps *maps, const struct mapping *mapping)
{
	const struct mapping copy = *mapping;
	const struct mapping *known = maps_after(maps, copy.start);
	struct mapping *mine;
	int err;

	if (copy.start >= copy.end)
		return 0;
	if (!copy.ino && !strcmp(copy.name, MAPS_STACK))
		maps->stack = copy.end;
	if (known && known->start == copy.start && known->end == copy.end) {
		mine = own_mapping(maps, copy.start);
		if (mine)
			*mine = copy;
		return mine ? 0 : -ENOMEM;
	}
	err = maps_clear(maps, copy.start, copy.end);
	return err ? err : add_mapping(maps, &copy);
}

void maps_copy(struct maps *to, const struct maps *from)
{
	*to = *from;
	get_node(to->root);
}

void maps_free(struct maps *maps)
{
	put_node(maps->root);
	*maps = (struct maps){ 0 };
}

/* ---- searches ---- */

const struct mapping *maps_after(const struct maps *maps, __u64 address)
{
	const struct maps_node *node = maps->root;
	const struct mapping *found = NULL;

	while (node) {
		if (node->mapping.end <= address) {
			node = node->above;
			continue;
		}
		found = &node->mapping;
		node = node->below;
	}
	return found;
}

const struct mapping *maps_next_vma(const struct maps *maps, __u64 address)
{
	const struct mapping *mapping = maps_after(maps, address);

	/* [vsyscall] is at an address above all user addresses. */
	return mapping && mapping->start >> 63 ? NULL : mapping;
}

const struct mapping *maps_find(const struct maps *maps, __u64 address)
{
	const struct maps_node *node = maps->root;
	const struct mapping *found = maps->found;

	if (found && address >= found->start && address < found->end)
		return found;
	while (node) {
		if (address < node->mapping.start)
			node = node->below;
		else if (address >= node->mapping.end)
			node = node->above;
		else
			return ((struct maps *)maps)->found = &node->mapping;
	}
	return NULL;
}

__u64 maps_first_touch(const struct maps *maps, __u64 address)
{
	const struct mapping *known = maps_find(maps, address);
	const __u64 born = known ? known->born : 0;
	struct mapping *mine;

	if (!born)
		return 0;
	mine = own_mapping((struct maps *)maps, known->start);
	if (mine)
		mine->born = 0;
	return born;
}

/* ---- texts ---- */

static int parse_line(struct maps *maps, const char *line)
{
	unsigned int major, minor;
	struct mapping mapping = { 0 };
	unsigned long long start, end, offset, ino;
	int name = 0;

	if (sscanf(line, "%llx-%llx %*s %llx %x:%x %llu %n", &start, &end,
		   &offset, &major, &minor, &ino, &name) < 6 || !name)
		return -EPROTO;
	mapping.start = start;
	mapping.end = end;
	mapping.offset = offset;
	mapping.ino = ino;
	mapping.dev = major << 20 | minor;
	format_file(mapping.name, sizeof(mapping.name), line + name);
	return maps_set(maps, &mapping);
}

int maps_parse(struct maps *maps, FILE *file)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t length;
	int err = 0;

	while (!err && (length = getline(&line, &room, file)) > 0) {
		line[strcspn(line, "\n")] = 0;
		err = parse_line(maps, line);
	}
	free(line);
	return err;
}

const char *maps_format(const struct maps *maps, __u64 address, char *text,
			size_t size)
{
	const struct mapping *mapping = maps_find(maps, address);
	unsigned long long offset;

	text[0] = 0;
	if (!mapping || (!mapping->ino && !mapping->name[0]))
		return text;
	offset = address - mapping->start + mapping->offset;
	/* Omit the offset in the stack, because the stack can grow downwards. */
	if (!strcmp(mapping->name, MAPS_STACK))
		snprintf(text, size, "%s", mapping->name);
	else if (mapping->name[0])
		snprintf(text, size, "%s+%#llx", mapping->name, offset);
	else
		snprintf(text, size, "inode %llu+%#llx",
			 (unsigned long long)mapping->ino, offset);
	return text;
}

// SPDX-License-Identifier: GPL-2.0-only
#include "base/json.h"
#include "event/json.h"
#include "inspect/huge_text.h"
#include "inspect/neighbours_text.h"
#include "inspect/vma_list.h"

#include <json.h>

/* Omit amounts that are unknown. */
static struct json_object *add_amounts(const struct vma_list *listing,
				       struct json_object *object,
				       const struct vma_list_amounts *amounts)
{
	static const char *const names[] = {
		"size", "resident", "pss", "anonymous", "dirty", "shared",
		"swapped", "huge", "huge_next", "tables", "faults"
	};

	for (int c = 0; c < VMA_LIST_AMOUNTS; c++) {
		if ((c == VMA_LIST_TABLES && listing->walk_err) ||
		    (c == VMA_LIST_NEXT && !listing->with_huge) ||
		    (c == VMA_LIST_FAULTS && !listing->watched))
			continue;
		object = json_add_number(object, names[c], amounts->of[c]);
	}
	return object;
}

static int write_vma(const struct vma_list *listing, size_t i,
		     const struct neighbours *pair)
{
	const struct vma *vma = &listing->vmas.list[i];
	struct json_object *object = json_object_new_object();
	char title[VMA_TITLE_MAX];
	bool guessed = vma_names_title(&listing->names, i, title);

	object = json_add_number(object, "start", vma->start);
	object = json_add_number(object, "end", vma->end);
	object = json_add_bits(object, "vm_flags_names", vma_flags,
			       vma->flags);
	object = json_add_number(object, "dev", vma->dev);
	object = json_add_number(object, "ino", vma->ino);
	object = json_add_number(object, "offset", vma->offset);
	object = json_add_text(object, "name", vma->name);
	object = json_add_text(object, "policy", vma->policy);
	object = json_add_text(object, "title", title);
	object = json_add_number(object, "guessed", guessed);
	object = add_amounts(listing, object, &listing->amounts[i]);
	object = json_add_number(object, "lazyfree", vma->lazyfree);
	if (listing->with_huge)
		object = huge_json_reasons(object, listing->huge.list[i].of);
	if (pair)
		object = json_add_object(object, "apart", mergeable_json(
					json_object_new_object(),
					&pair->mergeable));
	return json_line(stdout, object);
}

static int write_sum(const struct vma_list *listing)
{
	static const char *const parts[] = {
		[VMA_LIST_OF_FILE] = "file", [VMA_LIST_OF_SHMEM] = "shmem",
		[VMA_LIST_OF_HUGETLB] = "hugetlb",
	};
	const __u64 *rest = listing->amounts[listing->vmas.count].of;
	struct json_object *object = json_object_new_object();

	object = json_add_text(object, "event", "summary");
	object = json_add_number(object, "vmas", listing->vmas.count);
	object = add_amounts(listing, object, &listing->sum);
	for (int part = VMA_LIST_OF_FILE; part < VMA_LIST_PARTS; part++)
		object = json_add_number(object, parts[part],
					 listing->parts[part]);
	object = json_add_number(object, "lazyfree", listing->lazyfree);
	if (listing->with_huge)
		object = huge_json_reasons(object, listing->huge.sum);
	if (!listing->walk_err)
		object = json_add_number(object, "tables_reserved",
					 listing->reserve);
	if (listing->watched)
		object = json_add_number(object, "faults_elsewhere",
					 rest[VMA_LIST_FAULTS]);
	return json_line(stdout, object);
}

int vma_list_json(const struct vma_list *listing)
{
	size_t next = 0;
	int err = json_line(stdout, json_header("mmapdemo-maps", NULL,
						listing->pid));

	for (size_t i = 0; !err && i < listing->vmas.count; i++)
		err = write_vma(listing, i, vma_list_neighbours(listing, i, &next));
	return err ? err : write_sum(listing);
}

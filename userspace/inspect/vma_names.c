// SPDX-License-Identifier: GPL-2.0-only
#include "inspect/vma_names.h"
#include "base/format.h"
#include "base/line.h"
#include "event/vm_flags.h"
#include "system/proc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define VM_ACCESS (VM_READ | VM_WRITE | VM_EXEC)
#define VM_MAYBE_GUARD 0x800

/*
 * The value of glibc's HEAP_MAX_SIZE on 64-bit machines. A tunable of glibc can
 * change this size.
 */
#define ARENA_BYTES (64ULL << 20)
#define SEGMENTS_MAX 8	/* maximum number of mappings to search for code */

/* Maximum number of columns of a path that is shown with its directory. */
#define PATH_SHORT 40

typedef unsigned long long ull;

static const struct vma *vma_at(const struct vma_names *names, size_t i)
{
	return i < names->vmas->count ? &names->vmas->list[i] : NULL;
}

/* Return the VMA that ends where VMA @i begins, or NULL if there is none. */
static const struct vma *vma_below(const struct vma_names *names, size_t i)
{
	const struct vma *below = i ? vma_at(names, i - 1) : NULL;

	return below && below->end == vma_at(names, i)->start ? below : NULL;
}

/* Return the VMA that begins where VMA @i ends, or NULL if there is none. */
static const struct vma *vma_above(const struct vma_names *names, size_t i)
{
	const struct vma *above = vma_at(names, i + 1);

	return above && above->start == vma_at(names, i)->end ? above : NULL;
}

static bool is_private(const struct vma *vma, __u64 access)
{
	return !(vma->flags & VM_MAYSHARE) &&
	       (vma->flags & VM_ACCESS) == access;
}

/* Return true if the VMA maps no file, and /proc shows no name for the VMA. */
static bool is_nameless(const struct vma *vma)
{
	return !vma->name[0] && !vma_has_file(vma);
}

/* ---- stacks of threads ---- */

/*
 * Return true if the VMA may have guard pages, or is directly above a guard VMA.
 * Thread stacks have a guard, but arenas of malloc() do not.
 */
static bool is_guarded(const struct vma_names *names, size_t i)
{
	const struct vma *below = vma_below(names, i);

	return vma_at(names, i)->flags & VM_MAYBE_GUARD ||
	       (below && is_nameless(below) && is_private(below, 0));
}

/*
 * Find the stack of a thread. The kernel shows the stack pointer only if the
 * thread is sleeping. Skip all other threads. If the caller may not trace the
 * process, stop at the first thread, because each attempt can write a line to
 * the kernel log.
 */
static int see_thread(int tid, void *data)
{
	struct vma_names *names = data;
	const struct vma *vma;
	__u64 pointer;
	size_t i;

	if (proc_stack_pointer(tid, &pointer) == -EPERM)
		return -EPERM;
	i = vmas_after(names->vmas, pointer);
	vma = vma_at(names, i);
	if (pointer && vma && vma->start <= pointer && is_nameless(vma) &&
	    is_guarded(names, i))
		names->threads[i] = tid;
	return 0;
}

int vma_names_find(struct vma_names *names, const struct vmas *vmas, int pid)
{
	*names = (struct vma_names){
		.vmas = vmas,
		.threads = calloc(vmas->count + 1, sizeof(*names->threads)),
	};
	if (!names->threads)
		return -ENOMEM;
	shmem_find(&names->shmem, pid);
	proc_threads(pid, see_thread, names);
	return 0;
}

void vma_names_free(struct vma_names *names)
{
	shmem_free(&names->shmem);
	free(names->threads);
	names->threads = NULL;
}

/* ---- guesses ---- */

/*
 * Except for the main arena, an arena of glibc's malloc() is a private mapping
 * with MAP_NORESERVE. An arena has a size of 64 MiB, and begins at a multiple of
 * 64 MiB. Only the used part, at the start of the arena, is writable.
 */
static bool is_arena(const struct vma *used, const struct vma *rest)
{
	const __u64 end = rest ? rest->end : used->end;

	return is_nameless(used) && is_private(used, VM_READ | VM_WRITE) &&
	       used->flags & VM_NORESERVE &&
	       !(used->start % ARENA_BYTES) &&
	       end == used->start + ARENA_BYTES &&
	       (!rest || (is_nameless(rest) && is_private(rest, 0) &&
			  rest->flags & VM_NORESERVE));
}

static const char *guess_arena(const struct vma_names *names, size_t i)
{
	const struct vma *vma = vma_at(names, i);
	const struct vma *below = vma_below(names, i);

	if (is_arena(vma, NULL) ||
	    (vma_above(names, i) && is_arena(vma, vma_above(names, i))))
		return "? malloc arena";
	return below && is_arena(below, vma) ? "? rest of malloc arena" : NULL;
}

/*
 * Return true if one of the SEGMENTS_MAX VMAs below VMA @i maps the file of VMA
 * @i with PROT_EXEC, and all VMAs in between map the same file.
 */
static bool is_program(const struct vma_names *names, size_t i)
{
	const struct vma *data = vma_at(names, i);

	for (size_t n = 1; n <= SEGMENTS_MAX && n <= i; n++) {
		const struct vma *vma = vma_at(names, i - n);

		if (vma->ino != data->ino || vma->dev != data->dev)
			return false;
		if (vma->flags & VM_EXEC)
			return true;
	}
	return false;
}

/*
 * If VMA @i may be the .bss of a program, return the VMA of the program's data,
 * which ends where VMA @i begins. Otherwise, return NULL.
 */
static const struct vma *guess_bss(const struct vma_names *names, size_t i)
{
	const struct vma *data = vma_below(names, i);
	const __u64 writable = VM_READ | VM_WRITE;

	return data && data->name[0] == '/' && is_private(data, writable) &&
	       is_private(vma_at(names, i), writable) &&
	       is_program(names, i - 1) ? data : NULL;
}

/* ---- titles ---- */

static bool title_nameless(const struct vma_names *names, size_t i,
			   char text[VMA_TITLE_MAX])
{
	const char *arena = guess_arena(names, i);
	const struct vma *data = guess_bss(names, i);
	char file[VMA_NAME_MAX];

	if (names->threads[i])
		snprintf(text, VMA_TITLE_MAX, "stack of thread %d",
			 names->threads[i]);
	else if (arena)
		snprintf(text, VMA_TITLE_MAX, "%s", arena);
	else if (data)
		snprintf(text, VMA_TITLE_MAX, "? .bss of %s",
			 vma_title(data, file));
	else
		vma_title(vma_at(names, i), text);
	return !names->threads[i] && (arena || data);
}

/* The id of a SysV segment is the inode number of its file. */
static void title_shmem(const struct vma *vma, char text[VMA_TITLE_MAX])
{
	char path[VMA_NAME_MAX];
	unsigned int key;

	vma_title(vma, path);
	if (sscanf(vma->name, "/SYSV%8x (deleted)", &key) == 1)
		snprintf(text, VMA_TITLE_MAX, "SysV shm %llu, key %#x",
			 (ull)vma->ino, key);
	else if (!strcmp(path, SHARED_MEMORY) ||
		 !strncmp(vma->name, "/memfd:", 7))
		snprintf(text, VMA_TITLE_MAX, "%s", path);
	else if (text_columns(vma->name) > PATH_SHORT)
		snprintf(text, VMA_TITLE_MAX, "tmpfs: %s", path);
	else
		snprintf(text, VMA_TITLE_MAX, "tmpfs: %s",
			 format_name(path, sizeof(path), vma->name));
}

bool vma_names_title(const struct vma_names *names, size_t i,
		     char text[VMA_TITLE_MAX])
{
	const struct vma *vma = vma_at(names, i);

	if (is_nameless(vma))
		return title_nameless(names, i, text);
	if (vma->name[0] == '/' && shmem_has(&names->shmem, vma->dev))
		title_shmem(vma, text);
	else
		vma_title(vma, text);
	return false;
}

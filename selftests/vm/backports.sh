#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# backports.sh KERNEL...
#
# Test that the module builds for kernels of distributions, which have features
# of newer kernels. The functions below change a copy of the kernel's headers as
# a backport would. Then the object files that use the feature are built. A
# backport is skipped if the kernel already has the feature. Then the whole
# module is built with all backports. Finally, the module is built with headers
# of this kernel that claim to be of an older version. The output is in TAP
# format.

# shellcheck disable=SC2317 # functions are called by check

set -uo pipefail
. "$(dirname "$0")/lib.sh"
. "$top/selftests/tap.sh"

# The functions run in the directory with the headers that do not depend on the
# configuration. $build is the directory with the headers that depend on the
# configuration.
build=../build

# ---- changes ----

# has WORD FILE...: return 0 if a header has this word.
has() {
	local word=$1

	shift
	grep -qw "$word" "${@/#/include/linux/}"
}

# edit FILE SCRIPT...: change a header with sed.
edit() {
	local file=$1 script

	shift
	for script; do
		sed -i "$script" "include/linux/$file"
	done
}

# append FILE: insert standard input before the last line of a header, which is
# an #endif.
append() {
	edit "$1" '$d'
	{ cat; echo '#endif'; } >>"include/linux/$1"
}

# rename SCRIPT WORD: run the sed script SCRIPT on all headers that contain
# WORD.
rename() {
	local files

	mapfile -t files < <(grep -Rlw "$2" include arch/x86/include)
	sed -i -E "$1" "${files[@]}"
}

# last_line FILE LINE: add a line to a file of the kernel. sed replaces the link
# by a file, so that the cache does not change.
last_line() {
	sed -i "\$a $2" "$build/$1"
}

# exports FUNCTION: list FUNCTION as exported by the kernel, if it is not
# listed.
exports() {
	grep -qw "$1" "$build/Module.symvers" ||
		last_line Module.symvers "0x00000000\t$1\tvmlinux\tEXPORT_SYMBOL\t"
}

# ---- backports ----

# Linux 6.3, commit bc292ab00f6c ("mm: introduce vma->vm_flags wrapper functions")
vm_flags_set() {
	! has vm_flags_set mm.h || return 4
	edit mm_types.h 's/^\tunsigned long vm_flags;.*/\tunion {\
		const vm_flags_t vm_flags;\
		vm_flags_t __private __vm_flags;\
	};/'
	edit mm.h 's/vma->vm_flags &= ~(VM_MAYWRITE)/vm_flags_clear(vma, VM_MAYWRITE)/' \
		'/^static inline void vma_set_anonymous/i\
static inline void vm_flags_set(struct vm_area_struct *vma, vm_flags_t flags)\
{\
	ACCESS_PRIVATE(vma, __vm_flags) |= flags;\
}\
\
static inline void vm_flags_clear(struct vm_area_struct *vma, vm_flags_t flags)\
{\
	ACCESS_PRIVATE(vma, __vm_flags) &= ~flags;\
}\
'
}

# Linux 6.4, commit 0b6cc04f3db3 ("mm: introduce CONFIG_PER_VMA_LOCK")
vma_lock() {
	! has FAULT_FLAG_VMA_LOCK mm_types.h || return 4
	vm_flags_set
	last_line include/config/auto.conf CONFIG_PER_VMA_LOCK=y
	last_line include/generated/autoconf.h '#define CONFIG_PER_VMA_LOCK 1'
	append mm_types.h <<-'EOF'
	enum { FAULT_FLAG_VMA_LOCK = 1 << 12 };
	EOF
	append mm.h <<-'EOF'
	static inline void vma_end_read(struct vm_area_struct *vma) {}
	EOF
}

# Linux 6.6, commit 0790e1e2f8c9 ("mm: change folio_lock_or_retry to use vm_fault
# directly")
vma_lock_in_fault() {
	vma_lock || return
	append mm.h <<-'EOF'
	static inline void release_fault_lock(struct vm_fault *vmf)
	{
		if (vmf->flags & FAULT_FLAG_VMA_LOCK)
			vma_end_read(vmf->vma);
		else
			mmap_read_unlock(vmf->vma->vm_mm);
	}
	EOF
}

# Linux 5.19, commit c89357e27f20 ("mm: support GUP-triggered unsharing"), and Linux
# 6.0, commit d92725256b4f ("mm: avoid unnecessary page fault retires")
fault_flags() {
	! has VM_FAULT_COMPLETED mm_types.h || return 4
	append mm_types.h <<-'EOF'
	enum { FAULT_FLAG_UNSHARE = 1 << 10 };
	EOF
	edit mm_types.h 's/^\tVM_FAULT_NEEDDSYNC .*/&\
	VM_FAULT_COMPLETED = (__force vm_fault_t)0x004000,/'
}

# Linux 5.15, commit 730633f0b7f9 ("mm: Protect operations adding pages to page cache
# with invalidate_lock")
invalidate_lock() {
	! has invalidate_lock fs.h || return 4
	edit fs.h 's/^struct address_space {/&\
	struct rw_semaphore invalidate_lock;/'
	append fs.h <<-'EOF'
	static inline void filemap_invalidate_lock(struct address_space *m)
	{ down_write(&m->invalidate_lock); }
	static inline void filemap_invalidate_unlock(struct address_space *m)
	{ up_write(&m->invalidate_lock); }
	static inline void filemap_invalidate_lock_shared(struct address_space *m)
	{ down_read(&m->invalidate_lock); }
	static inline int filemap_invalidate_trylock_shared(struct address_space *m)
	{ return down_read_trylock(&m->invalidate_lock); }
	static inline void filemap_invalidate_unlock_shared(struct address_space *m)
	{ up_read(&m->invalidate_lock); }
	EOF
}

# Linux 5.16, commit 7b230db3b8d3 ("mm: Introduce struct folio"). The functions are
# those of compat/folio.h.
folios() {
	! has page_folio page-flags.h pagemap.h || return 4
	{
		sed '1,/^#ifndef page_folio/d; /^#endif/,$d' "$top/module/compat/folio.h"
		cat <<-'EOF'
		#define page_folio(page) page_folio(page)
		static inline void
		mapping_set_large_folios(struct address_space *mapping) {}
		EOF
	} | append pagemap.h
	edit pagemap.h 's/^#include <linux\/highmem.h>/#include <linux\/build_bug.h>\n&/'
}

# Linux 5.18, commit 6f31a5a261db ("fs: Add aops->dirty_folio"), to Linux 6.8 ("fs:
# convert error_remove_page to error_remove_folio")
folio_operations() {
	! has error_remove_folio fs.h || return 4
	folios
	edit fs.h '/^struct address_space_operations {/i\
struct folio;\
bool noop_dirty_folio(struct address_space *, struct folio *);\
' \
		's/int (\*set_page_dirty)(.*/bool (*dirty_folio)(struct address_space *,\
			struct folio *);/' \
		's/(\*freepage)(.*/(*free_folio)(struct folio *folio);/' \
		's/(\*migratepage) *(/(*migrate_folio)(/' \
		'/enum migrate_mode);/s/struct page/struct folio/g' \
		's/(\*error_remove_page)(.*/(*error_remove_folio)(struct address_space *,\
			struct folio *);/'
	exports noop_dirty_folio
}

# Linux 6.4, commit 1aaba11da9aa ("driver core: class: remove module * from
# class_create()")
class_create() {
	has __class_create device/class.h || return 4
	edit device/class.h '/^#define class_create(/,/^})/d'
	append device/class.h <<-'EOF'
	struct class *class_create(const char *name);
	EOF
}

# Linux 6.4, commit 8788ca164eb4 ("ftrace: Remove the legacy _ftrace_direct API")
ftrace_direct() {
	! has direct_call ftrace.h || return 4
	edit ftrace.h 's/^struct ftrace_ops {/&\n\tunsigned long direct_call;/' \
		's/^\(int register_ftrace_direct(\).*/\1struct ftrace_ops *ops,\
			   unsigned long addr);/' \
		's/^\(int unregister_ftrace_direct(\).*/\1struct ftrace_ops *ops,\
			     unsigned long addr, bool free_filters);/'
	exports ftrace_free_filter
}

# Linux 6.3, commit 9760ebffbf55 ("mm: switch vma_merge(), split_vma(), and
# __split_vma to vma iterator")
vma_merge_iterator() {
	has vma_iterator mm_types.h && has vma_merge mm.h || return 4
	edit mm.h 's/ \*vma_merge(struct mm_struct \*,/ *vma_merge(struct vma_iterator *,\
	struct mm_struct *,/'
}

# Linux 6.6, commit 592b5fad1677 ("mm: Re-introduce vm_flags to do_mmap()")
do_mmap_flags() {
	grep -q '^.unsigned long pgoff, unsigned long .populate' include/linux/mm.h ||
		return 4
	edit mm.h 's/^\tunsigned long pgoff, unsigned long \*populate/\tvm_flags_t,&/'
}

# Linux 6.6, commit 1d024e7a8dab ("mm: remove enum page_entry_size")
huge_fault_order() {
	has page_entry_size mm.h || return 4
	edit mm.h '/^enum page_entry_size {/,/^};/d'
	rename 's/enum page_entry_size pe_size/unsigned int order/' page_entry_size
}

# Linux 6.7, commit def3ae83da02 ("fs: store real path instead of fake path in
# backing file f_path")
file_user_path() {
	! has file_user_path fs.h || return 4
	append fs.h <<-'EOF'
	static inline const struct path *file_user_path(const struct file *f)
	{ return &f->f_path; }
	static inline const struct inode *file_user_inode(const struct file *f)
	{ return file_inode(f); }
	EOF
}

# Linux 6.16 and 6.17, commit 20ca475d9860 ("mm: rename call_mmap/mmap_prepare to
# vfs_mmap/mmap_prepare")
mmap_prepare() {
	! has mmap_prepare fs.h || return 4
	append mm_types.h <<-'EOF'
	struct vm_area_desc {
		unsigned long start;
		unsigned long end;
	};
	EOF
	append mm.h <<-'EOF'
	static inline unsigned long vma_desc_pages(struct vm_area_desc *desc)
	{ return (desc->end - desc->start) >> PAGE_SHIFT; }
	EOF
	edit fs.h 's/^\tint (\*mmap) *(.*/&\
	int (*mmap_prepare)(struct vm_area_desc *);/' \
		'/^struct file_operations {/i\
struct vm_area_desc;\
' \
		's/\<call_mmap\>/vfs_mmap/' \
		'/^static inline int vfs_mmap/i\
static inline bool can_mmap_file(struct file *file)\
{\
	return file->f_op->mmap || file->f_op->mmap_prepare;\
}\
'
}

# Linux 6.17, commit 21aa65bf82a7 ("mm: remove callers of pfn_t functionality")
frame_numbers() {
	has pfn_t pfn.h || return 4
	edit pfn_t.h d
	edit pfn.h '/^typedef struct {/,/^} pfn_t;/d'
	rename 's/\<pfn_t\>/unsigned long/' pfn_t
}

# Linux 7.3 ("mm: rename uffd-wp PTE accessors to uffd")
uffd_names() {
	has pte_swp_uffd_wp swapops.h || return 4
	rename 's/\<(pte|pmd)_(swp_)?uffd_wp\>/\1_\2uffd/g' \
		'\(pte\|pmd\)_\(swp_\)\?uffd_wp'
}

# all: apply all backports.
all() {
	local line backport

	for line in "${backports[@]}"; do
		read -r backport _ <<<"$line"
		[[ $backport == all ]] || "$backport" || :
	done
}

# Each backport is followed by the files that use the feature.
backports=(
	'vm_flags_set device/backing device/method_prepare'
	'vma_lock_in_fault device/backing device/fault device/plan'
	'vma_lock device/backing device/fault trace/hooks_fault'
	'fault_flags trace/events trace/hooks_fault'
	'invalidate_lock device/pages device/inode'
	'folios device/inode device/io device/method_huge device/method_remap device/pages
		walk/walk'
	'folio_operations device/inode device/pages'
	'class_create device/device main'
	'ftrace_direct probe/direct'
	'vma_merge_iterator trace/hooks_change'
	'do_mmap_flags trace/hooks_mmap'
	'huge_fault_order device/method_huge'
	'file_user_path device/backing trace/observe'
	'mmap_prepare device/backing device/device device/method_prepare trace/hooks_merge'
	'frame_numbers device/method_huge device/method_pfn'
	'uffd_names trace/hooks_fault walk/range walk/walk'
	'all'
)

# ---- builds ----

# fresh KERNEL: make a copy of the kernel's headers.
fresh() {
	rm -rf "$work/build"
	headers=$work/$1
	copy_headers "$1" "$headers"
}

# changed KERNEL BACKPORT: make a copy of the headers, and apply BACKPORT to the
# copy. Return 4 if the kernel has the feature.
changed() {
	fresh "$1" && (cd "$headers/common" && "$2")
}

# builds [FILE...]: build these files, or the whole module.
# shellcheck disable=SC2120 # called by check
builds() {
	local targets=("${@/#/module/}")

	TARGETS=${targets[*]/%/.o} quiet_build "$headers/build" "$work/build"
}

# builds_as KERNEL VERSION: build with headers of KERNEL that claim to be of
# VERSION.
builds_as() {
	local code

	fresh "$1" || return
	code=$(((${2%.*} << 16) + (${2#*.} << 8)))
	sed -i "s/LINUX_VERSION_CODE .*/LINUX_VERSION_CODE $code/" \
		"$headers/build/include/generated/uapi/linux/version.h"
	builds
}

(($#)) || die "usage: backports.sh KERNEL..."
work=$top/build/backports
rm -rf "$work"

echo 'TAP version 13'
for kernel; do
	headers_work_here "$kernel" || {
		skip "$kernel" 'its headers do not work on this machine'
		continue
	}
	for line in "${backports[@]}"; do
		read -r -d '' backport files <<<"$line"
		changed "$kernel" "$backport"
		status=$?
		# shellcheck disable=SC2086 # split into words
		((status == 4)) || check "$kernel + $backport" builds $files
	done
	for version in 5.14 6.4; do
		[[ $(printf '%s\n' "$version" "${kernel%%-*}" | sort -V | head -n 1) == \
			"${kernel%%-*}" ]] ||
			check "$kernel as $version" builds_as "$kernel" "$version"
	done
done
rm -rf "$work"
finish

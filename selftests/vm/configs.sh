#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# configs.sh KERNEL...
#
# Test that the module builds for kernels with fewer options than Debian's: with each
# of the options below off, and with all of them off. The output is in TAP format.
# small.config switches off the same options, for tests on a running kernel. lint.sh
# tests the options without which the module can't be built.

# shellcheck disable=SC2317 # functions are called by check

set -uo pipefail
. "$(dirname "$0")/lib.sh"
. "$top/selftests/tap.sh"

# Each option is followed by the options that depend on it.
options=(
	'FUNCTION_TRACER DYNAMIC_FTRACE DYNAMIC_FTRACE_WITH_REGS
		DYNAMIC_FTRACE_WITH_ARGS DYNAMIC_FTRACE_WITH_DIRECT_CALLS
		FUNCTION_GRAPH_TRACER FTRACE_MCOUNT_RECORD FTRACE_MCOUNT_USE_CC
		FTRACE_MCOUNT_USE_OBJTOOL KPROBES_ON_FTRACE LIVEPATCH FPROBE'
	'TRANSPARENT_HUGEPAGE TRANSPARENT_HUGEPAGE_MADVISE
		TRANSPARENT_HUGEPAGE_ALWAYS READ_ONLY_THP_FOR_FS THP_SWAP
		ARCH_ENABLE_THP_MIGRATION PGTABLE_HAS_HUGE_LEAVES'
	'HUGETLBFS HUGETLB_PAGE CGROUP_HUGETLB HUGETLB_PAGE_OPTIMIZE_VMEMMAP
		ARCH_ENABLE_HUGEPAGE_MIGRATION'
	'NUMA NUMA_BALANCING NUMA_BALANCING_DEFAULT_ENABLED NUMA_KEEP_MEMINFO
		NODES_SHIFT NODES_SPAN_OTHER_NODES USE_PERCPU_NUMA_NODE_ID ACPI_NUMA
		AMD_NUMA X86_64_ACPI_NUMA NUMA_MEMBLKS'
	'NUMA_BALANCING NUMA_BALANCING_DEFAULT_ENABLED'
	'SWAP ZSWAP THP_SWAP FRONTSWAP MEMCG_SWAP'
	'MEMCG MEMCG_KMEM MEMCG_SWAP MEMCG_V1 CGROUP_WRITEBACK SLAB_OBJ_EXT'
	'MEM_SOFT_DIRTY'
	'USERFAULTFD HAVE_ARCH_USERFAULTFD_WP HAVE_ARCH_USERFAULTFD_MINOR
		PTE_MARKER_UFFD_WP'
)

# builds_without KERNEL OPTION...: build the module with these options off.
builds_without() {
	rm -rf "$work/build"
	copy_headers "$1" "$work/$1" || return
	switch_off "$work/$1/build" "${@:2}"
	quiet_build "$work/$1/build" "$work/build"
}

(($#)) || die "usage: configs.sh KERNEL..."
work=$top/build/configs
rm -rf "$work"

echo 'TAP version 13'
for kernel; do
	headers_work_here "$kernel" || {
		skip "$kernel" 'its headers do not work on this machine'
		continue
	}
	for option in "${options[@]}"; do
		# shellcheck disable=SC2086 # split into words
		check "builds for $kernel without ${option%%[[:space:]]*}" \
			builds_without "$kernel" $option
	done
	# shellcheck disable=SC2068 # split into words
	check "builds for $kernel without any of these options" \
		builds_without "$kernel" ${options[@]}
done
rm -rf "$work"
finish

# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154
#
# First touches of memory in synthetic recordings. This file is sourced, and not run.

# Classes of faults, and flags of VMAs
small=2 copy=11 huge=14 split=18
rw=0x73 refused=0x40000073 advised=0x20000073

# fault CLASS ADDRESS BEFORE [FIELD=VALUE]...: print a fault in the VMA $vma, which has
# the flags $flags. BEFORE is "none" if the block has no page table.
fault() {
	local before=0xf

	[[ $3 != none ]] || before=0x7
	echo "pte_fault mm=7 class=$1 address=$2 before=$before after_seen=1 after=0x1f" \
		"access=1 entry_after=0x11b duration=100 vma_start=${vma%-*}" \
		"vma_end=${vma#*-} vm_flags=$flags trigger=5 nr=-1 ${*:4}"
}

# mmap_fails FLAGS ERROR LENGTH: print a call of mmap() that the kernel refused early.
mmap_fails() {
	echo "sys_enter_mmap addr=0 len=$3 prot=3 flags=$1 fd=-1 off=0"
	echo "sys_exit_mmap ret=-$2"
}

# do_mmap_fails FLAGS ERROR LENGTH: the same, but the kernel had called do_mmap().
do_mmap_fails() {
	echo "sys_enter_mmap addr=0 len=$3 prot=3 flags=$1 fd=-1 off=0"
	echo "do_mmap mm=7 len=$3 prot=3 flags=$1 ret=-$2 trigger=5 nr=9"
	echo "sys_exit_mmap ret=-$2"
}

# pages ADDRESS COUNT: print faults on COUNT pages, in a block without a page table.
pages() {
	local i before=none

	for ((i = 0; i < $2; i++)); do
		fault $small $(($1 + 4096 * i)) $before
		before=table
	done
}

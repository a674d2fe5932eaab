#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Compatibility with other versions. With an older module, the program must
# offer what the module supports, and must report what is missing. For older
# programs, each event must keep all its fields, and the meaning of its fields.
# Fields may be added, but must never be removed.
#
# Depends on: the program.

# shellcheck source=tap.sh disable=SC2086,SC2317
. "$(dirname "$0")/tap.sh"

need_module
need_program
programs=$(realpath "$programs")
"$programs/older" 1 -- true || skip_all "needs a kernel with CONFIG_SECCOMP_FILTER"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit
export LC_ALL=C

# Numbers of ioctls, as in abi_test.c.
stat_now=0xc068de01 probe_first=0xc070de02 probe_now=0xc078de02
walk=0xc038de03 count=0x4010de04 region=0x4020de05

functions() {
	sed 's/.*"function":"\([^"]*\)".*/\1/'
}

# lacks NUMBERS COMMAND...: check that mmapdemo COMMAND... fails without the
# ioctls with these NUMBERS, and reports the reason in one line.
lacks() {
	local numbers=$1 status=0

	shift
	"$programs/older" $numbers -- mmapdemo "$@" >out 2>errors || status=$?
	equal 1 $status "status of $*" && equal '' "$(<out)" "output of $*" &&
		equal 1 "$(wc -l <errors)" "lines of error of $*" &&
		grep -q "^mmapdemo: $1: .*the loaded module is older" \
			errors || ! cat errors
}

forgets() {
	"$programs/older" $walk $count -- "$programs/older" $region -- true ||
		return
	# Other ioctls still work.
	"$programs/older" $stat_now -- mmapdemo walk $$ >/dev/null
}

probes_of_before_inside() {
	mmapdemo probes --json | functions >now
	"$programs/older" $probe_now -- mmapdemo probes --json >out || return
	functions <out >before
	[[ -s now ]] && diff now before
}

lacks_probes() {
	lacks "$probe_first $probe_now" probes --json
}

lacks_count() {
	lacks $count count -- true
}

lacks_walk() {
	lacks $walk walk $$
}

lacks_regions() {
	lacks $region read --method page /dev/mmapdemo
}

traces_with_older_probes() {
	"$programs/older" "$probe_first" $probe_now $walk $count $region -- \
		mmapdemo trace -- true >out 2>&1 && grep -q 'mmap calls' out ||
		! cat out
}

# ---- fields of events ----

# A field may move to another offset, and may become wider. Programs notice such a
# change, because programs read the format.
fields_stay() {
	local event names format name bytes now missing=0

	while read -r event names; do
		format=$tracing/events/mmapdemo/$event/format
		for name in $names; do
			bytes=${name#*:} name=${name%:*}
			now=$(sed -nE "s/^\tfield:.*[ *]$name(\[[0-9]*\])?;.*\tsize:([0-9]+);.*/\2/p" \
				"$format")
			((now >= bytes)) || {
				echo "$event.$name: '$now' bytes, had $bytes"
				missing=1
			}
		done
	done <"$fields"
	return $missing
}

fields=$work/fields
cat >"$fields" <<-'END'
	do_mmap addr:8 len:8 pgoff:8 ret:8 duration:8 ino:8 dev:4 mm:4 prot:4
	do_mmap flags:4 name:1 trigger:4 nr:4
	get_unmapped_area addr:8 len:8 pgoff:8 ret:8 ino:8 dev:4 mm:4 flags:4
	get_unmapped_area topdown:4 search:1 name:1 trigger:4 nr:4 low:8
	get_unmapped_area high:8
	vma_merge start:8 end:8 prev_start:8 prev_end:8 next_start:8
	vma_merge next_end:8 result_start:8 result_end:8 vm_flags:8 mm:4
	vma_merge cause:4 outcome:4 absorbed:4 map_count:4 trigger:4 nr:4
	vma_merge flags_wanted:8 flags_diff_prev:8 flags_diff_next:8 pgoff:8
	vma_merge pgoff_prev:8 pgoff_next:8 ret:8 reason_prev:1 reason_next:1
	vma_link start:8 end:8 vm_flags:8 pgoff:8 ino:8 dev:4 mm:4 cause:4
	vma_link map_count:4 name:1 trigger:4 nr:4 caller:8
	pte_fault address:8 ip:8 pfn:8 duration:8 vma_start:8 vma_end:8
	pte_fault vm_flags:8 pgoff:8 ino:8 dev:4 mm:4 entry_before:4
	pte_fault entry_after:4 ret:4 retries:2 access:1 from:1 class:1
	pte_fault before:1 after:1 order:1 vma_lock:1 after_seen:1 filled:1
	pte_fault trigger:4 nr:4 huge:2 folio:2
	vma_split start:8 end:8 cut:8 mm:4 map_count:4 trigger:4 nr:4 caller:8
	vma_unlink start:8 end:8 mm:4 vmas:4 trigger:4 nr:4
	brk brk:8 old:8 ret:8 duration:8 mm:4
	mremap addr:8 old_len:8 new_len:8 new_addr:8 ret:8 duration:8 mm:4
	mremap flags:4
	dup_mm pgtables:8 duration:8 mm:4 child_mm:4 child_pid:4 map_count:4
	dup_mm trigger:4 nr:4 huge:4
	pgd_alloc mm:4 user:4 kernel:4 shared:4 trigger:4 nr:4
	exit_mmap pgtables:8 duration:8 mm:4 map_count:4 trigger:4 nr:4
	fault_time address:8 duration:8 lock_before:8 work:8 reclaim:8 compaction:8
	fault_time reclaim_sleep:8 io:8 sleep:8 lock:8 cpu:8 read_bytes:8
	fault_time cache_pages:8 reclaimed:8 ip:8 mm:4 class:4 switches:4 holder:4
	fault_time holder_nr:4 where:1
	mmap_lock_wait duration:8 mm:4 write:4 fault:4 holder:4 holder_nr:4
	mmap_lock_wait trigger:4 nr:4
	pte_faults time:8 count:4 vmas:4 vma:4 fault:4
	fault_signal address:8 ip:8 mm:4 access:4 present:4 sig:4 code:4
END

echo 'TAP version 13'
check 'only the named ioctls are unknown' forgets
check 'probes of a module without the member "inside" are shown' \
	probes_of_before_inside
check 'probes says that the module is older' lacks_probes
check 'count says that the module is older' lacks_count
check 'walk says that the module is older' lacks_walk
check 'read --method says that the module is older' lacks_regions
check 'trace needs none of these ioctls' traces_with_older_probes
check 'events have all fields that they ever had' fields_stay
finish

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# mmapdemo why --huge must give the first test that fails, for each reason that a
# program can provoke. It must predict whether the next touch maps a huge page: the
# test touches the memory, and compares. The module may or may not be loaded.
#
# Depends on: the kernel.

# shellcheck source=tap.sh disable=SC2086,SC2317
. "$(dirname "$0")/tap.sh"

need_root
need_program
thp=/sys/kernel/mm/transparent_hugepage
[[ -d $thp ]] || skip_all 'there are no huge pages'
! [[ -r $ko ]] || load
work=$(mktemp -d)
pool=/proc/sys/vm/nr_hugepages
pool_before=$(cat $pool)
export LC_ALL=C

# chosen FILE: print the word in brackets.
chosen() {
	sed 's/.*\[\(.*\)\].*/\1/' "$thp/$1"
}

settings=()
for setting in enabled defrag shmem_enabled hugepages-2048kB/{,shmem_}enabled; do
	[[ ! -e $thp/$setting ]] || settings+=("$setting:$(chosen $setting)")
done

restore() {
	local setting

	for setting in "${settings[@]}"; do
		echo "${setting#*:}" >"$thp/${setting%:*}"
	done
}

# khugepaged must leave the blocks "one-page" and "forked" alone. At the limit of 511, it
# must not wake up.
limit=$thp/khugepaged/max_ptes_none limit_before=$(<$thp/khugepaged/max_ptes_none)
pause=$thp/khugepaged/scan_sleep_millisecs
pause_before=$(<$thp/khugepaged/scan_sleep_millisecs)

clean_up() {
	restore
	echo "$limit_before" >$limit
	echo "$pause_before" >$pause
	echo "$pool_before" >$pool
	umount "$work/files"
	rm -rf "$work"
}
trap clean_up EXIT
mkdir "$work/files"
echo 0 >$limit
echo 600000 >$pause
mount -t tmpfs -o huge=within_size none "$work/files" || exit
echo 1 >$pool

# ---- expectations ----

# each REASONS NAME...: expect REASONS, separated by |, for the blocks.
each() {
	local name

	for name in "${@:2}"; do
		expected[$name]=$1
	done
}

plain='untouched first-of-two last-of-two read-only watched'
edges='begins-late ends-early begins-early'
with_advice='advised emptied drained one-page forked mapped read-first'
files='file file-private file-offset file-end'

# What is expected if anonymous memory gets huge pages, but shared memory does not.
expect_always() {
	each next untouched first-of-two last-of-two read-only advised emptied \
		file
	each range $edges file-end
	each nohugepage refused refused-written
	each shmem shared shared-advised file-short file-part
	each table one-page forked
	each mapped mapped
	each access no-access
	each uffd watched
	each copy file-private
	each pgoff file-offset
	each pool pool
	each empty pool-empty
	# On Linux 5.10, the answer depends on the page that is touched.
	since 6.1 || each unknown file-part
	each 'table|next' drained
	if since 7.2; then
		each next read-first
	else
		each zero read-first
	fi
}

# The first test of newer kernels is the setting.
expect_setting() {
	each setting $plain $edges
	! since 6.12 || each setting refused refused-written
}

# ---- the process ----

area=("$work/files")

# begin [VARIABLE=VALUE]: start the process. Set $blocks to the names and the
# addresses of its blocks.
begin() {
	local line

	coproc ACTOR { exec env "$@" "$programs/thp" "${area[@]}"; }
	heard over || return
	line=${words[0]}
	pid=${line#ready }
	blocks=("${words[@]:1}")
}

# reason_of OPTIONS...: print the reason that why gives.
reason_of() {
	mmapdemo why --huge --json "$@" | sed -n 's/.*"reason":"\([^"]*\)",.*/\1/p'
}

# Compare each answer with the expected answer. Keep the answers in the file
# "answers".
compare_reasons() {
	local block name address reason failed=0

	: >"$work/answers"
	for block in "${blocks[@]}"; do
		read -r name address <<<"$block"
		reason=$(reason_of $pid $address)
		echo "$name $reason" >>"$work/answers"
		[[ $reason && "|${expected[$name]}|" == *"|$reason|"* ]] || {
			echo "$name: expected ${expected[$name]}, got $reason"
			failed=1
		}
	done
	return $failed
}

# A touch must map a huge page if and only if why predicts this.
compare_touches() {
	local line name size reason failed=0

	turn
	heard over || return
	((${#words[@]} > 10)) || return
	for line in "${words[@]}"; do
		read -r name size <<<"$line"
		reason=$(sed -n "s/^$name //p" "$work/answers")
		[[ $reason == unknown ||
			$reason == next && $size == huge ||
			$reason != next && $size == small ]] || {
			echo "$name: the answer was $reason, the page is $size"
			failed=1
		}
	done
	return $failed
}

end() {
	turn
	wait $pid
}

# predicts [VARIABLE=VALUE]: compare reasons and touches of a process.
predicts() {
	local result=0

	begin "$@" || return
	compare_reasons || result=1
	compare_touches || result=1
	end
	return $result
}

# ---- settings ----

declare -A expected

if_always() {
	expect_always
	predicts
}

if_madvise() {
	echo madvise >$thp/enabled
	expect_always
	expect_setting
	predicts
}

if_never() {
	echo never >$thp/enabled
	expect_always
	expect_setting
	each setting $with_advice
	predicts
}

if_prctl_disables_them() {
	expect_always
	each prctl $plain $edges $with_advice $files shared shared-advised \
		file-short file-part
	predicts PRCTL=0
}

if_prctl_requires_advice() {
	expect_always
	each prctl-advised $plain begins-late begins-early file file-private
	# No huge page was possible when this memory was written.
	predicts PRCTL=2
}

if_the_size_is_off() {
	echo never >$thp/hugepages-2048kB/enabled
	expect_always
	expect_setting
	each setting $with_advice
	predicts
}

if_the_size_is_on() {
	echo never >$thp/enabled
	echo always >$thp/hugepages-2048kB/enabled
	expect_always
	predicts
}

if_shmem_is_advised() {
	echo advise >$thp/shmem_enabled
	expect_always
	each next shared-advised
	predicts
}

if_shmem_is_denied() {
	echo deny >$thp/shmem_enabled
	expect_always
	each shmem $files file-part
	predicts
}

shmem_is_explained() {
	mmapdemo why --huge -v $pid >"$work/words" &&
		has "^ +0*$(address_of shared)-.* 2 MiB: shmem_enabled is never$" &&
		has "^ +0*$(address_of file-short)-.*: mounted with huge=within_size$"
}

if_shmem_is_forced() {
	echo force >$thp/shmem_enabled
	expect_always
	each next shared shared-advised file-short file-part
	predicts
}

# The process gets a cgroup of its own, in which 1 MiB of memory is left. The kernel takes
# a huge page only after it has reclaimed memory, which the setting defrag allows only
# for advised memory. A read needs no memory.
if_the_cgroup_is_full() {
	local cgroup=/sys/fs/cgroup/mmapdemo-huge result=0

	echo madvise >$thp/defrag
	expect_always
	each cgroup untouched first-of-two last-of-two watched
	each unknown advised emptied file
	each 'table|unknown' drained
	! since 7.2 || each unknown read-first
	echo +memory >/sys/fs/cgroup/cgroup.subtree_control && mkdir $cgroup &&
		echo 1M >$cgroup/memory.max && begin || return
	echo $pid >$cgroup/cgroup.procs && compare_reasons || result=1
	mmapdemo why --huge $pid >"$work/words"
	has '^ .*  the limit of the memory cgroup leaves no room for 2 MiB' &&
		has '^ +-> raise memory\.max of the cgroup; or madvise' || result=1
	compare_touches || result=1
	end
	rmdir $cgroup
	return $result
}

# always COMMAND...: run COMMAND with huge pages for anonymous memory. Then restore
# the settings.
with_always() {
	local result=0

	echo always >$thp/enabled
	echo never >$thp/shmem_enabled
	[[ ! -e $thp/hugepages-2048kB ]] ||
		echo inherit >$thp/hugepages-2048kB/enabled
	"$@" || result=1
	restore
	return $result
}

# ---- without the module ----

# In a mount namespace without /dev/mmapdemo, the answers come from /proc. An empty
# page table is then not seen.
without_the_module() {
	local result=0

	expect_always
	each next drained
	# pagemap does not show the huge zero page, and smaps does not count it.
	since 6.7 || each unknown read-first
	begin || return
	mmapdemo() {
		unshare --mount sh -c 'mount -t tmpfs none /dev && exec "$@"' sh \
			"$(type -P mmapdemo)" "$@"
	}
	compare_reasons || result=1
	unset -f mmapdemo
	turn
	heard over
	end
	return $result
}

# ---- output ----

address_of() {
	printf '%s\n' "${blocks[@]}" | sed -n "s/^$1 //p"
}

has() {
	grep -qE -- "$1" "$work/words" || {
		echo "no '$1' in:"
		cat "$work/words"
		return 1
	}
}

lacks() {
	! grep -qE -- "$1" "$work/words" || {
		echo "'$1' in:"
		cat "$work/words"
		return 1
	}
}

reports_by_reason() {
	mmapdemo why --huge $pid >"$work/words" &&
		has "^process $pid: .* VMAs, transparent_hugepage/enabled: always$" &&
		has '^ .*MiB  mapped by huge pages' &&
		has 'begins 64 KiB after a multiple of 2 MiB' &&
		has 'ends 4 KiB before a multiple of 2 MiB' &&
		has '^ .*MADV_NOHUGEPAGE\) was called' &&
		has '^ +pool of 2 MiB: [01] pages?, [01] free, [01] of them reserved; 0 surplus of at most 0$' ||
		return
	# What the program asked for needs no advice.
	! grep -A 1 'MADV_NOHUGEPAGE) was called' "$work/words" |
		grep -E '^ +->'
}

sums_all_vmas() {
	mmapdemo why --huge --json $pid >"$work/words" &&
		python3 - "$work/words" <<-'END'
		import json, sys
		lines = [json.loads(line) for line in open(sys.argv[1])]
		total = {}
		for vma in lines[1:-1]:
		    size = sum(part["bytes"] for part in vma["reasons"])
		    assert size == vma["end"] - vma["start"], vma
		    for part in vma["reasons"]:
		        reason = part["reason"]
		        total[reason] = total.get(reason, 0) + part["bytes"]
		summary = lines[-1]
		assert summary["vmas"] == len(lines) - 2, summary
		found = {part["reason"]: part["bytes"] for part in summary["reasons"]}
		assert found == total, (found, total)
		END
}

shows_every_vma() {
	mmapdemo why --huge -v $pid >"$work/words" &&
		lacks '^ +... and ' &&
		has "^ +0*$(address_of ends-early)-"
}

# row NAME: print HUGE, NEXT and SMALL of the VMA of a block, without the blanks inside
# sizes.
row() {
	sed -nE "s/([0-9]) ([KMG]iB)/\\1\\2/g; s/^ *0*$(address_of $1) [^ ]+ +[^ ]+ +[^ ]+ +//p" \
		"$work/words" | sed -E 's/ +/ /g'
}

maps_shows_the_reasons() {
	mmapdemo maps -n -o ADDRESS,PERM,SIZE,RSS,HUGE,NEXT,SMALL $pid >"$work/words" &&
		equal '. 2MiB' "$(row untouched | sed 's/ $//')" untouched &&
		equal '2MiB .' "$(row mapped | sed 's/ $//')" mapped &&
		equal '. . nohugepage' "$(row refused)" refused &&
		equal '. . range' "$(row ends-early)" ends-early || ! cat "$work/words"
}

lists_the_tests() {
	mmapdemo why --huge $pid "$(address_of refused)" >"$work/words" &&
		has 'rw-p: madvise\(MADV_NOHUGEPAGE\) was called$' &&
		has ' the aligned 2 MiB are inside the VMA$' && lacks '^ +->' &&
		mmapdemo why --huge $pid "$(address_of one-page)" \
			>"$work/words" && has ' a page table exists' || return
	! since 6.1 || has '-> madvise\(MADV_COLLAPSE\)'
}

tries_to_collapse() {
	local at

	at=$(address_of one-page)
	mmapdemo why --huge --try $pid $at >"$work/words" || return
	if ! since 6.1; then
		has '^MADV_COLLAPSE: EINVAL: '
		return
	fi
	has '^MADV_COLLAPSE: the 2 MiB are now mapped by a huge page$' &&
		equal mapped "$(reason_of $pid $at)" 'after MADV_COLLAPSE' &&
		mmapdemo why --huge --json --try $pid \
			"$(address_of refused)" >"$work/words" &&
		has '"try":\{"errno":22,' &&
		mmapdemo why --huge --try $pid "$(address_of ends-early)" \
			>"$work/words" &&
		has '^MADV_COLLAPSE: not called, because the aligned 2 MiB'
}

refuses_what_is_wrong() {
	refused 2 'why: --huge cannot be used with --all' why --huge --all $pid &&
		refused 1 'why: no-file: ' why --huge -i no-file $pid &&
		refused 2 'why: a PID is required' why --huge &&
		refused 2 'why: a PID is required' why --huge $pid 1 2 &&
		refused 2 'why: --try requires --huge' why --try $pid 1000 &&
		refused 2 'why: --try requires --huge' why --huge --try $pid &&
		refused 1 'why: 1000: nothing is mapped' why --huge $pid 1000 &&
		refused 1 'why: process 4194305: ' why --huge 4194305
}

# MADV_COLLAPSE ignores the limits of khugepaged.
shows_the_limits_of_khugepaged() {
	local at result=0

	at=$(address_of one-page)
	mmapdemo why --huge $pid $at >"$work/words" &&
		has 'khugepaged makes no huge page, because too many pages are missing, in swap or shared \(max_ptes_none 0, ' &&
		mmapdemo why --huge --json $pid $at >"$work/words" &&
		has '"missing":511,"swapped":0,"shared":0,' && has '"max_ptes_none":0,' || return
	echo 511 >$limit
	mmapdemo why --huge $pid $at >"$work/words" &&
		has '^khugepaged: 511 of 512 pages are missing \(max_ptes_none 511\), 0 are in swap \(max_ptes_swap [0-9]+\), 0 are shared \(max_ptes_shared [0-9]+\)$' &&
		has 'khugepaged may make huge pages of 2 MiB later$' || result=1
	# The child has the same pages.
	at=$(address_of forked)
	mmapdemo why --huge $pid $at >"$work/words" &&
		has '^khugepaged: 0 of 512 pages are missing .*, 512 are shared \(max_ptes_shared 256\)$' &&
		has 'khugepaged makes no huge page' &&
		mmapdemo why --huge $pid >"$work/words" &&
		has '^ +khugepaged scans [0-9.]+ [KMG]iB every 600 s: at least 1 round for this memory; it has made [0-9]+ huge pages? in [0-9]+ full scans?$' ||
		result=1
	echo 0 >$limit
	return $result
}

# The kernel counts the pages of each size that it has mapped.
if_a_smaller_size_is_on() {
	local size=$thp/hugepages-64kB at before result=0

	echo always >$size/enabled
	expect_always
	begin || return
	compare_reasons || result=1
	at=$(address_of ends-early)
	mmapdemo why --huge $pid $at >"$work/words" &&
		has "^a touch of 0*$at can map 64 KiB, if nothing is mapped there" || result=1
	mmapdemo why --huge $pid >"$work/words" &&
		has '^smaller sizes of huge pages: 64 KiB always$' || result=1
	mmapdemo why --huge --json $pid $at >"$work/words" &&
		has '"64":"always"' && has '"smaller_bytes":65536,' || result=1
	mmapdemo why --huge --json $pid "$(address_of refused)" >"$work/words" &&
		has '"smaller_bytes":0,' || result=1
	before=$(<$size/stats/anon_fault_alloc)
	turn
	heard over
	within $((before + 1)) 999999 "$(<$size/stats/anon_fault_alloc)" 'pages of 64 KiB' || result=1
	end
	echo never >$size/enabled
	return $result
}

# Both blocks of shared anonymous memory get pages of this size.
if_a_smaller_size_of_shmem_is_on() {
	local size=$thp/hugepages-64kB at before result=0

	echo always >$size/shmem_enabled
	expect_always
	begin || return
	compare_reasons || result=1
	at=$(address_of shared)
	mmapdemo why --huge $pid $at >"$work/words" &&
		has "^a touch of 0*$at can map 64 KiB, .*/hugepages-64kB/shmem_enabled\)$" || result=1
	mmapdemo why --huge $pid >"$work/words" &&
		has '^smaller sizes of huge pages of shared anonymous memory: 64 KiB always$' || result=1
	mmapdemo why --huge --json $pid $at >"$work/words" &&
		has '"shmem_sizes":\{.*"64":"always"' && has '"smaller_bytes":65536,' || result=1
	mmapdemo why --huge --json $pid "$(address_of file-short)" >"$work/words" &&
		has '"smaller_bytes":0,' || result=1
	before=$(<$size/stats/shmem_alloc)
	turn
	heard over
	equal $((before + 2)) "$(<$size/stats/shmem_alloc)" 'pages of 64 KiB' || result=1
	end
	echo never >$size/shmem_enabled
	return $result
}

# ---- file systems ----

# with_file FS COMMAND...: make a file system of the type FS with a file that the page
# cache does not have. Run COMMAND with a process that maps the file.
with_file() {
	local image=/dev/shm/huge.image result=0

	truncate -s 400M $image && mkfs.$1 -q $image && mkdir -p "$work/disk" &&
		mount -o loop $image "$work/disk" &&
		dd if=/dev/zero of="$work/disk/file" bs=1M count=8 status=none &&
		sync && echo 3 >/proc/sys/vm/drop_caches || result=1
	area=(--file "$work/disk/file")
	if ((!result)); then
		begin && "${@:2}" || result=1
		kill $pid
		wait $pid
	fi
	area=("$work/files")
	umount "$work/disk"
	rm $image
	return $result
}

# A touch maps a huge page if and only if why says that the file system can have large
# folios, and the program has asked for them.
folios_are_predicted() {
	local at asked=file type

	at=$(address_of file)
	mmapdemo why --huge $pid $at >"$work/words" && has ': on (xfs|ext4|btrfs)' &&
		equal file "$(reason_of $pid $at)" 'before MADV_HUGEPAGE' || return
	! grep -q 'which can have folios of 2 MiB$' "$work/words" || asked=unknown
	type=$(sed -nE 's/.*: on ([a-z0-9]+).*/\1/p' "$work/words")
	turn
	heard over && equal $asked "$(reason_of $pid $at)" 'after MADV_HUGEPAGE' || return
	turn
	heard over || return
	case "$asked ${words[0]}" in
	'unknown file huge' | 'file file small') ;;
	*)
		grep -qE ': on [a-z0-9]+$' "$work/words" ||
			! echo "$type: $asked, but ${words[0]}"
		;;
	esac
}

# check_if FILE NAME COMMAND...: as check, if the kernel has the setting.
check_if() {
	if [[ -e $thp/$1 ]]; then
		check "$2" with_always "${@:3}"
	else
		skip "$2" "the kernel has no setting $1"
	fi
}

echo "TAP version 13"
check 'why predicts huge pages' with_always if_always
check 'why predicts huge pages for MADV_HUGEPAGE' with_always if_madvise
check 'why predicts no huge pages' with_always if_never
check 'why knows prctl' with_always if_prctl_disables_them
if since 7.2; then
	check 'why knows prctl that requires advice' \
		with_always if_prctl_requires_advice
fi
check_if hugepages-2048kB/enabled 'why knows the setting of a size' \
	if_the_size_is_off
check_if hugepages-2048kB/enabled 'why prefers the setting of a size' \
	if_the_size_is_on
check_if hugepages-64kB/stats/anon_fault_alloc 'why knows smaller sizes' \
	if_a_smaller_size_is_on
check_if hugepages-64kB/stats/shmem_alloc \
	'why knows smaller sizes of shared anonymous memory' \
	if_a_smaller_size_of_shmem_is_on
check 'why predicts shmem with advice' with_always if_shmem_is_advised
check 'why predicts denied shmem' with_always if_shmem_is_denied
check 'why predicts forced shmem' with_always if_shmem_is_forced
check 'why knows the limit of the cgroup' with_always if_the_cgroup_is_full
modprobe -qa loop xfs btrfs
for system in xfs ext4 btrfs; do
	if command -v mkfs.$system >/dev/null; then
		check "why knows whether $system has large folios" \
			with_file $system folios_are_predicted
	else
		skip "why knows whether $system has large folios" "needs mkfs.$system"
	fi
done
check 'why gives the same reasons without the module' \
	with_always without_the_module
echo always >$thp/enabled
begin || exit
check 'why --huge groups memory by reason' reports_by_reason
check 'why --huge sums all VMAs' sums_all_vmas
check 'why --huge shows the settings of shmem' shmem_is_explained
check 'why --huge -v shows every VMA' shows_every_vma
check 'maps --huge shows the reasons' maps_shows_the_reasons
check 'why --huge ADDRESS lists the tests' lists_the_tests
check 'why --huge ADDRESS shows the limits of khugepaged' \
	shows_the_limits_of_khugepaged
check 'why --huge --try asks the kernel' tries_to_collapse
check 'why --huge refuses wrong arguments' refuses_what_is_wrong
turn
heard over
end
finish

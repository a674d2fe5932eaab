#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# mmapdemo tour. Every scene must pass in both languages. The page frames in
# events must agree with /proc, and with an address that is translated by hand.
# If a claim does not hold, the tour must report this.
#
# Depends on: the program.

# shellcheck source=tap.sh disable=SC2086,SC2317
. "$(dirname "$0")/tap.sh"

need_module
need_program
work=$(mktemp -d)
trap leave_tour EXIT
cd "$work" || exit
unset LC_ALL LC_MESSAGES LANG
export LC_CTYPE=C.UTF-8
SCENES=19

# Add a swap device for the tour, even if other swap devices are in use.
zram=
swap_on() {
	modprobe -q zram
	zram=$(cat /sys/class/zram-control/hot_add) || return
	echo 8M >"/sys/block/zram$zram/disksize" &&
		mkswap "/dev/zram$zram" && swapon -p 32767 "/dev/zram$zram"
}

leave_tour() {
	if [[ $zram ]]; then
		swapoff "/dev/zram$zram"
		echo "$zram" >/sys/class/zram-control/hot_remove
	fi
	rm -rf "$work"
}

# scene N FILE: print the output of scene N.
scene() {
	awk -v n="$1" -v of="/$SCENES  " '
		index($0, of) && $1 ~ "^[0-9]+/" { on = int($1) == n }
		on' "$2"
}

# signs SIGN FILE: count the lines of FILE that begin with this sign
signs() {
	grep -c "^  $1 " "$2"
}

# plays_all LANGUAGE: play all scenes, and write the output to the file LANGUAGE.
plays_all() {
	local status=0 said=$1

	mmapdemo tour --lang $1 >"$said" 2>errors || status=$?
	equal 0 $status "status in $1" && equal '' "$(<errors)" errors &&
		equal $SCENES "$(grep -c "^ *[0-9]*/$SCENES  " "$said")" \
			scenes && equal 0 "$(signs ✗ "$said")" 'failed claims' &&
		equal 0 "$(signs · "$said")" 'claims not checked' ||
		! cat "$said"
}

# Only scenes that can't be played on this machine may be skipped. The reason
# must be given.
skips_nothing_else() {
	local skipped

	skipped=$(grep -c '^  – skipped: ' en)
	((skipped <= 3)) &&
		! grep '^  – skipped: ' en | grep -vE 'swap|huge' || return
	grep -qx "$((SCENES - skipped)) shown, $skipped skipped, 0 failed" en
}

# Both languages have the same number of claims.
claims_alike() {
	equal "$(signs ✓ en)" "$(signs ✓ zh)" 'claims' &&
		within 40 99 "$(signs ✓ en)" claims &&
		grep -q "^ 1/$SCENES  Reserve, then touch$" en &&
		grep -q "^ 1/$SCENES  先预留，再访问$" zh
}

speaks_the_language_of_the_locale() {
	LANG=zh_CN.UTF-8 mmapdemo tour --list >list || return
	equal $SCENES "$(wc -l <list)" titles &&
		grep -q "^14/$SCENES  越过末尾$" list &&
		LC_ALL=C mmapdemo tour --list | grep -q "^14/$SCENES  Past the end$"
}

# faults N WORD: count the lines of scene N that begin a fault of the kind WORD.
faults() {
	scene $1 en | grep -cE "^ +[0-9.]+ ms  .*fault [0-9a-f]+ +$2 "
}

# The scenes must have the faults that their text names, and no others.
shows_the_faults() {
	equal 2 "$(faults 1 read)" 'reads in scene 1' &&
		equal 0 "$(faults 1 write)" 'writes in scene 1' &&
		equal 1 "$(faults 3 write)" 'writes in scene 3' &&
		equal 2 "$(faults 5 read)" 'reads in scene 5' &&
		equal 1 "$(faults 5 write)" 'writes in scene 5' &&
		equal 2 "$(faults 9 write)" 'writes in scene 9' || ! cat en
}

# The small blocks are in the heap, and the large block is in a mapping.
shows_both_calls_of_malloc() {
	scene 6 en >one
	grep -qE ' brk\([0-9a-f]+\): the heap grows by ' one &&
		grep -qE ' mmap\(NULL, 64(\.[0-9])? MiB, rw-p, anonymous\) = 7' one &&
		! grep 'was not recorded' one || ! cat one
}

# pfns N: print the page frames in the events of scene N.
pfns() {
	scene $1 en | sed -n 's/.*PGD .* pfn \(0x[0-9a-f]*\) .*/\1/p'
}

# The page frames in pagemap were read by the tour itself, during the scene.
shows_the_frames() {
	local ours theirs after

	read -r ours theirs < <(scene 2 en |
		sed -n 's/^    [0-9]*: 0x[0-9a-f]* -> pfn //p' | paste -sd' ')
	equal "$ours" "$theirs" 'frames of the two processes' &&
		equal "$ours" "$(pfns 2 | sort -u)" 'frame of their faults' ||
		! scene 2 en || return
	after=$(scene 10 en | sed -n 's/^    pfn .* -> \(0x.*\)$/\1/p')
	equal "$after" "$(pfns 10)" 'frame of the copy' || ! scene 10 en
}

# The physical address in the scene must follow from the virtual address and the
# page frame.
translates_as_we_do() {
	local address frame result at

	read -r address frame result < <(scene 9 en | sed -n \
		's/^    \(0x[0-9a-f]*\): \(0x[0-9a-f]*\) \* 4096 + 5 = \(0x.*\)/\1 \2 \3/p')
	at=$((address - 5))
	equal $((frame * 4096 + 5)) $((result)) 'physical address' &&
		scene 9 en | grep -q "^    PTE\[ *$((at >> 12 & 511))\]" &&
		scene 9 en | grep -q "^    PMD\[ *$((at >> 21 & 511))\]" &&
		equal "$((frame))" "$(($(pfns 9 | head -n 1)))" \
			'frame of the first fault' || ! scene 9 en
}

# ---- scenes about devices ----

# watched N: play scene N, with output to the file "one". Write the kernel's
# page fault events of this process to the file "exceptions".
watched() {
	local instance=$tracing/instances/tour-test status=0 tour
	local event=$instance/events/exceptions/page_fault_user

	mkdir "$instance" && echo 'comm == "mmapdemo"' >"$event/filter" &&
		echo 1 >"$event/enable" || return
	mmapdemo tour $1 >one &
	tour=$!
	wait $tour || status=$?
	echo 0 >"$event/enable"
	grep -v "mmapdemo-$tour " "$instance/trace" >exceptions
	rmdir "$instance"
	equal 0 $status "status of scene $1" &&
		grep -q page_fault_user exceptions || ! cat one
}

# mmap() fills the whole mapping, so there are no faults. The mapping is
# contiguous in physical memory.
registers_do_not_fault() {
	local at count first last

	watched 15 || return
	read -r at count first last < <(sed -nE \
		's/^    (0x[0-9a-f]+): PTE x ([0-9]+) -> pfn (.*)-(.*)/\1 \2 \3 \4/p' one)
	equal '16 15' "$count $((last - first))" 'entries, frames' &&
		equal '' "$(faults_in "$at" 16 <exceptions)" 'page faults' ||
		! cat one
}

# Return 0 if this kernel calls .huge_fault for a device.
asks_for_huge() {
	[[ -e /sys/kernel/mm/transparent_hugepage ]] || return
	since 5.19 && ! since 6.0 || since 6.12
}

# For each method, print the number of faults, pages and tables, and the kind of
# entry. These numbers are documented in module/device/method_*.c.
promised() {
	local huge='2 2 1'

	! asks_for_huge || huge='1 512 0'
	echo "page 2 2 1 page
		insert 2 2 1 page
		pfn 2 2 1 pfn
		remap 0 512 1 pfn
		around 1 16 1 page
		huge $huge pfn
		prepare 0 512 1 page" | sed 's/^\t*//'
}

# rows: print the rows of the table in the file "one".
rows() {
	grep -E '^    [a-z]+ +[0-9a-f]+( +[0-9]+){5}  [a-z]+$' one
}

methods_fault_as_promised() {
	local method at faults

	watched 16 || return
	equal "$(promised)" "$(rows | awk '{ print $1, $5, $6, $7, $8 }')" \
		methods || ! cat one || return
	equal "$(asks_for_huge && echo 0 || echo 1)" \
		"$(grep -c '^  – huge maps small pages here' one)" 'shown of huge' ||
		! cat one || return
	while read -r method at _ _ faults _; do
		equal $faults "$(faults_in "0x$at" 512 <exceptions | wc -l)" \
			"page faults by $method" || return
	done < <(rows)
}

# Without pages in the region, no pages can be mapped around the touched page.
# The claim about "around" must therefore fail.
shows_a_method_that_fails() {
	local status=0

	LD_PRELOAD=$OUTPUT/unwritten mmapdemo tour 16 >one || status=$?
	equal 1 $status status && equal 1 "$(signs ✗ one)" 'failed claims' &&
		grep -q '^  ✗ around: ' one &&
		grep -qx '0 shown, 0 skipped, 1 failed' one || ! cat one
}

# There must be three faults: a read of a missing page, and writes to a
# read-only page before msync() and after msync().
stores_fault_twice() {
	local at

	watched 17 || return
	at=$(sed -nE 's/.* fault ([0-9a-f]+) +read .*/0x\1/p' one | head -n 1)
	equal '0x4 0x7 0x7' "$(faults_in "${at:-0}" 1 <exceptions |
		sed 's/.*error_code=//' | paste -sd' ')" 'error codes' || ! cat one
}

# Compare what the tour says with the output of strace, which shows when the
# file changes.
stores_reach_the_file() {
	strace -f -qq -e trace=pread64,msync -e signal=none -o calls \
		mmapdemo tour 17 >one || ! cat one || return
	equal 'old msync nld msync ned ned new' "$(sed -nE \
		-e 's/.* msync\(0x[0-9a-f]+, 4096, MS_SYNC\) += 0$/msync/p' \
		-e 's/.* pread64\([0-9]+, "([a-z]*) text, .*/\1/p' calls |
		paste -sd' ')" 'the file and msync()' || ! cat calls
}

# The holder is another thread of the tour, and the trace names the thread and its call.
# Only the fault that waited is shown, without the calls of the thread. If the kernel does
# not show waits for the lock, three claims are not checked.
shows_the_wait() {
	local thread unknown=0

	mmapdemo tour 18 >one || ! cat one || return
	equal 0 "$(signs ✗ one)" 'failed claims' &&
		equal 1 "$(grep -cE ' fault [0-9a-f]+ +write ' one)" faults &&
		equal 1 "$(grep -cE '^ +[0-9.]+ ms  ' one)" events || ! cat one || return
	thread=$(sed -nE 's/^    [0-9]+ ns -> [0-9]+ ns, thread ([0-9]+)$/\1/p' one)
	unknown=$(signs · one)
	((unknown)) || grep -qE " waiting for mmap_lock.*, held by ${thread:-none} in mprotect\(\)" \
		one || ! cat one || return
	[[ $unknown == 0 || -e /sys/kernel/realtime ]] || ! cat one
}

# Each of the five ranges faults once. The test computes from the addresses which ranges
# are aligned, and looks at the events for the size of the pages.
shows_four_reasons() {
	local at

	watched 19 || return
	if ! [[ -e /sys/kernel/mm/transparent_hugepage ]]; then
		grep -q '^  – skipped: transparent huge pages are off' one
		return
	fi
	equal 'next 2 MiB nohugepage 4 KiB range 4 KiB table 4 KiB prctl 4 KiB' \
		"$(sed -nE 's/^    0x[0-9a-f]+  ([a-z]+) +([24] .iB)$/\1 \2/p' one |
			paste -sd' ')" reasons &&
		equal '0 0 65536 0 0' "$(sed -nE 's/^    (0x[0-9a-f]+)  .*iB$/\1/p' one |
			while read -r at; do
				echo $((at % (2 << 20)))
			done | paste -sd' ')" distances &&
		equal '1 4' "$(grep -c ' do_huge_pmd_anonymous_page: a new huge page' one) $(grep -c ' do_anonymous_page: a new page' one)" classes ||
		! cat one || return
	for at in $(sed -nE 's/^    (0x[0-9a-f]+)  .*iB$/\1/p' one); do
		equal 1 "$(faults_in $at 1 <exceptions | wc -l)" "faults at $at" || return
	done
}

# ---- the command ----

# The kernel counts all faults of the program. The faults of the scene must be
# included.
faults_are_counted() {
	local counted

	mmapdemo count --json -o counts -- mmapdemo tour 5 >one || return
	counted=$(sed -n \
		's/.*"class_name":"anon-zero","count":\([0-9]*\).*/\1/p' counts)
	within 2 9999 "${counted:-0}" 'anon-zero faults of scene 5'
}

plays_one() {
	mmapdemo tour 4 >one || return
	equal 1 "$(grep -c "/$SCENES  " one)" scenes &&
		grep -qx '1 shown, 0 skipped, 0 failed' one
}

# malloc() is told not to use mmap(). malloc() then does not behave as the text
# says, so a claim must fail.
shows_what_fails() {
	local status=0

	MALLOC_MMAP_MAX_=0 mmapdemo tour 6 >one || status=$?
	equal 1 $status status && equal 1 "$(signs ✗ one)" 'failed claims' &&
		grep -qx '0 shown, 0 skipped, 1 failed' one || ! cat one
}

shows_what_is_skipped() {
	TMPDIR=/no/such/folder mmapdemo tour 3 >one || return
	grep -q '^  – skipped: cannot create a temporary file' one &&
		grep -qx '0 shown, 1 skipped, 0 failed' one || ! cat one
}

# partly FILE: print how many scenes have claims that were not checked.
partly() {
	awk '/^ *[0-9]+\/'$SCENES'  / { now = 1 }
		/^  · / && now { now = 0; count++ } END { print count + 0 }' "$1"
}

# User nobody plays the tour. Claims about what /proc shows to every user must
# still be checked.
does_without_root() {
	chmod 755 "$work"
	install -m 755 "$(command -v mmapdemo)" "$work"
	setpriv --reuid=65534 --regid=65534 --clear-groups \
		"$work/mmapdemo" tour >nobody || ! cat nobody || return
	equal 0 "$(signs ✗ nobody)" 'failed claims' &&
		within 8 40 "$(signs · nobody)" 'claims not checked' &&
		within 15 60 "$(signs ✓ nobody)" 'claims checked' &&
		equal 1 "$(grep -c 'can read the kernel.s events, so claims' nobody)" reasons &&
		grep -q 'only root can see page frames' nobody &&
		grep -qE "^[0-9]+ shown, $(partly nobody) shown in part \(.*\), [1-9]" \
			nobody && grep -q ' skipped, 0 failed$' nobody ||
		! cat nobody
}

# Interrupt a scene while its events are enabled.
ends_when_interrupted() {
	local status=0 on tour

	env --default-signal=INT mmapdemo tour >one &
	tour=$!
	# The events are enabled only for short moments. The loop starts no
	# program, because the start of a program would take as long as such a
	# moment.
	until read -r on <"$tracing/instances/mmapdemo-$tour/tracing_on" &&
		((on)); do
		kill -0 $tour || return
	done 2>looking
	kill -INT $tour
	wait $tour || status=$?
	equal 130 $status status && nothing_stays
}

refuses_what_is_wrong() {
	misused tour 0 && misused tour 20 && misused tour 4294967297 &&
		misused tour x && misused tour 1 2 &&
		misused tour --lang tlh && misused tour --no-such-option
}

nothing_stays() {
	! compgen -G "$tracing/instances/mmapdemo-*" && nothing_attached &&
		! compgen -G '/var/tmp/mmapdemo.*'
}

swap_on >swap 2>&1 || sed 's/^/# /' swap
echo "TAP version 13"
check 'the tour is played in English' plays_all en
check 'the tour is played in Chinese' plays_all zh
check 'the tour skips only what may be missing' skips_nothing_else
check 'both languages have the same claims' claims_alike
check 'the locale chooses the language' speaks_the_language_of_the_locale
check 'the tour shows the faults that its text names' shows_the_faults
check 'the tour shows the system calls of malloc' shows_both_calls_of_malloc
check 'the tour shows the frames that pagemap shows' shows_the_frames
check 'the tour translates an address correctly' translates_as_we_do
check 'device registers never fault' registers_do_not_fault
check 'every method faults as documented' methods_fault_as_promised
if [[ -w /sys/kernel/debug/fault_around_bytes ]]; then
	check 'the tour reports a method that fails' shows_a_method_that_fails
else
	skip 'the tour reports a method that fails' 'debugfs is not mounted'
fi
check 'a store to a file faults before and after msync' stores_fault_twice
if command -v strace >/dev/null; then
	check 'a store reaches the backing file of a device' stores_reach_the_file
else
	skip 'a store reaches the backing file of a device' \
		"needs strace, Debian's package strace"
fi
check 'a fault waits for the lock that another thread holds' shows_the_wait
check 'the tour shows four reasons against a huge page' shows_four_reasons
check 'the kernel counts the faults of a scene' faults_are_counted
check 'one scene is played' plays_one
check 'the tour reports failed claims' shows_what_fails
check 'the tour reports skipped scenes' shows_what_is_skipped
check 'the tour works without root' does_without_root
check 'the tour ends when it is interrupted' ends_when_interrupted
check 'the tour refuses wrong arguments' refuses_what_is_wrong
check 'nothing is left over' nothing_stays
finish

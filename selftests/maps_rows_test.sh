#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# mmapdemo maps of a process whose memory is known: neither the module nor root is
# needed.
#
# Depends on: nothing.

# shellcheck source=tap.sh disable=SC2086,SC2317
. "$(dirname "$0")/tap.sh"

need_program
need_tool python3 python3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit
export LC_ALL=C

# A page of a file in five mappings, and shared memory that a child touches, too.
process='import mmap, os, signal
file = os.memfd_create("five")
os.ftruncate(file, 4096)
five = [mmap.mmap(file, 4096) for i in range(5)]
for one in five:
	one[0] = 1
memory = mmap.mmap(-1, 1 << 20)
memory[:] = bytes([1]) * (1 << 20)
print(os.getpid(), flush=True)
input()
child = os.fork()
if not child:
	sum(memory[::4096])
	print("touched", flush=True)
	signal.pause()
input()
os.kill(child, signal.SIGKILL)
os.wait()'

# Sets $pid. Writes the rows of one process, then those while it has a child.
rows_are_there() {
	local line status=0

	coproc python3 -c "$process"
	# shellcheck disable=SC2153 # the coprocess
	read -r -u "${COPROC[0]}" pid &&
		mmapdemo maps -n -o PERM,RSS,PSS,ANON,SHARED,NAME $pid >alone.txt &&
		mmapdemo maps -o +END,PSS $pid >added.txt &&
		COLUMNS=80 mmapdemo maps -o +PSS $pid >narrow.txt || status=1
	echo >&"${COPROC[1]}"
	read -r -u "${COPROC[0]}" line && equal touched "$line" child &&
		mmapdemo maps -n -o PERM,RSS,PSS,ANON,SHARED,NAME $pid \
			>both.txt || status=1
	echo >&"${COPROC[1]}"
	wait "$COPROC_PID"
	return $status
}

# row FILE NAME: print the first row of that name, with single blanks.
row() {
	grep -m 1 "$2" "$1" | sed -E 's/^ +//; s/ +/ /g'
}

# It belongs to no mapping but to a file in tmpfs; SHARED depends on the page tables.
shared_anonymous_memory_is_shmem() {
	equal 'rw-s 1 MiB 1 MiB . . shared anonymous memory' \
		"$(row alone.txt 'shared anonymous')" 'in one process' &&
		equal 'rw-s 1 MiB 512 KiB . 1 MiB shared anonymous memory' \
			"$(row both.txt 'shared anonymous')" 'in two processes'
}

# The page counts as shared, although no other process maps it.
mappings_of_one_process_are_shared() {
	equal 'rw-s 4 KiB 0 . 4 KiB memfd:five (deleted)' \
		"$(row alone.txt memfd:five)" row
}

# 4096 / 5 bytes are less than 1 KiB; a hole of no memory has no PSS at all.
small_pss_is_not_none() {
	equal 0 "$(row alone.txt memfd:five | cut -d ' ' -f 4)" PSS &&
		equal '--xp . . . . [vsyscall]' "$(row alone.txt vsyscall)" vsyscall
}

# Names are as wide as they need to be: only the last column is shortened.
added_columns_stand_before_texts() {
	grep -qE '^ *ADDRESS .* END +PSS NAME +UNMERGED$' added.txt &&
		grep -qE ' PSS NAME +UNMERGED$' narrow.txt &&
		grep -qE ' shared anonymo' narrow.txt ||
		! head -n 3 added.txt narrow.txt
}

echo "TAP version 13"
check 'a process is shown' rows_are_there
check 'shared anonymous memory is shmem' shared_anonymous_memory_is_shmem
check 'mappings of one process are shared' mappings_of_one_process_are_shared
check 'a small PSS is not none' small_pss_is_not_none
check 'added columns stand before texts' added_columns_stand_before_texts
finish

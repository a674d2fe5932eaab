#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# mmapdemo maps for a process whose memory is known. The test requires neither
# the module nor root.
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

# The process maps a page of a file five times. The process also maps shared
# memory, which a child later touches, too. Each processor delays MADV_FREE for
# some pages. A second call of madvise() completes the delayed pages of its own
# processor.
process='import ctypes, mmap, os, signal, threading
file = os.memfd_create("five")
os.ftruncate(file, 4096)
five = [mmap.mmap(file, 4096) for i in range(5)]
for one in five:
	one[0] = 1
memory = mmap.mmap(-1, 1 << 20)
memory[:] = bytes([1]) * (1 << 20)
path = f"/dev/shm/rows-{os.getpid()}"
with open(path, "w+b") as named:
	os.truncate(path, 8192)
	tmpfs = mmap.mmap(named.fileno(), 8192)
os.unlink(path)
tmpfs[0] = 1
libc = ctypes.CDLL(None)
libc.shmat.restype = ctypes.c_void_p
segment = libc.shmget(0, 12288, 0o600)
libc.shmat(segment, None, 0)
libc.shmctl(segment, 0, None)
wait = os.pipe()
threading.Thread(target=os.read, args=(wait[0], 1), daemon=True).start()
libc.mmap(None, 20480, 0, 34, -1, 0)
libc.mmap.restype = ctypes.c_void_p
start = libc.mmap(None, 32768, 0, 34, -1, 0)
with open("data", "w+b") as data:
	data.truncate(4096)
	libc.mmap(ctypes.c_void_p(start), 4096, 3, 18, data.fileno(), 0)
libc.mmap(ctypes.c_void_p(start + 4096), 28672, 3, 50, -1, 0)
os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])
lazy = mmap.mmap(-1, 1 << 20, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
lazy[:] = bytes(1 << 20)
lazy.madvise(8, 0, 1 << 18)
lazy.madvise(8, 0, 1 << 18)
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

# Set $pid. Write the rows of the process twice: while it has no child, and
# while it has a child.
rows_are_there() {
	local line status=0

	coproc python3 -c "$process"
	# shellcheck disable=SC2153 # coproc sets the variable
	read -r -u "${COPROC[0]}" pid &&
		mmapdemo maps -n -o PERM,RSS,PSS,ANON,SHARED,NAME $pid >alone.txt &&
		mmapdemo maps -o +END,DIRTY $pid >added.txt &&
		mmapdemo maps --json $pid >rows.json &&
		mmapdemo maps --sort RSS $pid >sorted.txt &&
		mmapdemo maps --sort PSS $pid >shares.txt &&
		mmapdemo maps --sort RSS --all $pid >all.txt &&
		mmapdemo maps --sort RSS -n $pid >bare.txt &&
		mmapdemo maps --sort FAULTS $pid >unknown.txt &&
		mmapdemo maps --sort -RSS $pid >reversed.txt &&
		mmapdemo maps --sort -address -n -o ADDRESS $pid >downwards.txt &&
		mmapdemo maps -n -o ADDRESS $pid >upwards.txt &&
		cat /proc/$pid/task/*/syscall >calls.txt &&
		mmapdemo maps --huge $pid >huge.txt &&
		mmapdemo maps -n -o SMALL,PERM $pid >small.txt &&
		mmapdemo maps --sort NEXT $pid >next.txt &&
		mmapdemo maps -o +NEXT,SMALL $pid >more.txt &&
		COLUMNS=80 mmapdemo maps --huge $pid >narrow-huge.txt &&
		mmapdemo maps --huge --json $pid >huge.json &&
		mmapdemo why --huge --json $pid >why.json &&
		COLUMNS=80 mmapdemo maps -o +DIRTY $pid >narrow.txt || status=1
	echo >&"${COPROC[1]}"
	read -r -u "${COPROC[0]}" line && equal touched "$line" child &&
		mmapdemo maps -n -o PERM,RSS,PSS,ANON,SHARED,NAME $pid \
			>both.txt || status=1
	echo >&"${COPROC[1]}"
	wait "$COPROC_PID"
	return $status
}

# row FILE NAME: print the first row of FILE with this name. Blanks between
# columns are reduced to one.
row() {
	grep -m 1 "$2" "$1" | sed -E 's/^ +//; s/ +/ /g'
}

# Shared anonymous memory belongs to a file in tmpfs, so it is not counted as
# ANON. SHARED is nonzero only if at least two page table entries map the same
# page.
shared_anonymous_memory_is_shmem() {
	equal 'rw-s 1 MiB 1 MiB . . shared anonymous memory' \
		"$(row alone.txt 'shared anonymous')" 'in one process' &&
		equal 'rw-s 1 MiB 512 KiB . 1 MiB shared anonymous memory' \
			"$(row both.txt 'shared anonymous')" 'in two processes'
}

# No other process maps the file, but its page is counted as shared, because it
# is mapped five times.
mappings_of_one_process_are_shared() {
	equal 'rw-s 4 KiB 0 . 4 KiB memfd:five (deleted)' \
		"$(row alone.txt memfd:five)" row
}

# The PSS of a page that is mapped five times is 4096 / 5 bytes. Such a PSS is
# less than 1 KiB, and is printed as 0. [vsyscall] has no memory, so its PSS is
# printed as a dot. Some kernels have no [vsyscall].
small_pss_is_not_none() {
	equal 0 "$(row alone.txt memfd:five | cut -d ' ' -f 4)" PSS || return
	! grep -q vsyscall /proc/self/maps ||
		equal '--xp . . . . [vsyscall]' "$(row alone.txt vsyscall)" vsyscall
}

# lazyfree EVENT: print the sum of the members "lazyfree". If EVENT is "", these
# are the members of VMAs. If EVENT is "summary", the member is that of the
# totals.
lazyfree() {
	python3 -c "import json, sys
print(sum(v.get('lazyfree', 0) for v in map(json.loads, open('rows.json'))
	if v.get('event', '') == sys.argv[1]))" "$1"
}

# Pages that can be freed stay mapped until the kernel needs memory.
memory_to_be_freed_is_shown() {
	grep -qx '256 KiB of the RSS can be freed at any time (MADV_FREE)' added.txt &&
		equal 262144 "$(lazyfree '')" VMAs &&
		equal 262144 "$(lazyfree summary)" totals
}

# The column of names is as wide as the longest name. On a narrow terminal, only
# the last column is shortened.
added_columns_stand_before_texts() {
	grep -qE '^ *ADDRESS .* END +DIRTY NAME +UNMERGED$' added.txt &&
		grep -qE ' DIRTY NAME +UNMERGED$' narrow.txt &&
		grep -qE ' shared anonymo' narrow.txt ||
		! head -n 3 added.txt narrow.txt
}

# UNMERGED is about the VMA in the row above. With --sort RSS, the row above is
# not the neighbour in memory, so UNMERGED is not shown.
sorted_rows_have_no_neighbours() {
	grep -qE '^ *ADDRESS .* RSS +PSS .* NAME$' sorted.txt &&
		grep -qE '^ *ADDRESS .* NAME +UNMERGED$' added.txt &&
		equal "$(tac downwards.txt)" "$(<upwards.txt)" 'reverse order'
}

# sums FILE: print the number of VMAs, and the sums of SIZE and RSS. PSS is left
# out, because it depends on other processes.
sums() {
	row "$1" ' VMAs  ' | cut -d ' ' -f 1-6
}

# All VMAs without RSS are shown as one row, with their number and the sum of
# their sizes.
empty_rows_are_one() {
	local rss='[0-9.]+ ([KMG]iB|bytes)' all empty

	all=$(wc -l <bare.txt)
	empty=$(grep -cvE "^ *[0-9a-f]+ [^ ]+ +$rss +$rss " bare.txt)
	within 3 999 "$empty" 'empty rows' &&
		grep -qE "^ +\.\.\. and +$rss +\. .* $empty VMAs without RSS\$" \
			sorted.txt &&
		! grep ' without ' all.txt bare.txt reversed.txt unknown.txt &&
		within $((all - empty + 1)) $((all - empty + 1)) \
			$(($(wc -l <sorted.txt) - $(wc -l <all.txt) + all)) rows &&
		equal "$(sums all.txt)" "$(sums sorted.txt)" sums
}

# A PSS of 0 can be that of a VMA with pages, which is not an empty row.
rounded_rows_are_not_empty() {
	equal 5 "$(grep -c 'memfd:five' shares.txt)" rows &&
		grep -qE ' [0-9]+ VMAs without PSS$' shares.txt
}

smallest_rows_are_first() {
	equal "$(grep -oE 'shared anonymous memory|memfd:five' reversed.txt | uniq)" \
		$'memfd:five\nshared anonymous memory' order
}

# title PYTHON: print the titles of the VMAs for which the expression is true.
title() {
	python3 -c "import json
for v in map(json.loads, open('rows.json')):
	if 'start' in v and ($1):
		print(v['title'], v['guessed'])"
}

shmem_is_named() {
	equal "tmpfs: /dev/shm/rows-$pid (deleted) 0" \
		"$(title '"/dev/shm/" in v["name"]')" tmpfs &&
		grep -qE '^SysV shm [0-9]+, key 0 0$' \
			<(title '"SYSV" in v["name"]') &&
		equal 'memfd:five (deleted) 0' \
			"$(title '"memfd" in v["name"]' | uniq)" memfd &&
		grep -qE " tmpfs: /dev/shm/rows-$pid \(deleted\)\$" sorted.txt
}

# The title "stack" of a thread is known from the thread's stack pointer. Other
# titles of anonymous memory are guesses.
anonymous_memory_is_named() {
	title '"heap" in v["name"]' | grep -qx '\[heap\] 0' &&
		title '"?" in v["title"]' >guesses.txt &&
		grep -qx '? \.bss of libc.* 1' guesses.txt &&
		grep -qx '? malloc arena 1' guesses.txt &&
		grep -qx '? rest of malloc arena 1' guesses.txt &&
		! grep -v ' 1$' guesses.txt &&
		grep -qx 'anonymous memory 0' <(title 'v["size"] == 20480') &&
		grep -qx 'anonymous memory 0' <(title 'v["size"] == 28672') &&
		grep -q '^a name after ? is guessed ' sorted.txt || return
	! grep -q ' ' calls.txt || (($(grep -vc running calls.txt) < 2)) ||
		title '"stack of" in v["title"]' |
		grep -qE '^stack of thread [0-9]+ 0$'
}

# The reasons for each VMA, and their sums, are those of why --huge. Only the reason
# "access" does not depend on the machine.
huge_pages_are_explained() {
	grep -qE '^ *ADDRESS PERM +SIZE +RSS +HUGE +NEXT +NAME +SMALL$' huge.txt &&
		grep -qE '^ *ADDRESS PERM +SIZE +RSS +HUGE +NEXT +NAME +SMALL$' \
			narrow-huge.txt &&
		! grep -E 'SMALL|NEXT' added.txt || return
	grep -qE '^access +---p$' small.txt &&
		! grep -E '^access [0-9].* ---p$' small.txt || ! cat small.txt || return
	grep -qE ' NEXT +NAME +SMALL$' next.txt &&
		grep -qE ' NEXT.* NAME +SMALL$' more.txt ||
		! head -n 1 next.txt more.txt || return
	python3 - <<-'END'
	import json
	def reasons(name):
	    rows = [json.loads(line) for line in open(name)]
	    return [(row.get("start"), row["reasons"]) for row in rows
	            if "reasons" in row], rows
	maps, rows = reasons("huge.json")
	why, _ = reasons("why.json")
	assert len(maps) > 10 and maps == why, (maps, why)
	for row in rows[1:]:
	    assert row["huge_next"] == sum(part["bytes"] for part in row["reasons"]
	                                   if part["reason"] == "next"), row
	rows = [json.loads(line) for line in open("rows.json")]
	assert not any("reasons" in row or "huge_next" in row for row in rows), rows
	END
}

echo "TAP version 13"
check 'a process is shown' rows_are_there
check 'shared anonymous memory is shmem' shared_anonymous_memory_is_shmem
check 'mappings of one process are shared' mappings_of_one_process_are_shared
check 'a small PSS is printed as 0' small_pss_is_not_none
check 'memory that can be freed is reported' memory_to_be_freed_is_shown
check 'added columns stand before columns of text' added_columns_stand_before_texts
check 'sorted rows do not show UNMERGED' sorted_rows_have_no_neighbours
check 'empty rows are shown as one row' empty_rows_are_one
check 'rows with a rounded PSS are shown' rounded_rows_are_not_empty
check 'the smallest rows are first' smallest_rows_are_first
check 'shmem is named' shmem_is_named
check 'huge pages are explained' huge_pages_are_explained
check 'anonymous memory is named' anonymous_memory_is_named
finish

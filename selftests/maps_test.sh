#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The output of mmapdemo maps must agree with smaps and status of the same
# process. For neighbouring VMAs, the output must also agree with mmapdemo why.
#
# Depends on: the kernel.

# shellcheck source=tap.sh disable=SC2086,SC2317
. "$(dirname "$0")/tap.sh"

need_module
need_program
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C

# Set $pid to a process that has created pairs of VMAs, and now sleeps.
process_is_there() {
	local line

	coproc ACTOR { exec "$programs/neighbours"; }
	read -r line <&"${ACTOR[0]}" && pid=${line#ready } && turn &&
		heard over && mmapdemo maps --json $pid >"$work/maps.json" &&
		within 20 999 "$(grep -c '"start":' "$work/maps.json")" VMAs
}

# smaps: print "START SIZE RSS ANON DIRTY SWAP" for each VMA, with sizes in
# bytes. PSS is left out, because it depends on other processes.
smaps() {
	awk '
		function hex(text,  n, i) {
			for (i = 1; i <= length(text); i++)
				n = n * 16 + index("0123456789abcdef",
						   substr(text, i, 1)) - 1
			return n
		}
		function put() {
			if (start != "")
				printf "%s %.0f %.0f %.0f %.0f %.0f\n", start,
					size * 1024, rss * 1024, anon * 1024,
					dirty * 1024, swap * 1024
		}
		/^[0-9a-f]+-/ { put(); split($1, range, "-")
				start = sprintf("%.0f", hex(range[1])) }
		$1 == "Size:" { size = $2 }
		$1 == "Rss:" { rss = $2 }
		$1 == "Anonymous:" { anon = $2 }
		$1 == "Shared_Dirty:" { dirty = $2 }
		$1 == "Private_Dirty:" { dirty += $2 }
		$1 == "Swap:" { swap = $2 }
		END { put() }' /proc/$pid/smaps
}

# ours: print "START SIZE RSS ANON DIRTY SWAP" for each VMA, as shown by
# mmapdemo maps.
ours() {
	local number='\([0-9]*\)' line

	line="\"start\":$number,.*\"size\":$number,\"resident\":$number,"
	line+="\"pss\":[0-9]*,\"anonymous\":$number,\"dirty\":$number,"
	line+="\"shared\":[0-9]*,\"swapped\":$number,"
	sed -n "s/^{$line.*/\1 \2 \3 \4 \5 \6/p" "$work/maps.json"
}

says_what_smaps_says() {
	diff <(smaps) <(ours)
}

# member NAME: print the member NAME in the sums of maps.json.
member() {
	sed -n 's/^{"event":"summary".*"'"$1"'":\([0-9]*\).*/\1/p' "$work/maps.json"
}

# held WHAT: print RssWHAT from /proc/PID/status, in bytes. The kernel may not
# have counted the last pages yet: at most 64 pages per thread before Linux 6.2,
# and at most 32 pages per processor since Linux 6.2.
held() {
	awk '$1 == "Rss'"$1"':" { print $2 * 1024 }' /proc/$pid/status
}

# splits_rss: check that each part of RSS is about the same as in status. Check
# that RSS is the sum of its parts.
splits_rss() {
	local slack=$((4096 * (64 + 32 * $(nproc)))) part size

	for part in Anon:anonymous File:file Shmem:shmem; do
		size=$(member ${part#*:})
		within $((size - slack)) $((size + slack)) "$(held ${part%:*})" \
			$part || return
	done
	equal "$(member resident)" $(($(member anonymous) + $(member file) +
		$(member shmem) + $(member hugetlb))) 'sum of the parts'
}

# The process touches 3 MiB of shared anonymous memory, and a file of 2 MiB in tmpfs.
knows_shmem() {
	local line number='[0-9.]+ ([KMG]iB|bytes)'

	line="^RSS $number: $number anonymous, $number file, $number shmem$"
	mmapdemo maps $pid | grep -qE "$line" || return
	python3 - <<-'END' || return
		import json, mmap, os, subprocess, sys
		path = f"/dev/shm/maps-{os.getpid()}"
		maps = [mmap.mmap(-1, 3 << 20)]
		with open(path, "w+b") as file:
		    os.unlink(path)
		    file.truncate(2 << 20)
		    maps.append(mmap.mmap(file.fileno(), 2 << 20))
		def sums():
		    out = subprocess.run(["mmapdemo", "maps", "--json",
		                          str(os.getpid())], check=True,
		                         stdout=subprocess.PIPE).stdout
		    return json.loads(out.splitlines()[-1])
		before = sums()
		for m in maps:
		    for at in range(0, len(m), 4096):
		        m[at] = 1
		after = sums()
		shmem = after["shmem"] - before["shmem"]
		if shmem != 5 << 20:
		    sys.exit(f"{shmem} bytes of shmem")
	END
}

# After fork(), at least one page is shared with the parent, and with no other
# process.
shows_what_is_shared() {
	local heap

	heap=$(grep -c '"name":"".*"resident":4096,"pss":2048,.*"shared":4096,' \
		"$work/maps.json")
	within 1 99 "$heap" 'pages shared by fork'
}

# VmPTE in /proc/PID/status includes neither the PGD nor the P4D tables.
shows_all_page_tables() {
	local vm_pte p4ds=0 levels

	levels=$(mmapdemo walk --json $pid | sed -n \
		'1s/.*"levels":\([45]\).*/\1/p')
	((levels == 4)) || p4ds=$(mmapdemo walk --json $pid | sed -n \
		's/^{"level":"PGD",.*"count":\([0-9]*\),.*/\1/p' |
		awk '{ n += $1 } END { print n }')
	vm_pte=$(awk '$1 == "VmPTE:" { print $2 * 1024 }' /proc/$pid/status)
	equal $((vm_pte + p4ds * 4096)) "$(sed -n \
		's/^{"event":"summary".*"tables":\([0-9]*\),.*/\1/p' \
		"$work/maps.json")" 'bytes of page tables'
}

# For each huge page of anonymous memory, the kernel keeps a page table in
# reserve, which maps nothing.
shows_tables_in_reserve() {
	local line status=0 huge

	coproc HUGE { exec python3 -c 'import mmap
memory = mmap.mmap(-1, 8 << 20, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
memory.madvise(14)
memory[:] = bytes([1]) * (8 << 20)
print(flush=True)
input()'; }
	# shellcheck disable=SC2153 # coproc sets the variables
	read -r -u "${HUGE[0]}" line &&
		mmapdemo maps $HUGE_PID >"$work/huge.txt" &&
		mmapdemo maps --json $HUGE_PID >"$work/huge.json" || status=1
	echo >&"${HUGE[1]}"
	wait $HUGE_PID
	((!status)) || return
	huge=$(sed -n 's/^{"event":"summary".*"huge":\([0-9]*\),.*/\1/p' "$work/huge.json")
	((huge)) || return 0
	within 4096 $((huge / 512)) "$(sed -n \
		's/^{"event":"summary".*"tables_reserved":\([0-9]*\).*/\1/p' \
		"$work/huge.json")" 'bytes in reserve' &&
		grep -qE '^VmPTE is [0-9]+ KiB larger than TABLES, because VmPTE includes page tables in reserve ' \
			"$work/huge.txt"
}

# reasons FILE: print, for each pair of neighbouring VMAs, what prevents a merge.
reasons() {
	grep -o '"reasons":\[[^]]*\],"unseen":\[[^]]*\],"flags_diff":[0-9]*' "$1"
}

says_what_why_says() {
	mmapdemo why --all --json $pid >"$work/why.json" || return
	diff <(reasons "$work/why.json") <(reasons "$work/maps.json") &&
		within 12 999 "$(reasons "$work/why.json" | wc -l)" pairs
}

# watches SECONDS: watch $actor in the background, with output to watch.json. Set
# $watching. Return when counting has begun. A new trace instance is on even
# before an event is enabled, so wait until the event is enabled and the instance
# is on.
watches() {
	local instance

	set -m
	mmapdemo maps --watch $1 --json $actor >"$work/watch.json" \
		2>"$work/errors" &
	set +m
	watching=$!
	instance=$tracing/instances/mmapdemo-$watching
	until grep -qsx 1 "$instance/events/mmapdemo/pte_fault/enable" &&
		grep -qsx 1 "$instance/tracing_on"; do
		kill -0 $watching || ! cat "$work/errors" || return
	done
}

# The VMA must have one fault for each touched page. Faults of children and of
# other processes must not be counted.
counts_faults() {
	local at

	act walker 31 && watches 1000 && turn && heard over || return
	at=$(printf %d "${words[-1]}")
	kill -INT $watching
	wait $watching && leave || return
	grep "\"start\":$at," "$work/watch.json" |
		grep -q "\"resident\":$((31 * 4096)),.*\"faults\":31[,}]" &&
		within 31 200 "$(sed -n 's/^{"event":"summary".*"faults":\([0-9]*\),.*"faults_elsewhere":0}$/\1/p' \
			"$work/watch.json")" faults ||
		! cat "$work/watch.json"
}

# The faults that the process causes in the memory of another process do not belong to
# its VMAs. They must not end the count of its own faults.
counts_faults_before_it_reads_others() {
	local at

	act peeker && watches 1000 && turn && heard over || return
	at=$(printf %d "${words[-1]}")
	kill -INT $watching
	wait $watching && leave || return
	grep "\"start\":$at," "$work/watch.json" |
		grep -q '"faults":31[,}]' || ! cat "$work/watch.json"
}

# All faults of the process must be counted, but no faults of its children.
counts_only_its_own() {
	local before

	# shellcheck disable=SC2016
	coproc ACTOR { exec bash -c 'echo ready
		read; for i in 1 2 3; do (:); done; echo over; read; :'; }
	actor=$ACTOR_PID
	heard ready && asleep $actor && watches 1000 || return
	before=$(faults_of $actor)
	turn && heard over && asleep $actor && kill -INT $watching &&
		wait $watching || return
	equal $(($(faults_of $actor) - before)) "$(sed -n \
		's/^{"event":"summary".*"faults":\([0-9]*\),.*/\1/p' \
		"$work/watch.json")" faults && leave
}

# The process unmaps the memory that it has touched. This test checks the output
# as text.
counts_faults_of_no_vma() {
	act runner && turn && mmapdemo maps --watch 0.3 $actor >"$work/words" &&
		kill $actor && grep -qE '^ *ADDRESS .* FAULTS NAME +UNMERGED$' \
			"$work/words" &&
		grep -qE '^ *former +\. .* [1-9][0-9]* VMAs that no longer exist$' \
			"$work/words" || ! cat "$work/words"
}

# When a process has ended, it has no VMAs that could be shown.
knows_that_it_ended() {
	local status=0

	act walker && watches 1000 && turn && heard over && leave || return
	wait $watching || status=$?
	equal 1 $status status &&
		grep -q 'ended during --watch$' "$work/errors" &&
		! compgen -G "$tracing/instances/mmapdemo-*"
}

fits_its_width() {
	local width

	for width in 80 83 86 89 100 120; do
		COLUMNS=$width mmapdemo maps $pid >"$work/words" || return
		! awk -v width=$width 'length > width || / $/' "$work/words" |
			grep . || return
		grep -qE '^ *7[0-9a-f]+ r--p .* flags' "$work/words" ||
			! cat "$work/words" || return
	done
	COLUMNS=80 mmapdemo maps --sort TABLES $pid | grep -qE '^ *ADDRESS .* TABLES NAME$' &&
		COLUMNS=80 mmapdemo maps --sort RSS $pid |
		grep -qE '^ *ADDRESS PERM +SIZE +RSS +PSS +ANON +NAME$' || return
	grep -qE '^ *ADDRESS .* RSS .* TABLES NAME +UNMERGED$' "$work/words" &&
		grep -qE "^ *$(grep -c '"start"' "$work/maps.json") VMAs " \
			"$work/words" || ! cat "$work/words"
}

# With -o, the named columns are printed in the given order. With -n, the
# headings and the sums are left out.
prints_columns_asked_for() {
	mmapdemo maps -n -o rss,Address $pid >"$work/words" &&
		equal "$(grep -c '"start"' "$work/maps.json")" \
			"$(grep -cE '^ *([0-9.]+ [KMG]iB|\.) +[0-9a-f]{12,16}$' \
				"$work/words")" rows || ! cat "$work/words" || return
	mmapdemo maps -o +END,DIRTY $pid | head -1 >"$work/words" &&
		grep -qE ' END +DIRTY NAME +UNMERGED$' "$work/words" || ! cat "$work/words"
}

# values MEMBER: print the start and the member MEMBER of each VMA, from the
# JSON output. The caller checks that the values are sorted, and that no value
# is larger than the value before.
values() {
	sed -n 's/.*"start":\([0-9]*\),.*"'"$1"'":\([0-9]*\).*/\1 \2/p' \
		"$work/maps.json"
}

sorts_rows() {
	local by start value
	declare -A of

	for by in size:SIZE resident:RSS swapped:SWAP; do
		while read -r start value; do
			of[$start]=$value
		done < <(values "${by%:*}")
		diff <(mmapdemo maps -n --sort "${by#*:}" -o ADDRESS $pid |
			while read -r start; do
				printf -v start %u "0x$start"
				echo "${of[$start]}"
			done) \
			<(values "${by%:*}" | cut -d' ' -f2 | sort -nr) || return
	done
}

refuses_unknown_columns() {
	local status=0

	mmapdemo maps -o RSS,nonsense $pid 2>"$work/errors" || status=$?
	equal 2 $status status &&
		grep -q "unknown column 'nonsense'; the columns are ADDRESS, " \
			"$work/errors" || ! cat "$work/errors" || return
	status=0
	mmapdemo maps --sort nonsense $pid 2>"$work/errors" || status=$?
	equal 2 $status status && grep -q 'nonsense: must be one of ADDRESS, ' "$work/errors"
}

# The path is longer than the names that mmapdemo maps keeps.
names_files_of_long_paths() {
	local folder sleeper status=0

	folder=$work/$(printf 'a%.0s' {1..200})/$(printf 'b%.0s' {1..200})
	mkdir -p "$folder" && cp "$(type -P sleep)" "$folder/sleeper" || return
	"$folder/sleeper" 1000 &
	sleeper=$!
	until grep -q '/sleeper$' /proc/$sleeper/maps; do
		kill -0 $sleeper || return
	done
	mmapdemo maps $sleeper >"$work/long" &&
		grep -q ' sleeper$' "$work/long" &&
		mmapdemo maps --json $sleeper >"$work/long.json" &&
		grep -qE '"name":"/b+/sleeper"' "$work/long.json" || status=1
	kill $sleeper
	((!status)) || ! cat "$work/long"
}

# User nobody runs mmapdemo maps on a process of user nobody.
does_without_root() {
	install -d -m 755 "$work/open"
	chmod 755 "$work"
	cp "$(command -v mmapdemo)" "$work/open"
	# shellcheck disable=SC2016 # the variable is the other shell's
	setpriv --reuid=65534 --regid=65534 --clear-groups \
		sh -c '"$0" maps $$; "$0" why --all $$' \
		"$work/open/mmapdemo" >"$work/words" || return
	grep -q '^page tables ([0-9]* KiB in total) are not shown for each VMA: root is req' \
		"$work/words" &&
		grep -q '^process .* VMAs, ' "$work/words" ||
		! cat "$work/words" || return
	! setpriv --reuid=65534 --regid=65534 --clear-groups \
		"$work/open/mmapdemo" maps $pid 2>"$work/errors" &&
		grep -q "^mmapdemo: maps: permission denied: process $pid belongs to another user; try sudo$" \
			"$work/errors" || ! cat "$work/errors"
}

refuses_what_is_wrong() {
	local status=0

	mmapdemo maps 2>"$work/errors" || status=$?
	equal 2 $status status &&
		grep -q 'exactly one PID is required' "$work/errors" || return
	status=0
	mmapdemo maps 4194305 2>"$work/errors" || status=$?
	equal 1 $status status &&
		grep -q 'process 4194305: No such process' "$work/errors"
}

echo "TAP version 13"
check 'a process is started' process_is_there
check 'maps agrees with smaps' says_what_smaps_says
check 'maps splits RSS as status does' splits_rss
check 'maps recognizes shmem' knows_shmem
check 'maps shows shared memory' shows_what_is_shared
check 'maps counts all page tables' shows_all_page_tables
check_thp 'maps shows tables in reserve' shows_tables_in_reserve
check 'maps agrees with why' says_what_why_says
check 'maps fits the width of the terminal' fits_its_width
check 'maps prints the columns that are asked for' prints_columns_asked_for
check 'maps sorts rows by a column' sorts_rows
check 'maps refuses unknown columns' refuses_unknown_columns
check 'maps names files with long paths' names_files_of_long_paths
check 'maps works without root' does_without_root
check 'maps refuses wrong arguments' refuses_what_is_wrong
turn
wait
check 'maps counts the faults of a VMA' counts_faults
check 'maps counts the faults of a process that reads others' \
	counts_faults_before_it_reads_others
check 'maps counts no faults of others' counts_only_its_own
check 'maps counts faults of former VMAs' counts_faults_of_no_vma
check 'maps reports that the process ended' knows_that_it_ended
finish

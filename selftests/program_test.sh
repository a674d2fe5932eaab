#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The program mmapdemo(1) while the module is loaded. Every function test_* is a
# test. The name of the function is a sentence that the test proves. A test that
# returns 4 is skipped.
#
# shellcheck disable=SC2317 # the functions are called by their names
#
# Depends on: the program.

shopt -s extglob
instances=/sys/kernel/tracing/instances
dev=/dev/mmapdemo

skip_all() {
	echo "1..0 # SKIP $*"
	exit 4
}

# ---- helpers ----

# fails STATUS PATTERN COMMAND...: check the exit status and the error message.
fails() {
	local want=$1 pattern=$2 status=0

	shift 2
	"$@" >"$tmp/out" 2>"$tmp/err" </dev/null || status=$?
	[[ $status == "$want" ]] || {
		echo "# $*: status $status, expected $want"
		return 1
	}
	grep -q -- "$pattern" "$tmp/err" || {
		echo "# $*: no '$pattern' in: $(<"$tmp/err")"
		return 1
	}
}

# contains FILE PATTERN...: check that FILE matches each of these extended
# regular expressions.
contains() {
	local file=$1 pattern

	shift
	for pattern; do
		grep -qE -- "$pattern" "$file" || {
			echo "# no '$pattern' in:"
			sed 's/^/# /' "$file" | tail -n 60
			return 1
		}
	done
}

# sized BYTES: make a file of this size with random bytes, and print its path.
sized() {
	head -c "$1" /dev/urandom >"$tmp/sized.$1"
	echo "$tmp/sized.$1"
}

trace() {
	mmapdemo trace -o "$tmp/story" "$@"
}

# buffer_of_others: print the size of the global ring buffer in KiB per CPU. The
# size is rounded up to whole sub-buffers. Before the first trace, the file has
# the future size in parentheses, for example "7 (expanded: 1408)".
buffer_of_others() {
	local kib page

	kib=$(grep -o '[0-9]*' "${instances%/*}/buffer_size_kb" | tail -n 1)
	page=$(sed -n 's/.*char data;.*size:\([0-9]*\);.*/\1/p' \
		"${instances%/*}/events/header_page")
	echo $(((kib * 1024 + page - 1) / page * page / 1024))
}

no_instance() {
	! compgen -G "$instances/mmapdemo-*"
}

# valid_json FILE: check that each line is a JSON object whose members are only
# plain values, lists, or objects of plain values and lists.
valid_json() {
	local text='"([^"\\]|\\.)*"' number='-?[0-9]+'
	local list="\[(($text|$number)(,($text|$number))*)?\]"
	local plain="$text:($text|$number|$list)"
	local object="\{($plain(,$plain)*)?\}"
	local member="($plain|$text:($object|\[$object(,$object)*\]))"

	[[ -s $1 ]] && ! grep -vE "^\{$member(,$member)*\}\$" "$1"
}

# in_background: trace a command in the background, but with the signal settings
# of a terminal. Return when the command runs. Set $tracer and $traced.
in_background() {
	set -m
	mmapdemo trace -o "$tmp/story" -- \
		bash -c 'echo $$ >"$0"; exec sleep 1000' "$tmp/fifo" &
	set +m
	tracer=$!
	read -r traced <"$tmp/fifo"
}

# ---- read ----

test_read_is_cat() {
	local size file

	for size in 0 1 4095 4096 4097 131072 131073 3145728; do
		file=$(sized "$size")
		mmapdemo read "$file" | cmp - "$file" || return 1
	done
	for file in /bin/bash /etc/passwd; do
		mmapdemo read "$file" | cmp - "$file" || return 1
	done
}

test_read_of_a_part_is_that_part() {
	local file offset length

	file=$(sized 300001)
	for offset in 0 1 4095 4096 4097 299999 300001 300002 0x10000; do
		for length in 0 1 4096 8193 1M; do
			mmapdemo read --offset "$offset" --length "$length" \
				"$file" >"$tmp/out" || return 1
			tail -c +$((offset + 1)) "$file" |
				head -c "${length/M/000000}" |
				cmp - "$tmp/out" || return 1
		done
	done
}

# The sum of the offset and the length may need more than 64 bits.
test_read_of_any_length_ends_with_the_file() {
	mmapdemo read --offset 1 --length 0xffffffffffffffff /etc/passwd |
		cmp - <(tail -c +2 /etc/passwd)
}

test_read_works_where_the_address_space_is_small() {
	local file

	file=$(sized 50000000)
	(ulimit -v 40000 && exec mmapdemo read "$file") | cmp - "$file"
}

test_read_after_the_end_prints_nothing() {
	local offset

	for offset in 1G 0x7fffffffffffffff 0xffffffffffffffff; do
		mmapdemo read --offset "$offset" /etc/passwd >"$tmp/out" &&
			[[ ! -s $tmp/out ]] || return 1
	done
}

test_read_of_the_device_is_dd() {
	head -c 100000 /dev/urandom | dd of="$dev" bs=5000 status=none &&
		mmapdemo read "$dev" | cmp - "$dev" &&
		mmapdemo read --offset 4095 --length 10000 "$dev" |
		cmp - <(dd if="$dev" bs=1 skip=4095 count=10000 status=none)
}

test_read_by_each_method_is_zeros() {
	local method

	for method in page insert pfn remap around huge prepare; do
		mmapdemo read --method $method "$dev" |
			cmp - <(head -c 2M /dev/zero) || return
	done
	fails 2 "must be page, insert" mmapdemo read --method none "$dev" &&
		fails 1 "requires $dev" mmapdemo read -m page /etc/passwd
}

test_hex_is_hexdump() {
	local expected

	printf 'GNU/Linux \001\377 mmap()' >"$tmp/file"
	expected='00000004  4c 69 6e 75 78 20 01 ff  20 6d 6d 61 70 28 29'
	expected+='     |Linux .. mmap()|'
	mmapdemo read --hex --offset 4 "$tmp/file" >"$tmp/out" &&
		[[ $(head -n 1 "$tmp/out") == "$expected" ]] &&
		[[ $(tail -n 1 "$tmp/out") == 00000013 ]]
}

test_read_refuses_files_that_cannot_be_mapped() {
	mkfifo "$tmp/pipe"
	fails 1 "read: /etc: is a directory" mmapdemo read /etc &&
		fails 1 "pipe, socket" mmapdemo read "$tmp/pipe" &&
		fails 1 "the size is unknown" mmapdemo read /dev/null &&
		fails 1 "cannot be mapped" mmapdemo read /proc/self/maps &&
		fails 1 "No such file" mmapdemo read "$tmp/none" &&
		fails 1 "No such device or address\|pipe, socket" \
			mmapdemo read /dev/tty
}

# The file shrinks while the first part of its data is in the pipe. The rest is
# not written yet.
test_read_survives_a_file_that_shrinks() {
	local file status

	file=$(sized 2000000)
	cp "$file" "$tmp/shrinks"
	mkfifo "$tmp/slow"
	mmapdemo read "$tmp/shrinks" >"$tmp/slow" 2>"$tmp/err" &
	exec 3<"$tmp/slow"
	head -c 4096 <&3 >"$tmp/out"
	truncate -s 10000 "$tmp/shrinks"
	cat <&3 >>"$tmp/out"
	exec 3<&-
	wait $!
	status=$?
	[[ $status == 1 ]] && contains "$tmp/err" "the file shrank to 10000 bytes" &&
		[[ $(stat -c %s "$tmp/out") -ge 10000 ]] &&
		cmp -n "$(stat -c %s "$tmp/out")" "$tmp/out" "$file"
}

test_read_is_quiet_without_a_reader() {
	mmapdemo read /bin/bash 2>"$tmp/err" | head -c 1 >/dev/null
	[[ ${PIPESTATUS[0]} == 141 && ! -s $tmp/err ]]
}

test_read_reports_a_full_disk() {
	fails 1 "standard output: No space" \
		bash -c 'mmapdemo read /bin/bash >/dev/full' &&
		fails 1 "standard output: No space" \
			bash -c 'mmapdemo read --hex /etc/passwd >/dev/full'
}

# ---- write ----

test_write_stores_and_extends() {
	local file size

	for size in 0 1 4096 5000 4194304 5000001; do
		file=$(sized "$size")
		rm -f "$tmp/new"
		mmapdemo write "$tmp/new" <"$file" &&
			cmp "$file" "$tmp/new" || return 1
	done
	echo old file >"$tmp/new"
	echo -n new | mmapdemo write "$tmp/new"
	echo -n at | mmapdemo write --offset 5000 "$tmp/new"
	[[ $(head -c 8 "$tmp/new") == "new file" ]] &&
		[[ $(tail -c 2 "$tmp/new") == at ]] &&
		[[ $(stat -c %s "$tmp/new") == 5002 ]]
}

test_write_to_the_device_is_seen_by_read() {
	local file

	file=$(sized 70001)
	mmapdemo write --offset 4090 "$dev" <"$file" &&
		dd if="$dev" bs=10 skip=409 status=none | head -c 70001 |
		cmp - "$file"
}

# With --method, the program writes to a separate region. The default region
# must not change.
test_write_by_a_method_is_private() {
	echo shared | mmapdemo write "$dev" &&
		echo mine | mmapdemo write --method insert "$dev" &&
		[[ $(mmapdemo read --length 6 "$dev") == shared ]] &&
		fails 1 "the device ends at byte 2097152" bash -c \
			"echo | mmapdemo write -m page --offset 2M $dev" &&
		fails 1 "requires $dev" bash -c \
			"echo | mmapdemo write -m page '$(sized 10)'" &&
		fails 1 "No such file" bash -c \
			"echo | mmapdemo write -m page '$tmp/none'"
}

test_write_after_the_end_is_enospc() {
	local size

	size=$(mmapdemo read "$dev" | wc -c)
	fails 1 "No space left on device: the device ends at byte $size" \
		bash -c "head -c 10000 /dev/zero | tr '\0' x |
			mmapdemo write --offset $((size - 5000)) $dev" &&
		[[ $(mmapdemo read --offset $((size - 5001)) "$dev" |
			tr -dc x | wc -c) == 5000 ]] &&
		fails 1 "No space left" bash -c \
			"echo | mmapdemo write --offset $((size + 1)) $dev"
}

test_write_refuses_files_that_cannot_be_mapped() {
	fails 1 "directory" mmapdemo write /etc &&
		fails 1 "write: /dev/null" bash -c "echo | mmapdemo write /dev/null"
}

# ---- trace ----

test_trace_shows_mapping_and_fault_of_a_file() {
	cp "$(sized 12288)" "$tmp/known.bin"
	trace -- mmapdemo read "$tmp/known.bin" >"$tmp/out" &&
		cmp "$tmp/known.bin" "$tmp/out" &&
		contains "$tmp/story" \
			'ms  mmap\(NULL, 12 KiB, r--s, known.bin @ 0\) = 7' \
			'get_unmapped_area .*_get_unmapped_area.*' \
			'vma_link .* r--s known.bin @ 0 ' \
			'fault 7[0-9a-f]+  read   known.bin\+0 +by libc' \
			'do_read_fault: .*, first touch .* after mmap' \
			'PGD .*PMD .*PTE \+ +pfn 0x[0-9a-f]+ r-- young' \
			'exec: done, the process now runs .*/mmapdemo' \
			'^[0-9]+ mmap calls took ' '^[0-9]+ faults took .* read'
}

test_trace_shows_the_device_by_its_path() {
	echo hello | trace -- mmapdemo write "$dev" &&
		contains "$tmp/story" "mmap\(NULL, 6 bytes, rw-s, $dev @ 0\)" \
			"fault .* write  $dev\+0" \
			"do_shared_fault: supplied by the driver"
}

test_trace_returns_the_status_of_the_command() {
	local status

	for status in 0 3 255; do
		trace -- bash -c "exit $status"
		[[ $? == "$status" ]] || return 1
	done
	(trace -- bash -c 'kill -TERM $$') 2>"$tmp/err"
	[[ $? == 143 ]] && no_instance &&
		contains "$tmp/err" '^mmapdemo: trace: bash was killed by SIGTERM$'
}

test_trace_shows_that_a_command_can_not_run() {
	fails 127 "trace: no-such-command: No such file" \
		mmapdemo trace no-such-command &&
		fails 126 "trace: /etc/passwd: Permission denied" \
			mmapdemo trace -- /etc/passwd &&
		no_instance
}

test_a_directory_is_no_command() {
	local said

	mkdir -p "$tmp/path/echo"
	said=$(PATH=$tmp/path:$PATH mmapdemo count -o "$tmp/counts" echo hello)
	rm -r "$tmp/path"
	[[ $said == hello ]]
}

test_trace_leaves_stdout_to_the_command() {
	mmapdemo trace -- echo hello >"$tmp/out" 2>"$tmp/err"
	[[ $(<"$tmp/out") == hello ]] && contains "$tmp/err" '^[0-9]+ faults'
}

test_trace_leaves_the_buffer_of_others_alone() {
	trace true && [[ $(buffer_of_others) == "$kib" ]]
}

test_trace_follows_children() {
	cp "$(sized 4096)" "$tmp/known.bin"
	trace -- bash -c 'mmapdemo read "$0" >/dev/null; :' "$tmp/known.bin" &&
		contains "$tmp/story" \
			'fork: child \[[0-9]+\] gets a copy: [0-9]+ VMAs' \
			'\[[0-9]+\] mmap\(NULL, 4 KiB, r--s, known.bin' \
			'\[[0-9]+\] fault .* read   known.bin\+0' \
			'wp_page_copy: a copy' \
			'\[[0-9]+\] exit: [0-9]+ VMAs, .* were freed' \
			'munmap of .* known.bin +[0-9.]+ .?s$'
}

test_trace_follows_children_of_threads() {
	cp "$(sized 4096)" "$tmp/known.bin"
	trace -- python3 -c 'import subprocess, sys, threading
threading.Thread(target=subprocess.check_output, args=[sys.argv[1:]]).start()' \
		mmapdemo read "$tmp/known.bin" &&
		contains "$tmp/story" \
			'\[[0-9]+\] mmap\(NULL, 4 KiB, r--s, known.bin' \
			'\[[0-9]+\] fault .* read   known.bin\+0'
}

# After fork(), the pages are write-protected, and the next write to a page
# copies the page.
test_trace_shows_flushes_of_the_tlb() {
	trace -- bash -c '(:); :' &&
		contains "$tmp/story" 'fork: .*, TLB flush: all entries' \
			'PTE .*, TLB flush: 1 page$' \
			'^[0-9]+ faults .*; [0-9]+ TLB flush(es)?$' &&
		trace --json -- bash -c '(:); :' &&
		contains "$tmp/story" \
			'"event":"tlb_flush".*"reason_name":"local-mm-shootdown"'
}

test_trace_ends_with_the_command_when_interrupted() {
	in_background
	[[ -d $instances/mmapdemo-$tracer ]] || return 1
	kill -INT "$tracer"
	wait "$tracer" 2>/dev/null
	[[ $? == 130 ]] && ! kill -0 "$traced" 2>/dev/null && no_instance &&
		contains "$tmp/story" '^[0-9]+ faults'
}

test_trace_cleans_up_after_a_killed_trace() {
	in_background
	{
		kill -KILL "$tracer"
		wait "$tracer"
	} 2>/dev/null
	kill "$traced"
	until no_instance >"$tmp/out"; do
		:
	done
}

test_trace_cleans_up_without_a_reader() {
	mmapdemo trace -- cat /etc/passwd 2>&1 >/dev/null | head -n 1 >"$tmp/out"
	[[ ${PIPESTATUS[0]} == 0 ]] && no_instance
}

# The first line in the FIFO shows that the trace has begun.
test_trace_follows_a_running_process() {
	local pid

	cp "$(sized 4096)" "$tmp/known.bin"
	mkfifo "$tmp/go" "$tmp/shown"
	bash -c 'read -r <"$0"; mmapdemo read "$1" >/dev/null; :' \
		"$tmp/go" "$tmp/known.bin" &
	pid=$!
	mmapdemo trace -p "$pid" -o "$tmp/shown" &
	exec 3<"$tmp/shown"
	read -r <&3
	echo >"$tmp/go"
	cat <&3 >"$tmp/story"
	exec 3<&-
	wait $! && no_instance &&
		contains "$tmp/story" 'fault .* by bash\+0x' \
			'mmap\(NULL, 4 KiB, r--s, known.bin @ 0\)'
}

test_trace_reports_a_missing_process() {
	fails 1 "No such process" mmapdemo trace -p 4194304 && no_instance
}

test_json_is_json() {
	trace --json -- cat /etc/passwd >/dev/null &&
		valid_json "$tmp/story" &&
		head -n 1 "$tmp/story" >"$tmp/first" &&
		tail -n 1 "$tmp/story" >"$tmp/last" &&
		contains "$tmp/first" '"schema":"mmapdemo-trace","version":1' \
			'"command":\["cat","/etc/passwd"\]' &&
		contains "$tmp/last" '"event":"summary".*"lost":0' &&
		contains "$tmp/story" '"event":"do_mmap".*"name":"libc.so.6"' \
			'"event":"pte_fault".*"class":3,"class_name":"read"' \
			'"before_names":\["PGD"'
}

test_json_shows_as_many_events_as_it_says() {
	local events

	trace --json -- true
	events=$(sed -n '$s/.*"events":\([0-9]*\).*/\1/p' "$tmp/story")
	[[ $events -gt 50 && $(wc -l <"$tmp/story") == $((events + 2)) ]]
}

# The command stops the reader of the events for a moment.
test_lost_events_are_shown() {
	mmapdemo trace --buffer 4K -o "$tmp/story" -- bash -c '
		kill -STOP $PPID
		for i in 1 2 3 4 5; do (:); done
		kill -CONT $PPID' 2>"$tmp/err" &&
		contains "$tmp/err" '[0-9]+ events were lost; enlarge the buffer'
}

test_colours_and_signs_suit_the_reader() {
	trace -- true && ! grep -q $'\e' "$tmp/story" &&
		trace --color=always -- true && grep -q $'\e\[' "$tmp/story" &&
		LC_ALL=C trace -- true &&
		! LC_ALL=C grep -q $'[\x80-\xff]' "$tmp/story" &&
		LC_ALL=C.UTF-8 trace -- true && grep -q 'PGD ■' "$tmp/story"
}

test_trace_is_brief_when_asked() {
	trace --brief -- true &&
		! grep -q 'vma_link\|PGD' "$tmp/story" &&
		contains "$tmp/story" 'fault .* cow +[0-9]'
}

# ---- count ----

count() {
	mmapdemo count -o "$tmp/count" "$@"
}

# counted NAME: print the number after NAME in the last JSON line of $tmp/count.
counted() {
	sed -n "\$s/.*\"$1\":\([0-9]*\).*/\1/p" "$tmp/count"
}

# counting: return when the process $counter in the background has begun to count.
counting() {
	until readlink "/proc/$counter/fd/"* | grep -q mmapdemo-faults; do
		kill -0 "$counter" || return 1
	done
}

test_count_is_also_stat() {
	cmp <(mmapdemo count --help) <(mmapdemo stat --help) &&
		fails 1 "count: " mmapdemo stat -p 4194305
}

test_count_shows_how_many_faults_of_which_class() {
	cp "$(sized 12288)" "$tmp/known.bin"
	count -- mmapdemo read "$tmp/known.bin" >"$tmp/out" &&
		cmp "$tmp/known.bin" "$tmp/out" &&
		contains "$tmp/count" \
			'^mmapdemo count: mmapdemo read .*known.bin  \(Linux [5-9].*, counted for [0-9.]+ [^ ]*s\)$' \
			'^    faults  class  ' \
			'^ +[0-9]+  (anon|read|cow) +[0-9.]+ [^ ]*s  ' \
			'^ +[0-9]+  all  ' && no_instance
}

test_count_is_the_sum_of_its_classes() {
	local sum

	count --json -- bash -c '(:); (:)' && valid_json "$tmp/count" || return 1
	sum=$(sed -n 's/^{"class".*"count":\([0-9]*\).*/\1/p' "$tmp/count" |
		awk '{ sum += $1 } END { print sum }')
	[[ $sum -gt 100 && $sum == "$(counted faults)" ]] &&
		[[ $(counted missed) == 0 ]] &&
		[[ $(counted total) -le $(($(counted elapsed) * $(nproc))) ]] &&
		contains "$tmp/count" '"schema":"mmapdemo-count","version":1' \
			'"command":\["bash","-c"' \
			'"class_name":"wp-copy".*"buckets":\[0,'
}

# The run time is that of the command. The run time does not include the
# preparations of mmapdemo.
test_count_shows_the_run_time() {
	local time='[0-9.]+ (ns|µs|us|ms|s)'

	count -- sleep 0.2 && contains "$tmp/count" \
		"^the command ran for ([2-9][0-9]{2}\.[0-9] ms|[0-9.]+ s) \($time user, $time system\); the faults took $time, [0-9.]+ % of the run time(; [0-9]+ major faults?)?\$" &&
		count --json -- bash -c 'i=0; while ((i < 20000)); do ((++i)); done' ||
		return 1
	[[ $(counted user) -gt 1000000 &&
		$(counted ran) -lt $(counted elapsed) &&
		$(($(counted user) + $(counted system))) -lt \
			$(($(counted ran) + 20000000)) ]]
}

test_count_counts_children_too() {
	local alone

	count --json -- bash -c ':' && alone=$(counted faults) &&
		count --json -- bash -c 'mmapdemo read /etc/passwd >/dev/null; :' &&
		[[ $(counted faults) -gt $((alone + 100)) ]]
}

test_count_returns_the_status_of_the_command() {
	count -- bash -c 'exit 3'
	[[ $? == 3 ]] || return 1
	(count -- bash -c 'kill -PIPE $$') 2>"$tmp/err"
	[[ $? == 141 ]] && ! grep 'killed by' "$tmp/err" || return 1
	(count -- bash -c 'kill -TERM $$') 2>"$tmp/err"
	[[ $? == 143 ]] &&
		contains "$tmp/err" '^mmapdemo: count: bash was killed by SIGTERM$' &&
		fails 127 "count: no-such-command: No such file" \
			mmapdemo count no-such-command
}

test_count_counts_a_running_process_to_its_end() {
	local counter pid

	mkfifo "$tmp/go"
	bash -c 'read -r <"$0"; mmapdemo read /etc/passwd >/dev/null; :' \
		"$tmp/go" &
	pid=$!
	mmapdemo count --json -p "$pid" -o "$tmp/count" &
	counter=$!
	counting || return 1
	echo >"$tmp/go"
	wait "$counter" && [[ $(counted faults) -gt 100 ]] &&
		contains "$tmp/count" "\"pid\":$pid}" &&
		fails 1 "No such process" mmapdemo count -p 4194304
}

test_count_counts_all_until_it_is_interrupted() {
	local counter

	set -m
	mmapdemo count --json --all -o "$tmp/count" &
	set +m
	counter=$!
	counting && mmapdemo read /etc/passwd >/dev/null || return 1
	kill -INT "$counter"
	wait "$counter" && [[ $(counted faults) -gt 100 && ! $(counted ran) ]]
}

test_count_shows_what_came_in_each_interval() {
	local counter sum

	set -m
	mmapdemo count --json --all --interval 0.02 -o "$tmp/count" &
	set +m
	counter=$!
	until grep -qs '"event":"interval","faults":[1-9]' "$tmp/count"; do
		kill -0 "$counter" || return 1
	done
	kill -INT "$counter"
	wait "$counter" && valid_json "$tmp/count" || return 1
	sum=$(sed -n 's/.*"interval","faults":\([0-9]*\).*/\1/p' "$tmp/count" |
		awk '{ sum += $1 } END { print sum }')
	[[ $(grep -c '"event":"interval"' "$tmp/count") -gt 1 ]] &&
		[[ $(counted faults) == "$sum" ]] &&
		fails 2 "must be a number of seconds" mmapdemo count -I 0 true &&
		fails 2 "must be a number of seconds" mmapdemo count -I 1s true
}

# late COMMAND...: run a command that begins the sleeper. Supply the page of the
# sleeper 0.3 seconds later.
late() {
	: >"$tmp/out"
	{
		timeout 60 bash -c 'until grep -q ready "$0"; do sleep 0.05; done' \
			"$tmp/out"
		sleep 0.3
		printf '\n\n'
	} | "$@" >"$tmp/out"
}

# The fault sleeps until userfaultfd supplies the page.
test_count_shows_where_the_time_went() {
	local sleeper slept

	sleeper=${OUTPUT:-$(dirname "$0")}/actor
	late mmapdemo count -o "$tmp/count" -- "$sleeper" sleeper || return
	contains "$tmp/count" '^where the time went( |$)' '^class +work .* asleep' \
		'^uffd .* ([2-9][0-9][0-9]\.[0-9] m|[1-9][0-9.]* )s' '^all ' &&
		late mmapdemo count --json -o "$tmp/count" -- "$sleeper" sleeper &&
		valid_json "$tmp/count" || return
	slept=$(sed -n 's/.*"uffd".*"parts":{.*"sleep":\([0-9]*\).*/\1/p' "$tmp/count")
	[[ $slept -gt 200000000 && $(counted sleep) -ge $slept ]] &&
		[[ $(counted parts_lost) == 0 ]]
}

# Each first touch has one reason.
test_count_shows_why_first_touches_got_no_huge_page() {
	local touches

	count --huge -- mmapdemo read /etc/passwd >"$tmp/out" &&
		contains "$tmp/count" '^ +faults  first touches of 2 MiB' \
			'^ +[0-9]+  (no access|the|a|madvise|userfaultfd) ' || return
	count --huge --json -- mmapdemo read /etc/passwd >"$tmp/out" &&
		valid_json "$tmp/count" || return
	touches=$(grep -o '"reason":"[a-z-]*","count":[0-9]*' "$tmp/count" |
		awk -F : '{ sum += $NF } END { print sum }')
	[[ $touches -gt 3 && $touches -lt $(counted faults) ]] &&
		count --json -- true && ! grep first_touches "$tmp/count"
}

# The part of a fault and the processor of the event have different names.
test_trace_json_has_the_processor_of_a_slow_fault() {
	mmapdemo trace --json -o "$tmp/json" -- \
		"${OUTPUT:-$(dirname "$0")}/actor" sleeper || return
	grep '"event":"fault_time"' "$tmp/json" >"$tmp/slow" &&
		! grep -vE '"cpu":[0-9]+,.*"cpu_wait":-?[0-9]+,' "$tmp/slow" &&
		! grep -E '"cpu":.*"cpu":' "$tmp/slow"
}

test_count_ends_with_the_command_when_interrupted() {
	local counter command

	set -m
	mmapdemo count -o "$tmp/count" -- \
		bash -c 'echo $$ >"$0"; exec sleep 1000' "$tmp/fifo" &
	set +m
	counter=$!
	read -r command <"$tmp/fifo"
	kill -INT "$counter"
	wait "$counter" 2>/dev/null
	[[ $? == 130 ]] && ! kill -0 "$command" 2>/dev/null &&
		contains "$tmp/count" '  all  '
}

# ---- walk ----

# A program that maps 61 pages, writes to 17 of them, and reads 5 others. The
# program prints the address of the 61 pages, and the page frame of page 3 from
# /proc/self/pagemap. Then the program waits.
walked='
import contextlib, ctypes, mmap, sys
m = mmap.mmap(-1, 61 * 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
with contextlib.suppress(OSError):  # Without THP, the call fails.
    m.madvise(mmap.MADV_NOHUGEPAGE)
for i in range(17): m[i * 4096] = 1
z = mmap.mmap(-1, 5 * 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
for i in range(5): z[i * 4096]
at = ctypes.addressof(ctypes.c_char.from_buffer(m))
f = open("/proc/self/pagemap", "rb")
f.seek((at // 4096 + 3) * 8)
entry = int.from_bytes(f.read(8), "little")
print("%x %x" % (at, entry & (1 << 55) - 1), flush=True)
sys.stdin.read()'

# walk_begin [WRAPPER...]: start $walker. Set $at to the address of the walker's
# pages, and $frame to the frame of page 3.
walk_begin() {
	command -v python3 >/dev/null || return 4
	coproc WALKED { exec "$@" python3 -c "$walked"; }
	walker=$WALKED_PID
	read -r at frame <&"${WALKED[0]}" && at=$((0x$at)) frame=$((0x$frame))
}

walk_end() {
	local pid=$walker

	eval "exec ${WALKED[1]}>&-"
	wait "$pid"
}

test_walk_translates_as_pagemap_does() {
	local third status=0

	walk_begin || return
	third=$(printf %x $((at + 3 * 4096 + 0x123)))
	mmapdemo walk "$walker" "$third" >"$tmp/out" &&
		contains "$tmp/out" "^$third  anonymous" '^  PGD ' '^  PMD ' \
			"$(printf '^  PTE \[ *%d\] .* pfn %#x rw-.* dirty' \
				$(((at >> 12) + 3 & 511)) "$frame")" \
			"physical address $(printf %#x \
				$((frame * 4096 + 0x123)))\$" || status=1
	walk_end && return "$status"
}

test_walk_shows_empty_entries_and_unmapped_addresses() {
	local status=0

	walk_begin || return
	mmapdemo walk "$walker" "$(printf 0x%x $((at + 18 * 4096)))" \
		>"$tmp/out" &&
		contains "$tmp/out" '^  PTE .* empty: an access will cause a fault' &&
		mmapdemo walk "$walker" 10 >"$tmp/out" &&
		contains "$tmp/out" '^000000000010  nothing is mapped' || status=1
	walk_end && return "$status"
}

test_walk_of_a_range_has_every_page_once() {
	local range status=0

	walk_begin || return
	# A range includes the whole page of its last byte.
	range=$(printf '%x-%x' $((at + 3 * 4096 + 1)) $((at + 16 * 4096 + 1)))
	mmapdemo walk --json "$walker" "$range" >"$tmp/out" &&
		contains "$tmp/out" "\"summary\",\"mapped\":$((14 * 4096))}" ||
		status=1
	range=$(printf '%x-%x' "$at" $((at + 61 * 4096)))
	mmapdemo walk --json "$walker" "$range" >"$tmp/out" &&
		valid_json "$tmp/out" &&
		contains "$tmp/out" '"schema":"mmapdemo-walk","version":1' \
			"\"summary\",\"mapped\":$((17 * 4096))}" &&
		[[ $(sed -n 's/^{"level":"PTE".*"count":\([0-9]*\).*/\1/p' \
			"$tmp/out" | awk '{ n += $1 } END { print n }') == 17 ]] ||
		status=1
	mmapdemo walk "$walker" "$range" >"$tmp/out" &&
		contains "$tmp/out" '^[0-9a-f]+-[0-9a-f]+ .* PTE +[0-9]+  rw-' ||
		status=1
	walk_end && return "$status"
}

# VmPTE in /proc/PID/status includes all page tables except the PGD and the P4D
# tables.
test_walk_finds_every_table() {
	local pid counted shown

	sh -c 'echo >"$0"; read -r x <"$0"' "$tmp/fifo" &
	pid=$!
	read -r <"$tmp/fifo"
	mmapdemo walk --json "$pid" >"$tmp/out"
	counted=$(awk '$1 == "VmPTE:" { print $2 / 4 }' "/proc/$pid/status")
	mmapdemo walk "$pid" >"$tmp/text"
	mmapdemo walk --tree "$pid" >"$tmp/tree"
	kill "$pid"
	wait "$pid" 2>/dev/null
	shown=$(awk -v levels="$(sed -n '1s/.*"levels":\([45]\).*/\1/p' \
			"$tmp/out")" '
		/"table"/ && !(levels == 5 && /"level":"PGD"/) {
			match($0, /"count":[0-9]+/)
			n += substr($0, RSTART + 8, RLENGTH - 8)
		}
		END { print n }' "$tmp/out")
	contains "$tmp/text" "^process $pid: [0-9]+ page tables \\(.*\\) on [45] levels map" ||
		return 1
	[[ $counted -gt 3 && $shown == "$counted" ]] || {
		echo "# $shown tables shown, $counted counted"
		return 1
	}
	contains "$tmp/tree" '^PGD \[[ 0-9]+\] +[0-9a-f]{12}  table$' &&
		[[ $(grep -c ' table' "$tmp/tree") == \
			"$(grep -c '"table"' "$tmp/out")" ]] &&
		[[ $(grep -cE '^ {4}( {2})?PMD .* table' "$tmp/tree") == \
			"$(grep -c '"level":"PMD".*"table"' "$tmp/out")" ]] &&
		[[ $(grep -cE '^ {6}( {2})?PTE \[' "$tmp/tree") == \
			"$(grep -c '"level":"PTE"' "$tmp/out")" ]]
}

# pages FILE: print the addresses and the frames in the JSON output of walk.
pages() {
	sed -nE 's/^\{"level":"PTE","start":([0-9]+),.*"count":([0-9]+),.*"frame":([0-9]+),.*/\1 \2 \3/p' "$1" |
		awk '{ for (i = 0; i < $2; i++)
			printf "%.0f %.0f\n", $1 + i * 4096, $3 + i }'
}

# zeros FILE: print how many entries in the JSON output of walk map the zero page.
zeros() {
	sed -nE '/"zero"/s/.*"count":([0-9]+),.*/\1/p' "$1" |
		awk '{ n += $1 } END { print n + 0 }'
}

# Hide the device by mounting an empty file system on /dev.
test_walk_works_without_the_module() {
	local range status=0

	walk_begin || return
	range=$(printf '%x-%x' "$at" $((at + 61 * 4096)))
	mmapdemo walk --json "$walker" "$range" >"$tmp/with"
	mmapdemo walk --json "$walker" >"$tmp/all"
	# shellcheck disable=SC2016
	unshare -m sh -c 'mount -t tmpfs none /dev &&
		mmapdemo walk --json "$0" "$1" >"$2/without" &&
		mmapdemo walk --json "$0" >"$2/others" &&
		mmapdemo walk "$0" "${1%-*}" >"$2/text" &&
		mmapdemo walk "$0" >>"$2/text"' "$walker" "$range" "$tmp" ||
		status=1
	[[ $(pages "$tmp/without" | wc -l) == 17 ]] &&
		diff <(pages "$tmp/with") <(pages "$tmp/without") &&
		contains "$tmp/without" '"unobserved":"the module is not loaded"' &&
		contains "$tmp/text" '^  PTE .* pfn 0x[0-9a-f]+ present anon' \
			': physical address 0x' \
			'^process .*: [0-9]+ KiB of page tables map ' \
			'^page tables and access rights are not shown: the module' ||
		status=1
	# PAGEMAP_SCAN exists since Linux 6.7.
	if [[ $(printf '%s\n' 6.7 "$(uname -r)" | sort -V | head -n 1) == 6.7 ]]
	then
		(($(zeros "$tmp/all") >= 5)) &&
			[[ $(zeros "$tmp/all") == "$(zeros "$tmp/others")" ]] ||
			status=1
	fi
	walk_end && return "$status"
}

test_walk_works_without_root() {
	local status=0
	local nobody=(setpriv --reuid 65534 --clear-groups)

	"${nobody[@]}" mmapdemo --version >/dev/null 2>&1 || return 4
	walk_begin "${nobody[@]}" || return
	"${nobody[@]}" mmapdemo walk "$walker" "$(printf %x "$at")" \
		>"$tmp/out" &&
		contains "$tmp/out" '^  PTE .* present anon' \
			'CAP_SYS_ADMIN is required to see the physical address' \
			'^page tables and access rights are not shown: root is req' &&
		fails 1 "root is required" "${nobody[@]}" mmapdemo walk --tree \
			"$walker" || status=1
	walk_end && return "$status"
}

test_walk_refuses_impossible_requests() {
	fails 1 "No such process" mmapdemo walk 4194304 &&
		fails 1 "is a kernel thread" mmapdemo walk 2 &&
		fails 2 "must be an address" mmapdemo walk 1 xyz &&
		fails 2 "END must be above START" mmapdemo walk 1 2000-1000 &&
		fails 2 "END must be above START" mmapdemo walk 1 1fff-1001 &&
		fails 2 "not a process ID" mmapdemo walk itself &&
		fails 2 "a PID is required" mmapdemo walk
}

# ---- probes and the rest ----

test_probes_lists_every_event() {
	local event

	mmapdemo probes >"$tmp/out" && mmapdemo probes --json >"$tmp/json" &&
		valid_json "$tmp/json" || return 1
	for event in do_mmap get_unmapped_area vma_merge vma_link pte_fault \
		vma_split vma_unlink brk mremap dup_mm pgd_alloc exit_mmap fault_time \
		mmap_lock_wait pte_faults fault_signal; do
		contains "$tmp/out" \
			"^$event +[a-z0-9_]+ .* (ready|attached by [a-z ]+)$" &&
			contains "$tmp/json" "\"$event\"" || return 1
	done
}

test_wrong_usage_exits_with_2() {
	local command

	fails 2 "Usage" mmapdemo && fails 2 "unknown command" mmapdemo nonsense ||
		return 1
	for command in read write trace count record report diff lint walk why \
		maps top tour probes; do
		fails 2 "Try: mmapdemo $command --help" \
			mmapdemo "$command" --nonsense || return 1
		mmapdemo "$command" --help | grep -q "Usage: mmapdemo $command" ||
			return 1
	done
	fails 2 "must be a number of bytes" mmapdemo read --offset -1 /etc/passwd &&
		fails 2 "must be a number of bytes" mmapdemo read -l 1x /etc/passwd &&
		fails 2 "one PATH" mmapdemo read &&
		fails 2 "one PATH" mmapdemo write a b &&
		fails 2 "COMMAND and -p" mmapdemo trace &&
		fails 2 "COMMAND and -p" mmapdemo trace -p 1 true &&
		fails 2 "COMMAND and -p" mmapdemo record &&
		fails 2 "auto, always" mmapdemo trace --color=some true &&
		fails 2 "COMMAND, -p PID and --all" mmapdemo count &&
		fails 2 "COMMAND, -p PID and --all" mmapdemo count --all true &&
		fails 2 "is not a process ID" mmapdemo count -p 0 &&
		fails 2 "file, vma" mmapdemo report --by nothing &&
		fails 2 "cannot be combined" mmapdemo report -T --by file &&
		fails 2 "cannot be combined" mmapdemo report -m --by file &&
		fails 2 "cannot be combined" mmapdemo report --html a --json &&
		fails 2 "one FILE" mmapdemo report a b
}

test_version_and_help_are_shown() {
	[[ $(mmapdemo --version) == mmapdemo\ [0-9]* ]] &&
		mmapdemo --help | grep -q '^  trace ' &&
		fails 1 "report: standard output: No space" \
			bash -c 'mmapdemo report --help >/dev/full' &&
		fails 1 "record: standard output: No space" \
			bash -c 'mmapdemo record --help >/dev/full'
}

# With Debian's default of perf_event_paranoid, only root can count faults with
# perf.
test_errors_ask_for_root() {
	local nobody=(setpriv --reuid 65534 --clear-groups) before status=0
	local paranoid=/proc/sys/kernel/perf_event_paranoid

	"${nobody[@]}" mmapdemo --version >/dev/null 2>&1 || return 4
	before=$(<$paranoid)
	echo 3 >$paranoid || return
	fails 1 "root .*is required" "${nobody[@]}" mmapdemo count true || status=1
	echo "$before" >$paranoid
	((!status)) || return
	fails 1 "trace: .*root is required" "${nobody[@]}" mmapdemo trace true &&
		fails 1 "record: .*root is required" "${nobody[@]}" mmapdemo record true &&
		fails 1 "permission denied" "${nobody[@]}" mmapdemo walk $$ &&
		fails 1 "root is required" "${nobody[@]}" mmapdemo probes &&
		fails 1 "Permission denied" "${nobody[@]}" mmapdemo read "$dev"
}

# ---- all of them ----

echo "TAP version 13"
[[ -c $dev ]] || skip_all "the module is not loaded"
command -v mmapdemo >/dev/null || skip_all "mmapdemo is not in PATH"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkfifo "$tmp/fifo"
kib=$(buffer_of_others)

mapfile -t tests < <(grep -o '^test_[a-z_0-9]*' "$0")
echo "1..${#tests[@]}"
failed=0 number=0
for name in "${tests[@]}"; do
	number=$((number + 1))
	sentence=${name#test_}
	"$name"
	case $? in
	0) echo "ok $number - ${sentence//_/ }" ;;
	4) echo "ok $number - ${sentence//_/ } # SKIP" ;;
	*)
		echo "not ok $number - ${sentence//_/ }"
		failed=1
		;;
	esac
	rm -f "$tmp"/!(fifo)
done
exit $failed

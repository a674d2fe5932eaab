#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The numbers in mmapdemo report must equal the sums over trace-cmd's text of
# the same recording. Files that are not recordings must do no harm.
#
# Depends on: the program.

# shellcheck source=tap.sh disable=SC2086,SC2317
. "$(dirname "$0")/tap.sh"

need_module
need_tool trace-cmd trace-cmd
need_program
need_tool python3 python3
tests=$(cd "$(dirname "$0")" && pwd)
programs=$(realpath "$programs")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit

# number NAME FILE: print the value of the member NAME in the JSON report FILE.
number() {
	sed -nE "s/^.*\"$1\":([0-9]+)[,}].*$/\1/p" "$2"
}

# reported FILE: print the numbers in report --json, one per line, as "NAME
# VALUE...".
reported() {
	mmapdemo report --json "$1" >report.json || return
	sed -nE 's/.*"counts":\{([^}]*)\}.*/\1/p' report.json | tr ',' '\n' |
		sed -nE 's/^"(.*)":([1-9][0-9]*)$/\1 \2/p'
	sed -nE 's/.*"classes":\[([^]]*)\].*/\1/p' report.json |
		sed 's/},/}\n/g' | sed -nE 's/^\{"class":"(.*)","faults":([0-9]+),"major":([0-9]+),"ns":([0-9]+),"max_ns":([0-9]+),.*/class \1 \2 \3 \4 \5/p'
	sed -nE 's/.*"threads":\[([^]]*)\].*/\1/p' report.json |
		sed 's/},/}\n/g' | sed -nE 's/^\{"tid":"(.*)","faults":([0-9]+),.*/thread \1 \2/p'
	sed -nE 's/.*"merges":\{([^}]*)\}.*/\1/p' report.json | tr ',' '\n' |
		sed -nE 's/^"(.*)":([1-9][0-9]*)$/merge \1 \2/p'
	sed -nE 's/.*"tlb":\{.*"reasons":\[([^]]*)\].*/\1/p' report.json |
		sed 's/},/}\n/g' | sed -nE 's/^\{"reason":"(.*)","flushes":([0-9]+),"all":([0-9]+),"pages":([0-9]+)\}$/flushes \1 \2 \3 \4/p'
	sed -nE 's/.*"calls":\{(.*)\},"mmap_failed".*/\1/p' report.json |
		sed -E 's/"errors":\{[^}]*\},//g; s/\},/}\n/g' |
		sed -nE 's/^"(.*)":\{"count":([0-9]+),"failed":([0-9]+),"untimed":0,"ns":([0-9]+),"max_ns":([0-9]+)\}$/call \1 \2 \3 \4 \5/p'
	echo "hidden $(number hidden report.json)"
	echo "mmap_ns $(number mmap_ns report.json)"
	echo "vmas_most $(number vmas_most report.json)"
}

# shown FILE: print the part of trace-cmd's text that is about the command.
# Before exec, the address space belongs to the recorder, and its number is used
# again later. TLB flushes and the kernel's own events do not show an address
# space.
shown() {
	awk '
		NR == FNR {
			if (!exec && / sched_process_exec: /)
				exec = FNR
			if (!last && / exit_mmap: .* trigger=exec /) {
				match($0, / mm=[^ ]+ /)
				ours = substr($0, RSTART, RLENGTH)
				last = FNR
			}
			next
		}
		!/-[0-9]+ +\[[0-9]+\]/ { next }
		/ (tlb_flush|page_fault_[a-z]+|sys_[a-z_]+|signal_[a-z]+): / &&
			FNR < exec { next }
		FNR > last || !index($0, ours)' "$1" "$1"
}

# counted FILE: print the same numbers as reported, but computed from the text
# of trace-cmd.
counted() {
	echo "hidden $(($(grep -cE -e '-[0-9]+ +\[[0-9]+\]' "$1") -
		$(shown "$1" | wc -l)))"
	shown "$1" | awk '
		BEGIN {
			split("task-switch remote-shootdown local-shootdown " \
			      "local-mm-shootdown remote-ipi-send " \
			      "remote-wrong-cpu", reasons, " ")
		}
		function value(name) {
			if (!match($0, " " name "=[^ ]+"))
				return ""
			return substr($0, RSTART + length(name) + 2,
				      RLENGTH - length(name) - 2)
		}
		{
			match($0, /-[0-9]+ +\[[0-9]+\]/)
			tid = substr($0, RSTART + 1) + 0
			match($0, /: +[a-z_]+: /)
			event = substr($0, RSTART, RLENGTH)
			gsub(/[: ]/, "", event)
			events[event]++
		}
		event == "pte_fault" {
			class = value("class")
			ns = value("duration") + 0
			faults[class]++
			major[class] += value("ret") ~ /major/
			sum[class] += ns
			if (ns > max[class])
				max[class] = ns
			threads[tid]++
		}
		event == "tlb_flush" {
			match($0, /\([0-9]\)/)
			reason = reasons[substr($0, RSTART + 1, 1) + 1]
			match($0, /pages[:=]-?[0-9]+/)
			pages = substr($0, RSTART + 6, RLENGTH - 6)
			flushes[reason]++
			if (pages < 0)
				all[reason]++
			else
				flushed[reason] += pages
		}
		function add(call, ns, fails) {
			calls[call]++
			failed[call] += fails
			call_ns[call] += ns
			if (ns > longest[call])
				longest[call] = ns
		}
		# A time has too many digits for a number in awk, so split it.
		event ~ /^sys_(enter|exit)_/ {
			match($0, /[0-9]+\.[0-9]+: /)
			split(substr($0, RSTART, RLENGTH - 2), now, ".")
			call = event
			sub(/^sys_(enter|exit)_/, "", call)
		}
		event ~ /^sys_enter_/ {
			seconds[tid] = now[1]
			fraction[tid] = now[2]
		}
		event ~ /^sys_exit_/ {
			ns = (now[1] - seconds[tid]) * 1e9
			ns += now[2] - fraction[tid]
			add(call, ns, / 0xffffffffffff/)
		}
		event == "brk" {
			wanted = value("brk")
			add("brk", value("duration") + 0, wanted !~ /^(0x)?0$/ &&
			    wanted != value("ret"))
		}
		event == "mremap" {
			add("mremap", value("duration") + 0,
			    value("ret") ~ /^0xffffffffffff/)
		}
		event == "do_mmap" { mmap_ns += value("duration") }
		event == "vma_merge" { merges[value("outcome")]++ }
		event ~ /^(vma_merge|vma_link|vma_split|dup_mm)$/ {
			if (value("map_count") + 0 > most)
				most = value("map_count") + 0
		}
		END {
			for (i in events)
				print i, events[i]
			for (i in flushes)
				print "flushes", i, flushes[i], all[i] + 0,
				      flushed[i] + 0
			for (i in faults)
				printf "class %s %d %d %.0f %.0f\n", i, faults[i],
				       major[i], sum[i], max[i]
			for (i in threads)
				print "thread", i, threads[i]
			for (i in calls)
				printf "call %s %d %d %.0f %.0f\n", i, calls[i],
				       failed[i], call_ns[i], longest[i]
			for (i in merges)
				print "merge", i, merges[i]
			# Integers in mawk have only 32 bits, so print with %.0f.
			printf "mmap_ns %.0f\n", mmap_ns
			print "vmas_most", most + 0
		}'
}

# agrees NAME LEAST COMMAND...: record COMMAND, and compare the numbers of both
# programs. Check that there are at least LEAST faults.
agrees() {
	local name=$1 least=$2

	mmapdemo record --single-faults -o $name.dat -- "${@:3}" >/dev/null || return
	trace-cmd report -t $name.dat >$name.txt || return
	counted $name.txt | sort >counted.txt
	reported $name.dat | sort >reported.txt
	within $least 9999999 "$(number pte_fault report.json)" faults &&
		equal 0 "$(number lost report.json)" lost || return
	cmp -s counted.txt reported.txt ||
		! diff counted.txt reported.txt | head -n 20
}

sort_agrees() {
	seq 30000 | shuf >numbers
	agrees sort 100 sort -n numbers
}

compiler_agrees() {
	echo 'int main(void) { return 0; }' >nothing.c
	agrees compiler 500 gcc -O2 -c nothing.c
}

python_agrees() {
	agrees python 200 python3 -c 'import json'
}

# SQLite maps its database file.
database_agrees() {
	agrees database 400 python3 -c '
import sqlite3
base = sqlite3.connect("base")
base.execute("PRAGMA mmap_size = 1000000")
base.execute("CREATE TABLE t (n INTEGER, s TEXT)")
base.executemany("INSERT INTO t VALUES (?, ?)",
                 ((n, 99 * str(n)) for n in range(999)))
base.commit()
base.execute("CREATE INDEX i ON t (s)")
print(base.execute("SELECT max(s) FROM t").fetchone())'
}

shell_agrees() {
	# shellcheck disable=SC2016
	agrees shell 500 bash -c \
		'for i in 1 2 3 4 5 6; do (:) & cat "$0" >/dev/null; done; wait' \
		/etc/passwd
}

# fork() write-protects the pages, and then flushes all TLB entries of the
# process.
flushes_are_shown() {
	mmapdemo report shell.dat >report.txt || return
	if [[ ! -d $tracing/events/tlb/tlb_flush ]]; then
		grep -q '^TLB flushes were not recorded' report.txt
		return
	fi
	grep -qE '^[0-9]+ TLB flushes: [1-9].* local-mm-shootdown' \
		report.txt &&
		reported shell.dat | grep -qE \
			'^flushes local-mm-shootdown [1-9][0-9]* [1-9]'
}

# Pages that faults have mapped are resident, unless they were unmapped again,
# like the cache of the dynamic linker. Use smaps, because it counts page table
# entries. The counters in status are updated late.
pages_are_those_of_rss() {
	local mapped resident

	head -c 2000000 /dev/urandom >file &&
		mmapdemo record -q -o rss.dat -- python3 -c 'import mmap
file = open("file", "rb")
data = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
sum(data[at] for at in range(0, len(data), 4096))
print(open("/proc/self/smaps_rollup").read())' >rss.txt &&
		mmapdemo report --json rss.dat >rss.json || return
	resident=$(awk '/^Rss:/ { print $2 }' rss.txt)
	mapped=$(python3 -c 'import json
report = json.load(open("rss.json"))
print((report["filled_bytes"] + report["around_bytes"]) // 1024)')
	within $((resident * 97 / 100)) $((resident * 112 / 100)) "$mapped" \
		'KiB mapped by faults'
}

# A program that measures the cost of its forks in ns. The program prints the
# duration of the calls, of the writes by the children, and of the ends of the
# children.
cat >forker.py <<'END'
import contextlib, mmap, os, struct, time
now = time.monotonic_ns
memory = mmap.mmap(-1, 68 << 20, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
with contextlib.suppress(OSError):  # Without THP, the call fails.
    memory.madvise(mmap.MADV_NOHUGEPAGE)
shared = mmap.mmap(-1, 4096)
calls = writes = ends = 0
for at in range(0, len(memory), 4096):
    memory[at] = 1
for child in range(4):
    begin = now()
    pid = os.fork()
    if not pid:
        begin = now()
        for at in range(0, 8 << 20, 4096):
            memory[at] = 2
        shared[:16] = struct.pack("QQ", now() - begin, now())
        os._exit(0)
    calls += now() - begin
    os.waitpid(pid, 0)
    took, ended = struct.unpack("QQ", shared[:16])
    writes += took
    ends += now() - ended
print(calls, writes, ends)
END

# The program's own measurements are larger, because the program also measures the
# entry into the kernel and waits for a processor.
fork_cost_agrees() {
	local calls writes ends sum

	mmapdemo record -q -o forker.dat -- python3 forker.py >measured &&
		read -r calls writes ends <measured &&
		mmapdemo report --json forker.dat >cost.json || return
	sum=$(python3 -c 'import json
f = json.load(open("cost.json"))["forks"]
print(f["ns"] + f["copied_ns"] + f["reused_ns"] + f["huge_reused_ns"] + f["hugetlb_ns"] +
      f["freed_ns"] - f["freed_last_ns"])')
	equal "$sum" "$(number cost_ns cost.json)" 'sum of the parts' &&
		equal 4 "$(number freed cost.json)" 'copies that were freed' &&
		equal 0 "$(number left cost.json)" 'copies that exec left' &&
		within 1 "$calls" "$(python3 -c 'import json
print(json.load(open("cost.json"))["forks"]["ns"])')" 'ns of fork()' &&
		within 1 "$writes" \
			"$(number copied_children_ns cost.json)" 'ns of copies' &&
		within 1 "$ends" "$(number freed_ns cost.json)" \
			'ns of freeing' &&
		within 1 "$((calls + writes + ends))" "$sum" 'ns in all' &&
		mmapdemo report forker.dat | tr -s ' \n' ' ' |
		grep -q ' 4 copied address spaces were freed: .* total cost of fork: .* freeing copied address spaces .* the total does not include [0-9]* faults\? on file pages and shared memory in children ('
}

# The parent is suspended for a part of the call. How long the parent is
# suspended depends on the load of the machine.
vfork_agrees() {
	local measured

	mmapdemo record -q -o vfork.dat -- python3 -c 'import os, time
took = 0
for i in range(5):
    begin = time.monotonic_ns()
    pid = os.posix_spawn("/bin/true", ["true"], {})
    took += time.monotonic_ns() - begin
    os.waitpid(pid, 0)
print(took)' >measured && read -r measured <measured &&
		mmapdemo report --json vfork.dat >cost.json || return
	equal 5 "$(number vforks cost.json)" vforks &&
		equal 0 "$(number vforks_untimed cost.json)" untimed &&
		within 1 $((measured * 11 / 10)) \
			"$(number suspended_ns cost.json)" 'ns suspended' &&
		mmapdemo report vfork.dat | tr -s ' \n' ' ' | grep -q \
			' 5 suspensions of parents until exec or exit of the child: .* in total.* this time does not include creating the child, or '
}

# Faults of the child on the shared pages must not be counted as a cost of fork.
shared_memory_is_not_copied() {
	mmapdemo record -q -o shared.dat -- python3 -c 'import mmap, os
memory = mmap.mmap(-1, 100 << 12)
for at in range(0, len(memory), 4096):
    memory[at] = 1
if not os.fork():
    for at in range(0, len(memory), 4096):
        memory[at] = 2
    os._exit(0)
os.wait()' && mmapdemo report --json shared.dat >cost.json || return
	within 100 300 "$(number uncopied cost.json)" 'faults of the child'
}

# Of three pages, the child writes to two. The parent writes to one of the
# child's two pages.
hugetlb_pages_are_copied() {
	local before

	before=$(</proc/sys/vm/nr_hugepages)
	echo $((before + 8)) >/proc/sys/vm/nr_hugepages
	mmapdemo record -q -o hugetlb.dat -- python3 -c 'import mmap, os
memory = mmap.mmap(-1, 6 << 20, 0x40000 | mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
for at in range(0, len(memory), 2 << 20):
    memory[at] = 1
if not os.fork():
    memory[0] = memory[2 << 20] = 2
    os._exit(0)
os.wait()
memory[0] = 3
if not os.fork():
    os._exit(0)
os.wait()'
	echo $before >/proc/sys/vm/nr_hugepages
	mmapdemo report --json hugetlb.dat >cost.json || return
	equal 3 "$(number hugetlb cost.json)" 'writes to hugetlb pages' &&
		within $(($(number hugetlb_ns cost.json) + 1)) 1000000000000 \
			"$(number cost_ns cost.json)" 'ns in all'
}

# The kernel accepts each of the two mappings. Both mappings together are one VMA,
# and the kernel refuses to copy a VMA of this size.
failed_forks_are_counted() {
	mmapdemo record -q -o failed.dat -- python3 -c 'import mmap, os
lines = [line.split() for line in open("/proc/meminfo")]
kib = sum(int(l[1]) for l in lines if l[0] in ("MemTotal:", "SwapTotal:"))
size = kib * 7 // 10 // 4 * 4096
large = [mmap.mmap(-1, size, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) for _ in "ab"]
for attempt in range(2):
    try:
        os._exit(bool(os.fork()))
    except OSError:
        pass
large = None
if not os.fork():
    os._exit(0)
os.wait()' && mmapdemo report --json failed.dat >cost.json || return
	equal 2 "$(number failed cost.json)" 'failed forks' &&
		mmapdemo report failed.dat >failed.txt || return
	grep -q '^2 more forks failed during or after the copy of the address space$' failed.txt &&
		grep -q ' for 2 copies of failed forks$' failed.txt
}

# The child ends half a second after its parent, and frees the pages of both
# processes.
copy_may_outlive_the_original() {
	mmapdemo record -q -o outlived.dat -- sh -c 'python3 -c "import os, time
if not os.fork():
    time.sleep(0.5)"; sleep 2; true' &&
		mmapdemo report --json outlived.dat >cost.json || return
	equal 1 "$(number freed_last cost.json)" 'copies that outlived the original' &&
		mmapdemo report outlived.dat | tr -s ' \n' ' ' |
		grep -q ' for 1 of them that outlived the original and all other copies (not a cost of fork) '
}

# For each huge page of anonymous memory that fork shares with the child, the kernel
# keeps a page table in reserve.
reserve_is_shown() {
	mmapdemo record -q -o reserve.dat -- python3 -c 'import mmap, os
memory = mmap.mmap(-1, 16 << 20, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
memory.madvise(14)
for at in range(0, len(memory), 4096):
    memory[at] = 1
smaps = open("/proc/self/smaps_rollup").read().split()
print(int(smaps[smaps.index("AnonHugePages:") + 1]) // 2048)
if not os.fork():
    os._exit(0)
os.wait()' >huge && mmapdemo report --json reserve.dat >cost.json || return
	within 1 99 "$(cat huge)" 'huge pages' &&
		equal $((4096 * $(cat huge))) "$(number reserve_bytes cost.json)" \
			'bytes in reserve'
}

# Check that the command in cost.json ran until shortly before the last event.
runs_to_the_end() {
	within 0 500000000 "$(python3 -c 'import json
r = json.load(open("cost.json"))
print(r["ns"] - r["run_ns"])')" 'ns before or after the run'
}

# In Python, a thread calls exec. The TID of this thread ends, but the PID of
# the process does not.
thread_may_exec() {
	local pids

	mmapdemo record -q -o thread.dat -- python3 -c 'import os, sys, threading, time
print(os.getpid(), flush=True)
program = ["python3", "-c", "import time; time.sleep(1)"]
threading.Thread(target=os.execvp, args=("python3", program)).start()
time.sleep(99)' >pid && mmapdemo report --json thread.dat >cost.json || return
	pids=$(python3 -c 'import json
r = json.load(open("cost.json"))
print(*sorted({(row["pid"], row["comm"]) for row in r["vmas"]}), r["counts"]["sched_process_exec"])')
	equal "($(cat pid), 'python3') 2" "$pids" 'process, name, and number of execs' &&
		runs_to_the_end
}

# A process ends only when its last thread ends.
first_thread_may_end() {
	mmapdemo record -q -o last.dat -- python3 -c 'import ctypes, os, threading, time
def last():
    time.sleep(1)
    os._exit(0)
threading.Thread(target=last).start()
ctypes.CDLL(None).syscall(60, 0)' &&
		mmapdemo report --json last.dat >cost.json || return
	runs_to_the_end
}

# A percentile may be up to 1/16 above the exact value.
percentiles_agree() {
	local percent exact

	mmapdemo report --json shell.dat >report.json
	shown shell.txt |
		sed -nE 's/.* pte_fault: .* duration=([0-9]+).*/\1/p' |
		sort -n >durations
	for percent in 50 90 99; do
		exact=$(awk -v p=$percent '{ at[NR] = $1 }
			END { print at[int((NR * p + 99) / 100)] }' durations)
		within $exact $((exact + exact / 16 + 1)) \
			"$(sed -nE "s/.*\"counts\".*\"faults\":\{[^}]*\"p${percent}_ns\":([0-9]+).*/\1/p" \
			report.json)" p$percent || return
	done
}

# Every table must contain every fault.
tables_are_whole() {
	local by faults

	faults=$(number pte_fault report.json)
	for by in class file vma ip thread; do
		mmapdemo report --by $by shell.dat >table.txt || return
		equal "$faults" "$(awk 'NR > 1 && $NF != "all" { sum += $1 }
			END { print sum }' table.txt)" "faults by $by" || return
	done
	equal "$faults" "$(mmapdemo report --faults shell.dat | wc -l)" faults &&
		equal "$(mmapdemo report --merges --json shell.dat |
			grep -c '^{"event":"vma_merge",')" \
			"$(mmapdemo report --merges shell.dat |
				grep -cE '  VMA (below|above) ')" merges
}

# The heap must be one row, although brk() creates several VMAs for it.
heap_is_one() {
	mmapdemo record -q -o heap.dat -- "$programs/untidy" grow-heap &&
		mmapdemo report --by vma heap.dat >vma.txt || return
	equal 1 "$(grep -cF '[heap]' vma.txt)" rows &&
		within 640 900 "$(awk '/\[heap\]/ { print $1 }' vma.txt)" faults ||
		! cat vma.txt
}

# A narrow table has fewer columns, but must contain all faults.
tables_fit() {
	local by columns faults

	faults=$(number pte_fault report.json)
	for columns in 72 80; do
		for by in class file vma thread; do
			LC_ALL=C COLUMNS=$columns mmapdemo report --by $by \
				shell.dat >$by.txt || return
			! awk -v most=$columns 'length > most' $by.txt | grep . &&
				! grep -q ' MAJOR ' $by.txt && equal "$faults" \
				"$(awk 'NR > 1 && $NF != "all" { sum += $1 }
					END { print sum }' $by.txt)" faults ||
				! cat $by.txt || return
		done
		equal "$faults" "$(awk '$NF == "all" { print $1 }' class.txt)" \
			'sum of all' || return
	done
}

# Long names are shortened in the middle, but only if the width of the output is
# known.
names_are_shortened() {
	local name=a-program-whose-name-is-longer-than-there-is-room-for-it
	local short='a-program-whose[a-z-]*\.\.[a-z-]*room-for-it'
	local terminal=(env LC_ALL=C COLUMNS=72 mmapdemo)

	cp /bin/true $name &&
		mmapdemo record -q -o long.dat ./$name || return
	"${terminal[@]}" report --by file long.dat >file.txt &&
		"${terminal[@]}" report --by vma long.dat >vma.txt &&
		"${terminal[@]}" report --json long.dat >json.txt &&
		env -u COLUMNS mmapdemo report --by vma long.dat >whole.txt ||
		return
	grep -q " $short\$" file.txt &&
		grep -qE '  [0-9a-f]+-[0-9a-f]+ r[-wxp]+ a-pro[a-z-]*\.\.[a-z-]*for-it$' \
			vma.txt &&
		! awk 'length > 72' file.txt vma.txt | grep . &&
		grep -q " $name ([0-9]* ${name:0:15})\$" whole.txt &&
		grep -q "\"file\":\"$name\"" json.txt ||
		! head -n 5 file.txt vma.txt whole.txt
}

goes_over_time() {
	mmapdemo report --json shell.dat >report.json &&
		LC_ALL=C mmapdemo report --timeline shell.dat >timeline.txt &&
		python3 "$tests/exports.py" timeline_sums report.json \
			timeline.txt
}

# The dynamic linker makes data of libc read-only. The flags of the VMA of these
# data then differ from the flags of its neighbours.
says_why() {
	mmapdemo report --json shell.dat >report.json &&
		mmapdemo report --merges --json shell.dat >merges.json &&
		python3 "$tests/exports.py" reasons report.json \
			merges.json || return
	mmapdemo report --merges shell.dat >merges.txt &&
		equal '' "$(grep -vE '  VMA (below|above) [0-9a-f]+-[0-9a-f]+( [^:]*)?: [a-z]' \
			merges.txt)" 'merges without a reason' || return
	LC_ALL=C mmapdemo report shell.dat >answer.txt &&
		grep -qE '^ +[0-9]+  the flags differ$' answer.txt ||
		! cat answer.txt
}

# Progress is shown only on a terminal. The progress is erased at the end.
shows_progress() {
	mmapdemo record -o many.dat -- "$programs/caller" 5000 </dev/null \
		>/dev/null &&
		TERM=xterm python3 -c 'import pty, sys; pty.spawn(sys.argv[1:])' \
			mmapdemo report many.dat </dev/null >typescript &&
		grep -qE $'\r +[0-9]+ %, [0-9]+ s to go\033\[K' typescript &&
		grep -q $'\r\033\[K' typescript ||
		! cat -v typescript || return
	mmapdemo report many.dat 2>errors.txt >/dev/null &&
		equal '' "$(<errors.txt)" 'progress without a terminal'
}

answers_first() {
	LC_ALL=C mmapdemo report sort.dat >answer.txt || return
	head -n 1 answer.txt | grep -q '^mmapdemo report: sort -n numbers  (Linux' &&
		grep -q '^nothing was lost$' answer.txt &&
		grep -qE '^[0-9]+ faults took [0-9.]+ ' answer.txt &&
		grep -qE ' (libc.so.6|libc-2[0-9.]*so)$' answer.txt &&
		grep -qE '^[0-9]+ mappings requested by .* took .* and mapped ' \
			answer.txt &&
		grep -qE '^ +[1-9][0-9]* +[0-9]+ +[0-9.]+ .s +[0-9.]+ .s  mmap$' \
			answer.txt &&
		grep -qE '^[0-9]+ merges? with a neighbour succeeded, [0-9]+ failed' \
			answer.txt &&
		grep -qE '^[0-9]+ VMAs in the largest .*limit [0-9]+, ' answer.txt ||
		! cat answer.txt
}

# The command stops the reader of the events for a moment.
shows_losses() {
	# shellcheck disable=SC2016
	mmapdemo record --buffer 4K -o lost.dat -- \
		bash -c '
			kill -STOP $PPID
			for i in 1 2 3 4 5; do (:); done
			kill -CONT $PPID' 2>/dev/null &&
		mmapdemo report lost.dat | grep -qE \
			'^[0-9]+ events were lost: counts and total times can be too low'
}

# refused FILE: check that report prints one line with an error, and exits with 1.
refused() {
	local status=0

	mmapdemo report "$1" >out.txt 2>errors.txt || status=$?
	equal 1 $status "status of $1" &&
		equal 1 "$(wc -l <errors.txt)" "lines about $1" &&
		grep -q "^mmapdemo: report: $1: " errors.txt ||
		! cat errors.txt
}

refuses_other_files() {
	: >empty
	head -c 100000 /dev/urandom >noise
	cp /bin/true program
	trace-cmd record -q -o foreign.dat -e sched_process_exec true \
		>/dev/null 2>&1 || return
	mkdir folder
	mkfifo pipe
	refused empty && refused noise && refused program &&
		refused foreign.dat && refused folder && refused pipe &&
		refused missing && refused /dev/zero
}

refuses_what_was_cut_off() {
	local size part

	size=$(stat -c %s sort.dat)
	for part in 1 5 11 12 13 18 100 4095 4096 20000 $((size / 2)) \
		$((size - 4096)) $((size - 1)); do
		head -c $part sort.dat >cut.dat
		refused cut.dat || return
	done
}

# refuses_damage AT: overwrite bytes at offset AT in a copy of sort.dat. Check
# that report refuses the copy.
refuses_damage() {
	cp sort.dat bad.dat
	printf '\xff\x7f\x81\xfe\x00\xff' |
		dd of=bad.dat bs=1 seek="$1" conv=notrunc status=none
	refused bad.dat || ! echo "damaged at byte $1"
}

# Damage the file at its start, at its end, and at some places in between.
refuses_damaged_files() {
	local size at

	size=$(stat -c %s sort.dat)
	for at in 0 12 14 20 30 60 1000 9000 $((size - 1000)) $((size - 50)) \
		$((size - 25)) $((size - 10)); do
		refuses_damage $at || return
	done
	for ((at = 16384; at < size - 2000; at += size / 20 + 13)); do
		refuses_damage $at || return
	done
}

# The process writes to 6 MiB that begin 64 KiB after a multiple of 2 MiB, and to memory with
# MADV_NOHUGEPAGE.
first_touches_are_explained() {
	local thp=/sys/kernel/mm/transparent_hugepage before status=0

	before=$(sed 's/.*\[\(.*\)\].*/\1/' $thp/enabled)
	echo always >$thp/enabled
	mmapdemo record -q -o touched.dat -- python3 -c 'if True:
		import ctypes, mmap
		libc = ctypes.CDLL(None)
		libc.mmap.restype = ctypes.c_void_p
		at = lambda address, length, flags: libc.mmap(ctypes.c_void_p(address),
			ctypes.c_size_t(length), 3, flags | 34, -1, 0)
		area = at(0, 32 << 20, 0)
		libc.munmap(ctypes.c_void_p(area), ctypes.c_size_t(32 << 20))
		start = (area + (8 << 20)) // (2 << 20) * (2 << 20)
		memory = at(start + (64 << 10), 6 << 20, 16)
		ctypes.memset(memory, 1, (6 << 20) - (64 << 10))
		refused = at(start + (16 << 20), 4 << 20, 16)
		libc.madvise(ctypes.c_void_p(refused), ctypes.c_size_t(4 << 20), 15)
		ctypes.memset(refused, 1, 3 << 20)' || status=1
	echo "$before" >$thp/enabled
	((!status)) && mmapdemo report touched.dat >touched.txt &&
		mmapdemo report --json touched.dat >touched.json || return
	python3 - <<-'END' || ! grep 'first touches' touched.txt || return
	import json
	touched = json.load(open("touched.json"))["first_touch"]
	size = {r["reason"]: r["bytes"] for r in touched["reasons"]}
	begins = [r for r in touched["ranges"] if r["side"] == "begin" and
	          r["distance"] == 65536]
	assert [r["bytes"] for r in begins] == [(2 << 20) - (64 << 10)], touched
	assert touched["huge_bytes"] >= 4 << 20 or size.get("unknown"), touched
	assert size["nohugepage"] == 3 << 20, touched
	END
	grep -q ' 3 MiB because of MADV_NOHUGEPAGE' touched.txt &&
		grep -q ' begins 64 KiB after a multiple of 2 MiB' touched.txt ||
		! cat touched.txt
}

echo "TAP version 13"
check 'a report of sort counts what trace-cmd shows' sort_agrees
check 'a report of a shell that forks counts what trace-cmd shows' shell_agrees
check 'a report of a start of Python counts what trace-cmd shows' python_agrees
if python3 -c 'import sqlite3'; then
	check 'a report of a database counts what trace-cmd shows' database_agrees
else
	skip 'a report of a database counts what trace-cmd shows' \
		'needs sqlite3 of Python'
fi
if command -v gcc >/dev/null; then
	check 'a report of a compiler counts what trace-cmd shows' compiler_agrees
else
	skip 'a report of a compiler counts what trace-cmd shows' 'needs gcc'
fi
check 'TLB flushes are reported, or that they were not recorded' flushes_are_shown
check 'pages mapped by faults are those of RSS' pages_are_those_of_rss
check 'percentiles are right' percentiles_agree
check 'the cost of fork agrees with the measurement of the program' fork_cost_agrees
check 'vfork() suspends no longer than the program measures' vfork_agrees
check 'shared memory is not copied by fork' shared_memory_is_not_copied
check 'hugetlb pages are copied after fork' hugetlb_pages_are_copied
check 'forks that failed are counted' failed_forks_are_counted
check 'a copy may outlive the original' copy_may_outlive_the_original
check_thp 'page tables in reserve are those of huge pages' reserve_is_shown
check_thp 'first touches without huge pages are explained' first_touches_are_explained
check 'a thread that calls exec gets the PID of its process' thread_may_exec
check 'a program runs until its last thread ends' first_thread_may_end
check 'every table has every fault' tables_are_whole
check 'report has one row for a heap that grows' heap_is_one
check 'tables fit on a terminal' tables_fit
check 'long names are shortened to the width' names_are_shortened
check 'the timeline has every fault' goes_over_time
check 'failed merges have reasons' says_why
check 'report prints losses and totals' answers_first
check 'a report shows its progress on a terminal' shows_progress
check 'a report prints losses' shows_losses
check 'other files are refused' refuses_other_files
check 'files that were cut off are refused' refuses_what_was_cut_off
check 'damaged files are refused' refuses_damaged_files
finish

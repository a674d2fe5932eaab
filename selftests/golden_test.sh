#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# All outputs for some recordings, compared word for word. The events of these
# recordings are known. golden/events contains the events of the first
# recording. golden/forks contains forks and threads, golden/map contains the lives
# of VMAs, golden/waits contains waits, and golden/odd contains odd names and odd
# orders of events. The outputs of top, count, walk and why are those for the synthetic data of inspected.c.
# golden/commands lists the commands, and each file golden/NAME.txt is the output of
# one command, or of several. html_test.py writes the files golden/html-*.txt. If you
# change an output on purpose, run this test with WRITE=1. Then read what git diff
# shows: each number must follow from the events.
#
# Depends on: nothing.

# shellcheck source=recording.sh disable=SC2086,SC2317
. "$(dirname "$0")/recording.sh"

need_recordings golden.py
golden=$here/golden
unset COLUMNS
version=$(mmapdemo --version)
version=${version#mmapdemo }

# The recording "other" differs from the recording "golden": it has no child, a
# fault is longer, and it has another file.
record_all() {
	cp "$golden/events" . && head -c 200 events >short || return
	"$programs/recordings" events <"$golden/events" >golden.dat &&
		"$programs/recordings" events <"$golden/forks" >forks.dat &&
		"$programs/recordings" events <"$golden/map" >map.dat &&
		{ echo '.without dup_mm.huge' && cat "$golden/forks"; } |
		"$programs/recordings" events >no-reserve.dat &&
		sed 's/ huge=1$/ huge=-1/' "$golden/forks" |
		"$programs/recordings" events >unknown.dat &&
		sed -e '/tid=1003/,$d' -e 's/duration=1100 /duration=1900 /' \
			-e 's/ino=13/ino=14/' -e 's/wait=30000/wait=33000/' \
			"$golden/events" | "$programs/recordings" events >other.dat &&
		"$programs/recordings" events <"$golden/odd" >odd.dat &&
		sed -f "$golden/odder" "$golden/odd" |
		"$programs/recordings" events >odder.dat &&
		"$programs/recordings" events <"$golden/waits" >waits.dat &&
		{ echo '.without fault_time' && grep -v ^fault_time "$golden/waits"; } |
		"$programs/recordings" events >untimed.dat &&
		examine code code &&
		examine lint |
		"$programs/recordings" events >lint.dat &&
		echo '.without vma_split' | "$programs/recordings" events >event.dat &&
		echo '.without pte_fault.order' |
		"$programs/recordings" events >field.dat &&
		{ echo '.without vma_split.caller' && cat "$golden/events"; } |
		"$programs/recordings" events >older.dat &&
		{ echo '.without sys_exit_munmap' && cat "$golden/forks"; } |
		"$programs/recordings" events >calls.dat &&
		echo '.without tlb_flush' | "$programs/recordings" events >flush.dat
}

# printed HOW COMMAND...: run a command. Print its output, its errors and its exit
# status in a form that can be compared.
printed() {
	local status=0 program=mmapdemo

	[[ $1 != damage ]] || { examine damage "$2"; return; }
	[[ $1 != misuse ]] || { misused "$golden/misuse"; return; }
	[[ $1 != every ]] || { every "$2" "$3"; return; }
	[[ $1 != inspected ]] || program=$programs/inspected
	"$program" "${@:2}" >output 2>errors || status=$?
	case $1 in
	text | inspected) without_version ;;
	page) examine page page.html ;;
	# Answers of examine() cannot contain NUL.
	perfetto) python3 "$here/golden.py" perfetto output ;;
	*) examine "$1" output ;;
	esac
	[[ ! -s errors ]] || sed 's/^/stderr: /' errors
	((!status)) || echo "status: $status"
}

# Print the output without the version of the program.
without_version() {
	local text

	IFS='' read -r -d '' text <output
	text=${text//"mmapdemo $version"/mmapdemo VERSION}
	printf '%s' "${text//"\"program\":\"$version"/\"program\":\"VERSION}"
}

# misused LIST: run each command in the file LIST, and print its error message
# and its exit status.
misused() {
	local line status

	while read -r line; do
		status=0
		printf '$ %s\n' "$line"
		mmapdemo $line </dev/null >output 2>errors || status=$?
		[[ ! -s output ]] || echo '(output)'
		[[ ! -s errors ]] || printf '%s\n' "$(<errors)"
		echo "$status"
	done <"$1"
}

# every A B: print the outputs for the recording A, and the comparisons of A and B. The
# page, perfetto and the other tables have the same data.
every() {
	local words

	while read -r -a words; do
		echo "\$ mmapdemo ${words[*]:1}"
		printed "${words[@]}"
	done <<-END
		text report $1.dat
		text report --by thread $1.dat
		text report --by maker $1.dat
		text report --faults --merges $1.dat
		text report --timeline $1.dat
		json report --json $1.dat
		text report --format csv $1.dat
		text report --format folded $1.dat
		text report --format openmetrics $1.dat
		text report --format chrome $1.dat
		text lint --verbose -i $1.dat
		text diff $1.dat $2.dat
		text diff --all $2.dat $1.dat
		json diff --json $1.dat $2.dat
	END
}

is_golden() {
	local name=$1

	printed "${@:2}" >"$name.txt" || return
	[[ ! ${WRITE:-} ]] || cp "$name.txt" "$golden/$name.txt"
	diff -u "$golden/$name.txt" "$name.txt"
}

# Record the same events again, but with faults in batches. All outputs are the same.
batches_change_no_output() {
	local words

	cp golden.dat single.dat && BATCHES=1 record_all || return
	! cmp -s golden.dat single.dat || { echo 'there are no batches'; return 1; }
	while read -r -a words; do
		[[ ${words[*]} && ${words[0]} != \#* ]] || continue
		[[ ${words[1]} =~ ^(inspected|misuse|damage)$ ]] ||
			WRITE='' is_golden "${words[@]}" || return
	done <"$golden/commands"
}

# exported NAME: write the recording NAME in all export formats.
exported() {
	local format

	for format in csv openmetrics chrome perfetto folded folded-waits; do
		mmapdemo report --format=$format $1.dat >$1.$format 2>/dev/null ||
			return
	done
	mmapdemo report --json $1.dat >$1.json &&
		mmapdemo report --faults --merges --json $1.dat >$1.events 2>/dev/null &&
		mmapdemo diff --json odd.dat $1.dat >$1.diff
}

# requests NAME: print requests for exports.py to check the exports of the
# recording NAME.
requests() {
	printf '%s\t%s\t%s\t%s\n' sums $1.json $1.events '' \
		json $1.json $1.events '' \
		openmetrics $1.json $1.openmetrics $1.csv csv $1.json $1.csv '' \
		folded $1.json $1.folded '' folded_waits $1.json $1.folded-waits '' chrome $1.json $1.chrome '' \
		perfetto $1.json $1.perfetto $1.chrome diff odd.json $1.json $1.diff |
		sed 's/\t$//'
}

# exports.py recalculates as many numbers as it can from the events.
figures_follow_from_the_events() {
	local name

	for name in odd odder golden other lint forks waits; do
		exported $name && requests $name || return
	done >requests
	python3 "$here/exports.py" <requests | tr '\0' '\n' >answers &&
		equal 63 "$(grep -c '^0' answers)" checks || ! cat answers
}

echo "TAP version 13"
# The other tests need the recordings, so $ONLY does not apply.
ONLY='' check 'events are recorded' record_all
while read -r -a words; do
	[[ ! ${words[*]} || ${words[0]} == \#* ]] ||
		check "${words[0]}: mmapdemo ${words[*]:2}" is_golden "${words[@]}"
done <"$golden/commands"
check 'figures follow from the events' figures_follow_from_the_events
check 'faults in batches change no output' batches_change_no_output
finish

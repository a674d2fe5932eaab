#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Several tracers at the same time, while every CPU faults and forks. Two
# recordings of the same process must contain the same faults, and must lose
# none. A third tracer starts and stops repeatedly in the meantime. There is one
# round for each method. With SOAK=1, there are rounds for ten minutes.
#
# Depends on: the kernel.

# shellcheck source=tap.sh disable=SC2086,SC2317
. "$(dirname "$0")/tap.sh"

need_module
need_program
PAGES=257
methods=auto
seconds=0
[[ ! ${SOAK:-} ]] || seconds=600 methods='auto kretprobe direct'
work=$(mktemp -d)
trap 'rm -rf "$work"; kill $storm 2>/dev/null' EXIT
guest=$tracing/instances/comes-and-goes
count=0

# recorders PID: print how many runs of mmapdemo are recording PID.
recorders() {
	local instance

	for instance in "$tracing"/instances/mmapdemo*; do
		! grep -qsx "$1" "$instance/set_event_pid" ||
			! grep -qsx 1 "$instance/tracing_on" || echo "$instance"
	done | wc -l
}

# Enable and disable the events repeatedly. Stop when another process has
# removed the file "go".
come_and_go() {
	local status=0

	while [[ -e $work/go ]]; do
		echo 1 >$guest/events/mmapdemo/enable || status=1
		echo 0 >$guest/events/mmapdemo/enable || status=1
	done
	return $status
}

# counted FILE: print the numbers of faults, of lost events and of missed events.
counted() {
	mmapdemo report --json "$1" >"$work/report" || return
	python3 - "$work/report" <<-'END'
		import json, sys
		r = json.load(open(sys.argv[1]))
		print(r["faults"]["faults"], r["lost"], r["missed"])
	END
}

# both_record: record the walker with two recorders at the same time. Both
# recorders begin before the walker's next step, and end when the walker ends.
both_record() {
	local first second a b status=0

	act walker $PAGES || return
	mmapdemo record -q -o "$work/a.dat" -p $actor &
	first=$!
	mmapdemo record -q -o "$work/b.dat" -p $actor &
	second=$!
	until (($(recorders $actor) == 2)); do
		kill -0 $first && kill -0 $second || return
	done
	turn
	heard over
	leave
	wait $first || status=1
	wait $second || status=1
	a=$(counted "$work/a.dat") && b=$(counted "$work/b.dat") &&
		equal "$a" "$b" 'faults, lost and missed of the second' &&
		within $PAGES 99999 "${a%% *}" 'faults' &&
		equal '0 0' "${a#* }" 'lost and missed' && return $status
}

# round METHOD: run all tracers at the same time, with probes attached by METHOD
round() {
	local going status=0

	attach_by $1 && mkdir $guest && : >"$work/go" || return
	come_and_go &
	going=$!
	both_record || status=1
	rm "$work/go"
	wait $going || status=1
	rmdir $guest && attach_by auto && return $status
}

rounds() {
	local begin=$SECONDS method

	log_begin
	until ((count && SECONDS - begin >= seconds)); do
		for method in $methods; do
			round $method || return
			count=$((count + 1))
		done
	done
	! splat && nothing_attached
}

echo 'TAP version 13'
coproc STORM { exec "$programs/actor" storm; }
storm=$STORM_PID
read -r <&"${STORM[0]}"
check 'two recordings agree while other recordings come and go' rounds
echo "# $count rounds"
echo >&"${STORM[1]}"
wait $storm
finish

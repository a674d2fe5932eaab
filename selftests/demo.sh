#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Shows what the module and the program do, each step as the command and what
# it prints. For root, with the module unloaded; MMAPDEMO_KO is its path.

set -euo pipefail
exec 2>&1

# Programs map the files of their locale: the stories are shorter without.
unset LANG LC_ALL
export LC_CTYPE=C.UTF-8
PATH+=:${OUTPUT:-build/selftests}
parameters=/sys/module/mmapdemo/parameters
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

step() {
	printf '\n=== %s\n' "$1"
}

# run COMMAND: as one would type it.
run() {
	printf '$ %s\n' "$1"
	eval "$1"
}

# excerpt FIRST LAST: so many lines from the two ends of what is long.
excerpt() {
	awk -v first="$1" -v last="$2" '
		{ line[NR] = $0 }
		END {
			cut = NR - first - last
			for (i = 1; i <= NR; i++) {
				if (cut <= 0 || i <= first || i > NR - last)
					print line[i]
				else if (i == first + 1)
					print "[" cut " lines left out]"
			}
		}'
}

must() {
	"$@" || {
		echo "demo: this went wrong: $*"
		exit 1
	}
}

frame_in() {
	sed -n 's/.*page frame //p' "$1"
}

step 'Load the module'
run "insmod $MMAPDEMO_KO"
run 'ls -l /dev/mmapdemo'

step 'Read a real file through a mapping: byte by byte what cat reads'
run 'mmapdemo read /bin/bash | cmp - <(cat /bin/bash) && echo identical'

step 'The device: what is written to its mapping is read from it'
run 'echo "Hello, first byte" | mmapdemo write /dev/mmapdemo'
run 'head -c 18 /dev/mmapdemo'
run 'mmapdemo read --length 18 --hex /dev/mmapdemo'
run 'mmapdemo read --length 1M /dev/mmapdemo | \
	cmp - <(head -c 1M /dev/mmapdemo) && echo identical'

step 'Two processes that map the device share one page frame ...'
must type -p frame >"$work/path"
mkfifo "$work/end"
frame /dev/mmapdemo <"$work/end" >"$work/first" &
frame /dev/mmapdemo <"$work/end" >"$work/second" &
frame -w /dev/mmapdemo <"$work/end" >"$work/private" &
exec 3>"$work/end"
for file in first second private; do
	for ((tries = 100; tries; tries--)); do
		[[ ! -s $work/$file ]] || break
		sleep 0.1
	done
	must test -s "$work/$file"
done
exec 3>&-
wait
cat "$work/first" "$work/second"
must test "$(frame_in "$work/first")" = "$(frame_in "$work/second")"
echo '... until one with a private mapping writes: it gets a copy'
cat "$work/private"
must test "$(frame_in "$work/first")" != "$(frame_in "$work/private")"

step 'What Linux did between mmap() and the first byte, for any program'
run 'mmapdemo trace -- cat /etc/hostname 2>&1 | excerpt 26 26'

step 'The same in the kernel log, for who has nothing else'
run "sh -c 'echo \$\$ >$parameters/dmesg
	exec mmapdemo read --length 18 /dev/mmapdemo'"
run "echo 0 >$parameters/dmesg"
run 'dmesg | grep "mmapdemo: .*\[.*\]:" | tail -n 12'

step 'Unload'
run 'rmmod mmapdemo'

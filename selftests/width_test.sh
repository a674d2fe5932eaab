#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Output lines must be at most as wide as the terminal. This test sets the width
# with COLUMNS. Without a terminal, lines may be as wide as necessary, and names
# must not be shortened.
#
# Depends on: the program.

# shellcheck source=tap.sh disable=SC2317
. "$(dirname "$0")/tap.sh"

need_program
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit
export LC_ALL=C
program=a-program-whose-long-name-is-whole-in-a-file-and-cut-on-a-terminal
cp "$(type -P sleep)" "$program"

# print: run each command that can print something on this machine. Some
# commands need the module.
print() {
	mmapdemo maps "$pid"
	mmapdemo maps --huge "$pid"
	mmapdemo why --all "$pid"
	mmapdemo why "$pid" "$address"
	mmapdemo walk "$pid"
	mmapdemo walk "$pid" "$address"
	mmapdemo count -- true
	mmapdemo top --batch -n 1 -I 0.1
	mmapdemo tour --list
	mmapdemo tour 1
	((EUID)) || mmapdemo trace -- "./$program" 0
	loaded && ((!EUID)) || return 0
	mmapdemo probes
	mmapdemo report mapped.dat
	mmapdemo report --faults mapped.dat
	mmapdemo report --merges mapped.dat
	mmapdemo report --timeline mapped.dat
	mmapdemo report --by ip mapped.dat
	mmapdemo report --by vma mapped.dat
	mmapdemo diff mapped.dat mapped.dat
	mmapdemo lint --input mapped.dat
}

# too_wide COLUMNS FILE: print the lines that are wider than COLUMNS. Ignore
# lines of a single word, because words are not split.
too_wide() {
	awk -v most="$1" 'length > most && match($0, /^ *[^ ]+ +[^ ]/)' "$2"
}

# fits COLUMNS: check that all lines are at most COLUMNS wide
fits() {
	COLUMNS=$1 print >printed.txt 2>&1
	equal '' "$(too_wide "$1" printed.txt)" "lines of more than $1 columns"
}

# On a real terminal, the program ignores COLUMNS.
fits_on_a_terminal() {
	TERM=xterm COLUMNS=200 python3 - 80 mmapdemo why --all "$pid" \
		>printed.txt <<-'END'
		import fcntl, os, pty, struct, sys, termios
		pid, fd = pty.fork()
		if not pid:
		    size = struct.pack("HHHH", 24, int(sys.argv[1]), 0, 0)
		    fcntl.ioctl(1, termios.TIOCSWINSZ, size)
		    os.execvp(sys.argv[2], sys.argv[2:])
		try:
		    while data := os.read(fd, 4096):
		        sys.stdout.buffer.write(data.replace(b"\r\n", b"\n"))
		        sys.stdout.flush()
		except OSError:
		    pass
		sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
	END
	sed -i 's/\x1b\[[0-9;]*m//g' printed.txt
	grep -q "^ *$address" printed.txt &&
		equal '' "$(too_wide 80 printed.txt)" 'lines too wide'
}

# The explanations of the tour have fixed line breaks. These lines must fit.
tour_is_not_folded() {
	local language scene

	local -x LC_ALL=C.UTF-8

	for language in en zh; do
		for scene in 1 3 5 7; do
			mmapdemo tour --lang "$language" "$scene" |
				sed -n '\|^ *[0-9][0-9 ]*/ *[0-9]|,/^$/p' >whole.txt
			COLUMNS=72 mmapdemo tour --lang "$language" "$scene" |
				sed -n '\|^ *[0-9][0-9 ]*/ *[0-9]|,/^$/p' >folded.txt
			[[ -s whole.txt ]] && diff whole.txt folded.txt || return
		done
	done
}

# Names are more useful than the reasons next to them. Names must keep more room,
# even if both columns are narrow.
names_keep_more_room_than_reasons() {
	local medium=a-program-like-others sleeper status=0

	ln -f "$program" "$medium" || return
	"./$medium" 1000 &
	sleeper=$!
	until grep -q "/$medium\$" "/proc/$sleeper/maps"; do
		kill -0 "$sleeper" || return
	done
	COLUMNS=75 mmapdemo maps -o ADDRESS,PERM,SIZE,RSS,SHARED,NAME,UNMERGED \
		"$sleeper" >maps.txt && grep -q " ${medium:0:17}.* flags: e" maps.txt ||
		status=1
	kill "$sleeper"
	((!status)) || ! head maps.txt
}

whole_without_a_terminal() {
	env -u COLUMNS mmapdemo maps "$pid" >maps.txt &&
		grep -q " $program " maps.txt && grep -q ' SHARED ' maps.txt ||
		! head maps.txt
}

"./$program" 1000 &
pid=$!
trap 'kill "$pid"; rm -rf "$work"' EXIT
until [[ $(readlink "/proc/$pid/exe") == */"$program" ]]; do :; done
address=$(sed -n 's/-.* r-xp .*'"$program"'$//p' "/proc/$pid/maps")
! loaded || ((EUID)) ||
	mmapdemo record --quiet -o mapped.dat -- "./$program" 0 || exit

echo 'TAP version 13'
for columns in 72 80; do
	check "lines fit into $columns columns" fits "$columns"
done
if command -v python3 >/dev/null; then
	check 'lines fit on a terminal' fits_on_a_terminal
else
	skip 'lines fit on a terminal' 'needs python3'
fi
check 'the tour is not folded' tour_is_not_folded
check 'names keep more room than reasons' names_keep_more_room_than_reasons
check 'names are not shortened without a terminal' whole_without_a_terminal
finish

# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2086,SC2154
#
# Functions for the tests of outputs for synthetic recordings. This file is sourced,
# and not run.

# shellcheck source=tap.sh
. "$(dirname "${BASH_SOURCE[0]}")/tap.sh"

# need_recordings SCRIPT: enter an empty directory, $work. Start SCRIPT of this
# directory, which answers the requests of examine().
need_recordings() {
	need_program
	need_tool python3 python3
	programs=$(realpath "$programs")
	here=$(realpath "$(dirname "$0")")
	work=$(mktemp -d)
	trap 'exec 7>&-; wait; rm -rf "$work"' EXIT
	cd "$work" || exit
	export LC_ALL=C PYTHONDONTWRITEBYTECODE=1
	# One process answers all requests. Starting a process for each request would
	# take longer than the answer.
	mkfifo requests
	exec 8< <(ANSWER=answer exec python3 "$here/$1" <requests) 7>requests
	rm requests
}

# examine WORD...: let the script answer a request of these words. The first word is
# the name of a function of the script, without its prefix.
examine() {
	local IFS=$'\t' words=("${@//[$'\t\n']/ }") answer

	echo "${words[*]}" >&7
	read -r -d '' <&8 || ! echo 'no answer' || return
	IFS='' read -r -d '' answer <answer
	printf '%s' "${answer#?}"
	return "${answer:0:1}"
}

# recorded NAME [NUMBER...]: write the recording NAME of recordings.c to NAME.dat.
recorded() {
	"$programs/recordings" "$@" >$1.dat || ! echo "no recording $1"
}

# has PATTERN FILE: check that a line of FILE matches PATTERN. To start grep for a short
# file would take longer.
has() {
	local line lines

	mapfile -t -n 100 lines <"$2"
	for line in "${lines[@]}"; do
		[[ ! $line =~ $1 ]] || return 0
	done
	grep -qE -e "$1" "$2" || ! { echo "no '$1' in"; cat "$2"; }
}

# member FILE EXPRESSION: print the value of EXPRESSION. In EXPRESSION, r is the
# JSON object in FILE, or the data of the HTML page FILE.
member() {
	examine value "$1" "$2"
}

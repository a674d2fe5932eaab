#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# html.sh KERNEL...
# html.sh --shots PAGE DIRECTORY
#
# Test the page of mmapdemo report --html in headless Chromium, which is installed if
# it is missing. One of the recordings is made from real programs on the first
# kernel. The output is in TAP format. With --shots, take screenshots of a page for
# viewing instead. The recordings and pages of the tests are in $HTML_OUTPUT (default:
# build/html).

set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$top/selftests/tap.sh"

work=${HTML_OUTPUT:-$top/build/html}
page_tests=$top/selftests/html

# Build the programs that make recordings, unless they are newer than their sources.
# The programs contain parts of mmapdemo.
build_makers() {
	local sources

	[[ ! -x $work/recordings || $(find "$top/userspace" "$top/uapi" \
		"$page_tests" "$top/selftests/recordings.c" -name '*.[ch]' \
		-newer "$work/recordings") ]] || return 0
	mapfile -t sources < <(printf "$top/userspace/%s.c\n" \
		record/{trace_dat_write,spool} base/{write_all,format} \
		event/{event,names})
	compile recording "$page_tests/recording.c" "${sources[@]}" &&
		compile recordings "$top/selftests/recordings.c"
}

compile() {
	# shellcheck disable=SC2046,SC2086 # options
	"${CC:-gcc}" -std=gnu11 -O2 -Wall -Wextra -D_GNU_SOURCE \
		${CPPFLAGS:-} -I"$top/uapi" \
		-iquote "$top/userspace" $(pkg-config --cflags libtracefs) \
		-o "$work/$1" "${@:2}"
}

# Record real programs, unless the recording is newer than the program and the module.
record_programs() {
	local program=$top/build/userspace/mmapdemo
	local module=$top/build/$1/mmapdemo.ko real=$work/real.dat

	[[ ! $real -nt $program || ! $real -nt $module ]] || return 0
	rm -f "$real"
	# shellcheck disable=SC2016 # the variables are the guest's
	"$vm/run.sh" "$1" --load --out "$work" -- mmapdemo record \
		-o /out/real.dat -- bash -c 'for i in 1 2 3; do (:); done
			seq 20000 | sort -R | sort -n >/dev/null
			perl -e "my %h; \$h{\$_} = \$_ x 9 for 1..5000"'
}

mkdir -p "$work"
"$vm/deps.sh" chromium chromium-driver fonts-dejavu-core python3 \
	>"$work/deps.log" 2>&1 ||
	skip_all "no browser can be installed: $(tail -n 1 "$work/deps.log")"
if [[ ${1:-} == --shots ]]; then
	exec "$page_tests/shots.py" "${@:2}"
fi
(($#)) || die "usage: html.sh KERNEL..."
build_makers
record_programs "$1" >"$work/record.log" 2>&1 ||
	die "no recording of real programs: $(tail -n 3 "$work/record.log")"
exec "$page_tests/html_test.py" \
	"${MMAPDEMO:-$top/build/userspace/mmapdemo}" "$work"

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# html.sh [--shots PAGE FOLDER]
#
# Tests, as TAP, the page that mmapdemo report --html writes, in Chromium without
# a screen; which is installed, if it is not there. With --shots makes pictures
# of a page instead, to be looked at.

set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$top/selftests/tap.sh"

work=$top/build/html
page_tests=$top/selftests/html

# The program that makes recordings, out of parts of mmapdemo.
build_recorder() {
	local sources

	mapfile -t sources < <(printf "$top/userspace/%s.c\n" \
		recording_write spool event names format)
	# shellcheck disable=SC2046 # options
	"${CC:-gcc}" -std=gnu11 -O2 -Wall -Wextra -D_GNU_SOURCE -I"$top/uapi" \
		-iquote "$top/userspace" $(pkg-config --cflags libtracefs) \
		-o "$work/recording" "$page_tests/recording.c" "${sources[@]}"
}

mkdir -p "$work"
"$vm/deps.sh" chromium chromium-driver fonts-dejavu-core python3 \
	>"$work/deps.log" 2>&1 ||
	skip_all "no browser can be installed: $(tail -n 1 "$work/deps.log")"
if [[ ${1:-} == --shots ]]; then
	exec "$page_tests/shots.py" "${@:2}"
fi
build_recorder
exec "$page_tests/html_test.py" "$top/build/userspace/mmapdemo" \
	"$work/recording" "$work"

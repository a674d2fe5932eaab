#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# readme.sh [--kernels]
#
# Writes what make check saw on each kernel, from build/check.table, between the
# two markers in README.md, and what make check-debug saw if it ran; with
# --kernels only prints the stock kernels it has there.

set -euo pipefail
. "$(dirname "$0")/lib.sh"

readme=$top/README.md seen=$top/build/check.table
begin='<!-- kernels: written by make readme -->'
end='<!-- kernels end -->'

kernels_told() {
	sed -n "/^$begin/,/^$end/s/^| \([^ ]*[0-9][^ ]*\) |.*/\1/p" "$readme"
}

# row NAME: the kernel's line of the table.
row() {
	local name passed failed skipped reasons

	IFS=$'\t' read -r name passed failed skipped reasons \
		< <(grep "^$1"$'\t' "$seen") || die "no make check of $1 yet."
	kernel_line "$name"
	[[ ! $reasons ]] || skipped+=": $reasons"
	echo "| $name | ${suites%%,*} | $(<"$("$vm/fetch.sh" "$name")/release") |" \
		"$passed | $failed | $skipped |"
}

rows() {
	local name

	while read -r name; do
		row "$name"
	done < <(stock_kernels)
	! grep -q "^debug"$'\t' "$seen" || row debug
}

[[ ${1:-} != --kernels ]] || {
	kernels_told
	exit
}
table='| Linux | Debian | uname -r | passed | failed | skipped |'
table+=$'\n|---|---|---|--:|--:|:--|\n'
table+=$(rows)
grep -qxF -e "$begin" "$readme" || die "no '$begin' in README.md."
awk -v begin="$begin" -v end="$end" -v table="$table" '
	$0 == end { inside = 0 }
	!inside
	$0 == begin { print table; inside = 1 }
' "$readme" >"$readme.new"
mv "$readme.new" "$readme"

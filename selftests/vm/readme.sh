#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# readme.sh [--kernels]
# readme.sh --excerpts [trace|merge|story]
#
# Writes what make check saw on each kernel, from build/check.table, and what
# clinic_test saw, from build/KERNEL/clinic.cells, between markers in README.md and
# in mmapdemo(4), and what make check-debug saw if it ran; with --kernels only
# prints the stock kernels that README.md has there. With --excerpts it writes what
# the program makes of some events, see excerpt.c, to README.md and mmapdemo(1), or
# prints one of these.

set -euo pipefail
. "$(dirname "$0")/lib.sh"

readme=$top/README.md seen=$top/build/check.table
manual=$top/userspace/man/mmapdemo.4

kernels_told() {
	sed -n '/^<!-- kernels: /,/^<!-- kernels end/s/^| \([^ ]*[0-9][^ ]*\) |.*/\1/p' \
		"$readme"
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

# between FILE BEGIN END TEXT: puts it between two lines, which stay.
between() {
	grep -qxF -e "$2" "$1" || die "no '$2' in ${1##*/}."
	begin=$2 end=$3 text=$4 awk '
		$0 == ENVIRON["end"] { inside = 0 }
		!inside
		$0 == ENVIRON["begin"] { print ENVIRON["text"]; inside = 1 }
	' "$1" >"$1.new"
	mv "$1.new" "$1"
}

# The table of what can be done to a mapping of the device.
clinic() {
	local kernel cells=()

	while read -r kernel; do
		cells+=("$top/build/$kernel/clinic.cells")
		[[ -f ${cells[-1]} ]] || die "no clinic_test of $kernel yet."
	done < <(stock_kernels)
	awk -f "$vm/clinic.awk" "${cells[@]}"
}

# excerpt NAME: as it stands in the document.
excerpt() {
	local text

	text=$("$top/build/excerpt" "$1")
	case $1 in
	trace) printf '```\n%s\n' "$ sudo mmapdemo trace -- cat /etc/hostname" ;;
	merge) echo '```' ;;
	story)
		sed 's/\\/\\e/g; s/-/\\-/g; s/µ/\\[mc]/g; s/→/\\[->]/g
			s/├/\\[u251C]/g; s/└/\\[u2514]/g; s/■/\\[u25A0]/g
			s/–/\\[en]/g; s/≠/\\[u2260]/g; s/·/\\[pc]/g' <<<"$text"
		return
		;;
	esac
	printf '%s\n```\n' "$text"
}

# excerpts [NAME]
excerpts() {
	local name

	mkdir -p "$top/build"
	gcc -O1 -I "$top/uapi" -iquote "$top/userspace" -o "$top/build/excerpt" \
		"$vm/excerpt.c"
	if (($#)); then
		excerpt "$1"
		return
	fi
	for name in trace merge; do
		between "$readme" "<!-- $name: written by make excerpts -->" \
			"<!-- $name end -->" "$(excerpt "$name")"
	done
	between "$top/userspace/man/mmapdemo.1" \
		'.\" story: written by make excerpts' '.\" story end' \
		"$(excerpt story)"
}

case ${1:-} in
--kernels)
	kernels_told
	exit
	;;
--excerpts)
	excerpts "${@:2}"
	exit
	;;
esac
table=$(clinic)
between "$manual" '.\" clinic: written by make readme' \
	'.\" clinic end' "$table"
table='| Linux | Debian | uname -r | passed | failed | skipped |'
table+=$'\n|---|---|---|--:|--:|:--|\n'
table+=$(rows)
between "$readme" '<!-- kernels: written by make readme -->' \
	'<!-- kernels end -->' "$table"

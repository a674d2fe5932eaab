#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# readme.sh [--kernels]
# readme.sh --excerpts [trace|merge|story]
#
# Write the results of "make check" on each kernel, from build/check.table, to
# README.md. Write the results of clinic_test, from build/KERNEL/clinic.cells, to
# mmapdemo(4). Both results are written between markers. Results of "make check-debug"
# are included if there are any. With --kernels, only print the stock kernels that
# README.md names. With --excerpts, write the program's output for the events in
# excerpt.c to README.md and mmapdemo(1), or print one of these excerpts.

set -euo pipefail
. "$(dirname "$0")/lib.sh"

readme=$top/README.md seen=$top/build/check.table
manual=$top/userspace/man/mmapdemo.4

kernels_shown() {
	sed -n '/^<!-- kernels: /,/^<!-- kernels end/s/^| \([^ A-Z]*\) |.*/\1/p' \
		"$readme" | grep -vx debug
}

# row NAME: print the row of the table for this kernel.
row() {
	local name passed failed skipped reasons

	IFS=$'\t' read -r name passed failed skipped reasons \
		< <(grep "^$1"$'\t' "$seen") || die "make check has not run on $1 yet."
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

# between FILE BEGIN END TEXT: replace the lines between BEGIN and END in FILE by
# TEXT.
between() {
	grep -qxF -e "$2" "$1" || die "no '$2' in ${1##*/}."
	begin=$2 end=$3 text=$4 awk '
		$0 == ENVIRON["end"] { inside = 0 }
		!inside
		$0 == ENVIRON["begin"] { print ENVIRON["text"]; inside = 1 }
	' "$1" >"$1.new"
	mv "$1.new" "$1"
}

# Print the table of operations on a mapping of the device. Kernels with a
# flavour are left out: 5.10-security is as 5.10, and an -rt kernel differs only
# by missing options.
clinic() {
	local kernel cells=()

	while read -r kernel; do
		[[ $kernel != *-* ]] || continue
		cells+=("$top/build/$kernel/clinic.cells")
		[[ -f ${cells[-1]} ]] || die "clinic_test has not run on $kernel yet."
	done < <(stock_kernels)
	awk -f "$vm/clinic.awk" "${cells[@]}"
}

# excerpt NAME: print an excerpt, with the markup of its document.
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

# excerpts [NAME]: print one excerpt, or write all of them to their documents
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
	kernels_shown
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

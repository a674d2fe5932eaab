#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# ioctl.sh KERNEL [SECONDS]
#
# Fuzz the device in a guest for SECONDS (default: 600), as described in
# ioctl.c. Then print how many of the instrumented lines in the files of the
# device were reached. The script fails if the kernel reported an error or, with
# kmemleak, if memory leaked. After a failure, the last calls are in
# build/fuzz/ioctl/last, for "ioctl -r". SEED=N sets the seed of the random
# numbers.

set -euo pipefail
. "$(dirname "$0")/../vm/lib.sh"

kernel=$1 seconds=${2:-600}
ko=$top/build/$kernel-kcov/mmapdemo.ko
work=$top/build/fuzz/ioctl

# Print the files of the device and of walks. In Kbuild, these files are listed
# before the files of the probes.
device_files() {
	sed -n '/^mmapdemo-y :=/,/^# The probes/s/^mmapdemo-y += \(.*\)\.o.*/\1.c/p' \
		"$top/Kbuild"
}

# Print the offsets in the module's .text at which code calls KCOV. KCOV reports
# the address after such a call. The last four bytes of the call are a
# relocation.
all_places() {
	readelf -Wr "$ko" | awk '
		/^Relocation section/ { text = $3 == "\047.rela.text\047" }
		text && /__sanitizer_cov_trace_pc/ {
			print "0x" $1
		}' | while read -r place; do
		printf '%#x\n' $((place + 4))
	done
}

# lines FILE: print the source lines of the offsets in FILE as "FILE LINE", each
# of them once. For an inlined function, also print the lines of its callers.
lines() {
	local place

	while read -r place; do
		printf '%#x\n' $((place - 1))
	done <"$1" | addr2line -i -j .text -e "$ko" |
		sed -nE 's#.*/(module/[^:]*):([0-9]+).*#\1 \2#p' | sort -u
}

# Print the coverage of each file of the device, and the coverage of all files
# together.
show_coverage() {
	all_places >"$work/places"
	lines "$work/places" >"$work/lines"
	lines "$work/covered" >"$work/lines-covered"
	device_files | awk '
		FILENAME == "-" { file[$1]; next }
		!($1 in file) { next }
		FILENAME ~ /covered$/ { covered[$1]++; sum_covered++; next }
		{ lines[$1]++; sum++ }
		END {
			for (f in lines)
				printf "%5d of %5d lines, %3d %%  %s\n",
					covered[f], lines[f],
					100 * covered[f] / lines[f],
					f | "sort -k 7"
			close("sort -k 7")
			printf "%5d of %5d lines, %3d %%  the device\n",
				sum_covered, sum, 100 * sum_covered / sum
		}' - "$work/lines-covered" "$work/lines"
}

# Build the module. For a kernel without KCOV, also build the substitute for KCOV.
build() {
	rm -f "$work"/*.ko
	if ! grep -qx CONFIG_KCOV=y \
		"$("$vm/fetch.sh" "$kernel")/build/include/config/auto.conf"; then
		SOURCES=selftests/fuzz/kcov "$vm/kbuild.sh" "$kernel" \
			"${ko%/*}/stand-in" make -s
		cp "${ko%/*}/stand-in/kcov.ko" "$work/"
	fi
	make -s -C "$top" modules KERNEL="$kernel" KCOV=1
	cp "$ko" "$work/"
	gcc -O2 -g -Wall -Wextra -D_GNU_SOURCE -I"$top/uapi" -pthread \
		-o "$work/ioctl" "$top/selftests/fuzz/ioctl.c"
}

need addr2line readelf gcc
mkdir -p "$work"
rm -f "$work/covered"
build
# Injected failures are not logged. Injected failures affect only the fuzzer's
# process.
"$vm/run.sh" "$kernel" --timeout $((seconds + 300)) --out "$work" -- sh -ec '
	mountpoint -q /sys/kernel/debug || mount -t debugfs debug /sys/kernel/debug
	for fault in failslab fail_page_alloc; do
		fault=/sys/kernel/debug/$fault
		[ ! -d $fault ] || {
			echo 0 >$fault/verbose
			echo N >$fault/ignore-gfp-wait
		}
	done
	[ ! -f /out/kcov.ko ] || insmod /out/kcov.ko
	insmod /out/mmapdemo.ko
	/out/ioctl -t "$0" ${1:+-s "$1"} -l /out/last -o /out/covered
	if [ -e /sys/kernel/debug/kmemleak ]; then
		export MMAPDEMO_KO=/out/mmapdemo.ko
		selftests/leak_test.sh
	else
		rmmod mmapdemo
	fi' "$seconds" "${SEED:-}"
[[ ! -f $work/covered ]] || show_coverage

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# fuzz.sh KERNEL [SECONDS]
#
# Records small programs in a guest, and gives report what libFuzzer makes of
# the recordings, for ten minutes or so many seconds. What it finds is kept in
# build/fuzz/found, and should become a test.

set -euo pipefail
. "$(dirname "$0")/../vm/lib.sh"

kernel=$1 seconds=${2:-600}
work=$top/build/fuzz

# Of the program only what the target needs is linked: not main(), which it
# replaces, and not sum_of().
build() {
	local flags=(-O1 -g -fsanitize=address -fsanitize=undefined
		-fno-sanitize-recover -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64
		-I"$top/uapi" -iquote "$top/userspace")
	local source

	read -ra libraries < <(pkg-config --cflags --libs \
		libtracefs libtraceevent json-c libdw)
	mkdir -p "$work/objects"
	for source in "$top"/userspace/*.c; do
		[[ ${source##*/} == @(html|tour_text).c ]] || printf '%s\0' "$source"
	done | (cd "$work/objects" && xargs -0 -n 1 -P "$(nproc)" \
		clang "${flags[@]}" -fsanitize=fuzzer-no-link \
		"${libraries[@]}" -Wno-unused-command-line-argument -c)
	rm -f "$work/program.a"
	ar rc "$work/program.a" "$work"/objects/*.o
	clang "${flags[@]}" -fsanitize=fuzzer -o "$work/recording" \
		"$top/selftests/fuzz/recording.c" "$work/program.a" \
		"${libraries[@]}"
}

command -v clang >/dev/null || die "clang is missing, run: apt install clang"
mkdir -p "$work/seeds" "$work/corpus" "$work/found"
if ! compgen -G "$work/seeds/*.dat" >/dev/null; then
	say "recording seeds ..."
	"$vm/run.sh" "$kernel" --load --out "$work/seeds" -- sh -c '
		mmapdemo record -o /out/true.dat -- true &&
		mmapdemo record --stack -o /out/stack.dat -- true &&
		mmapdemo record -o /out/shell.dat -- sh -c "(:); mmapdemo read /etc/passwd" >/dev/null'
fi
build
# What is damaged makes libtraceevent lose some bytes.
echo leak:libtraceevent >"$work/leaks"
export LSAN_OPTIONS=suppressions=$work/leaks:print_suppressions=0
"$work/recording" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
	-artifact_prefix="$work/found/" -print_final_stats=1 \
	"$work/corpus" "$work/seeds"

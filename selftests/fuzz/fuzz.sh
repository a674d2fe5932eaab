#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# fuzz.sh KERNEL [SECONDS]
#
# Fuzz every command that reads a recording. libFuzzer changes recordings for
# SECONDS (default: 600). The commands run with ASAN and UBSAN. The first
# recordings are those of selftests/recordings.c, and recordings of small
# programs in a guest. Inputs that cause a failure are kept in build/fuzz/found,
# with the command. Inputs that cause a failure should become tests.

set -euo pipefail
. "$(dirname "$0")/../vm/lib.sh"

kernel=$1 seconds=${2:-600}
work=$top/build/fuzz
flags="-O1 -g -fsanitize=address,undefined -fno-sanitize-recover"

# The script also builds the normal program with sanitizers, to reproduce
# failures. The option -w suppresses warnings, because gcc already warns when gcc
# builds the program.
build_program() {
	make -s -j"$(nproc)" -C "$top/userspace" O="$work/program" CC=clang \
		CFLAGS="$flags -w -fsanitize=fuzzer-no-link" >/dev/null
}

# The target finds the variables of the program by the names of sections.
build_target() {
	local object libraries

	read -ra libraries < <(pkg-config --cflags --libs \
		libtracefs libtraceevent json-c libdw ncursesw smartcols)
	rm -rf "$work/objects"
	mkdir -p "$work/objects"
	find "$work/program" -name '*.o' ! -path '*/cmd/main.o' -printf '%P\n' |
		while read -r object; do
			objcopy --rename-section .data=program_data --rename-section \
				.bss=program_bss,alloc,load,data,contents \
				"$work/program/$object" \
				"$work/objects/${object//\//-}"
		done
	# shellcheck disable=SC2086 # split into words
	clang $flags -Wall -Wextra -fsanitize=fuzzer -D_GNU_SOURCE \
		-D_FILE_OFFSET_BITS=64 -I"$top/uapi" -iquote "$top/userspace" \
		-Wl,--wrap=vmas_read,--wrap=vmas_whole \
		-Wl,--wrap=build_id_open,--wrap=regcomp,--wrap=regexec -o "$work/commands" \
		"$top/selftests/fuzz/commands.c" "$work"/objects/*.o \
		"${libraries[@]}"
}

record_in_guest() {
	! compgen -G "$work/recordings/shell.dat" >/dev/null || return 0
	say "recording in a guest ..."
	"$vm/run.sh" "$kernel" --load --out "$work/recordings" -- sh -c '
		mmapdemo record -o /out/true.dat -- true &&
		mmapdemo record --stack -o /out/stack.dat -- true &&
		mmapdemo record -o /out/shell.dat -- sh -c "(:); mmapdemo read /etc/passwd" >/dev/null'
}

record_here() {
	local words name

	for words in 'vmas 5 3' 'processes 3 2' 'children 3 2' 'unmapped 5 3' \
		'large 3' reads 'untimed 4 4' cycle order stacks bytes refused inverted \
		'absent 12' losses; do
		name=$work/recordings/made-${words%% *}.dat
		# shellcheck disable=SC2086 # split into words
		"$top/build/selftests/recordings" $words >"$name"
	done
	cp "$work/recordings/made-reads.dat" "$work/REFERENCE.dat"
}

# Combine each recording with some of the commands, and each command with some
# of the recordings. The first two bytes of an input select the command and its
# options: see commands.c.
make_seeds() {
	local recording command seed commands count=0

	commands=$(grep -c '{ cmd_' "$top/selftests/fuzz/commands.c")
	for recording in "$work"/recordings/*.dat; do
		count=$((count + 1))
		for ((command = count % 4; command < commands; command += 4)); do
			seed=${recording##*/}
			seed=$work/seeds/${seed%.dat}-$command
			# shellcheck disable=SC2059 # print a byte by its number
			printf "\\x$(printf %02x "$command")\\x0$(((command + count / 4) % 8))" |
				cat - "$recording" >"$seed"
		done
	done
}

# Save each failing input as a recording. Print the command line of the input.
show_found() {
	local input

	for input in "$work"/found/*-*; do
		[[ $input != *.dat && -f $input ]] || continue
		tail -c +3 "$input" >"$input.dat"
		say "${input#"$top"/}.dat is FILE of:" \
			"$("$work/commands" --about "$input")"
	done
}

"$vm/deps.sh" clang libclang-rt-dev llvm
need objcopy
mkdir -p "$work"/{seeds,corpus,found,recordings}
say "building the program with sanitizers ..."
build_program
build_target
record_in_guest
record_here
make_seeds
# Ignore leaks in libtraceevent. libtraceevent leaks some bytes if the input is
# damaged.
echo leak:libtraceevent >"$work/leaks"
# Record only short stacks, so that an input takes half the time.
export ASAN_OPTIONS=malloc_context_size=3:quarantine_size_mb=16
export LSAN_OPTIONS=suppressions=$work/leaks:print_suppressions=0
status=0
"$work/commands" -max_total_time="$seconds" -timeout=25 -rss_limit_mb=2048 \
	-artifact_prefix="$work/found/" -print_final_stats=1 -close_fd_mask=3 \
	"$work/corpus" "$work/seeds" || status=$?
show_found
exit "$status"

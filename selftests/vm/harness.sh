#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# harness.sh
#
# Test the parts of the harness that need neither a network nor a guest. The output
# is in TAP format. Two instances of apt.sh do not disturb each other. vmlinux.sh
# finds the ELF file in each kind of bzImage. Tests in a kernel tree use the
# kselftest of this tree. parallel.sh runs tests in parallel, and prints their output
# in order. selftest.sh tests run.sh.

# shellcheck disable=SC2086,SC2317 # numbers; functions are called by check

set -uo pipefail
. "$(dirname "$0")/lib.sh"
. "$top/selftests/tap.sh"

# ---- apt.sh ----

# stub NAME: make a command NAME from stdin. apt.sh finds this command first.
stub() {
	mkdir -p "$work/bin"
	{ echo '#!/bin/bash'; cat; } >"$work/bin/$1"
	chmod +x "$work/bin/$1"
}

make_stubs() {
	# apt.sh queries Debian's mirror while it writes the sources.
	stub apt-get <<-'END'
		: >"$work/$WHO.writes"
		until [[ $WHO == first || -e $work/compared ]]; do :; done
		echo stable main http://mirror.invalid/debian
	END
	stub flock <<-END
		: >"\$work/\$WHO.waits"
		exec $(command -v flock) "\$@"
	END
	# The first apt.sh reads its sources both before and after the second apt.sh
	# begins.
	stub apt-cache <<-'END'
		[[ $WHO == first ]] || exit 0
		list=$XDG_CACHE_HOME/mmapdemo/apt/bookworm/sources.list
		cp "$list" "$work/before"
		: >"$work/reading"
		until [[ -e $work/second.waits || -e $work/second.writes ||
			-e $work/ended ]]; do :; done
		cmp "$work/before" "$list" >"$work/differs" 2>&1
		: >"$work/compared"
	END
}

# apt_as WHO: run one of two instances of apt.sh, with a cache that only these two
# instances use.
apt_as() {
	env WHO="$1" work="$work" PATH="$work/bin:$PATH" \
		XDG_CACHE_HOME="$work/cache" \
		"$vm/apt.sh" bookworm apt-cache depends
}

one_writes_sources_at_a_time() {
	local first status=0

	make_stubs
	apt_as first &
	first=$!
	until [[ -e $work/reading ]]; do
		kill -0 $first || return
	done
	apt_as second || status=$?
	: >"$work/ended"
	wait $first && equal 0 $status 'status of the second' &&
		[[ -s $work/before ]] && equal '' "$(<"$work/differs")" \
		'what is other in the sources while they are read'
}

# ---- vmlinux.sh ----

# le32 NUMBER: print four bytes, little endian, as in the boot protocol.
le32() {
	local i

	for i in 0 8 16 24; do
		printf '%b' "\\x$(printf %02x $(($1 >> i & 255)))"
	done
}

# bzimage PAYLOAD: print a bzImage with 3 sectors of setup, and with code before and
# after the payload.
bzimage() {
	local file=$work/bzimage

	head -c 9000 /dev/zero | tr '\0' x >"$file"
	printf '\003' | dd status=none of="$file" conv=notrunc bs=1 seek=$((0x1f1))
	{ le32 1000; le32 "$(stat -c %s "$1")"; } |
		dd status=none of="$file" conv=notrunc bs=1 seek=$((0x248))
	head -c $((4 * 512 + 1000)) "$file"
	cat "$1"
	tail -c 500 "$file"
}

# unpacks SIZE TOOL [OPTION...]: check that an ELF file is unpacked after TOOL
# compressed it, as in the kernel's build. If SIZE is not empty, the size of the
# file is appended.
unpacks() {
	local size=$1

	shift
	need "$1"
	"$@" <"$work/elf" >"$work/payload" || return
	[[ ! $size ]] || le32 "$(stat -c %s "$work/elf")" >>"$work/payload"
	bzimage "$work/payload" >"$work/vmlinuz"
	"$vm/vmlinux.sh" "$work/vmlinuz" | cmp - "$work/elf"
}

refuses_the_unknown() {
	local said

	echo unknown >"$work/payload"
	bzimage "$work/payload" >"$work/vmlinuz"
	! said=$("$vm/vmlinux.sh" "$work/vmlinuz" 2>&1) &&
		equal 'vmlinux.sh: vmlinuz is compressed in an unknown format.' \
			"$said" 'what it says'
}

# ---- a kernel tree ----

# Make a kernel tree whose Makefiles contain only what is needed to call the
# tests.
make_tree() {
	mkdir -p "$work/tree/out"
	ln -sfn "$top/selftests" "$work/tree/mmapdemo"
	# shellcheck disable=SC2016 # make expands the variables
	printf '%s\n' '$(info harness of $(KSFT))' 'nothing: ; @:' \
		>"$work/tree/lib.mk"
	# shellcheck disable=SC2016 # make expands the variables
	printf '%s\n' 'OUT := $(or $(O),$(CURDIR))' 'nothing:' \
		$'\t@for i in mmapdemo; do $(MAKE) OUTPUT=$(OUT)/$$i -C $$i $@; done' \
		>"$work/tree/Makefile"
}

# takes_harness_of_tree OPTION...: check that the tests use the kselftest of the
# tree
takes_harness_of_tree() {
	local said

	make_tree
	said=$(env -u MAKEFLAGS make --no-print-directory -C "$work/tree" "$@" nothing 2>&1) &&
		equal "harness of $work/tree" "$said" 'harness'
}

# ---- parallel.sh ----

# test_program NAME: make a test NAME from stdin.
test_program() {
	{ echo '#!/bin/bash'; cat; } >"$work/$1"
	chmod +x "$work/$1"
}

# run_programs TEST...: run test programs in the same way as the recipe in
# selftests/Makefile.
run_programs() {
	# shellcheck disable=SC2016 # sh expands the variables
	BASE_DIR="$("$vm/kselftest.sh")/tools/testing/selftests" sh -c '
		. "$BASE_DIR/kselftest/runner.sh"
		kselftest_default_timeout=20
		. "$0/parallel.sh"
		run_parallel "$@"' "$vm" "${@/#/$work/}"
}

# The first test waits for the second test.
parallel_tests_keep_their_order() {
	local said

	test_program waits <<-END
		until [[ -e $work/failed ]]; do sleep .1; done
		echo 'ok 1 waits'
	END
	test_program fails <<-END
		echo 'not ok 1 fails'
		: >$work/failed
		exit 3
	END
	test_program skips <<-END
		exit 4
	END
	said=$(run_programs waits fails skips | sed -E 's/^# [0-9]+ s$/# seconds/')
	diff - <(echo "$said") <<-'END'
		TAP version 13
		1..3
		# selftests: mmapdemo: waits
		# ok 1 waits
		ok 1 selftests: mmapdemo: waits
		# seconds
		# selftests: mmapdemo: fails
		# not ok 1 fails
		not ok 2 selftests: mmapdemo: fails # exit=3
		# seconds
		# selftests: mmapdemo: skips
		ok 3 selftests: mmapdemo: skips # SKIP
		# seconds
	END
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Any ELF file can take the place of the kernel.
cp "$(type -P od)" "$work/elf"

echo 'TAP version 13'
check 'one apt.sh at a time writes the sources' one_writes_sources_at_a_time
check 'a kernel compressed by gzip' unpacks '' gzip -9
check 'a kernel compressed by bzip2' unpacks size bzip2 -9
check 'a kernel compressed by lzma' unpacks size xz --format=lzma -9
check 'a kernel compressed by xz' unpacks size xz --check=crc32
check 'a kernel compressed by lzo' unpacks size lzop -9
check 'a kernel compressed by lz4' unpacks size lz4 -l -9 - -
check 'a kernel compressed by zstd' unpacks size zstd -19
check 'a kernel compressed in an unknown format is refused' refuses_the_unknown
check 'tests in a kernel tree use the harness of the tree' takes_harness_of_tree
check 'tests in a kernel tree use its harness even with O=' takes_harness_of_tree \
	O="$work/tree/out"
check 'parallel tests keep their order' parallel_tests_keep_their_order
finish

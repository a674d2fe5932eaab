#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# lint.sh [KERNEL...]
#
# Check the sources without running them. The output is in TAP format. The module
# builds for each kernel of the list, without warnings from gcc (W=1) and sparse. For
# a kernel with fewer options, the module also builds, or the build names the missing
# option. For a newer kernel, the module builds with one warning. The ABI has the
# same layout in C and in C++. The sources follow the
# kernel's style, document what they export, respect the layers, and name the same
# kernels everywhere. The original text of each mutant exists once. Manual pages can
# be formatted.
#
# Without a KERNEL, as in "make lint", nothing is built for a kernel, and the style
# check skips files that have not changed since HEAD~1.

# shellcheck disable=SC2317 # functions are called by check

set -uo pipefail
. "$(dirname "$0")/lib.sh"
. "$top/selftests/tap.sh"
cd "$top" || exit

# silent COMMAND...: run COMMAND, and return 0 if it prints nothing.
silent() {
	local said

	said=$("$@" 2>&1)
	[[ ! $said ]] || {
		printf '%s\n' "$said"
		return 1
	}
}

# all_warnings KERNEL OPTION...: build the module with these options of make.
all_warnings() {
	rm -rf "build/lint/$1"
	"$vm/kbuild.sh" "$1" "$top/build/lint/$1" make -j"$(nproc)" W=1 "${@:2}" 2>&1
}

# sparse of Debian 12 does not understand the headers of the newest kernels.
builds_clean() {
	local log status=0

	log=$(all_warnings "$1" C=1 CHECK="sparse -Wsparse-error") || status=1
	if grep -q '/linux-headers[^:]*:[0-9:]* error:' <<<"$log"; then
		echo "without sparse, which cannot read the headers of $1"
		status=0
		log=$(all_warnings "$1") || status=1
	fi
	! grep -E 'warning:|error:' <<<"$log" || status=1
	((!status)) || tail -n 5 <<<"$log"
	return "$status"
}

# headers_without KERNEL OPTION...: make $work/headers a copy of the kernel's headers
# without these options.
headers_without() {
	rm -rf "$work/build"
	copy_headers "$1" "$work/headers" &&
		switch_off "$work/headers/build" "${@:2}"
}

# Debian's -rt kernels are built without these options.
builds_without_huge_pages() {
	headers_without "$1" TRANSPARENT_HUGEPAGE NUMA_BALANCING &&
		quiet_build "$work/headers/build" "$work/build"
}

# The build must stop with a message that names the option, and not with many
# compiler errors.
names_what_is_missing() {
	local option log

	for option in KPROBES KRETPROBES EVENT_TRACING; do
		headers_without "$1" "$option" || return
		! log=$("$vm/kbuild.sh" "$work/headers/build" "$work/build" make \
			2>&1) || return
		grep -q "mmapdemo needs a kernel with CONFIG_$option\\.  Stop\.$" \
			<<<"$log" && ! grep 'error:' <<<"$log" ||
			! tail -n 5 <<<"$log" || return
	done
}

# A kernel that is newer than all known kernels causes one warning, and no error.
builds_when_newer() {
	local log

	rm -rf "$work/build"
	log=$("$vm/kbuild.sh" "$1" "$work/build" make -j"$(nproc)" W=1 \
		KCFLAGS='-Werror -DMMAPDEMO_NEWEST_KNOWN=0' 2>&1) &&
		equal 1 "$(grep -c 'warning:' <<<"$log")" warnings &&
		grep -q 'warning: #warning mmapdemo does not know' <<<"$log" ||
		! tail -n 5 <<<"$log"
}

# sizes OPTION...: print the sizes of all structures of the ABI, as compiled.
sizes() {
	{
		echo '#include "uapi/mmapdemo.h"'
		sed -n 's/^struct \(mmapdemo_[a-z]*\) {$/\1/p' uapi/mmapdemo.h |
			while read -r name; do
				echo "unsigned int of_$name = sizeof(struct $name);"
			done
	} | gcc -xc "$@" -I. -idirafter /usr/include/x86_64-linux-gnu -S -o - \
		- | grep -E '^of_|\.long'
}

# silently COMPILER OPTION...: compile a program that only includes the ABI,
# without a warning.
silently() {
	echo '#include "uapi/mmapdemo.h"' |
		"$@" -Wall -Wextra -Wpedantic -Werror -I. -fsyntax-only -
}

# Compile the ABI for the oldest C standard in use, for newer standards, and for
# C++.
compiles_anywhere() {
	local std

	for std in c99 c11 gnu17; do
		silently gcc -xc "-std=$std" || return
	done
	for std in c++98 c++11 c++20; do
		silently g++ -xc++ "-std=$std" || return
	done
	diff <(sizes -m64) <(sizes -m64 -xc++)
}

# There is no padding, so the sizes determine the offset of each member.
has_one_layout() {
	diff <(sizes -m64 -Werror=padded) <(sizes -m32) && sizes -m64 | grep -q .
}

# unknown NAME FILE...: set $new to the files that have not passed the check NAME in
# their present state. If no kernel was named, include only files that have changed
# since HEAD~1.
unknown() {
	local tools file sum

	tools=$(cat .checkpatch.conf .shellcheckrc selftests/vm/lint.sh | sha256sum)
	known=$top/build/lint/$1/${tools%% *} new=() sums=()
	mkdir -p "$known"
	while read -r sum file; do
		[[ ! -e $known/$sum ]] || continue
		[[ ! $changed || $changed == *" $file "* ]] || continue
		new+=("$file")
		sums+=("$sum")
	done < <(sha256sum "${@:2}")
	((${#new[@]}))
}

# remember: record that the files in $new have passed the check.
remember() {
	(cd "$known" && touch "${sums[@]}")
}

# changed_files: print the files that have changed since HEAD~1. Print nothing
# if HEAD~1 does not exist.
changed_files() {
	local files

	files=$(git diff --name-only HEAD~1 2>/dev/null &&
		git ls-files --others --exclude-standard) &&
		paste -sd' ' <<<" $files " | sed 's/$/ /'
}

# checkpatch NAME FILE... -- OPTION...: run checkpatch with these options on the
# files that are not known to pass.
checkpatch() {
	local files=()

	while [[ $# -gt 0 && $1 != -- ]]; do
		files+=("$1")
		shift
	done
	unknown "${files[@]}" || return 0
	"$scripts_of_kernel/checkpatch.pl" --terse --no-summary --quiet --show-types \
		"${@:2}" -f "${new[@]}" && remember
}

# Programs are not kernel code. Programs have no ARRAY_SIZE() and no do_div(), and
# include other headers. Test harnesses consist of macros. The program prints whole
# lines.
userland=SPLIT_STRING,VOLATILE,ARRAY_SIZE,AVOID_EXTERNS,ENOSYS,NAKED_SSCANF
userland+=,PREFER_DEFINED_ATTRIBUTE_MACRO,PREFER_KERNEL_TYPES,PREFER_FALLTHROUGH
userland+=,EMBEDDED_FUNCTION_NAME,MULTIPLE_ASSIGNMENTS,SYMBOLIC_PERMS,SPACING
userland+=,LEADING_SPACE,STATIC_CONST_CHAR_ARRAY,QUOTED_WHITESPACE_BEFORE_NEWLINE
userland+=,MULTISTATEMENT_MACRO_USE_DO_WHILE,BRACKET_SPACE,COMPARISON_TO_NULL
userland+=,MULTILINE_DEREFERENCE,UNNECESSARY_PARENTHESES,MACRO_ARG_PRECEDENCE
userland+=,UNCOMMENTED_DEFINITION,REPEATED_WORD,BRACES,UNSPECIFIED_INT
userland+=,LONG_LINE_STRING

style() {
	local programs

	mapfile -t programs < <(find userspace selftests -name '*.[ch]')
	checkpatch kernel "${sources[@]}"
	checkpatch programs "${programs[@]}" -- --ignore "$userland"
}

scripts() {
	local files

	mapfile -t files < <(grep -rlE '^#!/bin/(ba)?sh' selftests .ci)
	unknown scripts "${files[@]}" || return 0
	shellcheck --severity=warning "${new[@]}" && remember
}

# Check the spelling of all words except technical terms.
words() {
	codespell --ignore-words selftests/vm/words -S '*.dat,zh' \
		README.md Kbuild Makefile module uapi userspace selftests
}

# The program, the module, the package, the manual and the news have the same version.
one_version() {
	{
		sed -n 's/^#define MMAPDEMO_VERSION "\(.*\)"/\1/p' userspace/base/version.h
		sed -n 's/^MODULE_VERSION("\(.*\)");/\1/p' module/main.c
		sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf
		sed -n 's/^\.TH .* "mmapdemo \([0-9.]*\)".*/\1/p' userspace/man/*
		sed -n '0,/^## /s/^## //p' uapi/NEWS.md
	} | sort -u | tail -n +2
}

kernel_doc() {
	"$scripts_of_kernel/kernel-doc" -none "${sources[@]}"
}

# includes ROOT DIRECTORY... -- DIRECTORY...: print each file that is in a directory
# before "--", but includes a file that is not in a directory after "--".
includes() {
	local root=$1 folders=() allowed

	shift
	while [[ $1 != -- ]]; do
		folders+=("$1")
		shift
	done
	allowed=$(IFS='|'; echo "${*:2}")
	for folder in "${folders[@]}"; do
		grep -nE '^#include "[a-z0-9_]+/' "$root/$folder"/*.[ch] |
			grep -vE "#include \"($allowed)/[a-z0-9_]+\.h\""
	done
}

# folders ROOT DIRECTORY...: check that no other directory in ROOT has sources.
folders() {
	diff <(printf "$1/%s\n" "${@:2}" | sort) \
		<(find "$1" -mindepth 2 -name '*.[ch]' -printf '%h\n' | sort -u)
}

# A file of the program includes only files of its own directory, and of the
# directories before its own directory in this list.
program_layers() {
	local folder before=()
	local order=(base event system record story report report/export
		report/html report/lint inspect tour cmd)

	folders userspace "${order[@]}"
	for folder in "${order[@]}"; do
		before+=("$folder")
		includes userspace "$folder" -- "${before[@]}"
	done
}

# The device and the tracer do not include each other.
module_layers() {
	local tracer=(trace trace/kernel)

	folders module arch/x86 compat device probe walk "${tracer[@]}"
	includes module compat -- compat
	includes module device arch/x86 -- compat device
	includes module walk -- compat walk
	includes module probe -- compat probe
	includes module "${tracer[@]}" -- compat walk probe "${tracer[@]}"
}

# Only compat/ and trace/kernel/ test for kernel versions, and only arch/ names
# architectures. Other parts of the project include nothing from inside the
# module, except the rules for merging and for huge pages.
layers() {
	grep -nE 'LINUX_VERSION_CODE|KERNEL_VERSION|\<HAS_' -r module uapi \
		--exclude-dir=compat --exclude-dir=kernel
	grep -niE 'x86|amd64|arm64|aarch64' -r module --exclude-dir=arch |
		grep -v 'commit [0-9a-f]* ("'
	grep -nE '#include "(\.\./)*module/' -r userspace |
		grep -vE '^userspace/(inspect|system)/(verdict|huge_rules)\.[ch]:.*module/trace/\2\.[ch]"$'
	program_layers
	module_layers
}

# uses: print, for each symbol that a file of the program uses, this file and the file
# that defines the symbol.
uses() {
	local source object objects=()

	while read -r source; do
		object=build/${source%.c}.o
		[[ ! -f $object ]] || objects+=("$object")
	done < <(find userspace -name '*.c')
	nm -A "${objects[@]}" | awk '{ sub(/:.*/, "", $1) }
		NF == 3 && $2 == "U" { used[$1 " " $3] }
		NF == 3 && $2 ~ /[TDBR]/ { file[$3] = $1 }
		END {
			for (use in used) {
				split(use, part)
				if (part[2] in file && file[part[2]] != part[1])
					print part[1], file[part[2]]
			}
		}'
}

# The files of the program, as they were last built, do not use each other in a
# circle. tsort prints circles as errors.
circles() {
	uses | { tsort >/dev/null; } 2>&1
}

# dkms.conf must accept exactly the kernels that the module supports: the oldest one,
# and all newer ones.
dkms_bounds() {
	local regex first major minor version known allowed

	regex=$(sed -n 's/^BUILD_EXCLUSIVE_KERNEL="\(.*\)"/\1/p' dkms.conf)
	first=$(sed -nE 's/.*< KERNEL_VERSION\(([0-9]+), ([0-9]+), 0\).*/\1*1000+\2/p' \
		module/compat/version.h)
	for major in {3..12}; do
		for minor in {0..20}; do
			version=$((major * 1000 + minor))
			known=$((version >= first))
			# There was no Linux 5.20 and no Linux 6.20.
			((minor < 20 || !known)) || continue
			[[ $major.$minor.3-amd64 =~ $regex ]]
			allowed=$((!$?))
			((known == allowed)) ||
				echo "$major.$minor: module $known, dkms $allowed"
		done
	done
}

# check.sh uses the "Depends on" lines to select tests.
tests_depend() {
	comm -3 <(basename -a -s .c selftests/*_test.c selftests/*_test.sh |
		sed 's/\.sh$//' | sort) \
		<(for what in nothing 'the program' 'the kernel'; do
			tests_of "$what"
		done | sort)
}

# README names exactly the kernels of the list.
readme_kernels() {
	diff <(stock_kernels) <("$vm/readme.sh" --kernels)
}

# Manuals are formatted for a terminal of 80 columns.
manuals() {
	local page

	for page in userspace/man/*; do
		groff -t -man -ww -z -Tutf8 -rLL=78n "$page"
	done
}

mapfile -t sources < <(find Kbuild module uapi -name '*.[ch]' -o -name Kbuild)
scripts_of_kernel=$("$vm/kselftest.sh")/scripts || exit
changed=
(($#)) || changed=$(changed_files)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

echo 'TAP version 13'
for kernel; do
	check "builds without a warning for $kernel" builds_clean "$kernel"
done
if (($#)); then
	check 'builds for a kernel without huge pages' \
		builds_without_huge_pages "$1"
	check 'names the option that a kernel lacks' names_what_is_missing "$1"
	check 'builds with a warning for a newer kernel' builds_when_newer "$1"
fi
check 'has one layout for programs of 64 and of 32 bits' has_one_layout
check 'has an ABI that C99 and C++ compile, with one layout' compiles_anywhere
check 'follows the style of the kernel' silent style
check 'has scripts that shellcheck passes' silent scripts
check 'has no word that is spelt wrong' silent words
check 'has one version' silent one_version
check 'documents what it exports' silent kernel_doc
check 'keeps to its layers' silent layers
if [[ -f build/userspace/mmapdemo ]]; then
	check 'has no files that use each other in a circle' silent circles
else
	skip 'has no files that use each other in a circle' \
		'the program is not built'
fi
check 'has one oldest kernel, also for dkms' silent dkms_bounds
check 'lists in README the kernels tested' silent readme_kernels
check 'has tests that say what they depend on' silent tests_depend
check 'has the text of each mutant once' silent \
	selftests/mutants/mutate.py check
check 'has manual pages that need no more than 80 columns' silent manuals
finish

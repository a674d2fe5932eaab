# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034
#
# Functions that the scripts of the harness share. This file is sourced, not run.

vm=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$vm/../.." && pwd)
cache=${XDG_CACHE_HOME:-${HOME:?}/.cache}/mmapdemo
me=${0##*/}
die_status=1

say() {
	echo "$me: $*" >&2
}

die() {
	say "$@"
	exit "$die_status"
}

# need COMMAND...: check that these commands exist. deps.sh installs the tools of the
# harness.
need() {
	local tool

	for tool; do
		command -v "$tool" >/dev/null ||
			die "$tool is missing, run selftests/vm/deps.sh first."
	done
}

# kernel_names: print the names in the list of kernels, in the order of the list.
kernel_names() {
	sed -n 's/^\([^#[:space:]]\+\).*/\1/p' "$vm/kernels"
}

# stock_kernels: print the Debian kernels that "make check ALL=1" tests, the oldest
# first.
stock_kernels() {
	ALL=1 "$vm/chosen.sh" | sort -V
}

# commit_number: print a number for choices that must differ from commit to commit.
commit_number() {
	local hash

	hash=$(git -C "$top" rev-parse --short=7 HEAD 2>/dev/null) ||
		hash=$(date +%-j)
	echo $((16#$hash))
}

# kernel_line NAME: set $suites, $package, $root, $quick and $turn from the list of
# kernels.
kernel_line() {
	local name options

	while read -r name suites package options; do
		[[ $name == "$1" ]] || continue
		root='' quick='' turn=''
		[[ $options != *root* ]] || root=1
		[[ $options != *quick* ]] || quick=1
		[[ $options != *turn* ]] || turn=1
		return
	done <"$vm/kernels"
	die "kernel '$1' is not in selftests/vm/kernels, which has:" \
		"$(kernel_names | paste -sd' ')."
}

# config_files NAME: print the fragments with which a kernel from source is
# configured.
config_files() {
	echo "$vm/debug.config"
	[[ $1 == debug || ! -f $vm/$1.config ]] || echo "$vm/$1.config"
}

# wanted TEST: return 0 if $TESTS is empty or names TEST.
wanted() {
	[[ ! ${TESTS:-} || " $TESTS " == *" $1 "* ]]
}

# headers_work_here NAME: return 0 if the headers of a kernel of the list are a package,
# and the tools of this machine can build with a changed copy of them.
headers_work_here() {
	kernel_line "$1"
	[[ ! $root && $package != linux-source* ]]
}

# copy_headers KERNEL DIR: fill DIR with links to the headers of a kernel of the list.
# If a script changes a file in DIR, the link becomes a file. If DIR already contains
# the headers, undo all changes. DIR/build is ready for kbuild, and DIR/common has the
# headers that do not depend on the configuration.
copy_headers() {
	local from

	from=$("$vm/fetch.sh" "$1") || return
	if [[ ! -L $from/build ]]; then
		# debug.sh keeps all headers in one directory.
		link_headers "$from/build" "$2/build"
		ln -sfn build "$2/common"
		return
	fi
	link_headers "$from/usr/src" "$2"
	sed -i "s#$from/usr/src/#$2/#" "$2"/linux-headers-*/Makefile
	ln -sfn "$(basename "$(readlink "$from/build")")" "$2/build"
	ln -sfn "$(basename "$2"/linux-headers-*-common*)" "$2/common"
}

link_headers() {
	local file

	if [[ ! -d $2 ]]; then
		mkdir -p "$2"
		cp -rs "$1/." "$2"
		return
	fi
	while read -r file; do
		ln -sf "$1/$file" "$2/$file"
	done < <(find "$2" -type f -printf '%P\n')
}

# switch_off HEADERS OPTION...: disable these options in headers that are ready for
# kbuild.
switch_off() {
	local headers=$1 options

	options=$(IFS='|'; echo "${*:2}")
	sed -i -E "/^CONFIG_($options)=/d" "$headers/include/config/auto.conf"
	sed -i -E "/^#define CONFIG_($options)(_MODULE)? /d" \
		"$headers/include/generated/autoconf.h"
	# A kernel without TRANSPARENT_HUGEPAGE does not export
	# vmf_insert_pfn_pmd().
	[[ " ${*:2} " != *' TRANSPARENT_HUGEPAGE '* ]] ||
		sed -i '/\tvmf_insert_pfn_pmd/d' "$headers/Module.symvers"
}

# quiet_build HEADERS BUILD: build the module. If there is an error or a warning, print
# it, and the last lines of the output.
quiet_build() {
	local log status=0

	log=$("$vm/kbuild.sh" "$1" "$2" make -j"$(nproc)" 2>&1) || status=1
	! grep -E 'warning:|error:|ERROR:' <<<"$log" || status=1
	((!status)) || tail -n 5 <<<"$log"
	return "$status"
}

# host_test NAME COMMAND...: run a test file that needs no guest, and report the
# result as kselftest's run_tests does.
host_test() {
	local name=$1 status=0 verdict='ok'

	shift
	echo "1..1"
	echo "# selftests: host: $name"
	"$@" 2>&1 | sed -u 's/^/# /' || status=$?
	case $status in
	0) ;;
	4) name+=' # SKIP' ;;
	*) verdict='not ok' name+=" # exit=$status" ;;
	esac
	echo "$verdict 1 selftests: host: $name"
}

# bootstrap SUITES TAR PACKAGE...: make a root file system from only these packages,
# without manuals, and without the modules of a kernel on which the headers depend.
# mmdebstrap gives up if a mirror fails to answer once, so try several times. Close
# the file descriptors that were inherited from make, because mmdebstrap lets dash
# redirect to file descriptors, and dash supports only numbers with one digit.
bootstrap() {
	local suites=$1 tar=$2 pause

	shift 2
	for pause in 0 5 30; do
		((!pause)) || say "and again, in $pause seconds ..."
		sleep "$pause"
		"$vm/apt.sh" "$suites" sources |
			mmdebstrap --quiet --variant=essential \
				--architectures=amd64 \
				--include="$(IFS=,; echo "$*")" \
				--dpkgopt='path-exclude=/usr/share/doc/*' \
				--dpkgopt='path-exclude=/usr/share/locale/*' \
				--dpkgopt='path-exclude=/usr/share/man/*' \
				--dpkgopt='path-exclude=*/lib/modules/*/kernel/*' \
				--aptopt='Acquire::Check-Valid-Until "false"' \
				--aptopt='Acquire::Retries "3"' \
				--format=tar "${suites%%,*}" "$tar" - \
				3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- && return
	done
	return 1
}

# fetch_packages DIR IMAGE PACKAGE...: unpack packages of Debian 12, and the packages on
# which they depend and which the image of the guest's root file system lacks, into
# DIR/root.
fetch_packages() {
	local dir=$1 image=$2 suites=bookworm,bookworm-security deb

	shift 2
	mkdir -p "$dir/archives/partial" "$dir/root"
	debugfs -R 'cat /var/lib/dpkg/status' "$image" \
		>"$dir/status" 2>/dev/null
	"$vm/apt.sh" "$suites" apt-get -qq update &&
		"$vm/apt.sh" "$suites" apt-get -qq -y \
			-o Dir::State::Status="$dir/status" \
			-o Dir::Cache::archives="$dir/archives" install \
			--no-install-recommends --download-only "$@" || return
	for deb in "$dir"/archives/*.deb; do
		dpkg -x "$deb" "$dir/root"
	done
	rm -r "$dir/archives"
}

# cached NAME KEY COMMAND...: fill the directory NAME of the cache by running
# "COMMAND... DIR", unless the directory was already filled with the same KEY. The
# directory appears only when it is complete, even with parallel calls and
# interrupts.
#
# Never call this function in a condition, because bash would then ignore errors in
# COMMAND.
cached() {
	local name=$1 key=$2

	shift 2
	! is_cached "$name" "$key" || return 0
	mkdir -p "$cache"
	(
		flock 9
		! is_cached "$name" "$key" || exit 0
		rm -rf "$cache/.$name".*
		tmp=$(mktemp -d "$cache/.$name.XXXXXX")
		trap 'rm -rf "$tmp"; say "could not make $cache/$name."' EXIT
		chmod 755 "$tmp"
		"$@" "$tmp" >&2
		echo "$key" >"$tmp/.key"
		rm -rf "${cache:?}/$name"
		mv -T "$tmp" "$cache/$name"
		trap - EXIT
	) 9>"$cache/$name.lock"
}

is_cached() {
	[[ -f $cache/$1/.key && $(<"$cache/$1/.key") == "$2" ]]
}

# tests_of WHAT: print the test files that depend on WHAT. WHAT is "nothing", "the
# program" or "the kernel".
tests_of() {
	grep -lx "[ #]\*\? \?Depends on: $1\." "$top"/selftests/*_test.* |
		sed 's|.*/||; s/\..*//'
}

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# install.sh
#
# Test "make install" and "make uninstall" without the headers of the running kernel.
# The output is in TAP format. The destination is a directory, so neither root nor a
# guest is needed.

# shellcheck disable=SC2317 # functions are called by check

set -uo pipefail
. "$(dirname "$0")/lib.sh"
. "$top/selftests/tap.sh"

# make_for TARGET PREFIX: run make for a kernel without headers, even if "make check"
# was called for another kernel.
make_for() {
	env -u MAKEFLAGS -u KERNEL -u KDIR make -C "$top" --no-print-directory "$1" UNAME_R=0.0-none PREFIX="$2" \
		DESTDIR="$work" 2>"$work.errors" >"$work.said" ||
		! cat "$work.said" "$work.errors"
}

installed() {
	(cd "$work" && find . -type f | sort)
}

# what_belongs_below PREFIX ZSH: print all files that an installation without the
# module should have.
what_belongs_below() {
	printf ".$1/%s\n" bin/mmapdemo include/mmapdemo.h \
		share/man/man1/mmapdemo.1 share/man/man4/mmapdemo.4 \
		share/man/man7/mmapdemo.7 "share/zsh/$2/_mmapdemo" \
		share/bash-completion/completions/mmapdemo | sort
}

says_what_is_left_out() {
	grep -q '^mmapdemo: no kernel headers in .*: the module was left out; .* apt-get install linux-headers-0\.0-none$' \
		"$work.errors" || ! cat "$work.errors"
}

builds_without_headers() {
	make_for all /usr/local && says_what_is_left_out
}

# Without kernel headers, "make modules" must fail.
names_the_headers() {
	! make_for modules /usr/local >/dev/null &&
		grep -q 'run: apt-get install linux-headers-0\.0-none$' \
			"$work.errors" || ! cat "$work.errors"
}

installs_the_program() {
	make_for install /usr/local && says_what_is_left_out &&
		diff <(what_belongs_below /usr/local site-functions) \
			<(installed) && "$work/usr/local/bin/mmapdemo" --version
}

# In Debian, packages install completions for zsh in another directory.
installs_below_usr() {
	local zsh=site-functions

	[[ ! -e /etc/debian_version ]] || zsh=vendor-completions
	make_for install /usr &&
		diff <(what_belongs_below /usr "$zsh") <(installed)
}

# Include the header in the way that mmapdemo(4) describes.
header_is_found() {
	echo '#include <mmapdemo.h>' |
		gcc -I "$work/usr/local/include" -xc -fsyntax-only -
}

uninstalls() {
	make_for uninstall "$1" && equal '' "$(installed)" 'what stays'
}

work=$(mktemp -d)
trap 'rm -rf "$work" "$work".*' EXIT

echo 'TAP version 13'
check 'make builds the program without kernel headers' builds_without_headers
check 'make modules names the package of the headers' names_the_headers
check 'make install installs the program without the module' \
	installs_the_program
check 'programs find the header that was installed' header_is_found
check 'make uninstall leaves nothing below /usr/local' uninstalls /usr/local
check 'make install of a package installs below /usr' installs_below_usr
check 'make uninstall leaves nothing below /usr' uninstalls /usr
finish

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# kselftest.sh
#
# Print the directory of the kselftest harness and of the kernel's scripts that check
# sources. If the directory does not exist yet, extract both from Debian's kernel
# source package. The directory is arranged like a kernel tree.

set -euo pipefail
. "$(dirname "$0")/lib.sh"

# Use the same harness for all kernels.
suites=bookworm,bookworm-security
package=linux-source-6.1

unpack() {
	local dir=$1

	say "taking the kselftest harness out of $package ..."
	"$vm/apt.sh" "$suites" apt-get -qq update
	(cd "$dir" && "$vm/apt.sh" "$suites" apt-get -qq download "$package")
	dpkg --fsys-tarfile "$dir"/*.deb |
		tar -xO "./usr/src/$package.tar.xz" |
		tar -xJC "$dir" --strip-components=1 --wildcards \
			--no-wildcards-match-slash \
			"$package/tools/testing/selftests/*.h" \
			"$package/tools/testing/selftests/*.mk" \
			"$package/tools/testing/selftests/kselftest" \
			"$package/tools/testing/selftests/run_kselftest.sh" \
			"$package/scripts/subarch.include" \
			"$package/scripts/checkpatch.pl" \
			"$package/scripts/spelling.txt" \
			"$package/scripts/const_structs.checkpatch" \
			"$package/scripts/kernel-doc"
	rm "$dir"/*.deb
}

need apt-get dpkg tar xz
cached kselftest "$package, layout 2" unpack
echo "$cache/kselftest"

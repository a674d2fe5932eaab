#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# programs.sh KERNEL
#
# Run selftests/programs.sh in a virtual machine, which explains the huge pages of
# OpenJDK, PostgreSQL and redis. The output is in TAP format. These programs and their
# dependencies come from packages.

set -uo pipefail
. "$(dirname "$0")/lib.sh"
. "$top/selftests/tap.sh"

packages=(openjdk-17-jre-headless postgresql-15 redis-server)

# Fetch the packages that the guest lacks.
fetch() {
	fetch_packages "$1" "$image" "${packages[@]}"
}

[[ $# == 1 ]] || die "usage: programs.sh KERNEL"
image=$("$vm/root.sh") || exit
cached programs "${packages[*]}, layout 1, $(stat -c %Y "$image")" fetch ||
	skip_all "OpenJDK, PostgreSQL and redis cannot be downloaded"
"$vm/run.sh" "$1" --load --timeout 3600 --out "$cache/programs/root" -- \
	env OUTPUT=build/selftests ONLY="${ONLY:-}" bash selftests/programs.sh

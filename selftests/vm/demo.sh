#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# demo.sh KERNEL
#
# Run selftests/demo.sh in a virtual machine, with $SCENE, and write the HTML page of
# the demo to build/demo.

set -euo pipefail
. "$(dirname "$0")/lib.sh"

out=$top/build/demo
mkdir -p "$out"
rm -f "$out/report.html"
say "booting kernel $1 ..."
"$vm/run.sh" "$1" --timeout 300 --out "$out" -- \
	env SCENE="${SCENE:-}" bash selftests/demo.sh
say "the page of a scene, for any browser: ${out#"$top"/}/report.html"

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# run.sh KERNELS [AREA|NUMBER...]
#
# Measure whether the tests detect faults. A tree with all mutants of the list
# is built once, in build/mutants. For each mutant, this script runs the tests
# that should detect the mutant. Tests that need no kernel run on the host, two
# at a time. All other tests run on the first kernel of KERNELS, many of them in one
# virtual machine. Mutants that survive there are tried on the next kernel.
# Results are kept in build/mutants/results. A mutant does not run again until
# its text, its file or its tests change. If a mutant has survived on the host,
# and one of its tests needs a guest, the mutant is also tried in a guest. At
# the end, the script prints the results by area, and the mutants that survived.
# With GUEST=0, no virtual machine is started. Each virtual machine gets
# TESTS_EACH tests, and SECONDS_EACH to run them.

set -euo pipefail
. "$(dirname "$0")/../vm/lib.sh"

mutants=$top/selftests/mutants
dir=$top/build/mutants
tree=$dir/tree
results=$dir/results

build() {
	local ksft h kernel

	"$mutants/mutate.py" tree "$tree"
	ksft=$("$vm/kselftest.sh")/tools/testing/selftests
	mkdir -p "$tree/kselftest"
	cp -ru "$ksft/." "$tree/kselftest"
	h=$tree/kselftest/kselftest_harness.h
	grep -q mutant_wants "$h" ||
		sed -i 's/^\t*t->results = results;/if (!mutant_wants(t->name, ret)) continue;\n&/' "$h"
	touch "$dir/built"
	make -s -C "$tree/userspace" -j2 CFLAGS='-O1 -g -w' \
		CPPFLAGS="-include $tree/module/mutant.h"
	CFLAGS="-O1 -w -include $tree/module/mutant.h" make -s -C "$tree/selftests" -j2 \
		KSFT="$tree/kselftest" OUTPUT="$tree/build/selftests"
	for kernel in "${kernels[@]}"; do
		make -s -C "$tree" modules KERNEL="$kernel"
	done
}

# The page must contain the number of the mutant that was active in the program
# when the program wrote the page.
make_program() {
	mkdir -p "$dir/bin"
	cat >"$dir/bin/mmapdemo" <<-END
		#!/bin/bash
		$tree/build/userspace/mmapdemo "\$@" || exit
		for word; do
			[[ \$word == *.html && -f \$word ]] || continue
			sed -i "s/@MUTANT@/\${MUTANT:-0}/" "\$word"
		done
		exit 0
	END
	chmod +x "$dir/bin/mmapdemo"
}

# html.sh makes a recording in a virtual machine, unless there is one that is newer than
# the program. Each half of the mutants has its own directory for html.sh.
keep_recording() {
	local half real=$top/build/html/real.dat

	for half in 0 1; do
		[[ ! -f $real ]] || install -D "$real" "$dir/html.$half/real.dat"
	done
}

todo() {
	"$mutants/mutate.py" todo "$results" "$1" "${areas[@]}"
}

# apart COMMAND...: run COMMAND. If the user is root, give COMMAND a copy of
# /dev, because a mutant may replace a device with a file.
apart() {
	((UID == 0)) || exec "$@"
	mkdir -p "$dir/dev"
	exec unshare --mount bash -ec '
		mount -t tmpfs dev "$0"
		cp -a /dev/{null,zero,full,random,urandom,tty,fd,std{in,out,err}} "$0"
		mkdir "$0/pts" "$0/shm"
		mount --bind /dev/pts "$0/pts"
		mount --bind /dev/shm "$0/shm"
		ln -s pts/ptmx "$0/ptmx"
		mount --move "$0" /dev
		exec "$@"' "$dir/dev" "$@"
}

# on_host: run the mutants on the host. Run two halves of the list at the same
# time.
on_host() {
	local half pids=()

	todo host >"$dir/host"
	for half in 0 1; do
		awk -v half=$half '$1 % 2 == half' "$dir/host" >"$dir/host.$half"
		(cd "$tree" && HTML_OUTPUT="$dir/html.$half" \
			CPPFLAGS="-include $tree/module/mutant.h" \
			apart "$tree/selftests/mutants/guest" \
			"$dir/host.$half" "$results" "$dir/bin") &
		pids+=($!)
	done
	wait "${pids[@]}"
}

# blame STATUS: if a guest ended too early, the last test in its results has
# begun, but has not ended. Blame the mutant of this test. If the guest ran out
# of time, blame the mutant only if the guest had no other mutant.
blame() {
	local number key result rest

	read -r number key result rest < <(tail -n 1 "$out/results")
	[[ $result == begun ]] || return 0
	[[ $1 != @(124|253) || $(grep -c ' begun ' "$out/results") == 1 ]] || return 0
	echo "$number $key caught $rest" >>"$results"
	say "$number caught: the guest ended, with status $1"
}

# in_guests KERNEL
in_guests() {
	local kernel=$1 before status out=$dir/out

	mkdir -p "$out"
	while todo "$kernel" >"$dir/guest" && [[ -s $dir/guest ]]; do
		before=$(wc -l <"$results")
		# One virtual machine runs as many tests of the same file as
		# possible.
		sort -k3,3 -k1,1n "$dir/guest" | sed "${TESTS_EACH:-40}q" >"$out/list"
		: >"$out/results"
		status=0
		(cd "$tree" && ${VMSLOT:-} "$tree/selftests/vm/run.sh" "$kernel" \
			--load --no-panic-on-warn --timeout "${SECONDS_EACH:-1800}" \
			--nodes 2 --append numa_balancing=disable --out "$out" -- \
			selftests/mutants/guest /out/list /out/results) || status=$?
		cat "$out/results" >>"$results"
		((!status)) || blame "$status"
		(($(wc -l <"$results") > before)) || die "no mutant was run."
	done
}

(($#)) || die "usage: run.sh KERNELS [AREA|NUMBER...]"
read -ra kernels <<<"$1"
areas=("${@:2}")
[[ ${GUEST:-1} != 0 ]] || kernels=()
mkdir -p "$dir"
: >>"$results"
# A test that failed without a mutant may pass now, so run it again.
sed -i '/ error /d' "$results"
build
make_program
keep_recording
on_host
for kernel in "${kernels[@]}"; do
	in_guests "$kernel"
done
"$mutants/mutate.py" table "$results" "host ${kernels[*]}" "${areas[@]}"

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# mmapdemo tour: every scene passes, in both languages; what it shows of the
# kernel's events is what /proc said, and both are what an address comes to when
# it is translated by hand; and it tells when something is not as it claims.

# shellcheck source=tap.sh disable=SC2086,SC2317
. "$(dirname "$0")/tap.sh"

need_module
need_program
work=$(mktemp -d)
trap leave_tour EXIT
cd "$work" || exit
unset LC_ALL LC_MESSAGES LANG
export LC_CTYPE=C.UTF-8
SCENES=14

# A device of our own to swap to, whoever uses others.
zram=
swap_on() {
	modprobe -q zram
	zram=$(cat /sys/class/zram-control/hot_add) || return
	echo 8M >"/sys/block/zram$zram/disksize" &&
		mkswap "/dev/zram$zram" && swapon -p 32767 "/dev/zram$zram"
}

leave_tour() {
	if [[ $zram ]]; then
		swapoff "/dev/zram$zram"
		echo "$zram" >/sys/class/zram-control/hot_remove
	fi
	rm -rf "$work"
}

# scene N FILE: what was said in it.
scene() {
	awk -v n="$1" -v of="/$SCENES  " '
		index($0, of) && $1 ~ "^[0-9]+/" { on = int($1) == n }
		on' "$2"
}

# signs SIGN FILE
signs() {
	grep -c "^  $1 " "$2"
}

# plays_all LANGUAGE: into the file of that name.
plays_all() {
	local status=0 said=$1

	mmapdemo tour --lang $1 >"$said" 2>errors || status=$?
	equal 0 $status "status in $1" && equal '' "$(<errors)" errors &&
		equal $SCENES "$(grep -c "^ *[0-9]*/$SCENES  " "$said")" \
			scenes && equal 0 "$(signs ✗ "$said")" 'failed claims' &&
		equal 0 "$(signs · "$said")" 'claims not checked' ||
		! cat "$said"
}

# What can't be shown here is skipped, by name.
skips_nothing_else() {
	local skipped

	skipped=$(grep -c '^  – skipped: ' en)
	((skipped <= 2)) &&
		! grep '^  – skipped: ' en | grep -vE 'swap|huge' || return
	grep -qx "$((SCENES - skipped)) shown, $skipped skipped, 0 failed" en
}

# The texts have as many claims in both languages.
claims_alike() {
	equal "$(signs ✓ en)" "$(signs ✓ zh)" 'claims' &&
		within 40 99 "$(signs ✓ en)" claims &&
		grep -q '^ 1/14  Reserve, then touch$' en &&
		grep -q '^ 1/14  先预留，再触碰$' zh
}

speaks_the_language_of_the_locale() {
	LANG=zh_CN.UTF-8 mmapdemo tour --list >list || return
	equal $SCENES "$(wc -l <list)" titles &&
		grep -q '^14/14  越过末尾$' list &&
		LC_ALL=C mmapdemo tour --list | grep -q '^14/14  Past the end$'
}

# faults N WORD: lines of the story in scene N that begin a fault of a kind.
faults() {
	scene $1 en | grep -cE "^ +[0-9.]+ ms  .*fault [0-9a-f]+ +$2 "
}

# Those that the text tells of, and no others.
shows_the_faults() {
	equal 2 "$(faults 1 read)" 'reads in scene 1' &&
		equal 0 "$(faults 1 write)" 'writes in scene 1' &&
		equal 1 "$(faults 3 write)" 'writes in scene 3' &&
		equal 2 "$(faults 5 read)" 'reads in scene 5' &&
		equal 1 "$(faults 5 write)" 'writes in scene 5' &&
		equal 2 "$(faults 9 write)" 'writes in scene 9' || ! cat en
}

# pfns N: those of the events of a scene.
pfns() {
	scene $1 en | sed -n 's/.*PGD .* pfn \(0x[0-9a-f]*\) .*/\1/p'
}

# pagemap said so while the scene was played.
shows_the_frames() {
	local ours theirs after

	read -r ours theirs < <(scene 2 en |
		sed -n 's/^    [0-9]*: 0x[0-9a-f]* -> pfn //p' | paste -sd' ')
	equal "$ours" "$theirs" 'frames of the two processes' &&
		equal "$ours" "$(pfns 2 | sort -u)" 'frame of their faults' ||
		! scene 2 en || return
	after=$(scene 10 en | sed -n 's/^    pfn .* -> \(0x.*\)$/\1/p')
	equal "$after" "$(pfns 10)" 'frame of the copy' || ! scene 10 en
}

# The address and the frame give what the scene came to.
translates_as_we_do() {
	local address frame result at

	read -r address frame result < <(scene 9 en | sed -n \
		's/^    \(0x[0-9a-f]*\): \(0x[0-9a-f]*\) \* 4096 + 5 = \(0x.*\)/\1 \2 \3/p')
	at=$((address - 5))
	equal $((frame * 4096 + 5)) $((result)) 'physical address' &&
		scene 9 en | grep -q "^    PTE\[ *$((at >> 12 & 511))\]" &&
		scene 9 en | grep -q "^    PMD\[ *$((at >> 21 & 511))\]" &&
		equal "$((frame))" "$(($(pfns 9 | head -n 1)))" \
			'frame of the first fault' || ! scene 9 en
}

# What the whole program had, as the kernel counts: the scene's are among them.
faults_are_counted() {
	local counted

	mmapdemo count --json -o counts -- mmapdemo tour 5 >one || return
	counted=$(sed -n \
		's/.*"class_name":"anon-zero","count":\([0-9]*\).*/\1/p' counts)
	within 2 9999 "${counted:-0}" 'anon-zero faults of scene 5'
}

plays_one() {
	mmapdemo tour 4 >one || return
	equal 1 "$(grep -c "/$SCENES  " one)" scenes &&
		grep -qx '1 shown, 0 skipped, 0 failed' one
}

# malloc() that is told not to use mmap() does not do what the text says.
tells_what_fails() {
	local status=0

	MALLOC_MMAP_MAX_=0 mmapdemo tour 6 >one || status=$?
	equal 1 $status status && equal 1 "$(signs ✗ one)" 'failed claims' &&
		grep -qx '0 shown, 0 skipped, 1 failed' one || ! cat one
}

tells_what_is_skipped() {
	TMPDIR=/no/such/folder mmapdemo tour 3 >one || return
	grep -q '^  – skipped: no temporary file' one &&
		grep -qx '0 shown, 1 skipped, 0 failed' one || ! cat one
}

# As nobody: what /proc tells everybody is still checked.
does_without_root() {
	chmod 755 "$work"
	install -m 755 "$(command -v mmapdemo)" "$work"
	setpriv --reuid=65534 --regid=65534 --clear-groups \
		"$work/mmapdemo" tour >nobody || ! cat nobody || return
	equal 0 "$(signs ✗ nobody)" 'failed claims' &&
		within 8 40 "$(signs · nobody)" 'claims not checked' &&
		within 15 60 "$(signs ✓ nobody)" 'claims checked' &&
		equal 1 "$(grep -c 'are for root; claims' nobody)" reasons &&
		grep -q 'page frames are told to root only' nobody ||
		! cat nobody
}

# In the middle of a scene, for which the events are on.
ends_when_interrupted() {
	local status=0 on tour

	env --default-signal=INT mmapdemo tour >one &
	tour=$!
	# They are on for moments: a program to look at them would take as long.
	until read -r on <"$tracing/instances/mmapdemo-$tour/tracing_on" &&
		((on)); do
		kill -0 $tour || return
	done 2>looking
	kill -INT $tour
	wait $tour || status=$?
	equal 130 $status status && nothing_stays
}

refuses_what_is_wrong() {
	misused tour 0 && misused tour 15 && misused tour x && misused tour 1 2 &&
		misused tour --lang tlh && misused tour --no-such-option
}

nothing_stays() {
	! compgen -G "$tracing/instances/mmapdemo-*" && nothing_attached &&
		! compgen -G '/var/tmp/mmapdemo.*'
}

swap_on >swap 2>&1 || sed 's/^/# /' swap
echo "TAP version 13"
check 'the tour is played in English' plays_all en
check 'the tour is played in Chinese' plays_all zh
check 'the tour skips only what may be missing' skips_nothing_else
check 'both languages claim alike' claims_alike
check 'the locale chooses the language' speaks_the_language_of_the_locale
check 'the tour shows the faults it tells of' shows_the_faults
check 'the tour shows the frames that pagemap tells' shows_the_frames
check 'the tour translates an address as we do' translates_as_we_do
check 'the kernel counts the faults of a scene' faults_are_counted
check 'one scene is played' plays_one
check 'the tour tells what fails' tells_what_fails
check 'the tour tells what is skipped' tells_what_is_skipped
check 'the tour does without root' does_without_root
check 'the tour ends when it is interrupted' ends_when_interrupted
check 'the tour refuses what is wrong' refuses_what_is_wrong
check 'nothing stays' nothing_stays
finish

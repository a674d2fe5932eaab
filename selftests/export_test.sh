#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# mmapdemo report --format. Every format must agree with report --json of the same
# recording. Names with special characters, damaged files, full disks and closed
# pipes must do no harm.
#
# Depends on: the program.

# shellcheck source=tap.sh disable=SC2086,SC2317
. "$(dirname "$0")/tap.sh"

need_module
need_program
need_tool python3 python3
exports=$(realpath "$(dirname "$0")")/exports.py
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit

PAGES=257
formats='csv folded folded-waits chrome perfetto openmetrics'

# A program that populates a mapping, touches other mappings in threads, and forks
# children with a growing locked heap. The names of the children, and of the files
# that they map, contain characters with a special meaning in a format.
cat >program.py <<-'END'
	import ctypes, mmap, os, sys, threading

	libc, folder, pages = ctypes.CDLL(None), sys.argv[1], int(sys.argv[2])
	anon = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS

	def touch(flags):
	    m = mmap.mmap(-1, pages * 4096, flags=flags)
	    for i in range(pages):
	        m[i * 4096] = 1

	touch(anon | mmap.MAP_POPULATE)
	threads = [threading.Thread(target=touch, args=(anon,))
	           for i in range(3)]
	for t in threads:
	    t.start()
	for t in threads:
	    t.join()
	for name in (b'a,b";c\nd', b'\xff\xc2\x80;x', b'{"a":1},\\',
	             b'"\r\n,=1+1 2', b'\n1 init 3'):
	    path = os.path.join(folder.encode(), name)
	    with open(path, "wb") as file:
	        file.write(b"x" * 20000)
	    if os.fork():
	        os.wait()
	        continue
	    libc.prctl(15, name, 0, 0, 0)
	    with open(path, "r+b") as file:
	        m = mmap.mmap(file.fileno(), 0)
	        m[0] = m[8192]
	    libc.mlockall(2)
	    bricks = [bytearray(100000 + i) for i in range(9)]
	    libc.sbrk(300000)
	    os._exit(0)
END

# exported NAME: write the report of the recording NAME as JSON and in all other
# formats.
exported() {
	local format

	mmapdemo report --json $1.dat >$1.report || return
	for format in $formats; do
		mmapdemo report --format=$format $1.dat >$1.$format || return
	done
}

records() {
	mkdir hostile
	mmapdemo record --buffer 32M -o python.dat -- \
		python3 program.py hostile $PAGES &&
		exported python || return
	within $((4 * PAGES)) 999999 \
		"$(mmapdemo report --faults python.dat | wc -l)" faults
	# shellcheck disable=SC2016
	mmapdemo record -o shell.dat -- bash -c \
		'for i in 1 2 3 4; do (:) & cat "$0" >/dev/null; done; wait' \
		/etc/passwd &&
		exported shell
}

# agrees CHECK FORMAT...: run CHECK of exports.py on the files in these formats.
agrees() {
	local name files=("${@:2}")

	for name in python shell; do
		python3 "$exports" $1 $name.report "${files[@]/#/$name.}" ||
			return
	done
}

json_agrees() {
	local name

	for name in python shell; do
		mmapdemo report --faults --format=json $name.dat >$name.json &&
			python3 "$exports" json $name.report $name.json || return
	done
	# --format=json is another name for --json.
	mmapdemo report --format=json shell.dat | cmp - shell.report &&
		mmapdemo report --faults --json shell.dat | cmp - shell.json
}

mmap_has_its_faults() {
	python3 "$exports" populated python.report python.chrome $PAGES
}

# holds FILE TEXT: check that FILE contains TEXT
holds() {
	grep -qaF -e "$2" "$1" || {
		echo "no $2 in $1"
		return 1
	}
}

# Each name must be in the file, without a line break inside the name. In the
# names of files, the module also escapes quotes as \ooo.
names_are_inert() {
	holds python.csv ',"a,b"";c\012d",' &&
		holds python.csv ',"a,b\042;c\012d",' &&
		holds python.csv ',"{""a"":1},\",' &&
		holds python.csv ',\377\302\200;x,' &&
		holds python.folded 'a,b"\073c\012d-' &&
		holds python.folded ';a,b\042\073c\012d;' &&
		holds python.folded ';\377\302\200\073x;' &&
		holds python.chrome '"name":"a,b\";c\\012d"' &&
		holds python.chrome '"name":"{\"a\":1},\\"' &&
		holds python.chrome '"where":"a,b\\042;c\\012d"' &&
		holds python.perfetto 'a,b";c\012d' &&
		holds python.perfetto '\377\302\200;x'
}

knows_its_formats() {
	local status=0

	mmapdemo report --format=xml shell.dat >out.txt 2>errors.txt ||
		status=$?
	equal 2 $status status && equal '' "$(<out.txt)" output || return
	for format in text json $formats; do
		grep -qw $format errors.txt || return
	done
	status=0
	mmapdemo report --format=csv --by class shell.dat 2>errors.txt ||
		status=$?
	equal 2 $status 'status of --by'
}

# reports_error FORMAT FILE: check that report prints one line with an error,
# and exits with 1.
reports_error() {
	local status=0

	mmapdemo report --format=$1 "$2" >out.txt 2>errors.txt || status=$?
	equal 1 $status "status of $2 as $1" &&
		equal 1 "$(wc -l <errors.txt)" "lines about $2 as $1" &&
		grep -q "^mmapdemo: report: $2: " errors.txt ||
		! cat errors.txt
}

refuses_bad_files() {
	local format size

	size=$(stat -c %s shell.dat)
	: >empty
	head -c $((size / 2)) shell.dat >cut.dat
	cp shell.dat bad.dat
	printf '\xff\x7f\x81\xfe' | dd of=bad.dat bs=1 seek=$((size / 2)) \
		conv=notrunc status=none
	for format in $formats; do
		reports_error $format empty && reports_error $format cut.dat &&
			reports_error $format bad.dat &&
			reports_error $format missing || return
	done
}

reports_a_full_disk() {
	local format status

	for format in json $formats; do
		status=0
		mmapdemo report --format=$format shell.dat >/dev/full \
			2>errors.txt || status=$?
		equal 1 $status "status of $format" &&
			grep -q '^mmapdemo: report: .*No space left' \
				errors.txt || return
	done
}

# The reader of the pipe closes the pipe after it has read one byte.
takes_a_closed_pipe() {
	local format

	for format in $formats; do
		(
			trap '' PIPE
			mmapdemo report --format=$format python.dat \
				2>errors.txt | head -c 1 >/dev/null
			equal 0 "${PIPESTATUS[0]}" "status of $format"
		) && equal '' "$(<errors.txt)" "words of $format" || return
	done
}

echo "TAP version 13"
check 'recordings are written in all formats' records
check 'JSON lines agree with the report' json_agrees
check 'CSV agrees with the report' agrees csv csv
check 'folded stacks agree with the report' agrees folded folded
check 'folded waits agree with the report' agrees folded_waits folded-waits
check 'Chrome events agree with the report, and are nested' agrees chrome chrome
check 'Perfetto events agree with the Chrome events' agrees perfetto perfetto chrome
check 'OpenMetrics agrees with the report' agrees openmetrics openmetrics csv
check 'an mmap() contains the faults that populate the mapping' mmap_has_its_faults
check 'names are inert in all formats' names_are_inert
check 'report accepts its formats only' knows_its_formats
check 'bad files are refused in all formats' refuses_bad_files
check 'a full disk is reported in all formats' reports_a_full_disk
check 'a closed pipe is taken as the end' takes_a_closed_pipe
finish

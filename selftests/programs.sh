#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# mmapdemo why --huge must give the reason that the documentation of a program gives:
# of OpenJDK, of PostgreSQL, of redis, and of the runtime of Go, for which an actor
# stands in. Run this script in a guest, by vm/programs.sh, which unpacks the programs
# into /out. The output is in TAP format.

# shellcheck source=tap.sh disable=SC2317
. "$(dirname "$0")/tap.sh"

need_root
need_program
thp=/sys/kernel/mm/transparent_hugepage
[[ -d $thp ]] || skip_all 'there are no huge pages'
[[ -x /out/usr/bin/redis-server ]] || skip_all 'the programs are not in /out'
load
work=$(mktemp -d)
chmod 755 "$work"
trap 'rm -rf "$work"' EXIT
export LC_ALL=C
export LD_LIBRARY_PATH=/out/usr/lib/x86_64-linux-gnu:/out/lib/x86_64-linux-gnu
java=/out/usr/lib/jvm/java-17-openjdk-amd64/bin/java
postgres=/out/usr/lib/postgresql/15/bin

# Programs look for these files below /.
ln -s /out/etc/java-17-openjdk /etc/
[[ -e /usr/share/zoneinfo ]] || ln -s /out/usr/share/zoneinfo /usr/share/

# khugepaged must change nothing while a program is explained.
echo 600000 >$thp/khugepaged/scan_sleep_millisecs

# settings ENABLED [SHMEM_ENABLED]
settings() {
	echo "$1" >$thp/enabled
	echo "${2:-never}" >$thp/shmem_enabled
}

# explain PID [ADDRESS]: keep the answer of why in the file "words".
explain() {
	local options=()

	(($# > 1)) || options=(-v)
	mmapdemo why --huge "${options[@]}" "$@" >"$work/words"
}

# has PATTERN: check that a line of the answer matches.
has() {
	grep -qE -- "$1" "$work/words" || {
		echo "no '$1' in:"
		cat "$work/words"
		return 1
	}
}

# in_group HEADLINE PATTERN: check that a line of a group of the answer matches. A
# group begins with the size and the headline.
in_group() {
	awk -v headline="$1" '/^ *[0-9.]+ [KMG]iB  / { on = index($0, headline) }
		on' "$work/words" | grep -qE -- "$2" || {
		echo "no '$2' below '$1' in:"
		cat "$work/words"
		return 1
	}
}

# wait_for PATTERN FILE: return when a line of the file matches. Give up after 200 s.
wait_for() {
	local try

	for ((try = 0; try < 400; try++)); do
		! grep -qE -- "$1" "$2" || return 0
		sleep .5
	done
	echo "no '$1' in:"
	cat "$2"
	return 1
}

end() {
	kill "$1"
	wait "$1"
}

# ---- OpenJDK ----

# The heap is at this address, because it is small.
heap=0000fc000000

# run_java OPTION...: start a server of the JDK, which runs until it is killed. Set $pid.
# The heap may grow from 16 MiB to 64 MiB.
run_java() {
	"$java" -Xms16m -Xmx64m -XX:+AlwaysPreTouch "$@" \
		-m java.rmi/sun.rmi.registry.RegistryImpl 0 >"$work/java.log" 2>&1 &
	pid=$!
	# The server has loaded its classes when it prints this warning.
	wait_for 'System::setSecurityManager will be removed' "$work/java.log"
}

# java(1): "-XX:+UseTransparentHugePages: Enables the use of large pages that can
# dynamically grow or shrink." The JDK calls madvise() for this.
java_asks_for_huge_pages() {
	settings madvise
	run_java -XX:+UseParallelGC -XX:+UseTransparentHugePages && explain $pid &&
		in_group 'mapped by huge pages' "^ +$heap-0000fca00000 .* 10 MiB$" &&
		in_group 'mapped by huge pages' '^ +0000fec00000-[0-9a-f]+ .* MiB$'
	result=$?
	end $pid
	return $result
}

# The serial collector places the old generation at an address that is not a multiple of
# 2 MiB.
the_old_generation_is_not_aligned() {
	settings always
	run_java -XX:+UseSerialGC -XX:+UseTransparentHugePages && explain $pid &&
		in_group 'mapped by huge pages' "^ +$heap-0000fc600000 .* 6 MiB$" &&
		has '^ +0000fd550000-.*: begins 1\.3 MiB after a multiple of 2 MiB'
	result=$?
	end $pid
	return $result
}

# Without the option, the JDK does not ask.
java_does_not_ask() {
	settings madvise
	run_java -XX:+UseParallelGC && explain $pid &&
		in_group 'the setting of the system does not allow huge pages here (transparent_hugepage/enabled: madvise)' \
			"^ +$heap-0000fcb00000 .* 11 MiB, 11 MiB in memory$" &&
		has '^ +-> madvise\(MADV_HUGEPAGE\) asks for huge pages$'
	result=$?
	end $pid
	return $result
}

# Without the option, the JDK does not align the generations to 2 MiB either.
java_does_not_align() {
	settings always
	run_java -XX:+UseParallelGC && explain $pid &&
		in_group 'mapped by huge pages' "^ +$heap-0000fcb00000 .* 10 MiB$" &&
		in_group 'the aligned 2 MiB are not inside the VMA' \
			"^ +$heap-0000fcb00000 .* 1 MiB, 1 MiB in memory: ends 1 MiB before a multiple of 2 MiB$"
	result=$?
	end $pid
	return $result
}

# The documentation of ZGC: "On Linux, ZGC uses shared memory, so to use transparent huge
# pages also set /sys/kernel/mm/transparent_hugepage/shmem_enabled to advise."
zgc_needs_shmem() {
	settings madvise never
	run_java -XX:+UseZGC -XX:+UseTransparentHugePages && explain $pid &&
		in_group 'the setting of shmem, or the mount option of tmpfs, does not allow huge pages here' \
			'^ +[0-9a-f]+-.* rw-s .*: mounted with huge=never$' &&
		has '^ +-> set /sys/kernel/mm/transparent_hugepage/shmem_enabled to advise'
	result=$?
	end $pid
	((!result)) || return
	settings madvise advise
	run_java -XX:+UseZGC -XX:+UseTransparentHugePages && explain $pid &&
		in_group 'mapped by huge pages' '^ +[0-9a-f]+-.* rw-s .* MiB$'
	result=$?
	end $pid
	return $result
}

# ---- a runtime like that of Go ----

# The guide to Go's collector: "set max_ptes_none to 0", because khugepaged otherwise
# fills memory that the runtime has freed.
khugepaged_undoes_the_scavenger() {
	local at result=1

	settings always
	echo 511 >$thp/khugepaged/max_ptes_none
	act heap || return
	at=${words[0]#0x}
	explain $actor $at &&
		has ': a page table exists, because a part of the 2 MiB was touched before a huge page was possible$' &&
		has '^khugepaged: 0 of 512 pages are missing' &&
		turn && heard freed && explain $actor $at &&
		has '^khugepaged: 256 of 512 pages are missing \(max_ptes_none 511\)' &&
		has 'khugepaged may make huge pages of 2 MiB later$' &&
		echo 0 >$thp/khugepaged/max_ptes_none && explain $actor $at &&
		has 'khugepaged makes no huge page, because too many pages are missing, in swap or shared \(max_ptes_none 0, ' &&
		it_grows $at && result=0
	leave
	return $result
}

# it_grows ADDRESS: let khugepaged work, until it has filled the heap.
it_grows() {
	local try

	echo 511 >$thp/khugepaged/max_ptes_none
	echo 100 >$thp/khugepaged/scan_sleep_millisecs
	for ((try = 0; try < 200; try++)); do
		explain $actor $1
		! grep -q ': mapped by huge pages$' "$work/words" || break
		sleep .5
	done
	echo 600000 >$thp/khugepaged/scan_sleep_millisecs
	has ': mapped by huge pages$'
}

# ---- PostgreSQL ----

# PostgreSQL refuses to run as root.
as_nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups)

make_cluster() {
	install -d -o 65534 -g 65534 "$work/cluster" &&
		"${as_nobody[@]}" "$postgres/initdb" -D "$work/cluster" --no-sync -A trust \
			--no-locale -E UTF8 >"$work/initdb.log" 2>&1 ||
		! cat "$work/initdb.log"
}

# run_postgres: start the server. Set $pid.
run_postgres() {
	"${as_nobody[@]}" "$postgres/postgres" -D "$work/cluster" -k "$work/cluster" \
		-c huge_pages=try -c listen_addresses= -c log_min_messages=debug1 \
		>"$work/postgres.log" 2>&1 &
	pid=$!
	wait_for 'database system is ready' "$work/postgres.log"
}

# The documentation of PostgreSQL: "With huge_pages set to try, the server will try to
# request huge pages, but fall back to the default if that fails." The server itself says
# how many huge pages it needs.
postgres_finds_an_empty_pool() {
	local pages

	settings madvise never
	echo 0 >/proc/sys/vm/nr_hugepages
	pages=$("${as_nobody[@]}" "$postgres/postgres" -D "$work/cluster" \
		-C shared_memory_size_in_huge_pages 2>/dev/null)
	run_postgres && grep -q 'huge pages disabled: Cannot allocate memory' \
		"$work/postgres.log" && explain $pid &&
		in_group 'the setting of shmem' \
			'^ +[0-9a-f]+-.* shared anonymous memory rw-s .*: shmem_enabled is never$' &&
		has "^ +-> or map with MAP_HUGETLB, for which the pool of 2 MiB needs $pages free pages and has 0 \(vm\.nr_hugepages\); a program that only tries this, such as PostgreSQL with huge_pages=try, then takes small pages$"
	result=$?
	end $pid
	return $result
}

# A recording has the call that failed, which /proc does not show.
the_failed_call_is_recorded() {
	mmapdemo record -o "$work/postgres.dat" -- "${as_nobody[@]}" \
		"$postgres/postgres" --single -D "$work/cluster" -c huge_pages=try \
		template1 </dev/null >"$work/postgres.log" 2>&1 || ! cat "$work/postgres.log" ||
		return
	mmapdemo lint --verbose -i "$work/postgres.dat" >"$work/words" &&
		has '^hugetlb-failed +1 call of mmap\(MAP_HUGETLB\) failed, which requested [67][0-9] pages of 2 MiB$'
}

postgres_finds_pages() {
	echo 100 >/proc/sys/vm/nr_hugepages
	run_postgres && explain $pid &&
		in_group 'the next touch takes a huge page from the pool of hugetlbfs' \
			'^ +pool of 2 MiB: 100 pages, ' &&
		in_group 'the next touch takes a huge page from the pool of hugetlbfs' \
			'^ +[0-9a-f]+-.* rw-s .* MiB$'
	result=$?
	end $pid
	echo 0 >/proc/sys/vm/nr_hugepages
	return $result
}

# ---- redis ----

# run_redis OPTION...: start a server that has 40 MiB of data. Set $pid.
run_redis() {
	/out/usr/bin/redis-server --save '' --port 6379 --daemonize no \
		--enable-debug-command yes "$@" >"$work/redis.log" 2>&1 &
	pid=$!
	wait_for 'Ready to accept connections' "$work/redis.log" &&
		/out/usr/bin/redis-cli debug populate 20000 key 2000 >"$work/words" &&
		has '^OK$'
}

# redis.conf: "disable-thp: Usually the kernel Transparent Huge Pages control is set to
# madvise or never by default, in which case this config has no effect. On systems in
# which it is set to always, redis will attempt to disable it specifically for the redis
# process."
redis_disables_huge_pages() {
	settings always
	run_redis && explain $pid &&
		in_group 'prctl(PR_SET_THP_DISABLE) was called' \
			'^ +[0-9a-f]+-.* anonymous memory rw-p [0-9.]+ MiB, [0-9.]+ MiB in memory$'
	result=$?
	end $pid
	return $result
}

redis_warns_of_huge_pages() {
	settings always
	run_redis --disable-thp no && explain $pid &&
		in_group 'mapped by huge pages' \
			'^ +[0-9a-f]+-.* anonymous memory rw-p [0-9.]+ MiB$' &&
		grep -q 'WARNING .*Transparent Huge Pages (THP) support enabled' \
			"$work/redis.log" || ! cat "$work/redis.log"
	result=$?
	end $pid
	return $result
}

echo "TAP version 13"
check 'java gets huge pages with UseTransparentHugePages' java_asks_for_huge_pages
check 'the old generation of the serial collector is not aligned' \
	the_old_generation_is_not_aligned
check 'java asks for no huge pages without the option' java_does_not_ask
check 'java does not align its heap without the option' java_does_not_align
check 'ZGC needs the setting of shmem' zgc_needs_shmem
check 'khugepaged undoes what a heap like that of Go has freed' \
	khugepaged_undoes_the_scavenger
check 'initdb makes a database cluster' make_cluster
check 'PostgreSQL with huge_pages=try finds an empty pool' postgres_finds_an_empty_pool
check 'a recording has the call of PostgreSQL that failed' the_failed_call_is_recorded
check 'PostgreSQL with huge_pages=try finds pages in the pool' postgres_finds_pages
check 'redis disables huge pages for itself' redis_disables_huge_pages
check 'redis with disable-thp no gets huge pages' redis_warns_of_huge_pages
finish

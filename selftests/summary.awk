# SPDX-License-Identifier: GPL-2.0-only
#
# Count the tests in a log of kselftest's run_tests. Use the TAP lines of the
# test files. run_tests indents these lines by "# ". A test file counts as one
# failure if it crashed, if it ran fewer tests than planned, or if it ran none.
#
# Print the tests that failed or were skipped. On the last line, print how many
# tests passed, failed, and were skipped.

function fail(what) {
	failures[failed++] = what
}

function skip(what, why) {
	sub(/^[ :]+/, "", why)
	skips[skipped++] = what ": " (why == "" ? "no reason given" : why)
}

function begin(name) {
	file = name
	plan = -1
	ran = file_failed = 0
	reason = running = ""
}

function end(line) {
	ended++
	if (line ~ /^not ok/) {
		sub(/.* # /, "", line)
		if (!file_failed)
			fail(file ": ended with " line)
	} else if (plan > 0 && ran != plan) {
		fail(file ": planned " plan " tests, ran " ran)
	} else if (!ran && line ~ /# SKIP/) {
		skip(file, reason)
	} else if (!ran) {
		fail(file ": reported no test")
	}
	file = ""
}

{ sub(/\r$/, "") }

/^# selftests: [^:]+: / && !file	{ begin($NF); next }
/^(not )?ok [0-9]+ selftests: /		{ end($0); next }
/^1\.\.[0-9]+/				{ files += substr($1, 4); next }
!file					{ next }

# For a skipped test, kselftest_harness.h prints the name of the test only on
# the line with RUN.
/^# # +RUN /				{ running = $4 }

/^# 1\.\.[0-9]+/			{ plan = substr($2, 4) + 0 }

/^# (not )?ok [0-9]+/ {
	ran++
	name = $0
	sub(/^# (not )?ok [0-9]+ *(- )?/, "", name)
	if ($0 ~ /^# not/) {
		file_failed++
		fail(file ": " name)
	} else if (match(name, /# SKIP/)) {
		why = substr(name, RSTART + 6)
		name = substr(name, 1, RSTART - 1)
		sub(/ +$/, "", name)
		skip(file ": " (name == "" ? running : name), why)
	} else {
		passed++
	}
	next
}

# If a whole file is skipped, the reason is in the plan of the file, or in a
# comment.
match($0, /SKIP/)			{ reason = substr($0, RSTART + 4) }

END {
	if (file)
		fail(file ": did not end")
	else if (ended < files)
		fail((files - ended) " of " files " test files did not run")
	for (i = 0; i < failed; i++)
		print "FAILED  " failures[i]
	for (i = 0; i < skipped; i++)
		print "skipped " skips[i]
	print passed + 0, failed + 0, skipped + 0
}

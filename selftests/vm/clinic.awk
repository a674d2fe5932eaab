# SPDX-License-Identifier: GPL-2.0-only
#
# awk -f clinic.awk build/KERNEL/clinic.cells ...
#
# Print the results of clinic_test on several kernels, the oldest first, as a table for
# mmapdemo(4): the outcome on the newest kernel, how older kernels differ, and why a
# mapping of the device differs from a mapping of a file.

BEGIN {
	FS = "\t"
}

function once(name, names, count) {
	if (!(name in seen)) {
		seen[name] = 1
		names[++count] = name
	}
	return count
}

FNR == 1 {
	parts = split(FILENAME, part, "/")
	kernel = part[parts - 1]
	kernels[++kernel_count] = kernel
}

{
	operation_count = once($1, operations, operation_count)
	method_count = once($2, methods, method_count)
	outcome[kernel, $1, $2] = $3
	if ($4 != "")
		why[$1] = $4
}

function differs(operation, method, i, list) {
	for (i = 1; i < kernel_count; i++)
		if (outcome[kernels[i], operation, method] != \
		    outcome[kernel, operation, method])
			list = list (list == "" ? "" : ", ") kernels[i] ": " \
			       outcome[kernels[i], operation, method]
	return list
}

function row(cells, count, i, line) {
	for (i = 1; i <= count; i++)
		line = line (i > 1 ? "\t" : "") cells[i]
	print line
}

function head(i) {
	cells[1] = ""
	for (i = 1; i <= method_count; i++)
		cells[i + 1] = methods[i]
	print ".TS\nl1 l1 l1 l1 l1 l1 l1 l."
	row(cells, method_count + 1)
}

function note(name, text) {
	print ".TP\n.B \"" name "\"\n" text "."
}

END {
	head()
	for (i = 1; i <= operation_count; i++) {
		cells[1] = operations[i]
		for (j = 1; j <= method_count; j++) {
			list = differs(operations[i], methods[j])
			cells[j + 1] = outcome[kernel, operations[i], methods[j]]
			if (list == "")
				continue
			cells[j + 1] = cells[j + 1] "*"
			if (list == last)
				others[i] = others[i] ", " methods[j]
			else
				others[i] = others[i] "; on Linux " list " with " \
					    methods[j]
			last = list
		}
		last = ""
		row(cells, method_count + 1)
	}
	print ".TE\n.PP"
	for (i = 1; i <= operation_count; i++)
		if (why[operations[i]] != "" || others[i] != "")
			note(operations[i], why[operations[i]] \
			     (others[i] == "" ? "" : ". An asterisk marks a " \
			      "different result on an older kernel (" \
			      substr(others[i], 3) ")"))
}

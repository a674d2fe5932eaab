/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Data of the HTML page as one JSON object. Times are ns since the first event.
 * Addresses are hexadecimal strings, because JavaScript numbers are exact only
 * up to 53 bits.
 *
 *	report		output of report --json --slowest 20, with 100 rows of each
 *			table
 *	rows		number of rows of each whole table
 *	levels		page table levels
 *	classes		each: name, what (text: what happens to the page)
 *	reasons		names of the reasons in verdicts
 *	origins		texts that describe how a VMA was created
 *	spaces		address spaces, by total duration of the faults, longest
 *			first: mm, tid, name, born, last, over (ended at last),
 *			faults, ns; first and count of segments
 *	spaces_all	number of all address spaces
 *	elsewhere	number of faults in address spaces that are not drawn
 *	elsewhere_ns	total duration of these faults
 *	outside		number of faults at addresses that are in no segment of
 *			their address space
 *	outside_ns	total duration of these faults
 *	segments	each: start, end, bytes, parts, bin (the first), bins
 *	columns		number of columns of each space, from born to last
 *	cells		string with three numbers for each cell: increase of
 *			bin << 13 | column << 5 | class since the last cell,
 *			faults, ns
 *	parts		parts of the time of a fault, each: name, words. The last two
 *			are the wait for mmap_lock before the fault, and time of
 *			which the part is not known
 *	waits		string like cells, but with the largest part instead of the
 *			class: the faults with a fault_time event
 *	waits_columns	number of columns of waits
 *	waits_classes	for each cell of waits, the classes of its faults, with one
 *			bit per class
 *	huge_reasons	what a first touch of anonymous memory maps, a huge page or a
 *			small page for a reason, each: name, words
 *	touches		string like cells, but with the index in huge_reasons instead
 *			of the class: the first touches of anonymous memory
 *	touches_columns, touches_classes
 *			as for waits
 *	slowest		where the time of the report's slowest faults went, each:
 *			address, time, wait (parts: the time of each part except the
 *			last, -1 if it is not known; if they are known: read (bytes),
 *			reclaimed (pages), where (the functions in which the fault
 *			slept longest), holder, comm and call of the holder of
 *			mmap_lock)
 *	lives		VMAs: space, from and to (segments), start, end, bytes,
 *			born, died, over (removed or changed at died, before the
 *			address space ended), origin, flags, name, faults, ns
 *	lives_all	number of all lives
 *	notes		faults described in words, each with its bin; wait is as in
 *			slowest; huge, if the fault is a first touch of anonymous
 *			memory, is the index in huge_reasons
 *	verdicts	space, segment, part (position in the segment, 0 to 1),
 *			time, merged, reason, address, words
 *	verdicts_all	number of all verdicts
 */
#ifndef _HTML_DATA_H
#define _HTML_DATA_H

#include "report/html/html.h"

struct json_object;

/*
 * Return the data of the page. To make the page smaller, halve the maximum
 * numbers of lives, notes and verdicts @fewer times. Return NULL if there is no
 * memory.
 */
struct json_object *html_data(const struct html *html,
			      const struct summary *summary,
			      struct symbols *symbols, int fewer);

#endif /* _HTML_DATA_H */

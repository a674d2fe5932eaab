// SPDX-License-Identifier: GPL-2.0-only
// Layout of the segments of an address space. The segments are one below the
// other, with a gap for each hole. Segments with faults at many addresses are
// taller.

const AXIS = 22;

function distance(a, b) {
	return Number(BigInt("0x" + b) - BigInt("0x" + a));
}

// Return the height of a bin that makes the whole map about two screens high.
function binHeight(space) {
	const bins = d3.sum(space.segments, (s) => s.cells.length ? s.bins : 0);

	return Math.max(.7, Math.min(3.4, 1200 / (bins || 1)));
}

function rowHeight(segment, bin, narrow) {
	if (!segment.cells.length)
		return 8;
	return Math.max(17, Math.min(segment.bins * bin, 62)) +
	       (narrow ? 13 : 0);
}

function layRows(space, narrow) {
	const rows = [];
	const bin = binHeight(space);
	let y = AXIS, before = null;

	for (const segment of space.segments) {
		const hole = before ? distance(before.end, segment.start) : 0;
		const named = hole >= 1 << 30;

		y += hole ? (named ? 20 : 7) : 1;
		rows.push({
			segment: segment,
			hole: named ? hole : 0,
			y: y,
			pad: narrow && segment.cells.length ? 13 : 0,
			height: rowHeight(segment, bin, narrow),
		});
		segment.row = rows[rows.length - 1];
		y += segment.row.height;
		before = segment;
	}
	rows.height = y + 10;
	return rows;
}

function binSize(row) {
	return (row.height - row.pad) / row.segment.bins;
}

function binTop(row, bin) {
	return row.y + row.pad + (bin - row.segment.bin) * binSize(row);
}

function rowAtY(rows, y) {
	return rows.find((row) => y < row.y + row.height + 1) ||
	       rows[rows.length - 1];
}

// SPDX-License-Identifier: GPL-2.0-only
// Where the stretches of a plate lie on the screen: one below the other, a gap
// for a hole, more height for those with faults at many places.

const AXIS = 22;

function distance(a, b) {
	return Number(BigInt("0x" + b) - BigInt("0x" + a));
}

// How high a bin may be, so that all of it is about two screens.
function binHeight(plate) {
	const bins = d3.sum(plate.stretches, (s) => s.cells.length ? s.bins : 0);

	return Math.max(.7, Math.min(3.4, 1200 / (bins || 1)));
}

function rowHeight(stretch, bin, narrow) {
	if (!stretch.cells.length)
		return 8;
	return Math.max(17, Math.min(stretch.bins * bin, 62)) +
	       (narrow ? 13 : 0);
}

function layRows(plate, narrow) {
	const rows = [];
	const bin = binHeight(plate);
	let y = AXIS, before = null;

	for (const stretch of plate.stretches) {
		const hole = before ? distance(before.end, stretch.start) : 0;
		const told = hole >= 1 << 30;

		y += hole ? (told ? 20 : 7) : 1;
		rows.push({
			stretch: stretch,
			hole: told ? hole : 0,
			y: y,
			pad: narrow && stretch.cells.length ? 13 : 0,
			height: rowHeight(stretch, bin, narrow),
		});
		stretch.row = rows[rows.length - 1];
		y += stretch.row.height;
		before = stretch;
	}
	rows.height = y + 10;
	return rows;
}

function binSize(row) {
	return (row.height - row.pad) / row.stretch.bins;
}

function binTop(row, bin) {
	return row.y + row.pad + (bin - row.stretch.bin) * binSize(row);
}

function rowAtY(rows, y) {
	return rows.find((row) => y < row.y + row.height + 1) ||
	       rows[rows.length - 1];
}

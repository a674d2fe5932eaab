// SPDX-License-Identifier: GPL-2.0-only
// The data that the program wrote. report/html/data.h describes the data.

const data = {};

// Return the cells of data.cells as objects.
function readCells(text) {
	const cells = [];
	const numbers = text ? text.split(" ") : [];
	let key = 0;

	for (let i = 0; i < numbers.length; i += 3) {
		key += +numbers[i];
		cells.push({
			bin: key >> 13,
			column: key >> 5 & 255,
			class: key & 31,
			count: +numbers[i + 1],
			ns: +numbers[i + 2],
		});
	}
	return cells;
}

// Return the classes whose bits are set in @bits.
function classesOf(bits) {
	const classes = [];

	for (let i = 0; i < 32; i++) {
		if (bits >>> i & 1)
			classes.push(i);
	}
	return classes;
}

// The layers of the picture other than that of the classes. A layer has cells of its own,
// which data[cells] contains. A cell has the member @kind instead of a class, and so has
// a note that belongs to the layer.
const layers = {
	part: {cells: "waits", kind: "part"},
	huge: {cells: "touches", kind: "huge"},
};

// Return the cells of a layer as objects. @from has the members of data that describe the
// layer. The columns are changed to those of data.cells.
function readLayer(from, {cells, kind}) {
	const columns = from[cells + "_columns"], classes = from[cells + "_classes"];

	return readCells(from[cells]).map((cell, i) => ({
		bin: cell.bin,
		column: Math.floor(cell.column * data.columns / columns),
		[kind]: cell.class,
		classes: classesOf(classes[i]),
		count: cell.count,
		ns: cell.ns,
	}));
}

function columnOf(space, time) {
	const part = (time - space.born) / (space.last - space.born || 1);

	return Math.max(0, Math.min(data.columns - 1,
				    Math.floor(part * data.columns)));
}

function timeOf(space, column) {
	return space.born + (space.last - space.born) * column / data.columns;
}

// Assign the elements of the lists to their address spaces and segments.
function sortOut() {
	const spaceOfBin = [];

	data.spaces.forEach((space, index) => {
		space.index = index;
		space.segments = data.segments.slice(space.first,
				space.first + space.count);
		space.cells = [];
		space.waits = [];
		space.touches = [];
		space.notes = [];
		space.lives = [];
		space.verdicts = [];
		for (const segment of space.segments) {
			segment.cells = [];
			segment.waits = [];
			segment.touches = [];
			segment.notes = [];
			segment.lives = [];
			for (let i = 0; i < segment.bins; i++)
				spaceOfBin[segment.bin + i] = [space, segment];
		}
	});
	for (const list of ["cells", "waits", "touches"]) {
		for (const cell of data[list]) {
			const [space, segment] = spaceOfBin[cell.bin];

			space[list].push(cell);
			segment[list].push(cell);
			cell.segment = segment;
		}
	}
	for (const note of data.notes) {
		const [space, segment] = spaceOfBin[note.bin];

		if (note.wait)
			note.part = largestOf(note.wait, note.ns).part;
		note.column = columnOf(space, note.time);
		note.segment = segment;
		note.space = space;
		space.notes.push(note);
		segment.notes.push(note);
	}
	for (const life of data.lives) {
		data.spaces[life.space].lives.push(life);
		for (let i = life.from; i <= life.to; i++)
			data.segments[i].lives.push(life);
	}
	for (const verdict of data.verdicts)
		data.spaces[verdict.space].verdicts.push(verdict);
}

function sortByTime() {
	const byTime = (a, b) => a.time - b.time;
	const byBirth = (a, b) => a.born - b.born;

	for (const space of data.spaces) {
		space.notes.sort(byTime);
		space.verdicts.sort(byTime);
	}
	for (const segment of data.segments) {
		segment.notes.sort(byTime);
		segment.lives.sort(byBirth);
	}
}

function readData() {
	Object.assign(data, JSON.parse(byId("data").textContent));
	data.cells = readCells(data.cells);
	for (const layer of Object.values(layers))
		data[layer.cells] = readLayer(data, layer);
	sortOut();
	sortByTime();
}

// Return the life in a segment at @time. If there was no VMA at @time, return
// the last life before @time, or else the first life after @time.
function lifeAt(segment, time) {
	let best = null;

	for (const life of segment.lives) {
		if (life.born > time)
			return best || life;
		if (!best || life.died >= best.died)
			best = life;
	}
	return best;
}

function livesAt(life, time) {
	return life && life.born <= time && (time < life.died || !life.over);
}

function lifeName(life) {
	return life ? life.name || "anonymous" : "unknown";
}

function spaceName(space) {
	return (space.name || "a process") + " (thread " + space.tid + ")";
}

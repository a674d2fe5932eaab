// SPDX-License-Identifier: GPL-2.0-only
// The data that the program wrote: see html_data.h.

const data = {};

// Cells as objects, each with the fault that is told of it, if one is.
function readCells(text, columns) {
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

function columnOf(plate, time) {
	const part = (time - plate.born) / (plate.last - plate.born || 1);

	return Math.max(0, Math.min(data.columns - 1,
				    Math.floor(part * data.columns)));
}

function timeOf(plate, column) {
	return plate.born + (plate.last - plate.born) * column / data.columns;
}

// What of the lists belongs to each plate; stretches know their bins.
function sortOut() {
	const plateOfBin = [];

	data.plates.forEach((plate, index) => {
		plate.index = index;
		plate.stretches = data.stretches.slice(plate.first,
				plate.first + plate.count);
		plate.cells = [];
		plate.tales = [];
		plate.lives = [];
		plate.verdicts = [];
		for (const stretch of plate.stretches) {
			stretch.cells = [];
			stretch.tales = [];
			stretch.lives = [];
			for (let i = 0; i < stretch.bins; i++)
				plateOfBin[stretch.bin + i] = [plate, stretch];
		}
	});
	for (const cell of data.cells) {
		const [plate, stretch] = plateOfBin[cell.bin];

		plate.cells.push(cell);
		stretch.cells.push(cell);
		cell.stretch = stretch;
	}
	for (const tale of data.tales) {
		const [plate, stretch] = plateOfBin[tale.bin];

		tale.column = columnOf(plate, tale.time);
		tale.stretch = stretch;
		plate.tales.push(tale);
		stretch.tales.push(tale);
	}
	for (const life of data.lives) {
		data.plates[life.plate].lives.push(life);
		for (let i = life.from; i <= life.to; i++)
			data.stretches[i].lives.push(life);
	}
	for (const verdict of data.verdicts)
		data.plates[verdict.plate].verdicts.push(verdict);
}

function sortByTime() {
	const byTime = (a, b) => a.time - b.time;
	const byBirth = (a, b) => a.born - b.born;

	for (const plate of data.plates) {
		plate.tales.sort(byTime);
		plate.verdicts.sort(byTime);
	}
	for (const stretch of data.stretches) {
		stretch.tales.sort(byTime);
		stretch.lives.sort(byBirth);
	}
}

function readData() {
	Object.assign(data, JSON.parse(byId("data").textContent));
	data.cells = readCells(data.cells);
	sortOut();
	sortByTime();
}

// What a stretch is at a time: else what it was last, or will be first.
function lifeAt(stretch, time) {
	let best = null;

	for (const life of stretch.lives) {
		if (life.born > time)
			return best || life;
		if (!best || life.died >= best.died)
			best = life;
	}
	return best;
}

function livesAt(life, time) {
	return life && life.born <= time && time <= life.died;
}

function lifeName(life) {
	return life ? life.name || "anonymous" : "not known";
}

function plateName(plate) {
	return (plate.name || "a process") + " (thread " + plate.tid + ")";
}

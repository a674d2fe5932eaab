// SPDX-License-Identifier: GPL-2.0-only
// The heat map. Faults and mappings are drawn on a canvas. Everything else is
// drawn in SVG above the canvas.

const map = {};

function isNarrow() {
	return byId("map").clientWidth < 660;
}

// Lay out the map for the selected address space and the available width.
function layMap(view) {
	const width = byId("map").clientWidth;
	const narrow = isNarrow();
	const left = narrow ? 0 : 216;

	view.rows = layRows(view.space, narrow);
	map.narrow = narrow;
	map.left = left;
	map.width = width;
	map.height = view.rows.height;
	map.x = d3.scale.linear().domain([0, data.columns])
		.range([left, width - 4]);
	map.time = d3.scale.linear()
		.domain([view.space.born / 1e6, view.space.last / 1e6])
		.range([left, width - 4]);
	byId("map").style.height = map.height + "px";
	d3.select("#frame").attr({"width": width, "height": map.height});
}

function timeX(ns) {
	return map.time(ns / 1e6);
}

// ---- the canvas ----

function openCanvas() {
	const canvas = byId("heat");
	/* If a canvas is higher than 16000 pixels, some browsers draw nothing. */
	const ratio = Math.min(window.devicePixelRatio || 1,
			       16000 / map.height);

	canvas.width = map.width * ratio;
	canvas.height = map.height * ratio;
	canvas.style.width = map.width + "px";
	canvas.style.height = map.height + "px";
	const context = canvas.getContext("2d");

	context.scale(ratio, ratio);
	context.clearRect(0, 0, map.width, map.height);
	return context;
}

function lifeColour(life) {
	if (life.flags.includes("w"))
		return map.colours.w;
	return life.flags.includes("x") ? map.colours.x : map.colours.r;
}

function drawLives(context, view) {
	map.colours = {
		w: themeColour("life-w"), x: themeColour("life-x"),
		r: themeColour("life-r"),
	};
	for (const life of view.space.lives) {
		const top = data.segments[life.from].row;
		const end = data.segments[life.to].row;
		const x = timeX(life.born), y = top.y;
		const width = Math.max(1, timeX(life.died) - x - 1);
		const later = life.born > view.time;

		context.globalAlpha = later ? .05 : .17;
		context.fillStyle = lifeColour(life);
		context.fillRect(x, y, width, end.y + end.height - y);
		context.globalAlpha = later ? .15 : .75;
		context.fillRect(x, y, 1.4, end.y + end.height - y);
	}
	context.globalAlpha = 1;
}

// Return a scale from pale to full colour. The scale is logarithmic, because
// durations vary widely.
function strengthOf(view, cells, weakest) {
	const most = d3.max(cells, (c) => c[view.measure]) || 1;
	const least = d3.min(cells, (c) => c[view.measure]) || 1;

	return d3.scale.log().domain([Math.max(1, least), Math.max(2, most)])
		.range([weakest, 1]).clamp(true);
}

// Use opaque shades, because the colours of overlapping dots must not mix.
function shadesOf() {
	const paper = themeColour("paper"), known = new Map();

	return (colour, strength) => {
		const key = colour + Math.round(strength * 20);

		if (!known.has(key))
			known.set(key, d3.interpolateRgb(paper, colour)(strength));
		return known.get(key);
	};
}

// Return true if the user has hidden all faults of a cell. Only a cell of another layer
// than that of the classes can have faults of several classes.
function isHidden(view, cell) {
	return (cell.classes || [cell.class]).every((c) => view.hidden.has(c));
}

// Return the spots to draw. A spot shows all cells of one bin and column, in the
// colour of the class, part or reason with the largest amount.
function spotsOf(view, cells) {
	const spots = [];
	let spot = null;

	for (const cell of cells) {
		const amount = cell[view.measure];

		if (isHidden(view, cell))
			continue;
		if (!spot || spot.cell.bin !== cell.bin ||
		    spot.cell.column !== cell.column) {
			spot = {cell: cell, amount: 0, most: -1};
			spots.push(spot);
		}
		spot.amount += amount;
		if (amount > spot.most) {
			spot.most = amount;
			spot.cell = cell;
		}
	}
	return spots;
}

// Draw @cells. @colourOf returns the colour of a cell, and @strength its strength. Dots
// are larger by @more pixels than cells.
function drawCells(context, view, cells, colourOf, strength, more) {
	const shade = shadesOf();
	const width = Math.max(map.x(1) - map.x(0), map.narrow ? 3 : 4) + more;

	for (const {cell, amount} of spotsOf(view, cells)) {
		const row = cell.segment.row;
		const height = Math.max(binSize(row), 3.4) + more;
		const top = Math.max(row.y, Math.min(binTop(row, cell.bin) - more / 2,
				     row.y + row.height - height));

		context.fillStyle = shade(colourOf(cell),
			cell.column < view.column ?
			strength(Math.max(1, amount)) : .22);
		context.fillRect(Math.min(map.x(cell.column) - more / 2,
					  map.width - 4 - width), top, width,
				 Math.min(height, row.height));
	}
}

// Draw the selected layer. Another layer than that of the classes shows its faults above
// all faults in pale grey.
function drawLayer(context, view) {
	const cells = view.space.cells, layer = layers[view.layer];
	const grey = themeColour("muted");

	if (!layer) {
		drawCells(context, view, cells, (cell) => classColour(cell.class),
			  strengthOf(view, cells, .55), 0);
		return;
	}
	const above = view.space[layer.cells];

	drawCells(context, view, cells, () => grey, () => .35, 0);
	drawCells(context, view, above, (cell) => layerColour(layer.kind, cell),
		  strengthOf(view, above, .8), 2);
}

// ---- SVG above the canvas ----

function fit(text, room) {
	return text.length <= room ? text :
	       text.slice(0, Math.max(1, room - 1)) + "…";
}

function drawHoles(frame, rows) {
	const holes = frame.selectAll(".hole-row").data(rows.filter((row) =>
		row.hole)).enter().append("g").attr("class", "hole-row");

	holes.append("line").attr({
		"class": "hole-line", "x1": 0, "x2": map.width,
		"y1": (row) => row.y - 10, "y2": (row) => row.y - 10,
	});
	holes.append("text").attr({
		"class": "hole halo", "x": map.left ? map.left - 8 : 4,
		"y": (row) => row.y - 6.5,
		"text-anchor": map.left ? "end" : "start",
	}).text((row) => size(row.hole) + " hole");
}

// Adjacent segments get a common label if they belong to one VMA at the selected
// time.
function labelsOf(view) {
	const labels = [];

	for (const row of view.rows) {
		const life = lifeAt(row.segment, view.time);
		const last = labels[labels.length - 1];

		if (last && life && last.life === life) {
			last.end = row.y + row.height;
			continue;
		}
		labels.push({
			life: life, y: row.y, end: row.y + row.height,
			text: row.segment.parts > 1 ?
				number(row.segment.parts) + " mappings" :
				lifeName(life),
			flags: life && row.segment.parts < 2 ? life.flags : "",
		});
	}
	return labels.filter((label) => label.end - label.y > 12);
}

function drawLabels(frame, view) {
	const y = (label) => map.left ? label.y + 4 +
		Math.min(label.end - label.y, 120) / 2 : label.y + 11;
	const labels = frame.selectAll(".label").data(labelsOf(view)).enter()
		.append("g").attr("class", (label) => "label" +
			(livesAt(label.life, view.time) ? "" : " quiet"));

	labels.append("text").attr({
		"class": "halo", "x": map.left ? map.left - 50 : 4, "y": y,
		"text-anchor": map.left ? "end" : "start",
	}).text((label) => fit(label.text, map.left ? 23 : 34));
	labels.append("text").attr({
		"class": "flags halo", "x": map.left ? map.left - 11 : map.width,
		"y": y, "text-anchor": "end",
	}).text((label) => label.flags);
	labels.filter(() => map.left).append("line").attr({
		"class": "span", "x1": map.left - 4, "x2": map.left - 4,
		"y1": (label) => label.y + .5, "y2": (label) => label.end - .5,
	});
}

function drawAxis(frame) {
	const axis = d3.svg.axis().scale(map.time).orient("top")
		.ticks(map.narrow ? 4 : 8).innerTickSize(-map.height)
		.tickPadding(4).tickFormat((ms) => ms >= 1000 ?
			ms / 1000 + " s" : ms + " ms");

	frame.append("g").attr("transform", "translate(0," + (AXIS - 4) + ")")
		.call(axis).selectAll("text").style("text-anchor", (ms) =>
			map.time(ms) > map.width - 26 ? "end" :
			map.time(ms) < map.left + 20 ? "start" : "middle");
}

function verdictY(verdict) {
	const row = data.segments[verdict.segment].row;

	return row.y + row.height * verdict.part;
}

const signs = {
	merged: "M0,-4.5L4.5,0L0,4.5L-4.5,0Z",
	refused: "M-3,-3L3,3M3,-3L-3,3",
};

function drawVerdicts(frame, view) {
	frame.selectAll(".verdict").data(view.space.verdicts).enter()
		.append("path").attr({
			"class": (v) => "verdict " + (v.merged ? "merged" :
				"refused") + (v.time > view.time ? " later" : ""),
			"d": (v) => v.merged ? signs.merged : signs.refused,
			"transform": (v) => "translate(" + timeX(v.time) + "," +
				verdictY(v) + ")",
		});
}

function drawPlayhead(frame, view) {
	if (view.column < data.columns)
		frame.append("line").attr({
			"class": "playhead", "y1": AXIS - 4, "y2": map.height,
			"x1": map.x(view.column), "x2": map.x(view.column),
		});
}

function drawChosen(view) {
	const frame = d3.select("#frame");
	const chosen = view.chosen;
	let x, y, width, height;

	frame.selectAll(".chosen").remove();
	if (!chosen || chosen.space !== view.space)
		return;
	if (chosen.verdict) {
		frame.append("circle").attr({
			"class": "chosen", "r": 8,
			"cx": timeX(chosen.verdict.time),
			"cy": verdictY(chosen.verdict),
		});
		return;
	}
	const row = chosen.segment.row;

	x = map.left;
	y = row.y - 1;
	width = map.width - 4 - map.left;
	height = row.height + 2;
	if (chosen.note) {
		x = map.x(chosen.note.column) - 2.5;
		y = binTop(row, chosen.note.bin) - 2.5;
		width = Math.max(map.x(1) - map.x(0), 4) + 5;
		height = Math.max(binSize(row), 3.4) + 5;
	}
	frame.append("rect").attr({
		"class": "chosen", "rx": 3, "x": x, "y": y,
		"width": width, "height": height,
	});
}

function drawMap(view) {
	const context = openCanvas();
	const frame = d3.select("#frame");

	frame.selectAll("*").remove();
	drawAxis(frame);
	drawLives(context, view);
	drawLayer(context, view);
	drawHoles(frame, view.rows);
	drawLabels(frame, view);
	drawPlayhead(frame, view);
	drawVerdicts(frame, view);
	drawChosen(view);
}

// ---- what is at a point ----

function nearVerdict(view, x, y) {
	return view.space.verdicts.find((verdict) =>
		Math.abs(timeX(verdict.time) - x) < 7 &&
		Math.abs(verdictY(verdict) - y) < 6);
}

// Return the nearest cell of @cells, if it is nearer than 9 pixels. The cell need not
// be exactly at the point, because cells are small.
function nearCell(view, row, cells, x, y) {
	let best = null, least = 9;

	for (const cell of cells) {
		const middle = binSize(row) / 2;
		const off = Math.hypot(map.x(cell.column + .5) - x,
			binTop(row, cell.bin) + middle - y);

		if (!isHidden(view, cell) && off < least) {
			best = cell;
			least = off;
		}
	}
	return best;
}

// Return true if a note is about a fault of the cell's class, part or reason.
function isLike(note, cell) {
	const kind = ["part", "huge", "class"].find((name) => name in cell);

	return note[kind] === cell[kind];
}

// Return the note that is nearest in time. Prefer notes that are like the cell.
function noteOf(cell) {
	let best = null, least = Infinity;

	for (const note of cell.segment.notes) {
		const off = Math.abs(note.column - cell.column) * 64 +
			Math.abs(note.bin - cell.bin) +
			(isLike(note, cell) ? 0 : 1e6);

		if (off < least) {
			best = note;
			least = off;
		}
	}
	return best;
}

function pick(view, x, y) {
	const row = rowAtY(view.rows, y);
	const verdict = nearVerdict(view, x, y);

	if (verdict)
		return {space: view.space, verdict: verdict,
			segment: data.segments[verdict.segment]};
	if (!row || y < AXIS)
		return null;
	const {cells} = row.segment, layer = layers[view.layer];
	const near = (list) => x >= map.left ? nearCell(view, row, list, x, y) :
						null;
	const cell = layer && near(row.segment[layer.cells]) || near(cells);
	const note = cell && noteOf(cell);

	return {space: view.space, segment: row.segment, cell: cell,
		note: note, time: x >= map.left ? map.time.invert(x) * 1e6 :
		view.time};
}

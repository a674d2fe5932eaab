// SPDX-License-Identifier: GPL-2.0-only
// State of the view, and the events of the browser that change the view.

const view = {
	space: null, rows: [], column: 0, time: 0, hidden: new Set(),
	measure: "ns", layer: "class", chosen: null, pinned: false, playing: false,
};

function redraw() {
	drawMap(view);
	showNow(view);
}

function isSame(a, b) {
	return a && b && ["segment", "note", "verdict", "cell"].every((part) =>
		a[part] === b[part]) && (a.note || a.verdict ||
		lifeAt(a.segment, a.time) === lifeAt(b.segment, b.time));
}

function choose(choice, pin) {
	if (view.pinned === pin && isSame(choice, view.chosen))
		return;
	view.chosen = choice;
	view.pinned = pin;
	showStory(view);
	drawChosen(view);
}

// Show the longest fault until the user chooses something.
function chooseLongest() {
	const note = view.space.notes.slice().sort((a, b) => b.ns - a.ns)[0];

	choose(note ? {space: view.space, segment: note.segment, note: note} :
	       null, false);
}

function setSpace(index) {
	view.space = data.spaces[index];
	view.chosen = null;
	setColumn(view, data.columns);
	layMap(view);
	redraw();
	chooseLongest();
}

// Show another address space in the picture and in the tables.
function changeSpace(index) {
	setSpace(index);
	for (const details of view.tables)
		details.dispatchEvent(new Event("toggle"));
}

function setLayer(layer) {
	view.layer = layer;
	byId("layer").value = layer;
	for (const name in layers)
		byId(name + "-key").hidden = layer !== name;
	redraw();
	showStory(view);
}

// Show a fault that waited.
function visit(note) {
	byId("space").value = note.space.index;
	if (note.space !== view.space)
		changeSpace(note.space.index);
	setLayer("part");
	choose({space: note.space, segment: note.segment, note: note}, true);
	byId("map").focus({preventScroll: true});
	byId("map-section").scrollIntoView();
}

function point(event, pin) {
	const box = byId("map").getBoundingClientRect();
	const choice = pick(view, event.clientX - box.left,
			    event.clientY - box.top);

	if (choice && (pin || !view.pinned))
		choose(choice, pin);
}

function startPointer() {
	const element = byId("map");

	element.addEventListener("pointermove", (event) => {
		if (event.pointerType === "mouse" && !view.playing)
			point(event, false);
	});
	element.addEventListener("click", (event) => point(event, true));
	byId("story").addEventListener("click", (event) => {
		if (event.target.closest(".close"))
			choose(null, false);
	});
}

function fillSpaces() {
	data.spaces.forEach((space, i) => {
		byId("space").append(make("option", {"value": i},
			spaceName(space) + " · " + many(space.faults, "fault") +
			", " + duration(space.ns)));
	});
	byId("space").addEventListener("change", (event) =>
		changeSpace(+event.target.value));
	byId("measure").addEventListener("change", (event) => {
		view.measure = event.target.value;
		redraw();
	});
	byId("layer").addEventListener("change", (event) =>
		setLayer(event.target.value));
}

function startMap() {
	fillSpaces();
	showLayers();
	startReplay(view, redraw);
	startPointer();
	startKeys(view, (choice, pin) => {
		choose(choice, pin);
		bringIntoView();
	});
	setSpace(0);
	new ResizeObserver(() => {
		if (byId("map").clientWidth !== map.width) {
			layMap(view);
			redraw();
		}
	}).observe(byId("map"));
}

function start() {
	readData();
	startTheme(() => view.space && redraw());
	showTitle();
	showLead();
	if (data.report.faults.faults)
		showCards();
	showTroubles();
	showClasses(view.hidden, () => view.space && redraw());
	view.tables = showTables(() => view.space);
	showWaits();
	byId("classes-section").hidden = !data.report.faults.faults;
	byId("map-section").hidden = !data.spaces.length;
	if (data.spaces.length)
		startMap();
}

document.addEventListener("DOMContentLoaded", start);

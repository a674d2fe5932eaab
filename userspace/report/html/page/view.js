// SPDX-License-Identifier: GPL-2.0-only
// What is shown now, and what changes it.

const view = {
	plate: null, rows: [], column: 0, time: 0, hidden: new Set(),
	measure: "ns", chosen: null, pinned: false, playing: false,
};

function redraw() {
	drawMap(view);
	showNow(view);
}

function isSame(a, b) {
	return a && b && ["stretch", "tale", "verdict", "cell"].every((part) =>
		a[part] === b[part]) && (a.tale || a.verdict ||
		lifeAt(a.stretch, a.time) === lifeAt(b.stretch, b.time));
}

function choose(choice, pin) {
	if (view.pinned === pin && isSame(choice, view.chosen))
		return;
	view.chosen = choice;
	view.pinned = pin;
	showStory(view);
	drawChosen(view);
}

// Until something is chosen: the longest fault there is.
function chooseLongest() {
	const tale = view.plate.tales.slice().sort((a, b) => b.ns - a.ns)[0];

	choose(tale ? {plate: view.plate, stretch: tale.stretch, tale: tale} :
	       null, false);
}

function setPlate(index) {
	view.plate = data.plates[index];
	view.chosen = null;
	setColumn(view, data.columns);
	layMap(view);
	redraw();
	chooseLongest();
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
	data.plates.forEach((plate, i) => {
		byId("space").append(make("option", {"value": i},
			plateName(plate) + " · " + many(plate.faults, "fault") +
			", " + duration(plate.ns)));
	});
	byId("space").addEventListener("change", (event) => {
		setPlate(+event.target.value);
		for (const details of view.tables)
			details.dispatchEvent(new Event("toggle"));
	});
	byId("measure").addEventListener("change", (event) => {
		view.measure = event.target.value;
		redraw();
	});
}

function startMap() {
	fillSpaces();
	startReplay(view, redraw);
	startPointer();
	startKeys(view, (choice, pin) => {
		choose(choice, pin);
		bringIntoView();
	});
	setPlate(0);
	new ResizeObserver(() => {
		if (byId("map").clientWidth !== map.width) {
			layMap(view);
			redraw();
		}
	}).observe(byId("map"));
}

function start() {
	readData();
	startTheme(() => view.plate && redraw());
	showTitle();
	showLead();
	if (data.report.faults.faults)
		showCards();
	showTroubles();
	showClasses(view.hidden, () => view.plate && redraw());
	view.tables = showTables(() => view.plate);
	byId("classes-section").hidden = !data.report.faults.faults;
	byId("map-section").hidden = !data.plates.length;
	if (data.plates.length)
		startMap();
}

document.addEventListener("DOMContentLoaded", start);

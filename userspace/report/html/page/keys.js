// SPDX-License-Identifier: GPL-2.0-only
// Keyboard control of the picture.

function stepRow(view, by) {
	const list = view.space.segments;
	const at = view.chosen ? list.indexOf(view.chosen.segment) : -1;
	const next = Math.max(0, Math.min(list.length - 1, at + by));

	return {space: view.space, segment: list[next]};
}

function stepNote(view, by) {
	const segment = view.chosen ? view.chosen.segment :
		view.space.segments[0];
	const notes = segment.notes.filter((t) => !view.hidden.has(t.class) &&
		(!layers[view.layer] || layers[view.layer].kind in t));
	let at = notes.indexOf(view.chosen && view.chosen.note);

	if (!notes.length)
		return {space: view.space, segment: segment};
	if (at < 0 && by < 0)
		at = notes.length;
	return {space: view.space, segment: segment,
		note: notes[Math.max(0, Math.min(notes.length - 1, at + by))]};
}

function stepVerdict(view) {
	const list = view.space.verdicts;
	const at = list.indexOf(view.chosen && view.chosen.verdict);
	const next = list[(at + 1) % list.length];

	return next ? {space: view.space, verdict: next,
		       segment: data.segments[next.segment]} : view.chosen;
}

function keyChoice(view, key) {
	if (!view.space.segments.length)
		return undefined;
	switch (key) {
	case "ArrowDown":
		return stepRow(view, 1);
	case "ArrowUp":
		return stepRow(view, -1);
	case "Home":
		return stepRow(view, -Infinity);
	case "End":
		return stepRow(view, Infinity);
	case "ArrowRight":
		return stepNote(view, 1);
	case "ArrowLeft":
		return stepNote(view, -1);
	case "m":
	case "M":
		return stepVerdict(view);
	case "Escape":
		return null;
	default:
		return undefined;
	}
}

// Scroll so that the slider does not cover the chosen element. On a narrow
// screen, keep the element in the upper half, because the description covers
// the lower half.
function bringIntoView() {
	const chosen = document.querySelector("#frame .chosen");

	if (!chosen)
		return;
	const box = chosen.getBoundingClientRect();
	const lowest = innerHeight * (map.narrow ? .5 : .9);

	if (box.top < 100 || box.bottom > lowest)
		window.scrollBy(0, box.top - (map.narrow ? 120 :
					      innerHeight / 2));
}

function startKeys(view, choose) {
	byId("map").addEventListener("keydown", (event) => {
		const choice = event.ctrlKey || event.altKey || event.metaKey ?
			undefined : keyChoice(view, event.key);

		if (choice === undefined)
			return;
		event.preventDefault();
		choose(choice, choice !== null);
	});
}

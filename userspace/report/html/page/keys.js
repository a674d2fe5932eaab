// SPDX-License-Identifier: GPL-2.0-only
// The picture without a mouse.

function stepRow(view, by) {
	const list = view.plate.stretches;
	const at = view.chosen ? list.indexOf(view.chosen.stretch) : -1;
	const next = Math.max(0, Math.min(list.length - 1, at + by));

	return {plate: view.plate, stretch: list[next]};
}

function stepTale(view, by) {
	const stretch = view.chosen ? view.chosen.stretch :
		view.plate.stretches[0];
	const tales = stretch.tales.filter((t) => !view.hidden.has(t.class));
	let at = tales.indexOf(view.chosen && view.chosen.tale);

	if (!tales.length)
		return {plate: view.plate, stretch: stretch};
	if (at < 0 && by < 0)
		at = tales.length;
	return {plate: view.plate, stretch: stretch,
		tale: tales[Math.max(0, Math.min(tales.length - 1, at + by))]};
}

function stepVerdict(view) {
	const list = view.plate.verdicts;
	const at = list.indexOf(view.chosen && view.chosen.verdict);
	const next = list[(at + 1) % list.length];

	return next ? {plate: view.plate, verdict: next,
		       stretch: data.stretches[next.stretch]} : view.chosen;
}

function keyChoice(view, key) {
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
		return stepTale(view, 1);
	case "ArrowLeft":
		return stepTale(view, -1);
	case "m":
	case "M":
		return stepVerdict(view);
	case "Escape":
		return null;
	default:
		return undefined;
	}
}

// Below the slider, and above the story where that covers the lower half.
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

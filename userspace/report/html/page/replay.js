// SPDX-License-Identifier: GPL-2.0-only
// The slider selects a time. The picture shows what had happened up to the
// selected time.

function shownCells(view) {
	return view.space.cells.filter((cell) => cell.column < view.column &&
		!view.hidden.has(cell.class));
}

function vmasAt(view) {
	return view.space.lives.filter((life) => livesAt(life, view.time)).length;
}

function vmaWords(view) {
	return data.lives.length < data.lives_all ? "" :
	       "; " + many(vmasAt(view), "VMA");
}

function showNow(view) {
	const cells = shownCells(view);
	const count = cells.reduce((n, cell) => n + cell.count, 0);
	const ns = cells.reduce((n, cell) => n + cell.ns, 0);
	const text = "Up to " + duration(Math.round(view.time)) + ": " +
		number(count) + " of " + many(view.space.faults, "fault") +
		", " + duration(ns) + vmaWords(view);
	const now = byId("now");

	now.textContent = text;
	now.dataset.count = count;
	now.dataset.ns = ns;
	byId("slider").setAttribute("aria-valuetext", text);
}

function setColumn(view, column) {
	view.column = column;
	view.time = timeOf(view.space, column);
	byId("slider").value = column;
}

function stop(view) {
	view.playing = false;
	byId("play").textContent = "▶";
	byId("play").setAttribute("aria-label", "Replay");
}

// Play the whole recording in six seconds.
function play(view, changed) {
	const from = view.column >= data.columns ? 0 : view.column;

	view.playing = true;
	byId("play").textContent = "❚❚";
	byId("play").setAttribute("aria-label", "Pause");
	d3.timer((ms) => {
		if (!view.playing)
			return true;
		setColumn(view, Math.min(data.columns, Math.floor(from +
			ms * data.columns / 6000)));
		changed();
		if (view.column < data.columns)
			return false;
		stop(view);
		return true;
	});
}

function startReplay(view, changed) {
	const slider = byId("slider");

	slider.max = data.columns;
	slider.value = data.columns;
	slider.addEventListener("input", () => {
		stop(view);
		setColumn(view, +slider.value);
		changed();
	});
	byId("play").addEventListener("click", () => {
		if (view.playing)
			stop(view);
		else
			play(view, changed);
	});
}

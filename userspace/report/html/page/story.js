// SPDX-License-Identifier: GPL-2.0-only
// The story describes the chosen element in words.

function kind(text, colour) {
	const line = make("p", {"class": "kind"});

	if (colour) {
		const dot = make("span", {"class": "dot"});

		dot.style.background = colour;
		line.append(dot);
	}
	line.append(text);
	return line;
}

function code(text) {
	return make("span", {"class": "mono"}, text);
}

// ---- a fault ----

function cellWords(cell) {
	if ("part" in cell)
		return "This dot is " + many(cell.count, "fault") + ", " +
			mostly(cell.part) + ", which took " + duration(cell.ns) +
			" in total.";
	if ("huge" in cell)
		return "This dot is " + many(cell.count, "first touch", "first touches") +
			", " + data.huge_reasons[cell.huge].words + ", which took " +
			duration(cell.ns) + " in total.";
	return "This dot is " + many(cell.count,
		data.classes[cell.class].name + " fault") + ", which took " +
		duration(cell.ns) + " in total.";
}

function describeFault(chosen) {
	const note = chosen.note, space = chosen.space;
	const known = data.classes[note.class];
	const others = space.notes.filter((t) => t.time <= note.time);
	const parts = [
		kind(known.name + " fault", classColour(note.class)),
		make("h3", {}, note.place),
		make("p", {}, "At " + duration(note.time) + ", thread " +
			note.tid + " tried to " + ({read: "read ",
			write: "write ", exec: "execute "})[note.access],
			code(note.address), note.culprit ? ", " : "",
			note.culprit, "."),
		make("p", {}, "Path in the kernel: ", code(note.way), "."),
		make("p", {}, "The fault took ",
			make("b", {}, duration(note.ns)),
			note.waited ? ". This fault was the first in the mapping, " +
			duration(note.waited) + " after mmap. " : ". ",
			walkCount(note)),
		...("huge" in note ? [make("p", {}, "First touch: " +
			data.huge_reasons[note.huge].words + ".")] : []),
		...(note.wait ? describeWait(note.wait, note.ns) : []),
		drawWalk(note, others),
		walkKey(note),
	];

	if (!note.seen)
		parts.push(make("p", {}, "The new entry is unknown, because " +
				"the address space was already unlocked."));
	else if (note.entry.trim())
		parts.push(make("p", {}, "The new entry: ",
				code(note.entry.trim()), "."));
	if (chosen.cell)
		parts.push(make("p", {"class": "muted"},
				cellWords(chosen.cell)));
	return parts;
}

// ---- a mapping ----

function lifeWords(life, space) {
	const from = life.born <= space.born ? "from the beginning" :
		"from " + duration(life.born);
	const to = life.over ? "to " + duration(life.died) : "to the end";
	const origin = data.origins[life.origin];

	return origin[0].toUpperCase() + origin.slice(1) + "; existed " +
	       from + " " + to + ".";
}

// Return the sums of cells with the same member @name, the longest first.
function sumBy(cells, name) {
	const sums = new Map();

	for (const cell of cells) {
		const entry = sums.get(cell[name]) || {count: 0, ns: 0};

		entry.count += cell.count;
		entry.ns += cell.ns;
		sums.set(cell[name], entry);
	}
	return [...sums].sort((a, b) => b[1].ns - a[1].ns);
}

function classItems(segment) {
	const list = make("ul");

	for (const [index, entry] of sumBy(segment.cells, "class"))
		list.append(make("li", {}, number(entry.count) + " " +
			data.classes[index].name + ", " + duration(entry.ns) +
			": " + data.classes[index].what));
	return list;
}

function partItems(segment) {
	return make("ul", {}, ...sumBy(segment.waits, "part").map(([part, entry]) =>
		make("li", {}, many(entry.count, "fault") + ", " +
		     duration(entry.ns) + ": " + mostly(part))));
}

function hugeItems(segment) {
	return make("ul", {}, ...sumBy(segment.touches, "huge").map(([reason, entry]) =>
		make("li", {}, many(entry.count, "first touch", "first touches") + ", " +
		     duration(entry.ns) + ": " + data.huge_reasons[reason].words)));
}

function verdictsAt(space, life) {
	return space.verdicts.filter((verdict) =>
		verdict.address === life.start || verdict.address === life.end);
}

function describeLife(life, space) {
	const parts = [make("p", {}, code(life.start + "–" + life.end + " " +
			life.flags), ", " + size(life.bytes) + ". " +
			lifeWords(life, space))];
	const list = make("ul");

	parts.push(make("p", {}, life.faults ? many(life.faults, "fault") +
		" in the mapping took " + duration(life.ns) + "." :
		"No fault was recorded in the mapping."));
	for (const verdict of verdictsAt(space, life).slice(-3))
		list.append(make("li", {}, verdict.words));
	if (list.childNodes.length)
		parts.push(make("p", {}, "Merges at the boundaries:"), list);
	return parts;
}

function describeMapping(chosen, view) {
	const segment = chosen.segment;
	const life = lifeAt(segment, chosen.time === undefined ? view.time :
			    chosen.time);
	const longest = segment.notes.slice().sort((a, b) => b.ns - a.ns)[0];
	let parts = [kind(segment.parts > 1 ? "mappings" : "mapping"),
		     make("h3", {}, lifeName(life))];

	if (segment.parts > 1)
		parts.push(make("p", {}, number(segment.parts) + " mappings " +
			"are drawn as one, " + segment.start + "–" + segment.end +
			"."));
	if (life)
		parts = parts.concat(describeLife(life, chosen.space));
	if (segment.cells.length)
		parts.push(make("p", {}, "All faults at these addresses, by class:"),
			   classItems(segment));
	if (segment.waits.length && view.layer === "part")
		parts.push(make("p", {}, "Of these, faults that waited or reclaimed " +
				"memory:"), partItems(segment));
	if (segment.touches.length && view.layer === "huge")
		parts.push(make("p", {}, "Of these, first touches of anonymous memory:"),
			   hugeItems(segment));
	if (longest)
		parts.push(make("p", {}, "Page table walk of the longest " +
			"fault, " + duration(longest.ns) + ":"), drawWalk(longest,
			chosen.space.notes.filter((t) => t.time <=
			longest.time)), walkKey(longest));
	return parts;
}

// ---- a merge ----

function describeVerdict(chosen) {
	const verdict = chosen.verdict;

	return [
		kind("merge"),
		make("h3", {}, verdict.merged ? "Merged with a neighbour" :
			"Not merged: " + data.reasons[verdict.reason]),
		make("p", {}, "At " + duration(verdict.time) + ", at the " +
			"boundary ", code(verdict.address), "."),
		make("p", {}, "Merge: " + verdict.words + "."),
	];
}

// ---- any ----

function closeButton() {
	return make("button", {"type": "button", "class": "close",
			       "aria-label": "Close"}, "✕");
}

function hint(view) {
	return make("p", {"class": "hint"}, view.pinned ?
		"The selection stays until you press Escape or click elsewhere." :
		"Point at the picture, or click to select. Keys: ↑ ↓ mappings, " +
		"← → faults of the mapping, M merges.");
}

function showStory(view) {
	const chosen = view.chosen;
	const story = byId("story");
	let parts = [make("h3", {}, "Nothing is selected")];

	if (chosen && chosen.verdict)
		parts = describeVerdict(chosen);
	else if (chosen && chosen.note)
		parts = describeFault(chosen);
	else if (chosen)
		parts = describeMapping(chosen, view);
	if (view.pinned)
		parts.unshift(closeButton());
	story.classList.toggle("pinned", view.pinned);
	story.replaceChildren(...parts, hint(view));
	story.scrollTop = 0;
}

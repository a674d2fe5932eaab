// SPDX-License-Identifier: GPL-2.0-only
// What was chosen, in words.

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

function walkCount(tale) {
	const made = walkOf(tale).filter((step) => stepState(step) === "new");
	const tables = made.length - (made.length &&
		walkOf(tale).slice(-1)[0].after ? 1 : 0);

	if (!tale.seen)
		return "What it left in the page table was not seen.";
	if (!tables)
		return "All page tables were there already.";
	return many(tables, "page table") + " had to be allocated on the way.";
}

function cellWords(cell) {
	return "In this spot of the picture: " + many(cell.count,
		data.classes[cell.class].name + " fault") + ", " +
		duration(cell.ns) + ".";
}

function tellFault(chosen) {
	const tale = chosen.tale, plate = chosen.plate;
	const known = data.classes[tale.class];
	const others = plate.tales.filter((t) => t.time <= tale.time);
	const parts = [
		kind(known.name + " fault", classColour(tale.class)),
		make("h3", {}, tale.place),
		make("p", {}, "At " + duration(tale.time) + ", thread " +
			tale.tid + " wanted to " + ({read: "read ",
			write: "write ", exec: "execute "})[tale.access],
			code(tale.address), tale.culprit ? ", " : "",
			tale.culprit, "."),
		make("p", {}, "The kernel took ", code(tale.way), "."),
		make("p", {}, "That took ", make("b", {}, duration(tale.ns)),
			tale.waited ? "; it was the first touch, " +
			duration(tale.waited) + " after mmap. " : ". ",
			walkCount(tale)),
		drawWalk(tale, others),
		walkKey(),
	];

	if (tale.entry.trim())
		parts.push(make("p", {}, "The entry now: ",
				code(tale.entry.trim()), "."));
	if (chosen.cell)
		parts.push(make("p", {"class": "muted"},
				cellWords(chosen.cell)));
	return parts;
}

// ---- a mapping ----

function lifeWords(life, plate) {
	const from = life.born <= plate.born ? "from the begin" :
		"from " + duration(life.born);
	const to = life.died >= plate.last ? "to the end" :
		"to " + duration(life.died);

	return "It was " + data.origins[life.origin] + " and lived " + from +
	       " " + to + ".";
}

function classesIn(stretch) {
	const sums = new Map();

	for (const cell of stretch.cells) {
		const entry = sums.get(cell.class) || {count: 0, ns: 0};

		entry.count += cell.count;
		entry.ns += cell.ns;
		sums.set(cell.class, entry);
	}
	return [...sums].sort((a, b) => b[1].ns - a[1].ns);
}

function classItems(stretch) {
	const list = make("ul");

	for (const [index, entry] of classesIn(stretch))
		list.append(make("li", {}, number(entry.count) + " " +
			data.classes[index].name + ", " + duration(entry.ns) +
			": " + data.classes[index].what));
	return list;
}

function verdictsAt(plate, life) {
	return plate.verdicts.filter((verdict) =>
		verdict.address === life.start || verdict.address === life.end);
}

function tellLife(life, plate) {
	const parts = [make("p", {}, code(life.start + "–" + life.end + " " +
			life.flags), ", " + size(life.bytes) + ". " +
			lifeWords(life, plate))];
	const list = make("ul");

	parts.push(make("p", {}, life.faults ? many(life.faults, "fault") +
		" in it took " + duration(life.ns) + "." :
		"It was never touched while it was like that."));
	for (const verdict of verdictsAt(plate, life).slice(-3))
		list.append(make("li", {}, verdict.words));
	if (list.childNodes.length)
		parts.push(make("p", {}, "Of its boundaries:"), list);
	return parts;
}

function tellMapping(chosen, view) {
	const stretch = chosen.stretch;
	const life = lifeAt(stretch, chosen.time === undefined ? view.time :
			    chosen.time);
	const longest = stretch.tales.slice().sort((a, b) => b.ns - a.ns)[0];
	let parts = [kind(stretch.parts > 1 ? "mappings" : "mapping"),
		     make("h3", {}, lifeName(life))];

	if (stretch.parts > 1)
		parts.push(make("p", {}, number(stretch.parts) + " ranges are " +
			"drawn as one, " + stretch.start + "–" + stretch.end));
	if (life)
		parts = parts.concat(tellLife(life, chosen.plate));
	if (stretch.cells.length)
		parts.push(make("p", {}, "These addresses had, over time:"),
			   classItems(stretch));
	if (longest)
		parts.push(make("p", {}, "The walk of its longest fault, " +
			duration(longest.ns) + ":"), drawWalk(longest,
			chosen.plate.tales.filter((t) => t.time <=
			longest.time)), walkKey());
	return parts;
}

// ---- a merge ----

function tellVerdict(chosen) {
	const verdict = chosen.verdict;

	return [
		kind("merge"),
		make("h3", {}, verdict.merged ? "Two became one VMA" :
			"Not merged: " + data.reasons[verdict.reason]),
		make("p", {}, "At " + duration(verdict.time) + ", at the " +
			"boundary ", code(verdict.address), "."),
		make("p", {}, "Merged: " + verdict.words + "."),
	];
}

// ---- any ----

function closeButton() {
	return make("button", {"type": "button", "class": "close",
			       "aria-label": "Close"}, "✕");
}

function hint(view) {
	return make("p", {"class": "hint"}, view.pinned ?
		"Stays until Escape or another click." :
		"Point at the picture; click to keep. Keys: ↑ ↓ mappings, " +
		"← → their faults, M merges.");
}

function showStory(view) {
	const chosen = view.chosen;
	const story = byId("story");
	let parts = [make("h3", {}, "Nothing is chosen")];

	if (chosen && chosen.verdict)
		parts = tellVerdict(chosen);
	else if (chosen && chosen.tale)
		parts = tellFault(chosen);
	else if (chosen)
		parts = tellMapping(chosen, view);
	if (view.pinned)
		parts.unshift(closeButton());
	story.classList.toggle("pinned", view.pinned);
	story.replaceChildren(...parts, hint(view));
	story.scrollTop = 0;
}

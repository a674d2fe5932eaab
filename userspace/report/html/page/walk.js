// SPDX-License-Identifier: GPL-2.0-only
// The page table as a tree. The tree shows the tables that were known at the
// time of a fault, the walk to the faulting address, and the tables that the
// fault allocated.

const LEVELS = ["PGD", "P4D", "PUD", "PMD", "PTE"];
const LEAVES = 16;

// Return the steps of the walk, one step per existing level, top level first.
function walkOf(note) {
	const steps = [];

	for (let level = 0; level < 5; level++) {
		const bit = 1 << level;

		if (note.index[level] < 0 || (note.order && level === 4))
			continue;
		steps.push({
			level: LEVELS[level],
			index: note.index[level],
			before: !!(note.before & bit),
			after: !!(note.after & bit),
			changed: !!note.changed,
			seen: !!note.seen,
		});
	}
	return steps;
}

function stepState(step) {
	if (!step.after)
		return step.seen ? "empty" : "unknown";
	return step.before ? "on" : "new";
}

function addChild(node, step) {
	let child = node.children.find((c) => c.index === step.index);

	if (!child) {
		child = {index: step.index, children: []};
		node.children.push(child);
	}
	return child;
}

// Each node is a page table, and the last node is a page. Other faults add
// branches to the tree.
function growTree(note, others) {
	const root = {children: [], state: "on"};
	const walk = walkOf(note);
	let node = root, leaves = 1;

	for (const step of walk) {
		node = addChild(node, step);
		node.state = stepState(step);
		node.step = step;
	}
	for (const other of others) {
		const steps = walkOf(other).slice(0, walk.length - 1);
		let known = root;

		for (const step of steps) {
			const next = known.children.find((c) =>
				c.index === step.index);

			if (!next && (leaves === LEAVES || !step.after))
				break;
			if (!next)
				leaves += known.children.length ? 1 : 0;
			known = addChild(known, step);
		}
	}
	sortTree(root);
	return root;
}

function sortTree(node) {
	node.children.sort((a, b) => a.index - b.index);
	node.children.forEach(sortTree);
}

function drawLinks(svg, links, x) {
	svg.selectAll("path").data(links).enter().append("path").attr({
		"class": (l) => l.target.state || "",
		"d": (l) => "M" + x(l.source.x) + "," + l.source.y +
			"C" + x(l.source.x) + "," + (l.source.y + 20) + " " +
			x(l.target.x) + "," + (l.target.y - 20) + " " +
			x(l.target.x) + "," + l.target.y,
	});
}

function drawNodes(svg, nodes, x, last) {
	svg.selectAll("rect").data(nodes).enter().append("rect").attr({
		"class": (n) => "node " + (n.state || ""),
		"x": (n) => x(n.x) - (n.state ? 7 : 4),
		"y": (n) => n.y - (n.state ? 7 : 4),
		"width": (n) => n.state ? 14 : 8,
		"height": (n) => n.state ? 14 : 8,
		"rx": (n) => n.depth === last ? 7 : 3,
	});
}

// Draw the names of the levels. Between two levels, draw the entry in the upper
// table that leads to the lower table.
function drawLevels(svg, walk) {
	const made = {on: "was there", new: "allocated", empty: "empty",
		      unknown: "not observed"};
	const last = (step) => step === walk[walk.length - 1];

	svg.selectAll(".level").data([null].concat(walk)).enter()
		.append("text").attr({
			"class": "level", "x": 0, "y": (step, i) => 18 + i * 40,
		}).text((step, i) => i < walk.length ? walk[i].level : "page");
	svg.selectAll(".state").data(walk).enter().append("text").attr({
		"class": (step) => "state " + stepState(step), "x": 0,
		"y": (step, i) => 72 + i * 40,
	}).text((step) => "[" + step.index + "] " + (!last(step) ?
		made[stepState(step)] : stepState(step) === "new" ? "filled" :
		step.changed ? "changed" : made[stepState(step)]));
}

function walkCount(note) {
	const walk = walkOf(note);
	const made = walk.filter((step) => stepState(step) === "new");
	const tables = made.length - (made.length &&
		walk.slice(-1)[0].after ? 1 : 0);

	if (!note.seen)
		return "The changes to the page table were not observed.";
	if (tables)
		return many(tables, "page table") + " had to be allocated.";
	return walk.slice(0, -1).every((step) => step.before) ?
		"All page tables existed already." :
		"No page table was allocated.";
}

function walkWords(note) {
	const made = walkOf(note).filter((step) => stepState(step) === "new");
	const names = walkOf(note).map((step) => step.level + " entry " +
		step.index + ({on: " was there", new: " was filled",
			       empty: " is empty",
			       unknown: " was not observed"})[stepState(step)]);

	return "Page table walk: " + names.join(", ") + ". " +
	       (made.length ? "" : walkCount(note));
}

function drawWalk(note, others) {
	const walk = walkOf(note), last = walk.length;
	const height = 40 * last + 40;
	const root = growTree(note, others);
	const tree = d3.layout.tree().size([1, height - 40]);
	const nodes = tree.nodes(root);
	const x = d3.scale.linear().domain([0, 1]).range([118, 330]);
	const box = d3.select(document.createElementNS(
		"http://www.w3.org/2000/svg", "svg"));

	nodes.forEach((node) => {
		node.y = 14 + node.depth * 40;
	});
	box.attr({"class": "walk", "viewBox": "0 0 340 " + height,
		  "role": "img", "aria-label": walkWords(note)});
	drawLevels(box, walk);
	drawLinks(box, tree.links(nodes), x);
	drawNodes(box, nodes, x, last);
	return box.node();
}

function walkKey(note) {
	const signs = note.seen ?
		[make("i", {"class": "new"}), "filled by this fault",
		 make("i", {"class": "empty"}), "still empty"] :
		[make("i", {"class": "unknown"}), "not observed"];

	return make("p", {"class": "key"}, make("i", {}), "was there",
		    ...signs);
}

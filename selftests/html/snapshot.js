// SPDX-License-Identifier: GPL-2.0-only
// A page as lines of text, for states.py. This script runs before the scripts of the
// page, and records what the page draws on the canvas. The lines do not depend on
// fonts.

{
	const drawn = [];	// what was drawn since the canvas was cleared
	const inline = ["B", "CODE", "DATA", "I", "SMALL", "SPAN"];
	const ignored = ["CANVAS", "LINK", "NOSCRIPT", "SCRIPT", "STYLE"];

	// Round numbers with two or more decimal places.
	const rounded = (text) => String(text).replace(/\d+\.\d\d+/g, (digits) =>
		Math.round(digits * 10) / 10);

	const record = (name, note) => {
		const real = CanvasRenderingContext2D.prototype[name];

		CanvasRenderingContext2D.prototype[name] = function (...where) {
			note(this, where);
			return real.apply(this, where);
		};
	};

	record("clearRect", () => drawn.splice(0));
	record("fillRect", (context, where) => drawn.push(["heat",
		...where.map(rounded), context.fillStyle,
		Math.round(context.globalAlpha * 100) / 100].join(" ")));

	const words = (element) => element.textContent.trim()
		.replace(/\s+/g, " ");

	// Return the name of an element, as in p#title.muted, with its attributes.
	const named = (element) => element.tagName.toLowerCase() +
		(element.id ? "#" + element.id : "") +
		Array.from(element.classList, (c) => "." + c).join("") +
		Array.from(element.attributes).map((a) =>
			["id", "class"].includes(a.name) ? "" :
			" " + a.name + "=" + rounded(a.value)).join("") +
		(["INPUT", "SELECT"].includes(element.tagName) ?
		 " is " + element.value : "");

	// Return the line of an element that contains only text. Elements in the text
	// are added only if they have a style.
	const textOf = (element) => [named(element),
		...Array.from(element.querySelectorAll("[style]"), (part) =>
			"<" + named(part) + ">")].join(" ") +
		(words(element) ? ": " + words(element) : "");

	const linesOf = (element, indent) => {
		const children = Array.from(element.children);

		if (ignored.includes(element.tagName) || element.hidden)
			return [];
		if (element.tagName === "TR")
			return [indent + Array.from(element.cells, words)
				.join(" | ")];
		if (children.every((child) => inline.includes(child.tagName)))
			return [indent + textOf(element)];
		return [indent + named(element)].concat(...children.map((child) =>
			linesOf(child, indent + " ")));
	};

	window.snapshot = () => [
		"title: " + document.title,
		"theme: " + document.documentElement.dataset.theme,
		...linesOf(document.body, ""), ...drawn,
	];
}

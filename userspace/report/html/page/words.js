// SPDX-License-Identifier: GPL-2.0-only
// Functions that format numbers, and functions that make HTML elements.

function number(n) {
	return String(n).replace(/\B(?=(\d{3})+$)/g, ",");
}

function duration(ns) {
	if (ns < 1e3)
		return ns + " ns";
	if (ns < 999950)	// 999950 rounds to 1000.0
		return (ns / 1e3).toFixed(1) + " µs";
	if (ns < 999950000)
		return (ns / 1e6).toFixed(1) + " ms";
	return (ns / 1e9).toFixed(2) + " s";
}

function size(bytes) {
	const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
	let unit = 0;

	// 1023.95 rounds to 1024.0.
	while (bytes >= (unit ? 1023.95 : 1024) && unit < 5) {
		bytes /= 1024;
		unit++;
	}
	return bytes.toFixed(1).replace(".0", "") + " " + units[unit];
}

function percent(part, whole) {
	return whole ? Math.round(part * 100 / whole) + " %" : "0 %";
}

function many(n, one, more) {
	return number(n) + " " + (n === 1 ? one : more || one + "s");
}

// Make an element, as in make("p", {"class": "muted"}, "text", element ...). A
// text argument is never parsed as markup.
function make(name, attributes, ...children) {
	const element = document.createElement(name);

	for (const key in attributes || {})
		element.setAttribute(key, attributes[key]);
	element.append(...children);
	return element;
}

function byId(id) {
	return document.getElementById(id);
}

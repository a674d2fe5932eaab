// SPDX-License-Identifier: GPL-2.0-only
// Where the time of a fault went, in words and as a bar. @wait is the member "wait" of a
// note, or of an element of data.slowest.

// Return a part of the time, or -1 if it is not known.
function partOf(wait, name) {
	return wait.parts[data.parts.findIndex((part) => part.name === name)];
}

// Return the parts that are not 0, the largest first. @ns is the duration of the fault.
// The wait for mmap_lock before the fault is not included in the duration.
function sharesOf(wait, ns) {
	const shares = wait.parts.map((time, part) => ({part: part, ns: time}));
	const known = shares.filter((share) => share.ns > 0 &&
		data.parts[share.part].name !== "lock_before");

	shares.push({part: wait.parts.length, ns: ns - d3.sum(known, (s) => s.ns)});
	return shares.filter((share) => share.ns > 0).sort((a, b) => b.ns - a.ns);
}

function largestOf(wait, ns) {
	return sharesOf(wait, ns)[0] || {part: 0, ns: 0};
}

function amountWords(name, wait) {
	if (name === "io" && wait.read)
		return " (" + size(wait.read) + " read)";
	if (name === "reclaim" && wait.reclaimed)
		return " (" + many(wait.reclaimed, "page") + " reclaimed)";
	return "";
}

function holderWords(name, wait) {
	const before = partOf(wait, "lock_before"), lock = partOf(wait, "lock");

	if (!wait.holder || name !== (before < lock ? "lock" : "lock_before"))
		return "";
	return ", held by " + wait.holder + (wait.comm ? " " + wait.comm : "") +
	       (wait.call ? " in " + wait.call : "");
}

// Return the words for a part, such as "22.3 ms waiting for the disk".
function shareWords(share, wait) {
	const {name, words} = data.parts[share.part];

	return duration(share.ns) + " " + words + (name === "unknown" ?
		": too many tasks waited at the same time" :
		amountWords(name, wait) + holderWords(name, wait));
}

// Return the words about the parts that are not known, although other parts are known.
function hiddenWords(wait) {
	const hidden = data.parts.filter((part, i) => wait.parts[i] < 0);

	return hidden.length && wait.parts.some((ns, i) => ns >= 0 &&
		data.parts[i].name !== "lock_before") ? "Not known: " +
		hidden.map((part) => part.words).join(", ") + "." : "";
}

// Return the elements that name the functions in which a fault slept longest.
function placeWords(where) {
	const [inner, outer] = where.split("<");

	return outer ? [code(inner), ", called by ", code(outer)] : [code(inner)];
}

function mostly(part) {
	return data.parts[part].name === "unknown" ? "mostly of unknown parts" :
	       "mostly " + data.parts[part].words;
}

function swatch(part) {
	const colour = make("i", {"class": "swatch " + data.parts[part].name});

	colour.style.backgroundColor = partColour(part);
	return colour;
}

// Return a bar of parts. The bar is a picture, which @words describe.
function partBar(shares, words) {
	const bar = make("div", {"class": "bar", "role": "img",
				 "aria-label": words});

	for (const share of shares) {
		const part = make("span", {
			"class": data.parts[share.part].name,
			"title": duration(share.ns) + " " +
				data.parts[share.part].words,
		});

		part.style.backgroundColor = partColour(share.part);
		part.style.flex = share.ns + " 0 0";
		bar.append(part);
	}
	return bar;
}

function waitBar(wait, ns) {
	const shares = sharesOf(wait, ns);

	return partBar(shares, shares.map((share) => shareWords(share, wait))
		.join(", "));
}

function describeWait(wait, ns) {
	const before = partOf(wait, "lock_before"), hidden = hiddenWords(wait);
	const parts = [
		make("p", {"class": "where"}, "Where the time went" + (before > 0 ?
			", including the wait before the fault, " +
			duration(ns + before) + " in total:" : ":")),
		waitBar(wait, ns),
		make("ul", {"class": "parts"}, ...sharesOf(wait, ns).map((share) =>
			make("li", {}, swatch(share.part),
			     shareWords(share, wait)))),
	];

	if (hidden)
		parts.push(make("p", {}, hidden));
	if (wait.where)
		parts.push(make("p", {}, "Slept longest in ",
				...placeWords(wait.where), "."));
	return parts;
}

// SPDX-License-Identifier: GPL-2.0-only
// The choice of the layer of the picture, and the key to the colours of each layer.

function swatchOf(kind, cell) {
	const colour = make("i", {"class": "swatch"});

	if (kind === "part")
		return swatch(cell.part);
	colour.style.backgroundColor = layerColour(kind, cell);
	return colour;
}

// Fill in the key of a layer. Return true if the layer has cells.
function showKey({cells, kind}, title, words, rest) {
	const key = byId(kind + "-key"), known = new Map();

	for (const cell of data[cells])
		known.set(cell[kind], cell);
	key.append(title + ": ");
	for (const [i, cell] of [...known].sort((a, b) => a[0] - b[0]))
		key.append(make("span", {}, swatchOf(kind, cell), words[i].words), " ");
	key.append(make("span", {}, make("i", {"class": "swatch quiet"}), rest));
	return known.size > 0;
}

// Show the choice of the layer, if there is a layer other than that of the classes.
function showLayers() {
	const shown = {
		part: showKey(layers.part, "The largest part of the time", data.parts,
			      "did not wait"),
		huge: showKey(layers.huge, "First touches of anonymous memory",
			      data.huge_reasons, "other faults"),
	};

	for (const name in shown) {
		if (!shown[name])
			byId("layer").querySelector("[value=" + name + "]").remove();
	}
	byId("layers").hidden = !shown.part && !shown.huge;
}

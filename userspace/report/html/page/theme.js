// SPDX-License-Identifier: GPL-2.0-only
// The light and the dark theme, and the colours of classes, which suit both
// themes.

const colours = {
	"unknown": "#7b8794", "anon-zero": "#6fc9bb", "anon": "#0f9a86",
	"read": "#3f7fdc", "cow": "#e57a2d", "shared": "#8d5fd3",
	"swap": "#9a6342", "migration": "#8a8f98", "marker": "#a08fb0",
	"numa": "#6d7f8f", "wp-reuse": "#a9a23c", "wp-copy": "#d9a514",
	"wp-shared": "#c46bb5", "huge-zero": "#8fc07a", "huge-anon": "#4f9e3a",
	"huge-file": "#2f6fb0", "huge-numa": "#5f7a5a", "huge-wp": "#b5a642",
	"huge-split": "#c28f3f", "hugetlb": "#2f7d46", "uffd": "#d9568f",
	"spurious": "#98a2ad", "sigbus": "#e0484d", "sigsegv": "#c9252d",
	"oom": "#a3122a", "hwpoison": "#7f1030",
};

function classColour(index) {
	const known = data.classes[index];

	return known && colours[known.name] || colours.unknown;
}

// Colours of the parts of the time of a fault. Each colour has a contrast of at least 3
// on the background of both themes.
const partColours = {
	"work": "#7d8996", "reclaim": "#d1495b", "compaction": "#b06a1f",
	"reclaim_sleep": "#bd6ea5", "io": "#3f7fdc", "sleep": "#8d63d6",
	"lock": "#a98500", "cpu": "#2f9466", "lock_before": "#7a8f1e",
	"unknown": "#948677",
};

function partColour(index) {
	return partColours[data.parts[index].name];
}

// Colours of the reasons against huge pages. What can be helped is warm, what was asked for
// is grey or violet.
const reasonColours = {
	"mapped": "#2f9466", "unknown": "#948677", "table": "#7d8996", "zero": "#a98500",
	"kernel": "#7d8996", "nohugepage": "#8d63d6", "prctl": "#8d63d6",
	"prctl-advised": "#8d63d6", "special": "#7d8996", "stack": "#7d8996",
	"setting": "#b06a1f", "range": "#d1495b", "memory": "#3f7fdc",
	"cgroup": "#3f7fdc", "uffd": "#bd6ea5",
};

// Return the colour of a cell of a layer.
function layerColour(kind, cell) {
	return kind === "part" ? partColour(cell.part) :
	       reasonColours[data.huge_reasons[cell.huge].name] ||
	       reasonColours.unknown;
}

function isDark() {
	return document.documentElement.dataset.theme === "dark";
}

function setTheme(dark) {
	document.documentElement.dataset.theme = dark ? "dark" : "light";
	byId("theme").setAttribute("aria-pressed", dark);
}

function startTheme(changed) {
	const system = window.matchMedia("(prefers-color-scheme: dark)");

	setTheme(system.matches);
	system.addEventListener("change", () => {
		setTheme(system.matches);
		changed();
	});
	byId("theme").addEventListener("click", () => {
		setTheme(!isDark());
		changed();
	});
}

function themeColour(name) {
	return getComputedStyle(document.documentElement)
		.getPropertyValue("--" + name).trim();
}

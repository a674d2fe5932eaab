// SPDX-License-Identifier: GPL-2.0-only
// Tables with the data of the pictures. A table is built only when the user
// opens the table.

function table(caption, heads, rows) {
	const body = make("tbody");

	for (const row of rows) {
		const line = make("tr");

		for (const cell of row)
			line.append(make("td", {}, cell));
		body.append(line);
	}
	return make("div", {"class": "scroll", "tabindex": "0",
			    "role": "region", "aria-label": caption},
		make("table", {}, make("caption", {}, caption),
		make("thead", {}, make("tr", {}, ...heads.map((head) =>
			make("th", {"scope": "col"}, head)))), body));
}

function fold(title, fill) {
	const details = make("details", {}, make("summary", {}, title));

	details.addEventListener("toggle", () => {
		while (details.childNodes.length > 1)
			details.lastChild.remove();
		if (details.open)
			details.append(fill());
	});
	byId("tables").append(details);
	return details;
}

function classTable() {
	const heads = ["faults", "major", "time", "p50", "p90", "p99", "max",
		       "class"];
	const columns = ["p50_ns", "p90_ns", "p99_ns", "max_ns"];
	const line = (path, name) => [figure(path + ".faults"),
		figure(path + ".major"), figure(path + ".ns", duration),
		...columns.map((c) => figure(path + "." + c, duration)), name];

	return table("Faults by class", heads, data.report.classes.map((row, i) =>
		line("classes." + i, row["class"])).concat([
		line("faults", "all")]));
}

// Return the name of a thread. If the thread is not the first thread of its
// process, append the PID and the name of the process.
function threadName(row) {
	const process = " (" + row.pid + " " + row.process + ")";

	return row.tid + " " + row.comm +
		(String(row.pid) === row.tid ? "" : process);
}

// Return the name of code. Include the function and the source line, if they
// are known.
function rowName(row) {
	const name = "tid" in row ? threadName(row) : Object.values(row)[0];

	return (row.at && row.at !== "caller" ? row.at + " " : "") + name +
		(row.symbol ? "  " + row.symbol + "+0x" +
		 row.symbol_offset.toString(16) : "") +
		(row.source ? "  " + row.source + ":" + row.line : "");
}

function figureTable(list, what) {
	const rows = data.report[list];
	const more = data.rows[list] - rows.length;
	const caption = "Faults by " + what + (more ? ", the longest " +
		rows.length + " of " + number(data.rows[list]) : "");

	return table(caption, ["faults", "major", "time", "max", what],
		rows.map((row, i) => ["faults", "major"].map((name) =>
			figure(list + "." + i + "." + name)).concat(
			["ns", "max_ns"].map((name) =>
			figure(list + "." + i + "." + name, duration)),
			[rowName(row)])));
}

function makerTable() {
	const rows = data.report.makers;
	const more = data.rows.makers - rows.length;

	return table("Makers of VMAs" + (more ? ", the largest " +
		rows.length + " of " + number(data.rows.makers) : ""),
		["VMAs", "made", "call", "called from"], rows.map((row, i) =>
		[figure("makers." + i + ".vmas"),
		 figure("makers." + i + ".made"),
		 row.call === "before" ? "made before the recording" :
		 row.call + " " + (row.flags || "(split)"), rowName(row)]));
}

function removedAt(life, space) {
	return life.over || space.over ? duration(life.died) : "";
}

function mappingTable(space) {
	const heads = ["start", "end", "size", "flags", "created", "removed",
		       "faults", "time", "origin", "mapping"];
	const lives = space.lives.slice().sort((a, b) => a.from - b.from ||
		a.born - b.born);

	return table("Mappings of " + spaceName(space), heads, lives.map((life) =>
		[life.start, life.end, size(life.bytes), life.flags,
		 duration(life.born), removedAt(life, space),
		 number(life.faults), duration(life.ns),
		 data.origins[life.origin], lifeName(life)]));
}

function verdictTable(space) {
	return table("Merges of " + spaceName(space),
		["time", "boundary", "result", "reason", "description"],
		space.verdicts.map((verdict) => [duration(verdict.time),
			verdict.address, verdict.merged ? "merged" : "failed",
			data.reasons[verdict.reason], verdict.words]));
}

function showTables(space) {
	fold("By class", classTable);
	fold("By file", () => figureTable("files", "file"));
	fold("By VMA", () => figureTable("vmas", "vma"));
	fold("By instruction", () => figureTable("instructions", "ip"));
	if (data.report.callers)
		fold("By caller", () => figureTable("callers", "caller"));
	if (data.report.makers.length)
		fold("Makers of VMAs", makerTable);
	fold("By thread", () => figureTable("threads", "tid"));
	if (!data.spaces.length)
		return [];
	return [fold("Mappings of this address space",
		     () => mappingTable(space())),
		fold("Merges of this address space",
		     () => verdictTable(space()))];
}

// SPDX-License-Identifier: GPL-2.0-only
// The section about where the time of all faults went: the parts, the holders of
// mmap_lock, and the slowest faults.

const ROWS_SHOWN = 5;

function shareOf(part, whole) {
	return part && part * 200 < whole ? "< 1 %" : percent(part, whole);
}

// Return a table of which only the first rows are shown, until the user requests all.
function shortTable(caption, heads, rows) {
	const box = table(caption, heads, rows);
	const button = make("button", {"type": "button", "aria-expanded": "false"},
			    "Show all " + rows.length);

	if (rows.length <= ROWS_SHOWN)
		return box;
	box.classList.add("short");
	button.addEventListener("click", () => {
		const isShort = box.classList.toggle("short");

		button.setAttribute("aria-expanded", !isShort);
		button.textContent = isShort ? "Show all " + rows.length :
				     "Show the first " + ROWS_SHOWN;
	});
	return make("div", {}, box, button);
}

// ---- parts ----

function partRow(part) {
	const waits = data.report.waits, whole = data.report.faults.ns;
	const path = "waits.parts." + part, row = waits.parts[part];
	const isWork = row.part === "work";
	const others = isWork ? data.report.faults.faults - waits.faults : 0;
	const name = [swatch(part), data.parts[part].words,
		      others ? " (including faults that did not wait)" : ""];

	if (row.not_known)
		name.push(make("span", {"class": "muted"}, " (not known for " +
			       many(row.not_known, "fault") + ")"));
	return row.ns ? [number(row.faults + others), figure(path + ".ns", duration),
			 shareOf(row.ns, whole), figure(path + ".max_ns", duration),
			 name] : ["", "not known", "", "", name];
}

// Return the rows of the parts that are not 0 or not always known, the largest first.
function partRows() {
	const waits = data.report.waits, whole = data.report.faults.ns;
	const rows = waits.parts.map((row, i) => [row, i]).filter(([row]) =>
		row.ns || row.not_known).sort((a, b) => b[0].ns - a[0].ns)
		.map(([, i]) => partRow(i));

	if (waits.unknown)
		rows.push([figure("waits.unknown"),
			figure("waits.unknown_ns", duration),
			shareOf(waits.unknown_ns, whole), "",
			[swatch(data.parts.length - 1),
			 "not known: too many tasks waited at the same time"]]);
	rows.push([figure("faults.faults"), figure("faults.ns", duration), "100 %",
		   figure("faults.max_ns", duration), [make("b", {}, "all")]]);
	if (waits.lock_before)
		rows.push([figure("waits.lock_before"),
			figure("waits.lock_before_ns", duration), "", "",
			[swatch(data.parts.length - 2), "waiting for mmap_lock " +
			 "before the faults, in addition to all"]]);
	return rows.map((row) => [...row.slice(0, 4), make("span", {}, ...row[4])]);
}

function partShares() {
	const waits = data.report.waits;

	return waits.parts.map((row, i) => ({part: i, ns: row.ns}))
		.sort((a, b) => b.ns - a.ns)
		.concat([{part: data.parts.length - 1, ns: waits.unknown_ns}])
		.filter((share) => share.ns);
}

function showParts() {
	const whole = data.report.faults.ns, shares = partShares();

	byId("parts-bar").append(partBar(shares, shares.map((share) =>
		shareOf(share.ns, whole) + " " + data.parts[share.part].words)
		.join(", ")));
	byId("parts").append(table("Parts of the time",
		["faults", "time", "share", "longest", "part"], partRows()));
}

// ---- holders ----

function rowHolder(row) {
	const task = row.holder + (row.comm ? " " + row.comm : "");

	if (!row.holder)
		return "not known, or held for reading";
	if (row.holder_nr < 0)
		return task + ", in no system call";
	return task + " in " + (row.holder_nr_name[0] === "?" ? "system call " +
		row.holder_nr : row.holder_nr_name + "()");
}

function showHolders() {
	const waits = data.report.waits, rows = waits.holders;
	const more = data.rows.holders > rows.length ? ", the longest " +
		rows.length + " of " + number(data.rows.holders) : "";

	if (rows.length)
		byId("holders").append(shortTable("Holders of mmap_lock" + more,
			["waits", "time", "share", "longest", "calls", "held by"],
			rows.map((row, i) => [figure("waits.holders." + i + ".count"),
				figure("waits.holders." + i + ".ns", duration),
				shareOf(row.ns, waits.locks_ns),
				figure("waits.holders." + i + ".max_ns", duration),
				row.calls ? figure("waits.holders." + i + ".calls") : "",
				rowHolder(row)])));
}

// ---- the slowest faults ----

function threadOf(tid) {
	const row = data.report.threads.find((thread) => thread.tid === String(tid));

	return row ? threadName(row) : String(tid);
}

// Return the address of a fault. If the picture shows the fault, the address is a button
// that selects it.
function addressOf({address, time}) {
	const note = data.notes.find((n) => n.address === address && n.time === time);
	const button = make("button", {"type": "button", "class": "mono link",
				       "title": "Show this fault in the picture"},
			    address);

	button.addEventListener("click", () => visit(note));
	return note ? button : code(address);
}

function slowestRow(row, i) {
	const {wait} = data.slowest[i];
	const largest = largestOf(wait, row.duration);
	const before = Math.max(0, partOf(wait, "lock_before"));
	const words = [make("div", {}, shareWords(largest, wait)),
		       make("div", {"class": "muted"}, hiddenWords(wait))];

	if (wait.where)
		words.push(make("div", {"class": "muted"}, "slept longest in ",
				...placeWords(wait.where)));
	return [duration(row.duration + before), row["class"], threadOf(row.tid),
		make("div", {}, addressOf(data.slowest[i]), make("div", {"class": "muted"},
			row.file)),
		make("div", {}, waitBar(wait, row.duration), ...words)];
}

function showSlowest() {
	const rows = data.report.waits.slowest;

	if (rows.length)
		byId("slowest").append(shortTable("The slowest faults, including " +
			"waits for mmap_lock before the fault",
			["time", "class", "thread", "address", "parts"],
			rows.map(slowestRow)));
}

function showWaits() {
	const waits = data.report.waits;

	if (!waits.recorded || (!waits.faults && !waits.locks))
		return;
	byId("waits-section").hidden = false;
	if (data.report.faults.faults)
		byId("waits-lead").append(figure("waits.faults"), " of ",
			figure("faults.faults"), " faults waited or reclaimed ",
			"memory. ");
	if (waits.locks)
		byId("waits-lead").append("Threads waited ",
			figure("waits.locks_ns", duration), " for mmap_lock (",
			many(waits.locks, "wait"), " in faults and in calls).");
	if (data.report.faults.faults)
		showParts();
	showHolders();
	showSlowest();
}

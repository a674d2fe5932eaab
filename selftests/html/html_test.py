#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""html_test.py MMAPDEMO DIRECTORY [WORD...]

Test the page of mmapdemo report --html in a browser, and print the results as TAP.
DIRECTORY must contain the programs recording and recordings, which make
recordings, and real.dat, a recording of real programs. Pages are written to DIRECTORY.
With WORDs, run only tests whose names contain one of the WORDs. With STOP=1, stop
after the first failure. With WRITE=1, write golden/html-*.txt.
"""

import itertools
import json
import os
import subprocess
import sys
import time
import traceback
from decimal import Decimal, ROUND_HALF_UP
from functools import cached_property

import functions
import states
from browser import Browser

HOSTILE = "</script><script>owned=1</script><img src=x onerror=owned=1>"
MOST_BYTES = 5 * 1000 * 1000
STORM = 200000


class Failed(Exception):
    """Raised when a test fails."""


def equal(wanted, got, what):
    if wanted != got:
        raise Failed(f"{what}: expected {wanted!r}, got {got!r}")


def ensure(condition, what):
    if not condition:
        raise Failed(what)


# ---- output of the program ----

class Recorded:
    """A recording, its page, and its report as JSON."""

    def __init__(self, tools, name, faults=None, events=None, without=None):
        self.mmapdemo, folder = tools
        self.data = os.path.join(folder, name + ".dat")
        self.page = os.path.join(folder, name + ".html")
        if faults is not None:
            subprocess.run([os.path.join(folder, "recording"), self.data,
                            str(faults)], check=True)
        if events:
            lines = events.read_text(encoding="utf-8").splitlines()
            if without:
                lines = [f".without {without}"] + [
                    line for line in lines if not line.startswith(without)]
            with open(self.data, "wb") as out:
                subprocess.run([os.path.join(folder, "recordings"), "events"],
                               check=True, input="\n".join(lines).encode(),
                               stdout=out)
        subprocess.run([self.mmapdemo, "report", "--html", self.page, self.data],
                       check=True)
        self.report = json.loads(self._said("--json", "--slowest", "20"))

    def _said(self, *options):
        said = subprocess.run(
            [self.mmapdemo, "report", *options, self.data], check=True,
            stdout=subprocess.PIPE).stdout
        return said.decode(errors="replace")

    def faults(self):
        lines = map(json.loads, self._said("--faults", "--json").splitlines())
        return [line for line in lines if line.get("event") == "pte_fault"]

    def faults_of(self, space):
        """Return the start times of an address space's faults, as on the page."""
        faults = self.faults()
        note = self.drawn()["notes"][0]
        first, = {e["time"] - e["duration"] - note["time"] for e in faults
                  if (e["tid"], f"{e['address']:x}", e["duration"]) ==
                  (note["tid"], note["address"], note["ns"])}
        # A later address space may have the same number, so compare the times, too.
        return [e["time"] - e["duration"] - first for e in faults
                if e["mm"] == space["mm"] and
                space["born"] <= e["time"] - first <= space["last"]]

    def drawn(self):
        """Return the data in the page, as the scripts of the page read them."""
        return json.loads(self._parts()[1])

    def _parts(self):
        """Return the page before its data, the data, and the page after them."""
        with open(self.page, encoding="utf-8", errors="replace") as file:
            text = file.read()
        begin, end = text.index('id="data">') + 10, text.rindex("</script>")
        return text[:begin], text[begin:end], text[end:]

    def scripts(self):
        """Return the scripts of the page, without the function that encloses them."""
        text = self._parts()[0]
        begin = text.index("(function () {\n") + len("(function () {\n")
        return text[begin:text.index("}());\n</script>", begin)]

    def changed(self, change):
        """Write the page with other data: change(data) changes them. Return the path
        of the page."""
        before, data, after = self._parts()
        data = json.loads(data)
        change(data)
        path = self.page.replace(".html", "-changed.html")
        with open(path, "w", encoding="utf-8") as file:
            file.write(before + json.dumps(data).replace("<", "\\u003c") + after)
        return path


# ---- numbers as the page prints them ----

def number(value):
    return f"{value:,}"


def rounded(value, places):
    """Round in the same way as toFixed(). A half is always rounded up."""
    return Decimal(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def duration(ns):
    if ns < 1000:
        return f"{ns} ns"
    for divisor, unit in ((1e3, "µs"), (1e6, "ms")):
        if ns / divisor < 999.95:
            return f"{rounded(ns / divisor, 1)} {unit}"
    return f"{rounded(ns / 1e9, 2)} s"


def size(count):
    units = ["B", "KiB", "MiB", "GiB", "TiB"]
    while count >= (1024 if units[0] == "B" else 1023.95) and len(units) > 1:
        count /= 1024
        units.pop(0)
    return f"{rounded(count, 1)}".removesuffix(".0") + f" {units[0]}"


def look_up(report, path):
    for name in path.split("."):
        report = report[int(name) if isinstance(report, list) else name]
    return report


def cut_lists(data):
    """Change data as if a recording had more than a page shows, and as if calls had
    been missed."""
    report = data["report"]
    report.update(lost=0, missed=2, gaps=[], max_map_count=0, unhandled=1, signals=1)
    report["tlb"]["recorded"] = 0
    report["merges"].update(prev=1, next=0, both=0)
    report["faults"]["untimed"] = 3
    report["absent"] = []
    data["rows"].update(files=250, makers=300)
    data["lives_all"] += 1000
    data["verdicts_all"] += 1
    data["elsewhere"], data["spaces_all"], data["outside"] = 5, 40, 2
    data["segments"][0]["parts"] = 1000


# ---- tests ----

class Tests:
    def __init__(self, browser, tools):
        self.browser, self.tools = browser, tools
        browser.run_first(states.SNAPSHOT)

    # Recordings are made when they are needed, because making them takes time.
    @cached_property
    def golden(self):
        return Recorded(self.tools, "golden", events=states.GOLDEN / "events")

    @cached_property
    def map(self):
        return Recorded(self.tools, "map", events=states.GOLDEN / "map")

    @cached_property
    def waits(self):
        return Recorded(self.tools, "waits", events=states.GOLDEN / "waits")

    @cached_property
    def untimed(self):
        """A recording made before the module had the event fault_time."""
        return Recorded(self.tools, "untimed", events=states.GOLDEN / "waits",
                        without="fault_time")

    @cached_property
    def small(self):
        return Recorded(self.tools, "small", 500)

    @cached_property
    def empty(self):
        return Recorded(self.tools, "empty", 0)

    @cached_property
    def large(self):
        return Recorded(self.tools, "large", STORM)

    @cached_property
    def real(self):
        return Recorded(self.tools, "real")

    def open(self, recorded, width=1280, scheme="light"):
        self.browser.resize(width, 900)
        self.browser.prefer(scheme)
        self.browser.open(recorded.page)
        equal([], self.browser.complaints(), "the console")
        equal("mmapdemo: " + recorded.report["title"],
              self.browser.run("return document.title"), "the title")

    def rect(self, selector):
        return self.browser.run(
            "const r = document.querySelector(arguments[0])"
            ".getBoundingClientRect(); return [r.x, r.y, r.width, r.height]",
            selector)

    def unfold(self):
        """Open all tables of the page."""
        self.browser.run("document.querySelectorAll('details')"
                         ".forEach((d) => { d.open = true; })")
        self.browser.settle()

    def show_map(self):
        self.browser.run("document.getElementById('map')"
                         ".scrollIntoView({behavior: 'instant'})")

    def shown(self):
        return int(self.browser.run(
            "return document.getElementById('now').dataset.count"))

    def described(self):
        return self.browser.run(
            "return document.getElementById('story').innerText")

    # The functions of the page are not global, so the test runs the scripts of the
    # page a second time, together with its calls.
    def test_functions_are_right_at_their_borders(self):
        self.open(self.map)
        results = self.browser.run(self.map.scripts() + functions.SCRIPT)
        equal(len(functions.CALLS), len(results), "number of results")
        for (call, wanted), got in zip(functions.CALLS, results):
            equal(wanted, got, call)

    def test_a_page_of_many_events_is_golden(self):
        self.is_golden("golden", self.golden, states.GOLDEN_STATES + [
            ("another recording: lists are cut, and calls were missed",
             lambda: self.open_tables(self.golden.changed(cut_lists))),
            *states.keys("Home"),
            ("another recording: no events",
             lambda: self.open_tables(self.empty.page))])

    def test_a_page_of_many_mappings_is_golden(self):
        self.is_golden("map", self.map, states.MAP_STATES + [
            ("the system is dark", lambda: self.browser.prefer("dark")),
            ("light", states.clicked("#theme")),
            ("a narrow window", lambda: self.browser.resize(390, 900))])

    def test_a_page_of_faults_that_waited_is_golden(self):
        self.is_golden("waits", self.waits, states.WAITS_STATES + [
            ("a narrow window", lambda: self.browser.resize(390, 900)),
            ("another recording: without fault_time",
             lambda: self.browser.open(self.untimed.page))])

    def open_tables(self, page):
        self.browser.open(page)
        self.unfold()

    def is_golden(self, name, recorded, steps):
        self.open(recorded)
        wrong = states.compared(self.browser, name, steps)
        ensure(not wrong, "\n".join(["the page differs:", *wrong[:40]]))

    def test_each_fault_is_in_one_cell(self):
        for recorded in (self.small, self.large, self.real):
            drawn, faults = recorded.drawn(), recorded.report["faults"]
            numbers = [int(n) for n in drawn["cells"].split()]
            key, columns = 0, set()
            for more in numbers[::3]:
                ensure(more > 0 or not columns, "two cells have the same key")
                key += more
                columns.add(key >> 5 & 255)
            equal(faults["faults"],
                  sum(numbers[1::3]) + drawn["elsewhere"] + drawn["outside"],
                  "faults")
            equal(faults["ns"],
                  sum(numbers[2::3]) + drawn["elsewhere_ns"] +
                  drawn["outside_ns"], "their time")
            ensure(max(columns) < drawn["columns"],
                   f"column {max(columns)} of {drawn['columns']}")
        ensure(self.large.drawn()["columns"] < 256, "columns were not joined")

    def test_pages_open_without_complaints(self):
        for recorded in (self.small, self.empty, self.large, self.real):
            begin = time.monotonic()
            self.open(recorded)
            taken = time.monotonic() - begin
            bytes_ = os.path.getsize(recorded.page)
            print(f"# {recorded.report['events']} events: {bytes_} bytes, "
                  f"open after {taken:.2f} s")
            ensure(bytes_ <= MOST_BYTES, f"{bytes_} bytes")

    def test_nothing_is_loaded_from_anywhere(self):
        self.open(self.small)
        equal(0, self.browser.run(
            "return performance.getEntriesByType('resource').length"),
            "things loaded")
        equal("blocked", self.browser.wait(
            "document.addEventListener('securitypolicyviolation',"
            "() => done('blocked'));"
            "new Image().src = 'http://127.0.0.1:9/';"),
            "a picture of another server")
        self.browser.complaints()

    def test_every_number_is_the_reports(self):
        formats = (number, duration, size)
        for recorded in (self.small, self.large, self.real, self.waits):
            self.open(recorded)
            self.unfold()
            figures = self.browser.run(
                "return Array.from(document.querySelectorAll('[data-path]'))"
                ".map((f) => [f.dataset.path, f.value, f.textContent])")
            ensure(len(figures) > 100, f"{len(figures)} numbers")
            for path, value, text in figures:
                wanted = look_up(recorded.report, path)
                equal(str(wanted), value, path)
                ensure(text in [f(wanted) for f in formats],
                       f"{path} is {wanted}, shown as {text}")

    def test_numbers_outside_of_data_elements_are_right(self):
        for recorded in (self.small, self.real):
            self.open(recorded)
            report = recorded.report
            merges = report["merges"]
            cards = self.browser.text("#cards")
            merged = merges["prev"] + merges["next"] + merges["both"]
            ensure(f"{number(merged)}merges with a neighbour succeeded, "
                   f"{number(sum(report['refused'].values()))} failed" in
                   cards, cards)
            top = max(report["classes"], key=lambda row: row["ns"])
            share = rounded(top["ns"] * 100 / report["faults"]["ns"], 0)
            ensure(f"{share} % of that time was spent in class "
                   f"{top['class']}" in
                   self.browser.text("#lead"), self.browser.text("#lead"))

    def test_one_fault_is_not_plural(self):
        for count, wanted in ((1, "1 page fault took "), (2, "2 page faults took ")):
            page = self.small.changed(
                lambda data, count=count: data["report"]["faults"].update(faults=count))
            self.browser.open(page)
            ensure(self.browser.text("#lead").startswith(wanted),
                   self.browser.text("#lead"))

    def test_flushes_are_shown_if_they_were_recorded(self):
        equal({"recorded": 1, "flushes": 3, "all": 1, "pages": 8, "reasons": [
            {"reason": "remote-shootdown", "flushes": 1, "all": 0, "pages": 5},
            {"reason": "local-mm-shootdown", "flushes": 2, "all": 1,
             "pages": 3},
            {"reason": "remote-ipi-send", "flushes": 1, "all": 0,
             "pages": 5}]}, self.small.report["tlb"], "flushes")
        equal({"recorded": 0, "flushes": 0, "all": 0, "pages": 0,
               "reasons": []}, self.empty.report["tlb"], "no flushes")
        for recorded, counted in ((self.small, True), (self.empty, False)):
            self.open(recorded)
            equal(counted, "3TLB flushes: 1 full, 2 partial (8 pages)" in
                  self.browser.text("#cards"), "cards")
            equal(not counted, "TLB flushes were not recorded." in
                  self.browser.text("#troubles"), "troubles")

    def test_losses_are_shown(self):
        for recorded, wanted, other in (
                (self.small, "3 events were lost", "calls were not observed"),
                (self.empty, "2 kernel function calls were not observed",
                 "were lost:")):
            self.open(recorded)
            troubles = self.browser.text("#troubles")
            ensure(wanted in troubles, troubles)
            for words in (other, "Nothing was lost."):
                ensure(words not in troubles, troubles)

    def test_the_pictures_have_every_fault(self):
        for recorded in (self.small, self.large, self.real):
            self.open(recorded)
            drawn, total = recorded.drawn(), 0
            for i in range(len(drawn["spaces"])):
                self.choose_space(i)
                total += self.shown()
            equal(recorded.report["faults"]["faults"],
                  total + drawn["elsewhere"] + drawn["outside"], "faults")

    def choose_space(self, index):
        self.browser.run(
            "const space = document.getElementById('space');"
            "space.value = arguments[0];"
            "space.dispatchEvent(new Event('change'));", index)

    def faults_before(self, recorded, column):
        """Count those faults of the first address space that are before a column of
        the picture."""
        drawn = recorded.drawn()
        space, columns = drawn["spaces"][0], drawn["columns"]
        born, last = space["born"], space["last"]
        count = 0
        for begin in recorded.faults_of(space):
            at = min(int((begin - born) / (last - born) * 256), 255)
            count += at // (256 // columns) < column
        return count

    def test_the_slider_replays(self):
        for recorded in (self.small, self.real):
            self.replay(recorded, len(recorded.faults_of(
                recorded.drawn()["spaces"][0])))

    def replay(self, recorded, faults):
        self.open(recorded)
        self.browser.run("document.getElementById('slider').focus()")
        equal(faults, self.shown(), "faults at the end")
        self.browser.press("home")
        equal(0, self.shown(), "faults before the first")
        for steps in (40, 80, 60):
            self.browser.press(*["right"] * steps)
            column = int(self.browser.run(
                "return document.getElementById('slider').value"))
            equal(self.faults_before(recorded, column), self.shown(),
                  f"faults before column {column}")
        ensure(0 < self.shown() < faults, f"{self.shown()} faults in between")

    def test_play_goes_to_the_end_and_stops(self):
        self.open(self.small)
        self.browser.click("#play")
        equal("Pause", self.browser.run(
            "return document.getElementById('play')"
            ".getAttribute('aria-label')"), "the button")
        ended = self.browser.wait(
            "const play = document.getElementById('play');"
            "new MutationObserver(() => done(play.getAttribute('aria-label')))"
            ".observe(play, {attributes: true});")
        equal("Replay", ended, "the button in the end")
        equal(571, self.shown(), "faults in the end")

    def test_classes_can_be_hidden(self):
        self.open(self.small)
        index = [c["name"] for c in self.small.drawn()["classes"]].index(
            "anon-zero")
        zero = sum(e["class_name"] == "anon-zero" for e in
                   self.small.faults())
        ensure(zero, "no such fault")
        button = f"[data-class='{index}']"
        for count, pressed in ((571 - zero, "false"), (571, "true")):
            self.browser.click(button)
            equal(count, self.shown(), "faults")
            equal(pressed, self.browser.run(
                "return document.querySelector(arguments[0])"
                ".getAttribute('aria-pressed')", button), "pressed")

    def longest(self):
        return max((e for e in self.small.faults()
                    if e["mm"] == 7), key=lambda e: e["duration"])

    def test_a_click_shows_a_fault(self):
        self.open(self.small)
        self.show_map()
        x, y, width, height = self.rect("#frame .chosen")
        self.browser.click_at(x + width / 2, y + height / 2)
        fault, story = self.longest(), self.described()
        for words in (f"{fault['address']:x}", duration(fault["duration"]),
                      "do_fault → do_read_fault", "3 page tables had to",
                      "The selection stays until you press Escape"):
            ensure(words in story, f"'{words}' is not in: {story}")
        self.browser.point_at(x + 300, y + 200)
        equal(story, self.described(), "the story that was clicked at")
        self.browser.click("#story .close")
        ensure("Nothing is selected" in self.described(), self.described())

    def test_a_walk_is_a_tree(self):
        self.open(self.small)
        fault = self.longest()
        label = self.browser.run("return document.querySelector('.walk')"
                                 ".getAttribute('aria-label')")
        shifts = {"PGD": 39, "PUD": 30, "PMD": 21, "PTE": 12}
        for level, shift in shifts.items():
            ensure(f"{level} entry {fault['address'] >> shift & 511} "
                   "was filled" in label, label)
        ensure("P4D" not in label, label)
        equal(4, self.browser.run(
            "return document.querySelectorAll('.walk .node.new').length"),
            "things allocated")
        self.browser.click("#map")
        self.browser.press("end", "up", "right")
        nodes = self.browser.run(
            "return [document.querySelectorAll('.walk .node').length,"
            "document.querySelectorAll('.walk .node.on').length]")
        ensure(nodes[0] > nodes[1] > 0, f"{nodes} nodes, on the walk")

    def test_pointing_shows_a_mapping(self):
        self.open(self.small)
        self.show_map()
        x, y, width, height = self.rect("#frame .label text")
        self.browser.point_at(x + width / 2, y + height / 2)
        story = self.described()
        ensure("400000–40c000 r-xp" in story and "48 KiB" in story, story)
        ensure("Mapped by mmap; existed from" in story and
               "1 fault in the mapping" in story, story)

    def test_the_keyboard_is_enough(self):
        self.open(self.small)
        self.browser.run("document.getElementById('map').focus()")
        self.browser.press("home")
        ensure("400000–40c000" in self.described(), self.described())
        self.browser.press("down", "down")
        ensure("[heap]" in self.described(), self.described())
        self.browser.press("right")
        ensure("anon fault" in self.described().lower(), self.described())
        first = self.described()
        self.browser.press("right")
        ensure(first != self.described(), "the second fault is the first")
        self.browser.press("left")
        equal(first, self.described(), "the fault before the second")
        self.browser.press("m")
        ensure("Not merged: flags" in self.described(), self.described())
        self.browser.press("escape")
        ensure("Nothing is selected" in self.described(), self.described())

    def test_all_controls_can_be_reached_by_tab(self):
        self.open(self.small)
        seen = set()
        for _ in range(40):
            self.browser.press("tab")
            seen.add(self.browser.run("return document.activeElement.id || "
                                      "document.activeElement.tagName"))
        for name in ("theme", "space", "measure", "play", "slider", "map",
                     "SUMMARY", "BUTTON"):
            ensure(name in seen, f"{name} is not among {sorted(seen)}")

    def test_parts_sum_to_the_time_of_the_faults(self):
        self.open(self.waits)
        shares = self.browser.run(
            "return Array.from(document.querySelectorAll('#parts-bar .bar span'),"
            "(s) => [s.className, +s.style.flexGrow])")
        report = self.waits.report
        wanted = {part["part"]: part["ns"] for part in report["waits"]["parts"]}
        wanted["unknown"] = report["waits"]["unknown_ns"]
        equal(wanted, dict(shares), "parts")
        equal(report["faults"]["ns"], sum(ns for _, ns in shares), "their sum")
        label = self.browser.run("return document.querySelector('#parts-bar .bar')"
                                 ".getAttribute('aria-label')")
        for words in ("43 % reclaiming memory", "2 % not known"):
            ensure(words in label, label)
        drawn = self.waits.drawn()
        numbers = [int(n) for n in drawn["waits"].split()]
        equal([report["waits"]["faults"],
               report["waits"]["ns"] + report["waits"]["lock_before_ns"]],
              [sum(numbers[1::3]), sum(numbers[2::3])], "faults of the layer")

    def test_what_is_not_known_is_not_0(self):
        def only_hidden(data):
            part, = [p for p in data["report"]["waits"]["parts"]
                     if p["part"] == "lock"]
            part.update(faults=0, ns=0, max_ns=0)

        self.browser.open(self.waits.changed(only_hidden))
        rows = self.browser.run(
            "return Array.from(document.querySelectorAll('#parts tbody tr'),"
            "(row) => Array.from(row.cells, (cell) => cell.textContent))")
        ensure(["", "not known", "", "",
                "waiting for mmap_lock (not known for 1 fault)"] in rows, rows)

    def test_old_recordings_have_no_waits(self):
        for recorded, wanted in ((self.waits, True), (self.untimed, False),
                                 (self.small, False), (self.empty, False)):
            self.open(recorded)
            equal([wanted, wanted], self.browser.run(
                "return [document.getElementById('waits-section').checkVisibility(),"
                "document.getElementById('layers').checkVisibility() &&"
                "!!document.querySelector('#layer [value=part]')]"),
                "the section and the layer")
            equal(wanted, "Where the time went" in self.described(), "the story")

    def test_the_layer_of_waits_has_a_key(self):
        self.open(self.waits)
        shown = "return document.getElementById('part-key').checkVisibility()"
        equal(False, self.browser.run(shown), "no key")
        self.browser.run(states.chosen("layer", "part"))
        equal(True, self.browser.run(shown), "a key")
        key = self.browser.text("#part-key")
        for words in ("waiting for the disk", "waiting for mmap_lock before the fault",
                      "not known", "did not wait"):
            ensure(words in key, key)
        ensure("compacting" not in key, key)
        for scheme in ("light", "dark"):
            self.open(self.waits, scheme=scheme)
            paper, *parts = map(self.light, self.browser.run(
                "const colour = (e) => getComputedStyle(e).backgroundColor;"
                "return [document.body, ...document.querySelectorAll("
                "'#parts .swatch')].map(colour)"))
            equal(10, len(parts), "swatches")
            for part in parts:
                ensure(self.contrast(paper, part) >= 3, f"{scheme}: {part}")

    def test_the_layer_of_huge_pages_shows_the_first_touches(self):
        self.open(self.waits)
        self.browser.run(states.chosen("layer", "huge"))
        key = self.browser.text("#huge-key")
        for words in ("4 KiB, because the aligned 2 MiB are not inside the VMA",
                      "other faults"):
            ensure(words in key, key)
        drawn = self.waits.drawn()
        numbers = [int(n) for n in drawn["touches"].split()]
        reasons = [reason["name"] for reason in drawn["huge_reasons"]]
        touched, keys = {}, itertools.accumulate(numbers[::3])
        for cell, count in zip(keys, numbers[1::3]):
            reason = reasons[cell & 31]
            touched[reason] = touched.get(reason, 0) + count
        first = self.waits.report["first_touch"]
        wanted = {each["reason"]: each["bytes"] // 4096 for each in first["reasons"]}
        equal({**wanted, "mapped": first["huge_bytes"] >> 21}, touched,
              "first touches by reason")

    def test_a_slow_fault_can_be_visited(self):
        self.open(self.waits)
        self.browser.run("document.querySelector('#slowest .link').focus()")
        self.browser.press("enter")
        fault = self.waits.report["waits"]["slowest"][0]
        for words in (f"{fault['address']:x}", "37.2 ms reclaiming memory (8 pages "
                      "reclaimed)", "Slept longest in rq_qos_wait, called by"):
            ensure(words in self.described(), self.described())
        equal(["part", "map"], self.browser.run(
            "return [document.getElementById('layer').value,"
            "document.activeElement.id]"), "the layer and the focus")

    def test_all_slow_faults_are_printed(self):
        self.open(self.waits)
        shown = ("return Array.from(document.querySelectorAll('#slowest tbody tr'))"
                 ".filter((row) => row.checkVisibility()).length")
        equal(5, self.browser.run(shown), "faults on the screen")
        self.browser.devtools("Emulation.setEmulatedMedia", media="print")
        equal(10, self.browser.run(shown), "faults on paper")
        self.browser.devtools("Emulation.setEmulatedMedia", media="")
        self.browser.run(states.clicked("#slowest > div > button"))
        equal(10, self.browser.run(shown), "faults after a click")

    def test_merges_sit_on_boundaries(self):
        self.open(self.small)
        verdicts = [v for v in self.small.drawn()["verdicts"]
                    if v["space"] == 0]
        marks = self.browser.run(
            "return [document.querySelectorAll('.verdict.merged').length,"
            "document.querySelectorAll('.verdict.refused').length]")
        equal([sum(v["merged"] for v in verdicts),
               sum(not v["merged"] for v in verdicts)], marks, "marks")
        report = self.small.report
        equal([sum(report["merges"].values()) - report["merges"]["none"],
               sum(report["refused"].values())], marks, "merges")
        edges = {s[end] for s in self.small.drawn()["segments"]
                 for end in ("start", "end")}
        for verdict in verdicts:
            ensure(verdict["address"] in edges, f"{verdict} is no boundary")

    def test_themes_follow_the_system_and_the_button(self):
        shades = {}
        for scheme in ("light", "dark"):
            self.open(self.small, scheme=scheme)
            shades[scheme] = self.colours()
            self.check_contrast(scheme)
        ensure(shades["light"] != shades["dark"], "one theme")
        self.browser.click("#theme")
        equal(shades["light"], self.colours(), "dark, toggled")
        self.browser.prefer("light")
        self.browser.settle()
        self.browser.click("#theme")
        equal(shades["dark"], self.colours(), "light, toggled")

    def colours(self):
        return self.browser.run(
            "const style = getComputedStyle(document.body), muted = "
            "getComputedStyle(document.querySelector('.muted'));"
            "return [style.backgroundColor, style.color, muted.color]")

    @staticmethod
    def light(colour):
        """Return the relative luminance of a colour."""
        parts = [int(p) / 255 for p in
                 colour[colour.index("(") + 1:-1].split(",")[:3]]
        linear = [p / 12.92 if p <= .04045 else ((p + .055) / 1.055) ** 2.4
                  for p in parts]
        return .2126 * linear[0] + .7152 * linear[1] + .0722 * linear[2]

    @staticmethod
    def contrast(a, b):
        low, high = sorted((a, b))
        return (high + .05) / (low + .05)

    def check_contrast(self, scheme):
        paper, *inks = map(self.light, self.colours())
        for ink in inks:
            contrast = self.contrast(paper, ink)
            ensure(contrast >= 4.5, f"{scheme}: contrast {contrast:.1f}")

    def test_both_widths_fit(self):
        for width in (1280, 390):
            for recorded in (self.small, self.large, self.empty, self.real,
                             self.waits):
                self.open(recorded, width=width)
                self.unfold()
                equal(width, self.browser.run(
                    "return Math.max(document.documentElement.scrollWidth,"
                    "innerWidth)"), "width of the page")

    def test_cells_of_slow_faults_contain_their_text(self):
        for width in (1280, 390):
            self.open(self.waits, width=width)
            equal([], self.browser.run(
                "return Array.from(document.querySelectorAll('#slowest td'))"
                ".filter((cell) => cell.scrollWidth > cell.clientWidth + 1)"
                ".map((cell) => cell.textContent)"), f"cells, {width} pixels wide")

    def test_a_narrow_page_does_all_of_it(self):
        self.open(self.small, width=390)
        self.browser.run("document.getElementById('map').focus()")
        self.browser.press("home", "down", "down", "right")
        ensure("anon fault" in self.described().lower(), self.described())
        x, _, width, _ = self.rect("#story")
        ensure(x >= 0 and x + width <= 390, f"the story: {x}, {width}")
        _, y, _, height = self.rect("#story")
        ensure(y >= 0 and y + height <= 901, f"the story: {y}, {height}")

    def test_names_are_inert(self):
        self.open(self.small)
        self.unfold()
        self.browser.click("#map")
        self.browser.press("home", *["down"] * 8, "right")
        equal(None, self.browser.run("return window.owned || null"), "owned")
        equal(0, self.browser.run(
            "return document.querySelectorAll('img, b b, i i, u').length"),
            "elements out of names")
        ensure(HOSTILE in self.browser.text("h1"), self.browser.text("h1"))
        equal(3, self.browser.run("return document.scripts.length"), "scripts")
        with open(self.small.page, "rb") as file:
            equal(3, file.read().count(b"</script>"), "ends of scripts")

    def test_a_screen_reader_has_names(self):
        for recorded in (self.small, self.waits):
            self.open(recorded)
            self.unfold()
            self.has_names()

    def has_names(self):
        nameless = self.browser.run(
            "return Array.from(document.querySelectorAll("
            "'button, select, input, [role=img], [role=application],"
            " [role=region], section, aside')).filter((e) =>"
            "!(e.ariaLabel || e.getAttribute('aria-labelledby') ||"
            "e.textContent.trim() || e.labels && e.labels.length))"
            ".map((e) => e.outerHTML.slice(0, 80))")
        equal([], nameless, "without a name")
        equal(["en", 1, 1, 1], self.browser.run(
            "const many = (s) => document.querySelectorAll(s).length;"
            "return [document.documentElement.lang, many('h1'),"
            "many('main'), many('[aria-live]')]"), "landmarks")
        bare = self.browser.run(
            "return Array.from(document.querySelectorAll('table')).filter("
            "(t) => !t.caption || !t.querySelector('th[scope]')).length")
        equal(0, bare, "tables without caption and heads")

    def test_tables_say_what_pictures_show(self):
        self.open(self.small)
        self.unfold()
        rows = self.browser.run(
            "return Array.from(document.querySelectorAll('table')).map("
            "(t) => t.tBodies[0].rows.length)")
        report, drawn = self.small.report, self.small.drawn()
        equal([len(report["classes"]) + 1] +
              [min(len(report[n]), 100) for n in
               ("files", "vmas", "instructions", "makers", "threads")] +
              [sum(o["space"] == 0 for o in drawn[n])
               for n in ("lives", "verdicts")], rows, "rows")

    def test_tables_name_threads_and_makers(self):
        self.open(self.small)
        self.unfold()
        names = {c: self.browser.run(
            "return Array.from(document.querySelectorAll('table')).filter((t) =>"
            f"t.caption.textContent.startsWith('{c}')).flatMap((t) =>"
            "Array.from(t.tBodies[0].rows).map((r) => r.lastChild.textContent))")
            for c in ("Faults by tid", "Makers")}
        report = self.small.report
        equal([f"{t['tid']} {t['comm']}" +
               ("" if str(t["pid"]) == t["tid"] else
                f" ({t['pid']} {t['process']})") for t in report["threads"]],
              names["Faults by tid"], "threads")
        equal([m["at"] if m["at"] in ("via", "in") else ""
               for m in report["makers"]],
              [n.split()[0] if n.split()[:1] in (["via"], ["in"]) else ""
               for n in names["Makers"]], "marks of makers")


def run_test(tests, name, count):
    words = name[len("test_"):].replace("_", " ")
    try:
        getattr(tests, name)()
        equal([], tests.browser.complaints(), "the console")
    except Failed as failure:
        print("# " + str(failure).replace("\n", "\n# "))
    except (OSError, LookupError, TypeError, ValueError,
            subprocess.CalledProcessError) as error:
        where = traceback.extract_tb(error.__traceback__)[1]
        what = str(error).splitlines()[0]
        print(f"# line {where.lineno}: {type(error).__name__}: {what}")
    else:
        print(f"ok {count} {words}", flush=True)
        return True
    print(f"not ok {count} {words}", flush=True)
    return False


def main():
    wanted = sys.argv[3:]
    names = [name for name in vars(Tests) if name.startswith("test_") and
             (not wanted or any(word in name for word in wanted))]
    print("TAP version 13", flush=True)
    try:
        started = Browser()
    except OSError as error:
        print(f"1..0 # SKIP the browser does not start: {error}")
        return 4
    with started as browser:
        tests = Tests(browser, sys.argv[1:3])
        passed = []
        for count, name in enumerate(names, 1):
            passed.append(run_test(tests, name, count))
            if os.environ.get("STOP") and not passed[-1]:
                break
    print(f"1..{len(passed)}")
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())

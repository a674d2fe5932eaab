# SPDX-License-Identifier: GPL-2.0-only
"""Calls of functions of the page that depend only on their arguments, with the
results that they must return: at the borders of each range, and with nothing."""

LIVES = "{lives: [{born: 10, died: 20}, {born: 20, died: 30}, {born: 50, died: 60}]}"
NESTED = "{lives: [{born: 0, died: 100}, {born: 10, died: 20}]}"
SPACE = "{born: 100, last: 356}"
NOTE = ("{{index: [1, {p4d}, 3, 4, 5], before: {before}, after: {after}, seen: {seen},"
        " order: {order}, changed: {changed}}}")


def note(before=31, after=31, order=0, p4d=-1, changed=0, seen=1):
    return NOTE.format(before=before, after=after, order=order, p4d=p4d,
                       changed=changed, seen=seen)


def unseen(before):
    """Return the note of a fault after which the page table was not observed."""
    return note(before=before, after=before, seen=0)


def wait(known=True, **parts):
    """Return where the time of a fault went. If @known is false, only @parts are."""
    names = ["work", "reclaim", "compaction", "reclaim_sleep", "io", "sleep", "lock",
             "cpu", "lock_before"]
    return f"{{parts: {[parts.get(name, 0 if known else -1) for name in names]}}}"


def row(start, end, cells=0, bins=1):
    """Return a segment. Its addresses are pages of 64 KiB."""
    return (f"{{start: '{start}0000', end: '{end}0000', cells: Array({cells}),"
            f" bins: {bins}}}")


def rows_of(*rows):
    return f"layRows({{segments: [{', '.join(rows)}]}}, false)"


def verdicts(at, count=3):
    """Return a view of which the verdict number @at is chosen, or none."""
    chosen = "null" if at is None else f"{{verdict: list[{at}]}}"
    return ("((list) => { const v = stepVerdict({space: {verdicts: list}, chosen: "
            f"{chosen}}}); return v && list.indexOf(v.verdict); }})"
            f"(Array.from({{length: {count}}}, () => ({{segment: 0}})))")


def stepped(by, at, count=3):
    """Return the segment after a step from the segment number @at, or from none."""
    chosen = "null" if at is None else f"{{segment: list[{at}]}}"
    return (f"((list) => list.indexOf(stepRow({{space: {{segments: list}}, chosen: "
            f"{chosen}}}, {by}).segment))(Array.from({{length: {count}}}, Object))")


def leaves(count, after=31):
    """Return which tables at the lowest level a tree shows that has many."""
    return (f"growTree({note(p4d=0)}, Array.from({{length: {count}}}, (x, i) => ("
            f"{{index: [1, 0, 3, 5 + i, 0], before: {after}, after: {after}}})))"
            ".children[0].children[0].children[0].children.map((c) => c.index)")


def verdicts_of(count):
    """Return the list of verdicts of a VMA at whose boundaries there are many."""
    return ("make('p', {}, ...describeLife({start: 'a', end: 'c', flags: '', bytes: 0,"
            " origin: 1}, {verdicts: Array.from('abcabc', (at, i) => ({address: at,"
            f" words: String(i)}})).slice(0, {count})}}))"
            ".querySelectorAll('li').length")


CALLS = [
    # words.js
    ("[0, 999, 1000, 999999, 1000000].map(number)",
     ["0", "999", "1,000", "999,999", "1,000,000"]),
    ("[0, 999, 1000, 999949, 999950, 999949999, 999950000].map(duration)",
     ["0 ns", "999 ns", "1.0 µs", "999.9 µs", "1.0 ms", "999.9 ms", "1.00 s"]),
    ("[0, 1023, 1024, 1536, 1048524, 1048525, 1048576, 1073741823].map(size)",
     ["0 B", "1023 B", "1 KiB", "1.5 KiB", "1023.9 KiB", "1 MiB", "1 MiB",
      "1 GiB"]),
    ("[2 ** 40, 2 ** 50, 2 ** 60].map(size)", ["1 TiB", "1 PiB", "1024 PiB"]),
    ("[[0, 0], [0, 9], [1, 201], [1, 200], [2, 3], [3, 3]].map((p) => percent(...p))",
     ["0 %", "0 %", "0 %", "1 %", "67 %", "100 %"]),
    ("[0, 1, 2, 1000].map((n) => many(n, 'page'))",
     ["0 pages", "1 page", "2 pages", "1,000 pages"]),
    ("[0, 1, 2].map((n) => many(n, 'process', 'processes'))",
     ["0 processes", "1 process", "2 processes"]),
    ("make('p', {'class': 'a'}, '<b>', make('i')).outerHTML",
     '<p class="a">&lt;b&gt;<i></i></p>'),

    # model.js
    ("readCells('')", []),
    ("readCells('8225 2 30 2097120 4 50')",
     [{"bin": 1, "column": 1, "class": 1, "count": 2, "ns": 30},
      {"bin": 257, "column": 0, "class": 1, "count": 4, "ns": 50}]),
    ("[128, 256, 512].map((columns) => readLayer({waits: '8265 2 30', waits_columns:"
     " columns, waits_classes: [4]}, layers.part)[0])",
     [{"bin": 1, "column": column, "part": 9, "classes": [2], "count": 2, "ns": 30}
      for column in (4, 2, 1)]),
    ("[0, 1, 6, 2 ** 31].map(classesOf)", [[], [0], [1, 2], [31]]),
    ("[{class: 2}, {class: 3}, {classes: [2]}, {classes: [2, 4]}].map((cell) =>"
     " isHidden({hidden: new Set([2])}, cell))", [True, False, True, False]),
    (f"[0, 99, 100, 101, 355, 356, 999].map((t) => columnOf({SPACE}, t))",
     [0, 0, 0, 1, 255, 255, 255]),
    ("columnOf({born: 7, last: 7}, 7)", 0),
    (f"[0, 1, 128, 256].map((c) => timeOf({SPACE}, c))", [100, 101, 228, 356]),
    (f"[9, 10, 19, 20, 30, 40, 49, 50, 99].map((t) => lifeAt({LIVES}, t).born)",
     [10, 10, 10, 20, 20, 20, 20, 50, 50]),
    (f"[0, 9, 10, 20, 21].map((t) => lifeAt({NESTED}, t).born)", [0, 0, 0, 0, 0]),
    ("lifeAt({lives: [{born: 0, died: 9}, {born: 5, died: 9}]}, 7).born", 5),
    ("lifeAt({lives: []}, 5)", None),
    ("[9, 10, 19, 20].map((t) => livesAt({born: 10, died: 20, over: 1}, t))",
     [False, True, True, False]),
    ("[9, 10, 20].map((t) => livesAt({born: 10, died: 20, over: 0}, t))",
     [False, True, True]),
    ("livesAt(null, 5)", None),
    ("[null, {name: ''}, {name: 'a'}].map(lifeName)", ["unknown", "anonymous", "a"]),
    ("[{name: '', tid: 5}, {name: 'a', tid: 5}].map(spaceName)",
     ["a process (thread 5)", "a (thread 5)"]),
    ("data.segments.map((s) => s.lives.map((l) => l.born)).filter((l) =>"
     " l.some((time, i) => i && time < l[i - 1]))", []),
    ("[data.spaces[0].notes, data.spaces[0].verdicts].map((list) => list.filter("
     "(entry, i) => i && entry.time < list[i - 1].time).length)", [0, 0]),

    # rows.js
    ("[distance('0', 'ffff'), distance('7fffffff0000', '800000000000')]",
     [65535, 65536]),
    ("[0, 1, 353, 600, 1715, 9999].map((bins) => binHeight({segments: [{cells: [1],"
     " bins: bins}, {cells: [], bins: 5}]}).toFixed(3))",
     ["3.400", "3.400", "3.399", "2.000", "0.700", "0.700"]),
    ("[[0, 9], [1, 1], [1, 17], [1, 18], [1, 62], [1, 63]].map(([cells, bins]) =>"
     " rowHeight({cells: Array(cells), bins: bins}, 1, false))",
     [8, 17, 17, 18, 62, 62]),
    ("[0, 1].map((cells) => rowHeight({cells: Array(cells), bins: 1}, 1, true))",
     [8, 30]),
    # Segments without a hole, after a hole of almost 1 GiB, and of 1 GiB
    (rows_of(row("0", "1"), row("1", "2"), row("4001", "4002"), row("8002", "8003"))
     + ".map((r) => [r.y, r.hole])",
     [[23, 0], [32, 0], [47, 0], [75, 2 ** 30]]),
    (rows_of(row("0", "1"), row("1", "2")) + ".height", 50),
    (rows_of(row("0", "1", 1, 24), row("2", "3", 1, 2)) + ".map((r) => r.height)",
     [62, 17]),
    ("binTop({y: 50, pad: 13, height: 33, segment: {bin: 7, bins: 10}}, 9)", 67),
    (f"((rows) => [0, 31, 32, 41, 99].map((y) => rows.indexOf(rowAtY(rows, y))))"
     f"({rows_of(row('0', '1'), row('1', '2'))})", [0, 0, 1, 1, 1]),

    # summary.js, replay.js and theme.js
    ("[[1, 3, 2], [3, 3], [1]].map((l) => longestRow(l.map((ns) => ({ns: ns}))))",
     [1, 0, 0]),
    ("[{}, {a: 1, b: 2}].map(sum)", [0, 3]),
    ("[className('cow'), className('other')]",
     ["a private copy of the file's page", "other"]),
    ("[9, 10, 19, 20, 29, 30].map((time) => vmasAt({time: time, space: {lives:"
     " [{born: 10, died: 20, over: 1}, {born: 10, died: 30, over: 1},"
     " {born: 10, died: 30, over: 0}, {born: 30, died: 30, over: 0}]}}))",
     [0, 3, 3, 2, 2, 2]),
    ("[4, 5].map((column) => shownCells({column: column, hidden: new Set([2]), space:"
     " {cells: [{column: 4, class: 1}, {column: 4, class: 2}]}}).length)", [0, 1]),
    ("[0, 2, 99, -1].map(classColour)",
     ["#7b8794", "#0f9a86", "#7b8794", "#7b8794"]),

    # map.js
    ("[fit('abc', 3), fit('abcd', 3), fit('abcd', 1)]", ["abc", "ab…", "a…"]),
    ("(map.colours = {w: 'w', x: 'x', r: 'r'},"
     " ['r--p', 'r-xp', 'rw-p', 'rwxs', ''].map((f) => lifeColour({flags: f})))",
     ["r", "x", "w", "w", "r"]),

    # tables.js
    ("[[0, 0], [0, 1], [1, 0], [1, 1]].map(([life, space]) =>"
     " removedAt({died: 20, over: life}, {over: space}))",
     ["", "20 ns", "20 ns", "20 ns"]),

    # keys.js
    (f"[{stepped(1, None)}, {stepped(-1, None)}, {stepped(1, 0)}, {stepped(1, 1)}]",
     [0, 0, 1, 2]),
    (f"[{stepped(1, 2)}, {stepped(-1, 0)}, {stepped(-1, 2)}]", [2, 0, 1]),
    (f"[{stepped('Infinity', 0)}, {stepped('-Infinity', 2)}]", [2, 0]),
    (f"[{verdicts(None)}, {verdicts(0)}, {verdicts(1)}, {verdicts(2)}]",
     [0, 1, 2, 0]),
    (verdicts(None, 0), None),
    ("['ArrowDown', 'ArrowLeft', 'End', 'm'].map((key) => keyChoice({space: {segments:"
     " [], verdicts: []}, chosen: null}, key) || null)", [None] * 4),

    # walk.js and story.js
    (f"walkOf({note()}).map((s) => s.level)", ["PGD", "PUD", "PMD", "PTE"]),
    (f"walkOf({note(p4d=0, order=9)}).map((s) => s.level)",
     ["PGD", "P4D", "PUD", "PMD"]),
    (f"walkOf({note(before=5, after=13)}).map(stepState)",
     ["on", "on", "new", "empty"]),
    (f"[{note()}, {note(before=15)}, {note(before=7)}, {note(before=1)}]"
     ".map(walkCount)",
     ["All page tables existed already.", "All page tables existed already.",
      "1 page table had to be allocated.", "2 page tables had to be allocated."]),
    (f"[{note(before=1, after=5)}, {note(before=15, after=15)},"
     f" {note(before=7, after=7)}, {unseen(31)}].map(walkCount)",
     ["1 page table had to be allocated.", "All page tables existed already.",
      "No page table was allocated.",
      "The changes to the page table were not observed."]),
    (f"walkOf({unseen(5)}).map(stepState)", ["on", "on", "unknown", "unknown"]),
    (f"walkWords({note(before=5, after=13)})",
     "Page table walk: PGD entry 1 was there, PUD entry 3 was there, "
     "PMD entry 4 was filled, PTE entry 5 is empty. "),
    (f"[{note()}, {note(before=7, after=7)}].map((n) => walkWords(n).split('. ')[1])",
     ["All page tables existed already.", "No page table was allocated."]),
    (f"walkWords({unseen(13)})",
     "Page table walk: PGD entry 1 was there, PUD entry 3 was there, "
     "PMD entry 4 was there, PTE entry 5 was not observed. "
     "The changes to the page table were not observed."),
    (f"[{note()}, {unseen(31)}].map((n) => walkKey(n).textContent)",
     ["was therefilled by this faultstill empty", "was therenot observed"]),
    (f"[{leaves(0)}, {leaves(15)}, {leaves(16)}].map((c) => c.length)", [1, 16, 16]),
    (leaves(2), [4, 5, 6]),
    (leaves(2, after=7), [4]),
    (f"[{verdicts_of(0)}, {verdicts_of(2)}, {verdicts_of(5)}]", [0, 1, 3]),
    ("make('p', {}, ...describeLife({start: 'a', end: 'c', flags: '', bytes: 0, origin:"
     " 1}, {verdicts: Array.from('aabccb', (at, i) => ({address: at, words: at + i}))})"
     ").querySelector('ul').textContent", "a1c3c4"),
    ("[[5, 90, 1], [10, 90, 1], [11, 100, 1], [11, 100, 0]].map(([born, died, over]) =>"
     " lifeWords({born: born, died: died, over: over, origin: 1}, {born: 10}))",
     ["Copied by fork; existed from the beginning to 90 ns.",
      "Copied by fork; existed from the beginning to 90 ns.",
      "Copied by fork; existed from 11 ns to 100 ns.",
      "Copied by fork; existed from 11 ns to the end."]),
    ("sumBy([{class: 1, count: 2, ns: 3}, {class: 4, count: 1, ns: 9},"
     " {class: 1, count: 5, ns: 4}], 'class')",
     [[4, {"count": 1, "ns": 9}], [1, {"count": 7, "ns": 7}]]),

    # waits.js and slowest.js
    (f"sharesOf({wait(work=5, io=90, lock_before=200)}, 100)",
     [{"part": 8, "ns": 200}, {"part": 4, "ns": 90}, {"part": 0, "ns": 5},
      {"part": 9, "ns": 5}]),
    (f"[sharesOf({wait(work=0)}, 0), sharesOf({wait(known=False)}, 7)]",
     [[], [{"part": 9, "ns": 7}]]),
    (f"largestOf({wait(work=0)}, 0).part", 0),
    (f"[{wait(io=9, lock=-1)}, {wait(io=9)}, {wait(known=False)},"
     f" {wait(known=False, lock_before=5)}, {wait(io=9, lock=-1, lock_before=-1)}]"
     ".map(hiddenWords)",
     ["Not known: waiting for mmap_lock.", "", "", "",
      "Not known: waiting for mmap_lock, waiting for mmap_lock before the fault."]),
    (f"shareWords({{part: 9, ns: 7}}, {wait(known=False)})",
     "7 ns not known: too many tasks waited at the same time"),
    (f"['reclaim', 'io'].map((name) => amountWords(name, {wait()}))", ["", ""]),
    (f"[1, 8].map((n) => amountWords('reclaim', {{...{wait()}, reclaimed: n}}))",
     [" (1 page reclaimed)", " (8 pages reclaimed)"]),
    (f"amountWords('io', {{...{wait()}, read: 4096}})", " (4 KiB read)"),
    # The holder held the lock during the longer one of both waits.
    (f"[{wait(lock=5, lock_before=5)}, {wait(lock=6, lock_before=5)}].map((wait) =>"
     " ['lock', 'lock_before', 'io'].map((name) => holderWords(name, {...wait,"
     " holder: 7})))",
     [["", ", held by 7", ""], [", held by 7", "", ""]]),
    (f"holderWords('lock', {{...{wait(lock=5)}, holder: 7, comm: 'a', call: 'b()'}})",
     ", held by 7 a in b()"),
    (f"holderWords('lock_before', {wait()})", ""),
    ("['a', 'a<b'].map((where) => make('p', {}, ...placeWords(where)).textContent)",
     ["a", "a, called by b"]),
    ("[0, 4, 8, 9].map(mostly)",
     ["mostly work", "mostly waiting for the disk",
      "mostly waiting for mmap_lock before the fault", "mostly of unknown parts"]),
    ("[[0, 0], [0, 9], [1, 201], [1, 200], [3, 3]].map((p) => shareOf(...p))",
     ["0 %", "0 %", "< 1 %", "1 %", "100 %"]),
    ("[{holder: 0}, {holder: 7, comm: 'a', holder_nr: -1, holder_nr_name: 'none'},"
     " {holder: 7, comm: '', holder_nr: 999, holder_nr_name: '?'},"
     " {holder: 7, comm: 'a', holder_nr: 10, holder_nr_name: 'mprotect'}]"
     ".map(rowHolder)",
     ["not known, or held for reading", "7 a, in no system call",
      "7 in system call 999", "7 a in mprotect()"]),
    ("[4, 5, 6].map((n) => shortTable('a', ['b'], Array(n).fill(['c']))"
     ".querySelectorAll('button').length)", [0, 0, 1]),
    ("[[{part: 4}, {part: 4}], [{part: 4}, {part: 1}], [{class: 2}, {class: 2}],"
     " [{class: 2}, {class: 1}]].map(([note, cell]) => isLike(note, cell))",
     [True, False, True, False]),
    ("data.parts.map((part, i) => partColour(i)).filter((colour, i, all) =>"
     " !colour || all.indexOf(colour) !== i)", []),

    # view.js
    ("[[{}, null], [null, {}], [{note: 1}, {note: 1}], [{note: 1}, {note: 2}]]"
     ".map((p) => !!isSame(...p))", [False, False, True, False]),
    (f"((s) => [[10, 12], [12, 25]].map(([a, b]) => isSame({{segment: s, time: a}},"
     f" {{segment: s, time: b}})))({LIVES})", [True, False]),
]

# A result is sent as JSON, because a driver changes some values.
SCRIPT = ("readData(); return [" + ", ".join(f"JSON.stringify({call})"
                                            for call, _ in CALLS) +
          "].map((text) => JSON.parse(text === undefined ? 'null' : text));")

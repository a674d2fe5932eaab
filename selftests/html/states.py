# SPDX-License-Identifier: GPL-2.0-only
"""What the page shows in many states, compared word for word with golden/html-*.txt.

The first state of a file is the whole page. Each other state is the list of the
lines that differ from the previous state: a line with "-" is gone, and a line with
"+" is new. With WRITE=1, the files are written, as golden_test.sh does.
"""

import difflib
import os
import re
from pathlib import Path

HERE = Path(__file__).parent
GOLDEN = HERE.parent / "golden"
SNAPSHOT = (HERE / "snapshot.js").read_text(encoding="utf-8")


# ---- scripts that act as a user ----

def clicked(selector):
    return f"document.querySelector(`{selector}`).click();"


def chosen(name, value, event="change"):
    return (f"const e = document.getElementById('{name}'); e.value = '{value}';"
            f"e.dispatchEvent(new Event('{event}'));")


def slid(column):
    return chosen("slider", column, "input")


def pressed(key, more=""):
    return ("document.getElementById('map').dispatchEvent(new KeyboardEvent("
            f"'keydown', {{key: '{key}', cancelable: true{more}}}));")


def pointed(kind, x, y, pointer="mouse"):
    """Return a script that sends an event of a pointer at a point of the picture."""
    return ("const m = document.getElementById('map');"
            "const b = m.getBoundingClientRect();"
            f"m.dispatchEvent(new PointerEvent('{kind}', {{pointerType: '{pointer}',"
            f"clientX: b.left + {x}, clientY: b.top + {y}}}));")


def opened(which, is_open="true"):
    return (f"document.querySelectorAll('details{which}')"
            f".forEach((d) => {{ d.open = {is_open}; }});")


# The test calls the function that D3's timer would call at each frame.
TIMER = "d3.timer = (frame) => { window.frame = frame; };"
REPLAY = [
    ("play", TIMER + clicked("#play") + "frame(0);"),
    ("play for 2 s", "frame(2000);"),
    ("pause", clicked("#play") + "frame(2100);"),
    ("play for 1 s more", clicked("#play") + "frame(1000);"),
    ("point while it plays", pointed("pointermove", 250, 40)),
    ("play to the end", "if (!frame(6000)) throw Error('no end');"),
    ("slide while it plays", clicked("#play") + slid(50) + "frame(3000);"),
]


def keys(*names):
    return [(f"key {name}", pressed(name)) for name in names]


# ---- the states of each recording ----

# Three address spaces, and faults of most kinds
GOLDEN_STATES = [
    *[(f"slider at {column}", slid(column)) for column in (0, 4, 5, 36, 37, 255)],
    ("slider at the end", slid(256)),
    *REPLAY,
    ("by number of faults", chosen("measure", "count")),
    ("all tables", opened("")),
    ("one table is closed", opened(":first-child", "false")),
    ("address space 2", chosen("space", 1)),
    *keys("ArrowLeft", "m"),
    ("address space 3", chosen("space", 2)),
    *keys("ArrowRight", "m", "m"),
    ("address space 1", chosen("space", 0)),
]

# One address space, many lives of VMAs, and faults at the same place or time
MAP_STATES = [
    *[(f"slider at {column}", slid(column))
      for column in (1, 9, 10, 15, 16, 100, 200)],
    ("slider at the end", slid(256)),
    ("all tables", opened("")),
    *keys("Escape", "ArrowLeft", "Home", "ArrowUp", "ArrowRight",
          *["ArrowDown"] * 5, *["ArrowRight"] * 5, *["ArrowLeft"] * 2, "End",
          "ArrowDown", *["ArrowRight"] * 3, "ArrowUp", "ArrowRight", "ArrowUp",
          "ArrowLeft", *"mMmmmmmm", "q"),
    ("key ctrl+m", pressed("m", ", ctrlKey: true")),
    ("close", clicked("#story .close")),
    ("point at a dot", pointed("pointermove", 253, 136)),
    ("point at a label", pointed("pointermove", 100, 150)),
    ("point at a VMA that is gone", pointed("pointermove", 500, 140)),
    ("point at a merge", pointed("pointermove", 406, 186)),
    ("move a finger", pointed("pointermove", 253, 136, "touch")),
    ("point above the picture", pointed("pointermove", 406, 3)),
    ("click on a dot", pointed("click", 255, 139)),
    ("point at another dot", pointed("pointermove", 294, 318)),
    ("click on another dot", pointed("click", 294, 318)),
    ("key Escape", pressed("Escape")),
    ("hide anon-zero", clicked("[title^='never written']")),
    ("point at a dot of two classes", pointed("pointermove", 253, 136)),
    *keys("ArrowUp", "ArrowDown", "ArrowRight"),
    ("show anon-zero", clicked("[title^='never written']")),
]

# Faults that waited for something, in one address space
WAITS_STATES = [
    ("all slowest faults", clicked("#slowest > div > button")),
    ("the first slowest faults", clicked("#slowest > div > button")),
    ("layer waiting", chosen("layer", "part")),
    ("hide anon", clicked("[data-class='2']")),
    ("show anon", clicked("[data-class='2']")),
    ("by number of faults", chosen("measure", "count")),
    ("slider at 100", slid(100)),
    ("slider at the end", slid(256)),
    *keys("Escape", "Home", "ArrowDown", *["ArrowRight"] * 3, "ArrowDown",
          "ArrowDown", *["ArrowRight"] * 5),
    ("visit a slow fault", clicked("#slowest tr:nth-child(2) .link")),
    ("key Escape", pressed("Escape")),
    ("point at a fault that waited for the disk", pointed("pointermove", 333, 41)),
    ("point at a fault that did not wait", pointed("pointermove", 372, 41)),
    ("layer huge pages", chosen("layer", "huge")),
    *keys("Escape", "Home", "ArrowDown", "ArrowRight"),
    ("layer classes", chosen("layer", "class")),
    ("visit a slow fault from the other layer",
     clicked("#slowest tr:nth-child(5) .link")),
]


# ---- comparison ----

def changes(before, now):
    return [line for line in difflib.unified_diff(before, now, n=0, lineterm="")
            if not line.startswith(("---", "+++", "@@"))]


def shown(browser):
    return [re.sub(r"(mmapdemo) 0\.\d+", r"\1 VERSION", line)
            for line in browser.run("return snapshot();")]


def compared(browser, name, states):
    """Return the differences between the states of the open page and a golden file.
    Each state has a name, and a script or a function that leads to the state."""
    before = shown(browser)
    lines = ["# first view", *before]
    for state, step in states:
        if callable(step):
            step()
        else:
            browser.run(f"{{{step}}}")
        browser.settle()
        now = shown(browser)
        lines += ["", f"# {state}", *changes(before, now)]
        before = now
    path = GOLDEN / f"html-{name}.txt"
    if os.environ.get("WRITE"):
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    wanted = path.read_text(encoding="utf-8").splitlines()
    return list(difflib.unified_diff(wanted, lines, "golden", "shown", n=1,
                                     lineterm=""))

# SPDX-License-Identifier: GPL-2.0-only
"""
monitor.py SOCKET DIRECTORY PID: the part of monitor.sh that runs on the host.

Waits for DIRECTORY/ready, which the guest makes, and queries QEMU at SOCKET for the
page tables of the guest's second processor. PID is the process of run.sh.
DIRECTORY/walk.json is the output of mmapdemo walk for the process on that processor.
DIRECTORY/places contains the addresses of the mappings of this process.
"""

import json
import os
import re
import socket
import sys
import time

CPU = 1
PAGE = 4096
USER_END = 1 << 56      # the upper half of the addresses belongs to the kernel
TRIES = 200
# Memory types that the bits PCD and PWT of an entry select, according to the
# PAT of Linux.
CACHING = {"--": "", "-T": "write-combining", "C-": "uncached",
           "CT": "uncached"}


class Monitor:
    """A QMP connection to QEMU, for commands of the human monitor."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.file = self.socket.makefile("rw")
        self.file.readline()
        self.execute("qmp_capabilities")

    def execute(self, command, **arguments):
        json.dump({"execute": command, "arguments": arguments}, self.file)
        self.file.write("\n")
        self.file.flush()
        while True:
            answer = json.loads(self.file.readline())
            if "error" in answer:
                raise RuntimeError(answer["error"]["desc"])
            if "return" in answer:      # other answers are events
                return answer["return"]

    def ask(self, line):
        return self.execute("human-monitor-command", **{
            "command-line": line, "cpu-index": CPU}).replace("\r", "")


class Page:
    """A page table entry that maps a page."""

    def __init__(self, frame, size, write, user, execute, dirty, young,
                 caching):
        self.frame = frame
        self.size = size
        self.write = write
        self.user = user
        self.execute = execute
        # Since Linux 6.6, the dirty bit of a read-only page is stored in another
        # bit.
        self.dirty = dirty and write
        self.young = young
        self.caching = caching

    def becomes(self, later):
        """Compare with a later state. The kernel may have cleared the young bit."""
        return later is not None and vars(later) == {
            **vars(self), "young": self.young and later.young}

    def __repr__(self):
        return str(vars(self))


def walked(folder):
    """Return the present leaf entries in walk.json, by address."""
    sizes = {"PTE": 12, "PMD": 21, "PUD": 30}
    pages = {}
    with open(f"{folder}/walk.json", encoding="utf-8") as lines:
        for run in map(json.loads, lines):
            bits = run.get("entry_names", [])
            if "present" not in bits or "table" in bits or \
                    "protnone" in bits:
                continue
            size = 1 << sizes[run["level"]]
            caching = "".join(set(bits) & set(CACHING.values()))
            for i in range(run["count"]):
                frame = run["frame"]
                if "zero" not in bits:
                    frame += i * (size // PAGE)
                pages[run["start"] + i * size] = Page(
                    frame * PAGE, size, "write" in bits, "user" in bits,
                    "exec" in bits, "dirty" in bits, "young" in bits,
                    caching)
    return pages


def placed(folder):
    with open(f"{folder}/places", encoding="utf-8") as lines:
        return {name: int(at, 16) for name, at in map(str.split, lines)}


def tlb(monitor):
    """Return the user pages in "info tlb", by address. Only huge pages have a P."""
    pages = {}
    for line in monitor.ask("info tlb").splitlines():
        match = re.fullmatch(r"([0-9a-f]+): ([0-9a-f]+) (.{9})", line)
        if not match:
            raise ValueError(f"info tlb: {line}")
        at, frame, flags = int(match[1], 16), int(match[2], 16), match[3]
        if at < USER_END:
            pages[at] = Page(frame, (1 << 21) if "P" in flags else PAGE,
                             "W" in flags, "U" in flags, "X" not in flags,
                             "D" in flags, "A" in flags,
                             CACHING[flags[5:7]])
    return pages


def ranges(pages):
    """Merge adjacent pages with the same rights into ranges, as "info mem" does."""
    merged = []
    for at in sorted(pages):
        page = pages[at]
        rights = ("u" if page.user else "-") + "r" + \
            ("w" if page.write else "-")
        if merged and merged[-1][1] == at and merged[-1][2] == rights:
            merged[-1][1] = at + page.size
        else:
            merged.append([at, at + page.size, rights])
    return merged


def mem(monitor):
    found = []
    for line in monitor.ask("info mem").splitlines():
        match = re.fullmatch(r"([0-9a-f]+)-([0-9a-f]+) [0-9a-f]+ (...)", line)
        if not match:
            raise ValueError(f"info mem: {line}")
        if int(match[1], 16) < USER_END:
            found.append([int(match[1], 16), int(match[2], 16), match[3]])
    return found


def translated(monitor, at):
    match = re.search("gpa: 0x([0-9a-f]+)", monitor.ask(f"gva2gpa {at:#x}"))
    return int(match[1], 16) if match else None


def wait_for(path, pid):
    while not os.path.exists(path):
        os.kill(pid, 0)
        time.sleep(0.1)


def stop_in_process(monitor, at):
    """Stop the machine at a moment when the processor uses the page tables of the process."""
    for _ in range(TRIES):
        monitor.execute("stop")
        if translated(monitor, at) is not None:
            return
        monitor.execute("cont")
        time.sleep(0.05)
    raise TimeoutError("the process never runs on its processor")


class Tests:
    def __init__(self, count):
        self.number = 0
        self.failed = 0
        print(f"TAP version 13\n1..{count}", flush=True)

    def check(self, name, problems):
        self.number += 1
        self.failed += bool(problems)
        for problem in problems[:20]:
            print("#", problem)
        print(f"{'not ok' if problems else 'ok'} {self.number} {name}",
              flush=True)


def differences(ours, theirs):
    return [f"{at:#x}: walk {ours.get(at)}, monitor {theirs.get(at)}"
            for at in sorted(ours.keys() | theirs.keys())
            if at not in ours or not ours[at].becomes(theirs.get(at))]


def kinds_missing(pages, places, thp):
    """Return the mappings of the process that are missing or of the wrong kind. A kernel
    with PREEMPT_RT has no transparent huge pages."""
    missing = [name for name, at in places.items()
               if (at in pages) == (name == "forbidden")]
    if "huge" not in missing and (pages[places["huge"]].size > PAGE) != thp:
        missing.append(f"huge: {pages[places['huge']].size} bytes")
    missing += [f"{name}: {pages[places[name]].caching or 'cached'}"
                for name, caching in (("combining", "write-combining"),
                                      ("uncached", "uncached"))
                if name not in missing
                and pages[places[name]].caching != caching]
    return missing


def main():
    path, folder, pid = sys.argv[1], sys.argv[2], int(sys.argv[3])
    wait_for(f"{folder}/ready", pid)
    pages, places = walked(folder), placed(folder)
    monitor = Monitor(path)
    tests = Tests(5)
    tests.check("the process has pages of each kind",
                kinds_missing(pages, places, os.path.exists(f"{folder}/thp")))
    stop_in_process(monitor, places["written"])
    tests.check("walk translates every page as gva2gpa does", [
        f"{at:#x}: walk {page.frame:#x}, gva2gpa {translated(monitor, at)}"
        for at, page in pages.items()
        if translated(monitor, at + 0x123) != page.frame + 0x123])
    tests.check("gva2gpa finds nothing where walk finds nothing",
                [name for name in ("forbidden",)
                 if translated(monitor, places[name]) is not None])
    tests.check("walk has the pages and bits that info tlb has",
                differences(pages, tlb(monitor)))
    ours, theirs = ranges(pages), mem(monitor)
    tests.check("walk has the ranges that info mem has",
                [f"only walk: {r}" for r in ours if r not in theirs] +
                [f"only monitor: {r}" for r in theirs if r not in ours])
    monitor.execute("cont")
    return tests.failed > 0


sys.exit(main())

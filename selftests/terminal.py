# SPDX-License-Identifier: GPL-2.0-only
"""
terminal.py ROWS COLUMNS COMMAND [ARGUMENT...]

Runs COMMAND on a terminal of this size, and interprets its output as xterm would.
Meanwhile, it executes the lines of standard input:

    shows REGEX         wait until a line of the screen matches
    shows N REGEX       wait until line N matches; 1 is the first, -1 the last
    hides REGEX         wait until no line matches
    keeps COMMAND       run COMMAND, and check that the screen stays the same
    types TEXT          type TEXT, with escapes as in Python: \\n, \\x1b
    resizes ROWS COLUMNS
    ends STATUS         wait until COMMAND ends with STATUS, and check that the
                        settings of the terminal are restored

Fails and prints the screen if a step takes more than a minute, or if COMMAND
sends an unknown control sequence.
"""

import codecs
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time

SECONDS = 60


class Screen:
    """A screen that interprets output in the same way as xterm."""

    CONTROL = re.compile(
        r"\x1b\[(?P<private>[?>]?)(?P<numbers>[0-9;]*)(?P<csi>[@-~])"
        r"|\x1b[()](?P<charset>.)|\x1b(?P<escape>[=>78MDEc])", re.S)

    def __init__(self, rows, columns):
        self.alternate = False
        self.cursor = True
        self.pending = ""
        self.resize(rows, columns)

    def resize(self, rows, columns):
        self.rows, self.columns = rows, columns
        self.cells = [[" "] * columns for _ in range(rows)]
        self.row = self.column = 0
        self.top, self.bottom = 0, rows - 1
        self.last = " "

    def lines(self):
        return ["".join(row).rstrip() for row in self.cells]

    def take(self, text):
        text, self.pending = self.pending + text, ""
        while text:
            if text[0] == "\x1b":
                match = self.CONTROL.match(text)
                if not match:
                    if len(text) > 32:
                        raise ValueError(f"not understood: {text[:32]!r}")
                    self.pending = text
                    return
                self.control(match)
                text = text[match.end():]
            else:
                self.put(text[0])
                text = text[1:]

    def put(self, char):
        if char == "\r":
            self.column = 0
        elif char == "\n":
            self.line_feed()
        elif char == "\b":
            self.column = max(self.column - 1, 0)
        elif char == "\t":
            self.column = min(self.column // 8 * 8 + 8, self.columns - 1)
        elif char in "\a\x0e\x0f\0":
            pass
        else:
            if self.column == self.columns:
                self.column = 0
                self.line_feed()
            self.cells[self.row][self.column] = self.last = char
            self.column += 1

    def line_feed(self):
        if self.row == self.bottom:
            self.scroll(1)
        else:
            self.row = min(self.row + 1, self.rows - 1)

    def scroll(self, by, top=None):
        top = self.top if top is None else top
        for _ in range(abs(by)):
            empty = [" "] * self.columns
            if by > 0:
                del self.cells[top]
                self.cells.insert(self.bottom, empty)
            else:
                del self.cells[self.bottom]
                self.cells.insert(top, empty)

    def erase(self, row, begin, end):
        for column in range(begin, min(end, self.columns)):
            self.cells[row][column] = " "

    def control(self, match):
        if match["charset"]:
            return
        if match["escape"]:
            if match["escape"] == "M":
                if self.row == self.top:
                    self.scroll(-1)
                else:
                    self.row -= 1
            elif match["escape"] not in "=>78":
                raise ValueError(f"not understood: {match[0]!r}")
            return
        numbers = [int(n or 0) for n in match["numbers"].split(";")]
        if match["private"]:
            self.mode(match, numbers)
        else:
            self.csi(match, numbers)

    def mode(self, match, numbers):
        for number in numbers:
            if number == 1049:
                self.alternate = match["csi"] == "h"
            elif number == 25:
                self.cursor = match["csi"] == "h"

    def csi(self, match, numbers):
        kind, first, count = match["csi"], numbers[0], max(numbers[0], 1)
        row = self.cells[self.row]
        at = min(self.column, self.columns - 1)
        if kind in "Hf":
            self.row = min(max(first, 1), self.rows) - 1
            self.column = min(max((numbers + [1])[1], 1), self.columns) - 1
        elif kind == "A":
            self.row = max(self.row - count, 0)
        elif kind == "B":
            self.row = min(self.row + count, self.rows - 1)
        elif kind == "C":
            self.column = min(self.column + count, self.columns - 1)
        elif kind == "D":
            self.column = max(at - count, 0)
        elif kind == "G":
            self.column = min(count, self.columns) - 1
        elif kind == "d":
            self.row = min(count, self.rows) - 1
        elif kind == "J":
            for line in range(self.rows):
                if first == 2 or (first == 0) == (line > self.row) and \
                        line != self.row:
                    self.erase(line, 0, self.columns)
            self.erase(self.row, at if first == 0 else 0,
                       at + 1 if first == 1 else self.columns)
        elif kind == "K":
            self.erase(self.row, at if first == 0 else 0,
                       at + 1 if first == 1 else self.columns)
        elif kind == "X":
            self.erase(self.row, at, at + count)
        elif kind == "@":
            row[at:] = ([" "] * count + row[at:])[:self.columns - at]
        elif kind == "P":
            row[at:] = (row[at + count:] + [" "] * count)[:self.columns - at]
        elif kind == "L":
            self.scroll(-count, self.row)
        elif kind == "M":
            self.scroll(count, self.row)
        elif kind == "S":
            self.scroll(count)
        elif kind == "T":
            self.scroll(-count)
        elif kind == "r":
            self.top = max(first, 1) - 1
            self.bottom = (numbers + [0])[1] or self.rows
            self.bottom -= 1
            self.row = self.column = 0
        elif kind == "b":
            for _ in range(count):
                self.put(self.last)
        elif kind not in "mhlt":
            raise ValueError(f"not understood: {match[0]!r}")


class Terminal:
    def __init__(self, rows, columns, command):
        self.screen = Screen(rows, columns)
        self.decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.status = None
        self.master, self.slave = pty.openpty()
        self.set_size(rows, columns)
        self.before = termios.tcgetattr(self.slave)
        self.pid = os.fork()
        if not self.pid:
            os.setsid()
            fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0)
            for fd in range(3):
                os.dup2(self.slave, fd)
            os.execvp(command[0], command)

    def set_size(self, rows, columns):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ,
                    struct.pack("HHHH", rows, columns, 0, 0))

    def resizes(self, text):
        rows, columns = map(int, text.split())
        self.screen.resize(rows, columns)
        self.set_size(rows, columns)

    def types(self, text):
        os.write(self.master, codecs.decode(text, "unicode_escape").encode())

    def until(self, done, what):
        end = time.monotonic() + SECONDS
        while not done():
            if time.monotonic() > end:
                raise TimeoutError(what)
            if select.select([self.master], [], [], 0.1)[0]:
                self.screen.take(self.decoder.decode(
                    os.read(self.master, 65536)))
            elif self.status is not None:
                raise ChildProcessError(f"it has ended, {what}")
            elif os.waitpid(self.pid, os.WNOHANG)[0]:
                self.status = True

    def matching(self, text):
        line, _, regex = text.partition(" ")
        if not re.fullmatch("-?[0-9]+", line):
            return [line for line in self.screen.lines()
                    if re.search(text, line)]
        lines = self.screen.lines()
        index = int(line) - (int(line) > 0)
        return re.findall(regex, lines[index])

    def shows(self, text):
        self.until(lambda: self.matching(text), f"no '{text}'")

    def hides(self, text):
        self.until(lambda: not self.matching(text), f"still '{text}'")

    def keeps(self, text):
        before = self.screen.lines()
        command = subprocess.Popen(text, shell=True)
        self.until(lambda: command.poll() is not None, f"{text} does not end")
        if command.returncode:
            raise ValueError(f"{text}: status {command.returncode}")
        if self.screen.lines() != before:
            raise ValueError("\n".join(["the screen was:", *before,
                                        "and has changed"]))

    def ends(self, text):
        end = time.monotonic() + SECONDS
        while True:
            while select.select([self.master], [], [], 0)[0]:
                self.screen.take(self.decoder.decode(
                    os.read(self.master, 65536)))
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                break
            if time.monotonic() > end:
                raise TimeoutError("it does not end")
            select.select([self.master], [], [], 0.1)
        while select.select([self.master], [], [], 0)[0]:
            self.screen.take(self.decoder.decode(os.read(self.master, 65536)))
        if os.waitstatus_to_exitcode(status) != int(text):
            raise ValueError(f"status {os.waitstatus_to_exitcode(status)}")
        if termios.tcgetattr(self.slave) != self.before:
            raise ValueError("the terminal has other settings")
        if self.screen.alternate or not self.screen.cursor:
            raise ValueError("another screen, or no cursor, is left")


def main():
    terminal = Terminal(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
    try:
        for line in sys.stdin:
            verb, _, text = line.strip().partition(" ")
            if verb in ("shows", "hides", "keeps", "types", "resizes",
                        "ends"):
                getattr(terminal, verb)(text)
            elif verb:
                raise ValueError(f"{verb}: what is that?")
    except (ValueError, OSError, IndexError) as error:
        print(f"{error}; the screen was:", *terminal.screen.lines(), sep="\n")
        try:
            os.kill(terminal.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        return 1
    return 0


sys.exit(main())

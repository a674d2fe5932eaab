# SPDX-License-Identifier: GPL-2.0-only
"""Headless Chromium, controlled through ChromeDriver's HTTP interface."""

import base64
import json
import os
import re
import subprocess
import urllib.error
import urllib.request

KEYS = {"left": "\ue012", "up": "\ue013", "right": "\ue014", "down": "\ue015",
        "home": "\ue011", "end": "\ue010", "escape": "\ue00c",
        "enter": "\ue007", "tab": "\ue004"}
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


class Browser:
    """A window of the browser. The window is closed at the end of "with"."""

    def __init__(self):
        self.driver = subprocess.Popen(
            ["chromedriver", "--port=0"], stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True)
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}))
        self.session = None
        for line in self.driver.stdout:
            port = re.search(r"started successfully on port (\d+)", line)
            if port:
                break
        else:
            raise OSError("chromedriver did not start")
        self.base = f"http://127.0.0.1:{port[1]}"
        self._begin()

    def __enter__(self):
        return self

    def _begin(self):
        options = {"args": ["--headless=new", "--no-sandbox", "--disable-gpu",
                            "--disable-dev-shm-usage", "--hide-scrollbars",
                            "--force-device-scale-factor=1"]}
        # A busy machine may need a long time to draw one frame.
        wanted = {"alwaysMatch": {"timeouts": {"script": 300000},
                                  "goog:chromeOptions": options,
                                  "goog:loggingPrefs": {"browser": "ALL"}}}
        answer = self._call("POST", "/session", {"capabilities": wanted})
        self.session = answer["sessionId"]

    def __exit__(self, *exception):
        try:
            if self.session:
                self.ask("DELETE", "")
        finally:
            self.driver.terminate()
            self.driver.wait()

    def _call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.base + path, data, {"Content-Type": "application/json"},
            method=method)
        try:
            with self.opener.open(request, timeout=330) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise OSError(json.load(error)["value"]["message"]) from None

    def ask(self, method, path, body=None):
        return self._call(method, f"/session/{self.session}{path}", body)

    def devtools(self, command, **parameters):
        return self.ask("POST", "/goog/cdp/execute",
                        {"cmd": command, "params": parameters})

    # ---- user input ----

    def resize(self, width, height):
        self.devtools("Emulation.setDeviceMetricsOverride", width=width,
                      height=height, deviceScaleFactor=1, mobile=width < 600)

    def prefer(self, scheme):
        """Set the theme of the system to "light" or "dark"."""
        self.devtools("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": scheme}])

    def run_first(self, script):
        """Run a script in each page from now on, before the scripts of the page."""
        self.devtools("Page.addScriptToEvaluateOnNewDocument", source=script)

    def open(self, path):
        self.ask("POST", "/url", {"url": "file://" + os.path.abspath(path)})

    def find(self, selector):
        return self.ask("POST", "/element", {
            "using": "css selector", "value": selector})[ELEMENT]

    def click(self, selector):
        self.ask("POST", f"/element/{self.find(selector)}/click", {})

    def click_at(self, x, y):
        moves = [{"type": "pointerMove", "x": round(x), "y": round(y)},
                 {"type": "pointerDown", "button": 0},
                 {"type": "pointerUp", "button": 0}]
        self._act("pointer", moves)

    def point_at(self, x, y):
        self._act("pointer", [{"type": "pointerMove", "x": round(x),
                               "y": round(y)}])

    def press(self, *keys):
        strokes = []
        for key in keys:
            value = KEYS.get(key, key)
            strokes += [{"type": "keyDown", "value": value},
                        {"type": "keyUp", "value": value}]
        self._act("key", strokes)

    def _act(self, kind, steps):
        self.ask("POST", "/actions", {"actions": [
            {"type": kind, "id": kind, "actions": steps}]})

    # ---- the page ----

    def run(self, script, *arguments):
        return self.ask("POST", "/execute/sync", {
            "script": script, "args": list(arguments)})

    def text(self, selector):
        return self.run("return document.querySelector(arguments[0])"
                        ".textContent", selector)

    def wait(self, script):
        """Run a script. Wait until it calls done(). Return the argument of
        done()."""
        return self.ask("POST", "/execute/async", {
            "script": "const done = arguments[0];" + script, "args": []})

    def settle(self):
        """Wait until the page has handled all events and was drawn again."""
        self.wait("requestAnimationFrame(() => requestAnimationFrame("
                  "() => setTimeout(done)));")

    def complaints(self):
        """Return the browser's errors and warnings since this was last called."""
        return [entry["message"] for entry in
                self.ask("POST", "/se/log", {"type": "browser"})
                if entry["level"] in ("SEVERE", "WARNING")]

    def screenshot(self, path, whole=False):
        shot = self.devtools("Page.captureScreenshot",
                             captureBeyondViewport=whole)
        with open(path, "wb") as file:
            file.write(base64.b64decode(shot["data"]))

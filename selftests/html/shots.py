#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""shots.py PAGE DIRECTORY

Take screenshots of a page that mmapdemo report --html has made, for a person to
look at. There are screenshots for both widths and both themes. In each case, one
shows the top of the page, and one shows the page with a fault chosen.
"""

import os
import sys

from browser import Browser

SIZES = {"wide": (1280, 1600), "narrow": (390, 844)}


def shoot(browser, page, folder, width, scheme):
    name = os.path.join(folder, f"{width}-{scheme}")
    browser.resize(*SIZES[width])
    browser.prefer(scheme)
    browser.open(page)
    browser.screenshot(name + ".png")
    browser.run("document.getElementById('map-section')"
                ".scrollIntoView({behavior: 'instant'});"
                "document.getElementById('slider').focus()")
    browser.press("end", *["left"] * 90)
    browser.run("document.getElementById('map').focus({preventScroll: true})")
    browser.press("home", *["down"] * 4, "right", "right")
    browser.screenshot(name + "-chosen.png")


def main():
    page, folder = sys.argv[1:]
    with Browser() as browser:
        for width in SIZES:
            for scheme in ("light", "dark"):
                shoot(browser, page, folder, width, scheme)


if __name__ == "__main__":
    main()

"""Measure how fast the studio begins: ``python benchmarks/studio_start.py [REPEATS]`` (5 by default).

A browser is open already, as a person's is. Measured from the command's start: the address on the terminal, the first
paint, the data on the page, and a boundary that has moved, with Run clicked as soon as there is something to run.
Printed are medians, and the fastest and the slowest start. Needs Playwright and Chromium.
"""

import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
STEPS = ("address", "first paint", "data", "moving boundary")


@contextmanager
def open_browser() -> Iterator[Browser]:
    """A browser without a window."""
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


def start(browser: Browser) -> list[float]:
    """Return the seconds from the command's start to each step."""
    program = [str(Path(sys.executable).with_name("demarcate")), "studio", "--no-browser", "--port", "0"]
    begin = time.time()
    process = subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    page = browser.new_page()
    try:
        address = process.stdout.readline().strip()
        seconds = [time.time() - begin]
        page.goto(address, wait_until="commit")
        _until(page, "performance.getEntriesByName('first-paint').length > 0")
        painted = page.evaluate("performance.timeOrigin + performance.getEntriesByName('first-paint')[0].startTime")
        seconds.append(painted / 1000 - begin)
        page.get_by_text(re.compile(r"^moons: \d+ rows")).first.wait_for()
        seconds.append(time.time() - begin)
        page.get_by_role("button", name="Run", exact=True).click()
        _until(page, "/epoch\\s*[1-9]/.test(document.body.innerText)")
        return [*seconds, time.time() - begin]
    finally:
        page.close()
        process.kill()
        process.communicate()


def _until(page: Page, condition: str) -> None:
    """Wait for a condition in the page, whose policy forbids the browser's own way to wait."""
    while not page.evaluate(condition):
        time.sleep(0.005)


def main(repeats: int = 5) -> None:
    """Print a table of all steps."""
    with open_browser() as browser:
        start(browser)  # files are read from the disk once
        starts = [start(browser) for _ in range(repeats)]
    print(f"{'seconds from the command to':30}{'median':>8}{'fastest':>9}{'slowest':>9}")
    for name, seconds in zip(STEPS, zip(*starts, strict=True), strict=True):
        print(f"{name:30}{statistics.median(seconds):8.2f}{min(seconds):9.2f}{max(seconds):9.2f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

"""One Chromium and one server for all tests of the page, and a page that may do nothing it should not."""

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from importlib.resources import files

import pytest

from demarcate.studio.messages import Message

FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")
PATIENCE = 60_000
"""Milliseconds after which something that should appear has not."""
AXE = files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")
LISTEN = """
window.violations = [];
addEventListener("securitypolicyviolation", (event) => {
  window.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
});
"""


def chromium():
    """The path of a Chromium, or None."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def pytest_collection_modifyitems(items):
    """Say of each test in a browser that it needs one."""
    if chromium() is None:
        needs = pytest.mark.skip(reason="needs Chromium: apt-get install chromium")
        for item in items:
            if "browser" in item.path.parts:
                item.add_marker(needs)


@dataclass
class Watched:
    """What pages did that they should not have done."""

    errors: list = field(default_factory=list)
    requests: list = field(default_factory=list)
    expected: str = "no text at all"
    """What an error may say that a test brings about."""

    def follow(self, page, allowed):
        page.on("pageerror", lambda error: self.errors.append(error.stack or str(error)))
        page.on("console", self.hear)
        page.on("request", lambda request: self.see(request.url, allowed))
        page.add_init_script(LISTEN)

    def hear(self, said):
        if said.type == "error" and self.expected not in said.text:
            self.errors.append(said.text)

    def see(self, url, allowed):
        if not url.startswith(allowed):
            self.requests.append(url)


class Tab:
    """A tab with the studio's page: what it sends and receives, beside what it shows."""

    def __init__(self, page):
        self.page = page
        self.commands, self.messages, self.sockets = [], [], []
        page.on("websocket", self._follow)

    def _follow(self, socket):
        self.sockets.append(socket)
        socket.on("framesent", lambda sent: self.commands.append(json.loads(sent)))
        socket.on("framereceived", lambda received: self.messages.append(Message.from_bytes(received)))

    def until(self, condition, what, patience=PATIENCE):
        """Wait until a condition of what was sent, received or shown holds, and return its value."""
        end = time.monotonic() + patience / 1000
        while time.monotonic() < end:
            if value := condition():
                return value
            self.page.wait_for_timeout(15)
        pytest.fail(f"never came: {what}")

    def sent(self, kind):
        """The commands of a type that were sent."""
        return [each for each in self.commands if each["type"] == kind]

    @property
    def state(self):
        """The state that was sent last."""
        return self.sent("state")[-1]["state"]

    def received(self, kind):
        """The facts of all messages of a kind."""
        return [each.facts for each in self.messages if each.kind == kind]

    def settled(self):
        """Wait until the newest state was answered with a frame, and return its facts."""

        def newest():
            frames = self.received("frame")
            states = self.sent("state")
            return frames and states and frames[-1]["revision"] == states[-1]["revision"] and frames[-1]

        return self.until(newest, "a frame of the newest state")

    def frame_where(self, condition, what):
        """Wait until a condition holds for the facts of the newest frame, and return them."""

        def newest():
            frames = self.received("frame")
            return frames and condition(frames[-1]) and frames[-1]

        return self.until(newest, what)

    def run(self):
        """Run all networks."""
        self.get("button", "Run", exact=True).click()

    def pause(self):
        """Pause all networks, unless their epochs are over already, and return the frame that says so."""
        from playwright.sync_api import TimeoutError as NoButtonError

        if self.received("frame")[-1]["running"]:
            with contextlib.suppress(NoButtonError):
                self.get("button", "Pause", exact=True).click(timeout=3000)
        return self.frame_where(lambda facts: not facts["running"], "a pause")

    def begin_again(self):
        """Go back to the first example, before the first epoch."""
        preset = self.received("welcome")[0]["presets"][0]
        if self.received("frame")[-1]["running"]:
            self.pause()
        self.page.get_by_role("combobox", name="Examples").select_option(preset["title"])
        self.until(lambda: self.state == preset["state"], "the first example")
        self.get("button", "Start again from the same weights").click()
        self.frame_where(lambda facts: {card["epoch"] + card["batch"] for card in facts["cards"]} == {0}, "epoch 0")
        self.settled()
        last = {each.kind: each for each in self.messages}
        self.messages[:] = [last["welcome"], last["dataset"], last["frame"]]

    def get(self, role, name, **options):
        """The one control of a role and name that can be seen."""
        return self.page.get_by_role(role, name=name, **options).locator("visible=true").first

    def choose(self, name):
        """Choose one of several by its label."""
        self.page.get_by_role("radio", name=name, exact=True).check(force=True)

    def slide(self, name, value, within=None):
        """Type a number beside a slider."""
        box = (within or self.page).get_by_role("spinbutton", name=name, exact=True).locator("visible=true").first
        box.fill(f"{value}")
        box.press("Enter")

    def holds(self, value, *path):
        """Wait until the state that was sent last has a value at a place."""

        def has():
            found = self.state
            for name in path:
                found = found.get(name) if isinstance(found, dict) else found[name]
            return found == value

        self.until(has, f"{'.'.join(map(str, path))} = {value!r}")

    def card(self, name):
        """The card of a network."""
        return self.page.get_by_role("article", name=name, exact=True)


@pytest.fixture(scope="module")
def browser():
    """A browser for the tests of a module: while it is open, an event loop runs in this thread."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def address(tmp_path_factory):
    """The address of a studio that the command started, with its token."""
    command = [sys.executable, "-m", "demarcate", "studio", "--no-browser", "--port", "0"]
    folder = tmp_path_factory.mktemp("studio")
    with subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"}
    ) as process:
        lines = []
        for line in process.stdout:
            lines.append(line)
            if found := re.search(r"http://\S+", line):
                break
        else:
            pytest.fail(f"the studio printed no address: {lines}")
        yield found[0]
        process.terminate()
        process.wait(10)


class Opener:
    """Opens tabs, and says what their pages did that they should not have done."""

    def __init__(self, browser, address):
        self.browser, self.address = browser, address
        self.origin = re.match(r"http://[^/]+/", address)[0]
        self.watched, self.contexts = Watched(), []

    def __call__(self, url=None, *, width=1920, height=1000, scheme="light", allowed=None, is_live=True, init=""):
        context = self.browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            reduced_motion="reduce",
        )
        self.contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        self.watched.follow(page, allowed or (self.origin, self.origin.replace("http", "ws", 1), "data:", "blob:"))
        if init:
            page.add_init_script(init)
        tab = Tab(page)
        page.goto(url or self.address)
        if is_live:
            # The first page of a server waits for torch.
            tab.until(lambda: tab.received("frame"), "the first frame", 8 * PATIENCE)
        return tab

    def check(self):
        """Fail if a page erred, broke its policy or asked anyone but its server for anything."""
        pages = [page for context in self.contexts for page in context.pages]
        violations = [each for page in pages for each in page.evaluate("window.violations")]
        assert (self.watched.errors, self.watched.requests, violations) == ([], [], [])

    def close(self):
        for context in self.contexts:
            context.close()


@pytest.fixture
def open_tab(browser, address):
    """Opens a tab at the studio's page or another; afterwards none may have done what it should not."""
    opener = Opener(browser, address)
    yield opener
    try:
        opener.check()
    finally:
        opener.close()


@pytest.fixture
def fresh_tab(open_tab):
    """A tab that was just opened at the studio's page."""
    return open_tab()


@pytest.fixture(scope="module")
def shared_tab(browser, address):
    """The opener and the tab that most tests share, because opening one takes a while."""
    opener = Opener(browser, address)
    yield opener, opener()
    opener.close()


@pytest.fixture
def tab(shared_tab):
    """A tab with the studio's page as it begins: the first example, before the first epoch."""
    opener, tab = shared_tab
    opener.watched.errors.clear()
    tab.begin_again()
    yield tab
    opener.check()


@pytest.fixture
def axe():
    """Returns what axe-core finds on a page: rules with the number of elements and the first one."""

    def found_on(page, within="html"):
        page.evaluate(AXE)
        violations = page.evaluate(
            "(within) => axe.run(document.querySelector(within), {resultTypes: ['violations']})", within
        )["violations"]
        found = [(each["id"], len(each["nodes"]), each["nodes"][0]["html"][:200]) for each in violations]
        width, room = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        return found + ([("wider-than-the-window", width - room, "")] if width > room else [])

    return found_on

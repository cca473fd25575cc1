"""The widget's page in a shadow tree, as some notebooks have it, with a session in this process for a kernel."""

import base64
import json

import pytest

from demarcate import Network, datasets
from demarcate.studio import Studio
from demarcate.studio.messages import Message

# What a notebook gives a widget: a model that carries messages, and an element to fill.
PAGE = """<!doctype html><meta charset="utf-8"><title>A notebook</title>
<style>p { color: red; font-size: 40px }</style><h1>A notebook</h1><p id="own">A paragraph of the notebook.</p>
<div id="output"></div>"""
BEGIN = """
async ([code, style, shadow]) => {
  const source = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  const { default: widget } = await import(source);
  const output = document.querySelector("#output");
  const home = shadow ? output.attachShadow({ mode: "open" }) : output;
  const sheet = document.createElement("style");
  sheet.textContent = style;
  const el = document.createElement("div");
  home.append(sheet, el);
  const listeners = new Set();
  const model = {
    on: (event, listener) => listeners.add(listener),
    off: (event, listener) => listeners.delete(listener),
    send: (content) => void window.sendToKernel(JSON.stringify(content)),
  };
  window.deliver = (text) => {
    // Bytes that begin anywhere, as in a message that holds more than one thing.
    const bytes = Uint8Array.from(`.${atob(text)}`, (character) => character.charCodeAt(0));
    for (const listener of listeners) listener({ type: "message" }, [new DataView(bytes.buffer, 1)]);
  };
  window.notebookKeys = [];
  document.addEventListener("keydown", ({ key }) => window.notebookKeys.push(key));
  window.takeDown = widget.render({ model, el });
}
"""


class Kernel:
    """A studio whose widget sends to a page of this test."""

    def __init__(self, studio, page):
        self.studio, self.page = studio, page
        self.received, self.waiting = [], []
        studio.widget.send = lambda _content, buffers: self.waiting.append(bytes(buffers[0]))
        page.expose_function("sendToKernel", self.take)

    def take(self, text):
        self.received.append(json.loads(text))
        self.studio.widget._on_command(None, json.loads(text), [])

    def pump_until(self, condition, what):
        """Carry messages to the page until a condition holds."""
        for _ in range(2000):
            if condition():
                return
            while self.waiting:
                self.page.evaluate("(text) => window.deliver(text)", base64.b64encode(self.waiting.pop(0)).decode())
            self.page.wait_for_timeout(10)
        pytest.fail(f"never came: {what}")


@pytest.fixture(params=[True, False], ids=["shadow tree", "document"])
def kernel(request, open_tab):
    tab = open_tab("about:blank", is_live=False, allowed=("about:", "blob:", "data:"))
    page = tab.page
    page.set_content(PAGE)
    page.evaluate("window.violations = []")
    studio = Studio(datasets.moons(n_samples=60), {"curved": Network((4,), "tanh")})
    kernel = Kernel(studio, page)
    page.evaluate(BEGIN, [studio.widget._esm, studio.widget._css, request.param])
    yield kernel
    studio.close()


def epoch(page):
    return int(page.locator(".epoch strong").inner_text())


def test_networks_train_in_the_kernel_and_are_seen_in_the_cell(kernel):
    page = kernel.page
    kernel.pump_until(lambda: page.get_by_role("article", name="curved").count(), "the card")
    kernel.pump_until(lambda: page.get_by_text("60 rows").count(), "the rows")
    kernel.pump_until(lambda: page.get_by_role("button", name="Run", exact=True).is_enabled(), "a session")
    page.get_by_role("button", name="Run", exact=True).click()
    kernel.pump_until(lambda: epoch(page) >= 3, "three epochs")
    page.get_by_role("button", name="Pause", exact=True).click()
    kernel.pump_until(lambda: page.get_by_role("button", name="Run", exact=True).count(), "a pause")
    assert {"open", "state", "run", "ack", "pause"} <= {each["type"] for each in kernel.received}


def test_a_change_on_the_page_is_in_the_studio_s_state(kernel):
    page = kernel.page
    kernel.pump_until(lambda: page.get_by_role("article", name="curved").count(), "the card")
    page.get_by_role("radio", name="Circles").check(force=True)
    kernel.pump_until(lambda: kernel.studio.state["data"]["source"] == "circles", "circles")
    kernel.pump_until(lambda: page.get_by_text("circles: ").count(), "the rows")


def test_keys_and_styles_stay_inside_and_it_is_taken_down_whole(kernel):
    page = kernel.page
    kernel.pump_until(lambda: page.get_by_role("article", name="curved").count(), "the card")
    page.get_by_role("button", name="Run", exact=True).focus()
    page.keyboard.press("d")
    assert page.evaluate("window.notebookKeys") == []
    assert page.evaluate("getComputedStyle(document.querySelector('#own')).fontSize") == "40px"
    page.evaluate("window.takeDown()")
    assert page.locator(".studio").count() == 0


def test_a_page_that_opens_later_shows_the_state_of_now(kernel):
    page = kernel.page
    kernel.pump_until(lambda: page.get_by_role("article", name="curved").count(), "the card")
    page.get_by_role("textbox", name="Name of the network").fill("renamed")
    page.keyboard.press("Tab")
    kernel.pump_until(lambda: kernel.studio.state["cards"][0]["name"] == "renamed", "another name")
    kernel.waiting.clear()
    kernel.take('{"type": "open"}')
    kernel.pump_until(lambda: kernel.waiting, "a welcome")
    welcome = Message.from_bytes(kernel.waiting[0])
    assert welcome.kind == "welcome"
    assert welcome.facts["state"]["cards"][0]["name"] == "renamed"

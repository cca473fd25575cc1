"""Sockets that drop, tabs side by side, and answers that come too late."""

import pytest

from demarcate.studio.messages import Message

# Keeps the page's sockets at hand, so that a test can drop one as a network does.
KEEP_SOCKETS = """
window.sockets = [];
const Opened = window.WebSocket;
window.WebSocket = class extends Opened {
  constructor(...given) {
    super(...given);
    window.sockets.push(this);
  }
};
"""


def test_a_dropped_socket_is_opened_again_to_the_same_session(open_tab, address):
    tab = open_tab(address, init=KEEP_SOCKETS)
    tab.get("button", "One epoch").click()
    before = tab.frame_where(lambda facts: facts["cards"][0]["epoch"] == 1, "an epoch")
    session = tab.received("welcome")[0]["session"]
    tab.page.evaluate("window.sockets.at(-1).close()")
    tab.until(lambda: len(tab.received("welcome")) == 2, "a second welcome")
    assert tab.received("welcome")[1]["session"] == session
    after = tab.settled()
    assert after["cards"][0]["epoch"] == 1
    assert after["cards"][0]["monitored_loss"] == before["cards"][0]["monitored_loss"]
    tab.get("button", "One epoch").click()
    tab.frame_where(lambda facts: facts["cards"][0]["epoch"] == 2, "another epoch")


def test_a_page_that_is_loaded_again_goes_on_where_it_was(fresh_tab):
    tab = fresh_tab
    tab.choose("Circles")
    tab.slide("Noise", 0.2)
    tab.holds(0.2, "data", "noise")
    tab.settled()
    tab.get("button", "One epoch").click()
    tab.frame_where(lambda facts: facts["cards"][0]["epoch"] == 1, "an epoch")
    session = tab.received("welcome")[-1]["session"]
    state = tab.state
    tab.page.reload()
    tab.until(lambda: len(tab.received("welcome")) == 2, "a second welcome")
    assert tab.received("welcome")[-1]["session"] == session
    tab.until(lambda: tab.state == state and tab.settled()["cards"][0]["epoch"] == 1, "the state before")


def test_two_tabs_are_two_sessions(open_tab):
    one, other = open_tab(), open_tab()
    assert one.received("welcome")[0]["session"] != other.received("welcome")[0]["session"]
    one.choose("Circles")
    one.run()
    one.frame_where(lambda facts: facts["cards"][0]["epoch"] >= 2, "two epochs")
    assert other.state["data"]["source"] == "moons"
    assert other.settled()["cards"][0]["epoch"] == 0
    one.page.close()
    other.get("button", "One epoch").click()
    other.frame_where(lambda facts: facts["cards"][0]["epoch"] == 1, "an epoch of the other tab")


@pytest.mark.parametrize("kind", ["dataset", "frame"])
def test_an_answer_to_an_older_state_is_not_shown(open_tab, address, kind):
    tab = open_tab(address, init=KEEP_SOCKETS)
    tab.choose("Circles")
    tab.settled()
    page = tab.page
    late = next(each for each in tab.messages if each.kind == kind)
    facts = {**late.facts, "title": "an old title", "number": tab.received("frame")[-1]["number"]}
    facts["cards"] = [{**card, "status": "diverged", "note": "an old note"} for card in facts.get("cards", [])]
    data = list(Message(late.kind, facts, late.arrays).to_bytes())
    page.evaluate(
        """(data) => window.sockets.at(-1).dispatchEvent(
            new MessageEvent("message", { data: Uint8Array.from(data).buffer }))""",
        data,
    )
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert page.get_by_text("an old").count() == 0
    assert page.get_by_text("circles: ").count() >= 1


def test_a_page_without_the_token_says_what_to_do(open_tab, address):
    tab = open_tab(address.partition("?")[0], is_live=False)
    tab.page.get_by_role("alert").filter(has_text="no token").wait_for()

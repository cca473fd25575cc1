"""Each network in a sentence for those who listen, seldom enough to be listened to."""

import re
from itertools import pairwise

COUNT = """
window.spoken = [];
document.addEventListener("DOMContentLoaded", () => {
  const log = () => document.querySelector(".studio [role=log]");
  new MutationObserver(() => {
    const text = log()?.textContent;
    if (text && text !== window.spoken.at(-1)?.text) window.spoken.push({ text, time: performance.now() });
  }).observe(document.body, { childList: true, characterData: true, subtree: true });
});
"""
SENTENCE = re.compile(r"(\w+): epoch (\d+), accuracy (\S+) on train rows and (\S+) on validation rows\.")


def test_each_network_is_a_sentence_once_it_pauses(open_tab):
    tab = open_tab(init=COUNT)
    tab.get("button", "One epoch").click()
    tab.frame_where(lambda facts: {card["epoch"] for card in facts["cards"]} == {1}, "one epoch")

    def last():
        spoken = tab.page.evaluate("window.spoken")
        return spoken and spoken[-1]["text"]

    text = tab.until(lambda: "epoch 1" in (last() or "") and last(), "a sentence")
    names = [card["name"] for card in tab.state["cards"]]
    assert [(name, epoch) for name, epoch, _, _ in SENTENCE.findall(text)] == [(name, "1") for name in names]


def test_networks_that_train_are_reported_at_most_once_a_second(open_tab):
    tab = open_tab(init=COUNT)
    tab.get("button", "Run", exact=True).click()
    tab.frame_where(lambda facts: min(card["epoch"] for card in facts["cards"]) >= 5, "5 epochs")
    tab.page.wait_for_timeout(1500)
    tab.pause()
    times = [each["time"] for each in tab.page.evaluate("window.spoken")]
    assert len(tab.received("frame")) > len(times) >= 1
    assert all(later - before >= 950 for before, later in pairwise(times))

"""The bar on top: run, pause, step, begin again, undo, redo, share, colours and keys."""

import pytest
from playwright.sync_api import expect


def epochs(facts):
    return [card["epoch"] for card in facts["cards"]]


def test_networks_run_until_they_are_paused(tab):
    for name in ("tiny", "good"):
        card = tab.card(name)
        card.locator("details").evaluate_all("(each) => each.forEach((details) => (details.open = true))")
        tab.slide("Epochs", 100_000, card)
    tab.holds(100_000, "cards", 1, "epochs")
    tab.run()
    tab.frame_where(lambda facts: facts["running"] and min(epochs(facts)) >= 3, "3 epochs of each network")
    tab.until(lambda: tab.page.locator(".epoch strong").inner_text() != "0", "the epoch in the bar")
    paused = tab.pause()
    assert {card["status"] for card in paused["cards"]} == {"paused"}
    tab.get("button", "Run", exact=True).wait_for()


@pytest.mark.parametrize(("name", "key"), [("One epoch", "e"), ("One batch", "b")])
def test_a_step_is_a_batch_or_an_epoch_by_button_and_by_key(tab, name, key):
    def steps(facts):
        return [card["epoch"] * card["batches"] + card["batch"] for card in facts["cards"]]

    size = tab.settled()["cards"][0]["batches"] if key == "e" else 1
    tab.get("button", name).click()
    tab.frame_where(lambda facts: set(steps(facts)) == {size}, "one step")
    tab.page.keyboard.press(key)
    tab.frame_where(lambda facts: set(steps(facts)) == {2 * size}, "two steps")


def test_networks_begin_again_from_the_same_weights(tab):
    first = tab.settled()
    tab.get("button", "One epoch").click()
    tab.frame_where(lambda facts: set(epochs(facts)) == {1}, "one epoch")
    tab.get("button", "Start again from the same weights").click()
    again = tab.frame_where(lambda facts: facts["number"] > 1 and set(epochs(facts)) == {0}, "epoch 0")
    assert [card["monitored_loss"] for card in again["cards"]] == [card["monitored_loss"] for card in first["cards"]]
    assert [card["begin"] for card in again["cards"]] != [card["begin"] for card in first["cards"]]


def test_a_change_is_undone_and_done_again(fresh_tab):
    tab = fresh_tab
    before = tab.state
    tab.choose("Circles")
    tab.until(lambda: tab.state["data"]["source"] == "circles", "circles")
    tab.get("button", "Undo").click()
    tab.until(lambda: tab.state == before, "the state before")
    tab.get("button", "Redo").click()
    tab.until(lambda: tab.state["data"]["source"] == "circles", "circles again")
    tab.page.keyboard.press("Control+z")
    tab.until(lambda: tab.state == before, "the state before, by key")
    expect(tab.get("button", "Undo")).to_be_disabled()


def test_a_shared_link_opens_the_same_page(fresh_tab, open_tab, address):
    tab = fresh_tab
    tab.choose("Blobs")
    tab.until(lambda: tab.state["data"]["source"] == "blobs", "blobs")
    tab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab.get("button", "Copy a link to all of this").click()
    tab.page.get_by_text("The link is copied.").wait_for()
    link = tab.page.evaluate("navigator.clipboard.readText()")
    other = open_tab(f"{address}#{link.partition('#')[2]}")
    assert other.state == tab.state


def test_colours_are_chosen_and_remembered(fresh_tab):
    tab = fresh_tab
    page = tab.page
    background = "getComputedStyle(document.querySelector('.studio')).backgroundColor"
    light = page.evaluate(background)
    page.keyboard.press("t")
    assert page.locator(".studio").get_attribute("data-theme") == "light"
    page.keyboard.press("t")
    assert page.evaluate(background) != light
    page.reload()
    page.locator(".studio[data-theme=dark]").wait_for()


def test_the_keys_are_listed_and_can_be_switched_off(fresh_tab):
    tab = fresh_tab
    page = tab.page
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    dialog.wait_for()
    dialog.get_by_text("train one batch").wait_for()
    dialog.get_by_label("Single keys without Ctrl").uncheck()
    page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")
    page.keyboard.press("t")
    assert page.locator(".studio").get_attribute("data-theme") is None

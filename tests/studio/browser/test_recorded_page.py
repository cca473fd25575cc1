"""A recording as one page, opened from a file: it plays, pauses and seeks without a server."""

import pytest
from playwright.sync_api import expect

from demarcate import Network, Training
from demarcate.studio import record


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("recording") / "moons.html"
    networks = {"tiny": Network((2,), "tanh"), "good": Network((8, 8), "tanh")}
    record("moons", networks, Training(lr=0.02, epochs=40), seconds=3).save(path)
    return path


@pytest.fixture
def recorded(open_tab, path):
    tab = open_tab(path.as_uri(), allowed=(path.as_uri(), "data:", "blob:"), is_live=False)
    tab.page.get_by_role("article", name="good").wait_for()
    return tab


def epoch(tab):
    return int(tab.page.locator(".epoch strong").inner_text().replace(",", ""))


def test_it_begins_at_its_end(recorded):
    recorded.until(lambda: epoch(recorded) == 40, "the last epoch")
    recorded.page.get_by_text("moons: 300 rows").first.wait_for()
    recorded.page.get_by_text("3.0 of 3.0 s").wait_for()
    assert recorded.sockets == []


def test_it_runs_from_the_beginning_pauses_and_steps(recorded):
    recorded.until(lambda: epoch(recorded) == 40, "the last epoch")
    recorded.get("button", "Run", exact=True).click()
    recorded.until(lambda: 0 < epoch(recorded) < 40, "an epoch on the way")
    recorded.get("button", "Pause", exact=True).click()
    paused = epoch(recorded)
    recorded.get("button", "One epoch").click()
    recorded.until(lambda: epoch(recorded) > paused, "the next frame")
    recorded.get("button", "Run", exact=True).click()
    recorded.until(lambda: epoch(recorded) == 40, "the end")
    recorded.get("button", "Run", exact=True).wait_for()


def test_any_moment_is_gone_to(recorded):
    recorded.until(lambda: epoch(recorded) == 40, "the last epoch")
    place = recorded.page.get_by_role("slider", name="Moment of the recording")
    place.fill("0")
    recorded.until(lambda: epoch(recorded) == 0, "the beginning")
    place.fill("1.5")
    recorded.until(lambda: 0 < epoch(recorded) < 40, "the middle")
    recorded.page.get_by_text("1.5 of 3.0 s").wait_for()
    recorded.get("button", "Start again from the same weights").click()
    recorded.until(lambda: epoch(recorded) == 0, "the beginning again")


def test_what_only_the_page_computes_is_still_changed(recorded):
    recorded.choose("Regions")
    recorded.until(lambda: epoch(recorded) == 40, "the last epoch")
    assert recorded.page.get_by_role("radio", name="Regions").is_checked()


def test_what_would_need_a_session_is_switched_off(recorded):
    page = recorded.page
    recorded.until(lambda: epoch(recorded) == 40, "the last epoch")
    data = page.locator("[inert]").filter(has=page.get_by_role("radio", name="Circles", include_hidden=True))
    assert data.count() == 1
    expect(page.get_by_role("spinbutton", name="Learning rate").first).to_be_disabled()
    assert page.get_by_role("button", name="Add a network").count() == 0
    assert page.get_by_role("button", name="Copy a link to all of this").count() == 0
    page.get_by_role("region", name="Recording").get_by_text("A recording: run it").wait_for()


@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_on_it(open_tab, path, axe, width):
    tab = open_tab(path.as_uri(), allowed=(path.as_uri(), "data:", "blob:"), is_live=False, width=width)
    tab.page.get_by_role("article", name="good").wait_for()
    assert axe(tab.page) == []

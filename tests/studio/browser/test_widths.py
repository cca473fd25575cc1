"""Data, networks and tools: side by side where there is room, and one at a time on a phone."""

import pytest
from playwright.sync_api import expect

REGIONS = ("Data", "Networks", "Learn")


def in_view(page):
    """The regions that can be seen."""
    return [name for name in REGIONS if page.get_by_role("region", name=name, exact=True).is_visible()]


def tabs(page):
    """The tabs of the regions that can be seen, with whether each is pressed."""
    found = page.get_by_role("navigation", name="Parts of the page").get_by_role("button").all()
    return {tab.inner_text(): tab.get_attribute("aria-pressed") == "true" for tab in found if tab.is_visible()}


def test_a_phone_shows_one_region_at_a_time(open_tab):
    page = open_tab(width=390, height=800).page
    assert in_view(page) == ["Networks"]
    for name in REGIONS:
        page.get_by_role("button", name=name, exact=True).click()
        assert in_view(page) == [name]
        assert tabs(page) == {each: each == name for each in REGIONS}


def test_a_tablet_shows_the_networks_and_one_region_beside_them(open_tab):
    page = open_tab(width=1100).page
    assert in_view(page) == ["Data", "Networks"]
    page.get_by_role("button", name="Learn", exact=True).click()
    assert in_view(page) == ["Networks", "Learn"]
    assert tabs(page) == {"Data": False, "Learn": True}


def test_a_wide_page_shows_everything_and_gives_way_to_three_networks(open_tab):
    page = open_tab(width=1500).page
    assert (in_view(page), tabs(page)) == (list(REGIONS), {})
    page.get_by_role("button", name="Add a network").click()
    assert (in_view(page), tabs(page)) == (["Data", "Networks"], {"Data": True, "Learn": False})


@pytest.mark.parametrize(("key", "region"), [("d", "Data"), ("n", "Networks"), ("l", "Learn")])
def test_a_key_goes_to_a_region(open_tab, key, region):
    page = open_tab(width=390, height=800).page
    page.keyboard.press(key)
    assert in_view(page) == [region]
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == region


def test_tools_are_chosen_with_arrow_keys(open_tab):
    page = open_tab(width=1500).page
    page.get_by_role("tab", name="Lesson").focus()
    page.keyboard.press("ArrowRight")
    assert page.get_by_role("tab", name="Decide").get_attribute("aria-selected") == "true"
    expect(page.get_by_role("tabpanel", name="Decide")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("tabpanel", name="Lesson")).to_be_visible()

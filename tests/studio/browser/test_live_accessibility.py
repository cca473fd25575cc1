"""axe-core looks at the live page: narrow and wide, light and dark, each tool, two classes and many."""

import pytest

TOOLS = ("Lesson", "Decide", "Ask", "New row", "Take away")


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(open_tab, axe, width, scheme):
    tab = open_tab(width=width, scheme=scheme)
    page = tab.page
    tab.get("button", "One epoch").click()
    tab.frame_where(lambda facts: facts["cards"][0]["epoch"] == 1, "an epoch")
    page.locator("details").evaluate_all("(each) => each.forEach((details) => (details.open = true))")
    for region in page.locator(".region-tabs button:visible").all():
        region.click()
        assert axe(page) == [], region.inner_text()
    for tool in TOOLS:
        page.get_by_role("tab", name=tool).click()
        assert axe(page, ".region-tools") == [], tool

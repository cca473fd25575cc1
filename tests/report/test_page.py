"""The page is well-formed, self-contained and accessible."""

import base64
import hashlib
import json
import re
from itertools import pairwise

import pytest

LONG = "x" * 300


@pytest.fixture(params=["binary_report", "multiclass_report"])
def html(request):
    return request.getfixturevalue(request.param).to_html()


@pytest.fixture
def page(html, parse_page):
    return parse_page(html)


def test_every_element_is_closed_where_it_was_opened(page):
    assert page.wrong == []
    assert [each["tag"] for each in page.elements[:2]] == ["html", "head"]
    assert page.elements[0]["lang"] == "en"


def test_identifiers_are_unique_and_references_lead_somewhere(page):
    ids = [each["id"] for each in page.elements if "id" in each]
    assert len(ids) == len(set(ids))
    references = [
        name
        for each in page.elements
        for attribute in ("aria-labelledby", "aria-describedby", "for")
        for name in each.get(attribute, "").split()
    ]
    references += [each["href"].removeprefix("#") for each in page.all("a")]
    assert set(references) <= set(ids)
    assert len(references) > 20


def test_the_page_sends_no_request(page, html):
    for each in page.elements:
        assert "src" not in each
        assert each.get("href", "#").startswith("#")
        assert not [name for name in each if name.startswith("on")]
        assert "style" not in each
    assert not page.all("link", "iframe", "object", "embed", "base", "form", "img")
    assert not re.search(r"url\(|@import|https?:", page.all("style")[0]["text"])
    assert not re.search(r"fetch|XMLHttpRequest|import\(|eval|innerHTML", page.all("script")[-1]["text"])
    assert set(re.findall(r"https?://[^\"'\s<]+", html)) <= {"http://www.w3.org/2000/svg"}


def test_its_policy_allows_its_own_style_and_script_and_nothing_else(page):
    policy = dict(
        part.split(" ", 1)
        for part in next(
            each["content"] for each in page.all("meta") if each.get("http-equiv") == "Content-Security-Policy"
        ).split("; ")
    )
    assert policy["default-src"] == "'none'"
    for kind, element in (("style-src", page.all("style")[0]), ("script-src", page.all("script")[-1])):
        digest = base64.b64encode(hashlib.sha256(element["text"].encode()).digest()).decode()
        assert policy[kind] == f"'sha256-{digest}'"
    assert policy["base-uri"] == policy["form-action"] == "'none'"


def test_headings_are_in_order(page):
    levels = [int(each["tag"][1]) for each in page.all("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below <= above + 1 for above, below in pairwise(levels))


def test_every_section_has_a_heading_and_a_link_in_the_contents(page):
    sections = page.all("section")
    assert len(sections) >= 13
    assert [each["aria-labelledby"] for each in sections] == [f"{each['id']}-heading" for each in sections]
    listed = [each["href"] for each in page.all("a") if "nav" in each["parents"]]
    assert listed == [f"#{each['id']}" for each in sections]


def test_every_control_has_a_label(page):
    labels = {each["for"] for each in page.all("label")}
    controls = page.all("input", "select", "textarea")
    assert len(controls) == 4
    assert all(each["id"] in labels or each.get("aria-label") for each in controls)
    assert all(each["type"] == "button" and each["text"] for each in page.all("button"))


def test_every_chart_has_a_title_and_a_description(page):
    drawings = [each for each in page.all("svg") if each.get("aria-hidden") != "true"]
    assert len(drawings) > 10
    assert all(each["role"] == "img" for each in drawings)
    ids = {each["id"]: each for each in page.elements if "id" in each}
    for each in drawings:
        title, text = (ids[name] for name in each["aria-labelledby"].split())
        assert (title["tag"], text["tag"]) == ("title", "desc")
        assert title["text"].strip()
        assert len(text["text"]) > 20


def test_every_table_has_a_caption_and_headings_with_a_scope(page):
    assert len(page.all("caption")) == len(page.all("table")) > 8
    assert all(each["text"].strip() for each in page.all("caption"))
    assert {each.get("scope") for each in page.all("th")} <= {"col", "row", "colgroup"}
    assert all("div" in each["parents"] for each in page.all("table"))
    regions = [each for each in page.all("div") if each.get("role") == "region"]
    assert all(each["tabindex"] == "0" and each["aria-label"] for each in regions)
    assert len({each["aria-label"] for each in regions}) == len(regions)


def test_the_page_has_landmarks_and_a_skip_link(page):
    for tag in ("header", "nav", "main", "footer"):
        assert len(page.all(tag)) == 1
    first = page.all("a")[0]
    assert (first["class"], first["href"]) == ("skip", "#main")


def test_text_from_the_table_is_escaped(multiclass_report, parse_page):
    html = multiclass_report.to_html()
    page = parse_page(html)
    assert "ouch" in html
    assert "<script>alert" not in html
    assert "<img src=x>" not in html
    assert "<!--" not in html
    assert len(page.all("script")) == 2
    assert all("ouch" not in each["text"] for each in page.all("script"))
    assert "\u202e" not in html
    assert "\\u202eright to left" in page.all("h1")[0]["text"]
    named = [each["text"] for each in page.all("bdi")]
    assert LONG in named
    assert any(each.startswith("<script>alert('ouch')</script> & \"quotes\"") for each in named)
    assert "a&b<c>.csv" in page.all("h1")[0]["text"]


def test_json_for_the_script_cannot_end_its_element():
    from demarcate.report.page import _script_json

    text = _script_json({"name": "</script><!--&\u2028"})
    assert not set(text) & set("<>&\u2028")
    assert json.loads(text) == {"name": "</script><!--&\u2028"}


def test_without_a_script_the_controls_are_hidden_and_the_numbers_are_shown(page):
    panel = next(each for each in page.all("div") if "controls" in each.get("class", ""))
    assert "hidden" in panel
    shown = [each["text"] for each in page.elements if each.get("data-out")]
    assert len(shown) >= 8
    assert all(shown)


def test_both_charts_of_a_threshold_give_the_script_the_position_of_their_axes(page):
    boxes = [each for each in page.all("svg") if "data-box" in each]
    assert len(boxes) == 2
    assert len([each for each in page.all("path") if each.get("data-role") == "cursor"]) == 2


def test_no_interval_is_written_without_width(html):
    text = re.sub(r"<[^>]*>", "", html)
    assert len(re.findall(r"[\d.]+ \[[\d.]+,\s[\d.]+\]", text)) > 20
    assert not re.findall(r"([\d.]+) \[\1,\s\1\]", text)

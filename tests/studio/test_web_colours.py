"""The page's colours are those of all other pictures."""

import re

import pytest

from demarcate.inspection.palette import DARK, LIGHT, SHAPES
from demarcate.studio.single_module import web_file

TOKEN = re.compile(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)")
TOKENS = {name: colours for name, *colours in TOKEN.findall(web_file("studio.css"))}


def of_both(read):
    return [read(LIGHT).upper(), read(DARK).upper()]


@pytest.mark.parametrize("code", range(len(LIGHT.classes)))
def test_a_class_has_the_colour_that_it_has_in_every_picture(code):
    assert [colour.upper() for colour in TOKENS[f"class-{code}"]] == of_both(lambda palette: palette.classes[code])


@pytest.mark.parametrize("number", range(len(LIGHT.series)))
def test_a_line_has_the_colour_that_it_has_in_every_picture(number):
    assert [colour.upper() for colour in TOKENS[f"series-{number}"]] == of_both(lambda palette: palette.series[number])


def test_text_and_captions_have_the_colours_of_pictures():
    assert [colour.upper() for colour in TOKENS["ink"]] == of_both(lambda palette: palette.ink)
    assert [colour.upper() for colour in TOKENS["soft"]] == of_both(lambda palette: palette.soft)


def test_classes_have_the_shapes_that_they_have_in_every_picture():
    listed = re.search(r"export const SHAPES = Object.freeze\(\[(.*?)\]\)", web_file("palette.js"), re.DOTALL)
    assert tuple(re.findall(r'"([^"]+)"', listed[1])) == SHAPES


@pytest.mark.parametrize("page", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ink", ["ink", "soft", "accent", "warn"])
@pytest.mark.parametrize("ground", ["page", "panel", "sunk", "raised"])
def test_text_can_be_read_on_every_ground(page, ink, ground):
    assert contrast(TOKENS[ink][page], TOKENS[ground][page]) >= 4.5


@pytest.mark.parametrize("page", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("above", "below"), [("on-accent", "accent"), ("accent", "accent-soft"), ("ink", "warn-soft")])
def test_text_can_be_read_on_coloured_grounds(page, above, below):
    assert contrast(TOKENS[above][page], TOKENS[below][page]) >= 4.5


def contrast(one, other):
    """The contrast of two colours by WCAG 2.2."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour):
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

import math

import pytest

from demarcate.inspection.palette import DARK, LIGHT, SHAPES, heat, mixed


def luminance(colour):
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_text_and_lines_are_seen_on_their_page(palette):
    assert contrast(palette.ink, palette.page) >= 7
    assert contrast(palette.soft, palette.page) >= 4.5
    assert min(contrast(colour, palette.page) for colour in palette.series[:3]) >= 3


def test_both_palettes_have_a_colour_for_each_code():
    assert len(LIGHT.classes) == len(DARK.classes)
    assert len(LIGHT.series) == len(DARK.series)
    assert len(set(LIGHT.classes)) == len(LIGHT.classes)


def test_colours_and_shapes_begin_again_together_only_after_all_pairs():
    assert math.gcd(len(LIGHT.classes), len(SHAPES)) == 1


def test_one_percent_is_seen_and_ink_stays_legible_on_the_strongest_cell():
    assert heat(0) == 0
    assert 0.05 < heat(0.01) < heat(0.5) < heat(1) <= 1


def test_a_colour_is_mixed_with_its_background():
    assert mixed("#ff0000", 1) == (1, 0, 0)
    assert mixed("#ff0000", 0) == (1, 1, 1)
    assert mixed("#ffffff", 0.25, "#000000") == pytest.approx((0.25, 0.25, 0.25))

import itertools

import matplotlib.pyplot as plt
import numpy as np
import pytest

from demarcate.plotting import style


def luminance(colour):
    linear = np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def as_seen(colour, kind):
    """A colour as people without one kind of cone see it (Machado, Oliveira and Fernandes, 2009)."""
    matrix = {
        "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
        "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    }[kind]
    return (np.array(matrix) @ colour).clip(0, 1)


@pytest.mark.parametrize("kind", ["deutan", "protan"])
def test_the_first_colours_stay_apart_for_the_colour_blind(kind):
    seen = [as_seen(style.rgb(code), kind) for code in range(4)]
    assert min(np.abs(one - other).max() for one, other in itertools.combinations(seen, 2)) > 0.15


def test_two_classes_are_apart_in_lightness_too():
    assert abs(luminance(style.rgb(0)) - luminance(style.rgb(1))) > 0.2


def test_no_two_of_many_classes_share_colour_and_shape():
    looks = {(style.colour(code), style.marker(code)) for code in range(100)}
    assert len(looks) == 100


def test_text_stays_legible_at_80_millimetres():
    shrunk = 80 / 25.4 / style.WIDTH
    assert min(style.TITLE, style.LABEL, style.SMALL) * shrunk >= 5.5


def test_a_label_is_not_read_as_mathematics():
    ax = style.new_axes()[0, 0]
    ax.set_title(style.shortened("costs $5 to $_"))
    plt.gcf().canvas.draw()
    assert ax.get_title() == r"costs \$5 to \$_"


def test_titles_and_captions_are_broken_into_lines_that_fit():
    ax = style.new_axes()[0, 0]
    style.label_axes(ax, "many words " * 20, "x", "y", caption="more words " * 40)
    figure = style.figure_of(ax)
    figure.canvas.draw()
    wide = figure.get_window_extent().width
    for text in (ax._left_title, figure._supxlabel):
        assert text.get_window_extent().x1 <= wide


def test_the_same_caption_is_written_once():
    axes = style.new_axes(2)[0]
    for ax in axes:
        style.label_axes(ax, "", "x", "y", caption="the same")
    assert style.figure_of(axes[0]).get_supxlabel() == "the same"

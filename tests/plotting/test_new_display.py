"""A display added the way a contributor adds one: a class with its arrays, and nothing else."""

from dataclasses import dataclass
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest

from demarcate.cli.outputs import write_picture
from demarcate.plotting import style
from demarcate.plotting.display import Display

LABELS = ("cat", "dog", "dog")


@dataclass(eq=False)
class ClassCountDisplay(Display):
    """A display as a contributor writes it: arrays as fields, a classmethod that computes them, `plot` that draws."""

    counts: np.ndarray
    classes: np.ndarray
    title: str = ""

    @classmethod
    def from_labels(cls, labels: Any, *, title: str | None = None, ax: Any = None) -> "ClassCountDisplay":
        classes, counts = np.unique(labels, return_counts=True)
        return cls(counts, classes, f"{counts.sum()} rows" if title is None else title).plot(ax)

    def plot(self, ax: Any = None) -> "ClassCountDisplay":
        self._set_axes(ax)
        self.ax_.bar(style.class_labels(self.classes), self.counts, color=style.colour(0))
        style.label_axes(self.ax_, self.title, "class", "rows", caption="Rows of each class. " * 8)
        style.draw_grid(self.ax_)
        return self


def test_it_stores_arrays_and_is_drawn_with_legible_words(assert_words_are_inside):
    display = ClassCountDisplay.from_labels(LABELS)
    assert display.counts.tolist() == [1, 2]
    assert [bar.get_height() for bar in display.ax_.patches] == [1, 2]
    assert_words_are_inside(display)


def test_it_is_drawn_again_on_new_axes_and_on_those_of_the_caller():
    display = ClassCountDisplay.from_labels(LABELS)
    first = display.figure_
    assert display.plot() is display
    assert display.figure_ is not first
    figure, ax = plt.subplots()
    assert display.plot(ax) is display
    assert (display.ax_, display.figure_) == (ax, figure)


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_it_is_written_to_a_file(kind, tmp_path):
    out = tmp_path / f"counts.{kind}"
    write_picture(str(out), lambda: ClassCountDisplay.from_labels(LABELS))
    assert out.stat().st_size > 1000

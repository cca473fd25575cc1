import numpy as np
import pytest

from demarcate.report.svg import SHAPES, Drawing, outline, path, thinned, ticks


@pytest.mark.parametrize(("low", "high"), [(0, 1), (-3, 17), (0.0004, 0.0011), (-2e6, 5e6), (99.5, 100.5)])
def test_ticks_are_round_even_and_inside(low, high):
    found = ticks(low, high)
    assert 2 <= len(found) <= 7
    assert low - 1e-9 <= found[0]
    assert found[-1] <= high + 1e-9
    steps = np.diff(found)
    assert steps == pytest.approx(np.full(len(steps), steps[0]))
    assert float(f"{steps[0]:.1e}") == pytest.approx(steps[0], rel=1e-6)


def test_an_axis_without_width_has_one_tick():
    assert ticks(3.0, 3.0) == [3.0]


def test_places_are_those_of_the_axes():
    drawing = Drawing(x=(10, 20), y=(0, 4), width=360, height=260, left=40, right=20, top=10, bottom=50)
    assert drawing.across([10, 15, 20]).tolist() == [40, 190, 340]
    assert drawing.down([0, 2, 4]).tolist() == [210, 110, 10]


def test_words_are_escaped_and_shortened():
    drawing = Drawing(x=(0, 1), y=(0, 1))
    drawing.axes("<b>", "y" * 100)
    drawing.text(0, 0, '"&<i>', "tick")
    svg = drawing.render("key", "<title>", "<desc>")
    assert "<b>" not in svg
    assert "<i>" not in svg
    assert svg.count("<title") == svg.count("<desc") == 1
    assert "y" * 33 not in svg


def test_a_band_leaves_out_what_is_missing():
    drawing = Drawing(x=(0, 3), y=(0, 1))
    drawing.band([0, 1, 2, 3], [0, 0, np.nan, 0], [1, 1, 1, 1], "series-0")
    assert drawing.parts[0].count("L") == 5
    drawing.band([0], [0], [1], "series-0")
    assert len(drawing.parts) == 1


def test_a_line_of_missing_numbers_is_nothing():
    assert path([0, 1], [np.nan, np.inf]) == ""


@pytest.mark.parametrize("shape", SHAPES[1:])
def test_marks_lie_around_their_centre(shape):
    numbers = [
        float(part)
        for part in outline(shape, (50, 50), 10).replace("M", " ").replace("L", " ").replace("Z", "").split()
    ]
    assert np.abs(np.array(numbers) - 50).max() <= 12.5
    assert np.mean(numbers) == pytest.approx(50, abs=2)


def test_thinning_keeps_a_curve_within_half_a_cell():
    rng = np.random.default_rng(0)
    xs = np.sort(rng.random(20_000))
    xs[[0, -1]] = 0, 1
    ys = np.sort(rng.random(20_000)) ** 2
    kept = thinned(xs, ys, grid=100)
    assert len(kept) < 250
    assert (kept[0], kept[-1]) == (0, len(xs) - 1)
    away = np.abs(np.interp(xs, xs[kept], ys[kept]) - ys)
    assert away.max() < 0.03


def test_thinning_keeps_peaks():
    xs, ys = np.full(5, 0.5), np.array([0.0, 0.4, 0.8, 0.4, 0.2])
    assert 2 in thinned(xs, ys)

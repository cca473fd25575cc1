import numpy as np
import pytest

from demarcate.inspection.palette import SHAPES
from demarcate.report.svg import Chart, marker_path, path_data, simplified, tick_label, ticks


@pytest.mark.parametrize(("low", "high"), [(0, 1), (-3, 17), (0.0004, 0.0011), (-2e6, 5e6), (99.5, 100.5)])
def test_ticks_are_round_even_and_inside(low, high):
    values = ticks(low, high)
    assert 2 <= len(values) <= 7
    assert low - 1e-9 <= values[0]
    assert values[-1] <= high + 1e-9
    steps = np.diff(values)
    assert steps == pytest.approx(np.full(len(steps), steps[0]))
    assert float(f"{steps[0]:.1e}") == pytest.approx(steps[0], rel=1e-6)


def test_an_axis_without_width_has_one_tick():
    assert ticks(3.0, 3.0) == [3.0]


def test_tick_labels_are_short():
    assert [tick_label(value) for value in (0.2, 20000.0, -0.0, 2.5e9)] == ["0.2", "20,000", "0", "2.5e+09"]


def test_positions_follow_the_axes():
    chart = Chart(x=(10, 20), y=(0, 4), width=360, height=260, left=40, right=20, top=10, bottom=50)
    assert chart.to_pixel_x([10, 15, 20]).tolist() == [40, 190, 340]
    assert chart.to_pixel_y([0, 2, 4]).tolist() == [210, 110, 10]


def test_text_is_escaped_and_shortened():
    chart = Chart(x=(0, 1), y=(0, 1))
    chart.axes("<b>", "y" * 100)
    chart.text(0, 0, '"&<i>', "tick")
    svg = chart.render("key", "<title>", "<desc>")
    assert "<b>" not in svg
    assert "<i>" not in svg
    assert svg.count("<title") == svg.count("<desc") == 1
    assert "y" * 33 not in svg


def test_a_band_leaves_out_missing_points():
    chart = Chart(x=(0, 3), y=(0, 1))
    chart.band([0, 1, 2, 3], [0, 0, np.nan, 0], [1, 1, 1, 1], "series-0")
    assert chart.elements[0].count("L") == 5
    chart.band([0], [0], [1], "series-0")
    assert len(chart.elements) == 1


def test_a_line_is_broken_at_missing_numbers():
    assert path_data([0, 1, 2, 3], [5, 4, np.nan, 2]) == "M0 5L1 4M3 2"
    assert path_data([0, 1], [np.nan, np.inf]) == ""


@pytest.mark.parametrize("shape", SHAPES[1:])
def test_markers_lie_around_their_centre(shape):
    numbers = [
        float(part)
        for part in marker_path(shape, (50, 50), 10).replace("M", " ").replace("L", " ").replace("Z", "").split()
    ]
    assert np.abs(np.array(numbers) - 50).max() <= 14.5
    assert np.mean(numbers) == pytest.approx(50, abs=2)


def test_a_simplified_curve_stays_within_half_a_cell():
    rng = np.random.default_rng(0)
    xs = np.sort(rng.random(20_000))
    xs[[0, -1]] = 0, 1
    ys = np.sort(rng.random(20_000)) ** 2
    indices = simplified(xs, ys, grid=100)
    assert len(indices) < 250
    assert (indices[0], indices[-1]) == (0, len(xs) - 1)
    away = np.abs(np.interp(xs, xs[indices], ys[indices]) - ys)
    assert away.max() < 0.03


def test_a_simplified_curve_keeps_peaks():
    xs, ys = np.full(5, 0.5), np.array([0.0, 0.4, 0.8, 0.4, 0.2])
    assert 2 in simplified(xs, ys)


def test_a_simplified_line_has_its_ends_only():
    assert simplified(np.array([0.0, 0.5, 0.5, 1.0]), np.array([0.0, 0.5, 0.5, 1.0])).tolist() == [0, 3]

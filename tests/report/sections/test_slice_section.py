import warnings

import numpy as np
import polars as pl
import pytest

from demarcate import DemarcateClassifier
from demarcate.report import Report
from demarcate.report.sections.slice_section import HeldColumn


def test_the_slice_is_over_the_most_important_numbers_and_states_the_held_columns(binary_report):
    section = binary_report.to_json()["slice"]
    assert section["columns"] == ["signal", "other"]
    assert [each["column"] for each in section["held"]] == ["colour"]
    assert sum(section["shares"].values()) == pytest.approx(1)


def test_held_values_are_written_in_words():
    assert [HeldColumn("a", value).text for value in (None, 0.123456, "red")] == ["missing", "0.1235", "red"]


def test_without_two_numerical_columns_there_is_no_slice(report_of):
    rng = np.random.default_rng(0)
    frame = pl.DataFrame({"a": rng.normal(size=60), "c": rng.choice(["x", "y"], 60)})
    assert "slice" not in report_of(frame, rng.integers(0, 2, 60)).to_json()


def test_the_largest_floats_are_drawn_without_a_warning(table):
    frame, codes = table(120)
    largest = {0: 1.7e308, 1: -1.7e308}
    cells = [largest.get(row, cell) for row, cell in enumerate(frame["other"].to_list())]
    frame = frame.with_columns(other=pl.Series(cells))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        classifier = DemarcateClassifier(hidden=(4,), epochs=3, n_folds=2).fit(frame, codes)
        report = Report.of(classifier, frame, codes)
        html = report.to_html()
    assert np.isfinite(report.to_json()["slice"]["extent"]).all()
    assert "inf" not in html[html.index('id="slice-figure-text"') : html.index('id="mistakes"')]

import numpy as np
import polars as pl


def test_missing_cells_kinds_and_unused_columns_are_listed(report_of):
    rng = np.random.default_rng(0)
    frame = pl.DataFrame(
        {
            "a": [None, *rng.normal(size=79)],
            "b": rng.normal(size=80),
            "day": [f"2024-01-{1 + day % 28:02d}" for day in range(80)],
            "same": [1] * 80,
        }
    )
    columns = report_of(frame, rng.integers(0, 2, 80)).to_json()["columns"]["columns"]
    by_name = {each["name"]: each for each in columns}
    assert by_name["a"]["n_missing"] == 1
    assert by_name["day"]["kind"] == "date"
    assert by_name["same"]["remark"].startswith("not used")


def test_names_may_break_after_an_underscore_and_read_the_same(report_of, parse_page):
    frame = pl.DataFrame({"years_at_work": np.random.default_rng(0).normal(size=60), "b": np.arange(60) % 7})
    html = report_of(frame, np.arange(60) % 2).to_html()
    assert "years_<wbr>at_<wbr>work" in html
    assert "years_at_work" in [each["text"] for each in parse_page(html).all("bdi")]


def test_each_column_has_a_histogram_in_words_for_those_who_cannot_see_it(binary_report, section_of):
    columns = {each.name: each for each in section_of(binary_report, "columns").columns}
    colours = columns["colour"].histogram
    assert (
        columns["colour"].counts_in_words
        == " and ".join(f"{label} {count}" for label, count in zip(colours.labels, colours.counts, strict=True)) + "."
    )
    assert columns["signal"].counts_in_words.startswith("Rows in 16 equal bins, from the least to the greatest value: ")
    drawing = columns["signal"].figure("key")
    assert drawing.count("Z") == 16
    assert 'style="' not in drawing

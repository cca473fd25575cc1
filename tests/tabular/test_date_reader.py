import numpy as np
import polars as pl
import pytest

from demarcate.tabular import Column
from demarcate.tabular.date_reader import DateReader
from demarcate.tabular.dates import parse_dates


def reader(date_format=""):
    return DateReader(Column("joined", "date", date_format=date_format))


def read(cells, date_format=""):
    dates = reader(date_format)
    parsed = dates.parse(pl.Series(cells, dtype=pl.String), 0)
    return parsed, dates.doubt()


def seconds(*cells):
    return parse_dates(pl.Series(cells)).values.tolist()


@pytest.mark.parametrize("trained", ["", "%d/%m/%Y", "%m/%d/%Y", "%B %d, %Y"])
@pytest.mark.parametrize(
    "cells",
    [
        ["25.02.2024", "01.03.2024"],
        ["25/02/2024", "01/03/2024"],
        ["02/25/2024", "03/01/2024"],
        ["25 Feb 2024", "1 March 2024"],
        ["February 25, 2024", "Mar 1, 2024"],
        ["2024-02-25", "2024/03/01"],
        ["25.02.2024 00:00", "01.03.2024 00:00:00"],
        ["25.02.2024", "2024-03-01"],
    ],
    ids=" ".join,
)
def test_a_spelling_that_all_cells_settle_is_read(trained, cells):
    parsed, _ = read(cells, trained)
    assert parsed.values.tolist() == seconds("2024-02-25", "2024-03-01")
    assert not parsed.bad.any()


@pytest.mark.parametrize("cells", [["25.02.2024"], ["2024-02-25"], ["25/02/2024", "01/03/2024"], [None, "n/a"]])
def test_what_is_certain_needs_no_warning(cells):
    assert read(cells)[1] == ""


def test_what_could_be_either_is_read_day_first_with_a_warning():
    parsed, doubt = read([None, "03/04/2024"])
    assert parsed.values[1:].tolist() == seconds("2024-04-03")
    assert doubt.startswith("column 'joined': dates such as '03/04/2024' in row 2 are read day first, and could be")


def test_a_later_part_may_settle_it():
    dates = reader()
    dates.parse(pl.Series(["03/04/2024"]), 0)
    assert "the other way round" in dates.doubt()
    dates.parse(pl.Series(["25/04/2024"]), 1)
    assert dates.doubt() == ""


def test_a_later_cell_that_contradicts_the_order_is_bad():
    dates = reader()
    dates.parse(pl.Series(["03/04/2024"]), 0)
    assert dates.parse(pl.Series(["04/25/2024", "05/04/2024"]), 1).bad.tolist() == [True, False]
    assert dates.order == "day first"


def test_the_other_order_than_trained_on_is_warned_of():
    parsed, doubt = read(["01/03/2024", "25/02/2024"], "%m/%d/%Y")
    assert parsed.values.tolist() == seconds("2024-03-01", "2024-02-25")
    assert "are read day first, and those trained on month first" in doubt


def test_the_order_trained_on_is_kept_where_all_cells_fit_it():
    parsed, doubt = read(["01/03/2024"], "%m/%d/%Y")
    assert parsed.values.tolist() == seconds("2024-01-03")
    assert doubt == ""


@pytest.mark.parametrize("cells", [["25.02.2024", "soon"], ["25/02/2024", "02/25/2024"], ["25.02.2024", "25/02/2024"]])
def test_cells_of_no_common_spelling_are_bad(cells):
    assert read(cells)[0].bad.any()


def test_no_other_spelling_is_tried_after_cells_in_the_one_trained_on():
    dates = reader("%d/%m/%Y")
    dates.parse(pl.Series(["03/04/2024"]), 0)
    assert dates.parse(pl.Series(["04/25/2024"]), 1).bad.all()


def test_dates_of_a_library_are_read_as_they_are():
    cells = pl.Series(["2024-02-25"]).str.to_date()
    dates = reader("%d.%m.%Y")
    np.testing.assert_array_equal(dates.parse(cells, 0).values, seconds("2024-02-25"))


COUNTED = ["2024-02-25", "2024-03-01", "2024-03-02"]


@pytest.mark.parametrize("trained", ["", "%d/%m/%Y", "epoch", "epoch_ms", "excel", "%Y%m%d"])
@pytest.mark.parametrize(
    "cells",
    [
        [20240225, 20240301, 20240302],
        ["20240225", "20240301", ""],
        [1708819200, 1709251200, 1709337600],
        [1708819200000.0, 1709251200000.0, None],
        ["1708819200000000", "1709251200000000", "1709337600000000"],
        ["25. Feb 2024", "1er mars 2024", "2 de marzo de 2024"],
        ["Sun, 25 Feb 2024 00:00:00 +0000", "2024-03-01T00:00Z", None],
    ],
    ids=str,
)
def test_numbers_and_words_that_can_only_be_one_date_are_read(trained, cells):
    dates = reader(trained)
    parsed = dates.parse(pl.Series(cells), 0)
    assert parsed.values[:2].tolist() == seconds(*COUNTED[:2])
    assert not parsed.bad.any()


def test_days_of_excel_are_read_where_numbers_were_trained_on():
    assert reader("epoch").parse(pl.Series([45347, 45352]), 0).values.tolist() == seconds(*COUNTED[:2])
    assert reader("").parse(pl.Series([45347, 45352]), 0).bad.all()


def test_numbers_that_count_otherwise_than_those_trained_on_are_warned_of():
    dates = reader("epoch")
    dates.parse(pl.Series([1708819200000]), 4)
    assert dates.doubt().startswith(
        "column 'joined': dates such as '1708819200000' in row 5 are read as milliseconds since 1970. Write them"
    )
    known = reader("epoch")
    known.parse(pl.Series([1708819200]), 0)
    assert known.doubt() == ""


def test_words_that_stood_for_none_in_training_are_missing():
    dates = DateReader(Column("joined", "date", missing=("soon", "9999-12-31")))
    parsed = dates.parse(pl.Series(["2024-02-25", "soon", "9999-12-31"]), 0)
    assert parsed.values[0] == seconds("2024-02-25")[0]
    assert np.isnan(parsed.values[1:]).all()
    assert not parsed.bad.any()

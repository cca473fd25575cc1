"""Cells are read in plain PyTorch as by the model, or refused; never otherwise."""

import math

import pytest

from demarcate.export.pytorch_columns import _reader
from demarcate.tabular import Column, Schema
from demarcate.tabular.frame import as_frame
from demarcate.tabular.number_format import NumberFormat

EURO = {"number_format": NumberFormat(",", ".", "€", "number")}
KILOGRAM = {"number_format": NumberFormat(",", "", "kg", "number")}
DURATION = {"number_format": NumberFormat(notation="duration")}
READ = (
    *(("numerical", {}, cell) for cell in ("1.5", " -3e2 ", ".5", "NA", "inf", "1e400", "true", 7, 2.5, True, None)),
    *(("numerical", EURO, cell) for cell in ("1.234,50 €", "€ 5", "-€5", "\u22125 €", "1,5", "1234", "", 7.5)),
    *(("numerical", KILOGRAM, cell) for cell in ("70 kg", "70,5kg", "70.5", "007")),
    *(("numerical", DURATION, cell) for cell in ("1:02:03", "12:30", "-0:30", "90")),
    *(("numerical", {"missing": ("-9999", "gone")}, cell) for cell in ("-9999.0", "GONE", -9999, "9999")),
    *(("date", {}, cell) for cell in ("2024-02-29", "2024-02-29T13:45:00.5+02:00", "2024Q2", "30. April 2024", "NA")),
    *(("date", {"date_format": "%d.%m.%Y"}, cell) for cell in ("31.12.2024", "1.2.2024 3:05 PM", "2024-01-05")),
    *(("date", {"date_format": "%d.%m.%y@1935"}, cell) for cell in ("31.12.34", "31.12.35")),
    *(("date", {"date_format": "%d %B %Y"}, cell) for cell in ("30 April 2024", "30 avril 2024", "30 Apr 2024")),
    *(("date", {"date_format": "%Y%m%d"}, cell) for cell in ("20240430", 20240430, 20240430.0)),
    *(("date", {"date_format": "epoch"}, cell) for cell in ("1714435200", 1714435200.5, "2024-04-30")),
    *(("date", {"date_format": "excel"}, cell) for cell in (45412.25, "45412")),
)
REFUSED = (
    *(("numerical", {}, cell) for cell in ("many", "1_000", "12.5.1", "0x1F")),
    *(("numerical", EURO, cell) for cell in ("1.23 €", "5 $", "€5€", "1.5")),
    *(("numerical", KILOGRAM, cell) for cell in ("kg 5", "5 g")),
    *(("date", {}, cell) for cell in ("2023-02-29", "yesterday", "24:30", "1999-13-01")),
    # A number that counts from another zero than those trained on.
    *(("date", {"date_format": "epoch"}, cell) for cell in ("20240430", "45412000000000000000")),
)


def cell_id(case):
    kind, written, cell = case
    return f"{kind} {'|'.join(map(str, written.values()))} {cell!r}"


@pytest.mark.filterwarnings("ignore::demarcate.errors.InputWarning")
@pytest.mark.parametrize("case", READ, ids=cell_id)
def test_a_cell_is_read_as_by_the_model(case):
    kind, written, cell = case
    column = Column("x", kind, **written)
    expected = float(Schema((column,)).parse(as_frame({"x": [cell]}))["x"][0])
    found = _reader(column, ()).read(cell)
    assert found == expected or (math.isnan(found) and math.isnan(expected))


@pytest.mark.parametrize("case", REFUSED, ids=cell_id)
def test_another_cell_is_refused(case):
    kind, written, cell = case
    with pytest.raises(ValueError, match=r"is no (number|date)"):
        _reader(Column("x", kind, **written), ()).read(cell)

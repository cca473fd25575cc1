import pytest

from demarcate.io.tables.cell_kinds import cell_kind, column_kind, described, is_footer, is_ruler, is_total

NUMBERS = [
    "47.4",
    "-1",
    "+.5",
    "1e-5",
    "1.234,5",
    "1 241",
    "$44,328.11",
    "44 €",
    "(6,502)",
    "9.0%",
    "<0.3",
    "20:40",
    "170 cm",
]
WORDS = ["age", "Köln", "x1", "kg/m2 body", "PT-0023", "[mg/l]", "n = 3", "1st of May 2020, at noon"]


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        *((cell, "number") for cell in NUMBERS),
        *((cell, "word") for cell in WORDS),
        *((cell, "missing") for cell in ("", " ", "NA", "n/a", "-", "?", "NULL", "n.d.")),
        *((cell, "date") for cell in ("2024-03-31", "31.03.2024", "3/1/24", "2024-03-31T10:30Z", "2020-01")),
    ],
)
def test_a_cell_looks_like_a_number_a_date_or_a_word(cell, kind):
    assert cell_kind(cell) == kind


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["1", "2", "", "NA"], "number"),
        (["1", "2", "3", "4", "#DIV/0!"], "number"),
        (["1", "a"], "word"),
        (["", "NA"], "missing"),
        (["2024-01-01", "2024-02-01"], "date"),
    ],
)
def test_a_column_is_of_the_kind_of_nearly_all_its_cells(cells, kind):
    assert column_kind(cells) == kind


ROWS = [["1.5", "20", "Ulm"], ["2.5", "30", "Bonn"], ["3.5", "40", "Ulm"]]


@pytest.mark.parametrize(
    ("cells", "what"),
    [
        (["[mg/l]", "[years]", ""], "units"),
        (["mg/l", "", ""], "units"),
        (["kg/m²", "10^9/l", "-"], "units"),
        (["°C", "µmol/l", "(name)"], "units"),
        (["float", "int", "str"], "types"),
        (["How much?", "How old?", "Where?"], "words over numbers"),
        (["mg/l", "years", "Ulm"], ""),
        (["unknown", "20", "Ulm"], ""),
        (["broken", "", ""], ""),
        (["broken", "broken", "Hof"], ""),
        (["n.d.", "<3", "Ulm"], ""),
        (["", "", ""], ""),
        (["1.5", "20", "Hof"], ""),
    ],
)
def test_a_line_below_the_header_is_units_types_words_or_a_row(cells, what):
    assert described(cells, ROWS) == what


@pytest.mark.parametrize("cell", ["Total", "Summe:", "GRAND TOTAL", "Zwischensumme", "Mittelwert", "Σ", "n"])
def test_words_of_totals_are_known(cell):
    assert is_total(cell)


@pytest.mark.parametrize("cell", ["", "Totalschaden", "total loss", "nein", "maximal", "Sum of parts"])
def test_other_words_are_no_totals(cell):
    assert not is_total(cell)


@pytest.mark.parametrize("text", ["n = 150", "(150 rows)", "150 Zeilen", "Page 1 of 2", "Total rows: 7", "* estimated"])
def test_footers_are_known(text):
    assert is_footer(text)


@pytest.mark.parametrize("text", ["Endres", "Köln", "150", "note-taking app", "standard"])
def test_other_cells_are_no_footers(text):
    assert not is_footer(text)


@pytest.mark.parametrize(
    ("line", "expected"), [("----+---", True), ("|---|:--:|", True), ("-,-,-", False), ("a---", False)]
)
def test_rulers_are_dashes_between_delimiters(line, expected):
    assert is_ruler(line) is expected

from collections import Counter

import numpy as np
import polars as pl
import pytest
from benchmarks.tables import number_columns

from demarcate.tabular import as_frame, infer_schema
from demarcate.tabular.column_options import ColumnOptions
from demarcate.tabular.number_format import PLAIN, NumberFormat

PLAIN_NUMBERS = [f"{number}.{number % 10}" for number in range(100, 140)]


def read(cells, **options):
    frame = as_frame({"x": cells})
    (column,) = infer_schema(frame, ColumnOptions.of(**options)).columns
    return column, column.parse_quantities(frame["x"]).values.tolist() if column.kind == "numerical" else None


def test_plain_numbers_need_no_format():
    column, values = read(PLAIN_NUMBERS)
    assert (column.number_format, column.note) == (PLAIN, "")
    assert values == list(map(float, PLAIN_NUMBERS))


def test_separators_that_could_be_either_are_read_in_one_way_with_a_note_of_the_other():
    column, values = read(["1.241", "987", "2.730"])
    assert values == [1241, 987, 2730]
    assert column.note == (
        "'1.241' in row 1 could be thousands or decimals: the point is read between thousands. "
        "--decimal , (decimal in Python) confirms it, --decimal . reads the other"
    )


def test_options_decide_and_silence_the_note():
    cells = ["1.241", "987", "2.730"]
    assert read(cells, decimal=".")[1] == [1.241, 987, 2.73]
    assert read(cells, decimal=",")[1] == read(cells, thousands=".")[1] == [1241, 987, 2730]
    assert {read(cells, decimal=decimal)[0].note for decimal in ".,"} == {""}


@pytest.mark.parametrize(("beside", "value"), [("25,15", 1.635), ("25.15", 1635.0)])
def test_other_columns_settle_what_a_separator_is(beside, value):
    frame = as_frame({"x": ["1,635", "1,209"] * 5, "beside": [beside, beside[:-1] + "6"] * 5})
    schema = infer_schema(frame)
    assert schema.parse(frame)["x"][0] == value
    assert {column.note for column in schema.columns} == {""}


def test_other_columns_do_not_settle_what_contradicts_them():
    frame = as_frame({"x": ["1.635", "987"] * 5, "beside": ["25.15", "25.16"] * 5})
    column = infer_schema(frame).columns[0]
    assert "could be thousands or decimals" in column.note


def test_a_unit_that_all_numbers_share_is_part_of_the_format():
    column, values = read(["172 cm", "175cm", None, "190 cm"])
    assert column.number_format == NumberFormat(unit="cm", notation="number")
    np.testing.assert_equal(values, [172, 175, np.nan, 190])


def test_numbers_of_several_units_are_categories_with_a_note():
    cells = [f"{number} kg" for number in range(40)] + [f"{number}00 g" for number in range(1, 30)]
    column, _ = read(cells)
    assert column.kind == "categorical"
    assert "numbers of several units: '0 kg', and row 41 holds '100 g' ('g'): read as categories" in column.note


def test_a_number_without_the_unit_of_the_others_is_noted():
    column, values = read([*(f"{number} cm" for number in range(150, 180)), "175"])
    assert values[-1] == 175
    assert "'175' in row 31 has no unit, and others have 'cm' as '150 cm' has" in column.note


def test_decimal_points_beside_decimal_commas_are_both_read():
    column, values = read([*(f"{number},5" for number in range(40)), "7.25"])
    assert values[-1] == 7.25
    assert "'7.25' in row 41 has a decimal point, and others a decimal comma as '0,5' has" in column.note


@pytest.mark.parametrize("word", ["#DIV/0!", "n.d.", "pending"])
def test_words_among_quantities_are_missing(word):
    column, values = read([*PLAIN_NUMBERS, word, word])
    assert np.isnan(values[-2:]).all()
    assert column.missing == (word,)
    assert f"row 41 holds '{word}' and 1 more cell among numbers: read as missing" in column.note


def test_codes_of_letters_and_digits_stay_categories():
    codes = [f"{number}.{number % 100:02}" for number in range(250, 400)] + [f"V{number}" for number in range(20, 60)]
    column, _ = read(codes * 2)
    assert column.kind == "categorical"
    assert "row 151 holds 'V20': read as categories" in column.note


@pytest.mark.parametrize("cells", [["2", "3", "4", "5more"], ["2", "4", "more"], ["<=50K", ">50K"], ["1A", "2B", "3C"]])
def test_a_few_levels_are_categories_without_a_note(cells):
    column, _ = read(cells * 30)
    assert (column.kind, column.note) == ("categorical", "")


@pytest.mark.parametrize("write", [lambda number: f"{number}-{number + 5}", lambda number: f"{number}/7"])
def test_many_ranges_and_fractions_are_noted(write):
    column, _ = read([write(number) for number in range(20)] * 3)
    assert column.kind == "categorical"
    assert "read as categories. Write numbers" in column.note
    assert read([write(number) for number in range(5)] * 3)[0].note == ""


def test_a_stray_word_among_yes_and_no_is_missing():
    frame = as_frame({"x": ["yes", "no"] * 20 + ["5.2"]})
    (column,) = infer_schema(frame).columns
    assert (column.kind, column.missing, column.parse_words(frame["x"])[-1]) == ("boolean", ("5.2",), None)
    assert "row 41 holds '5.2' among yes and no: read as missing" in column.note
    assert infer_schema(as_frame({"x": ["yes", "no", "perhaps"] * 20})).columns[0].kind == "categorical"


def test_words_for_missing_values_hold_in_every_column():
    frame = as_frame({"x": ["5", "-999", "-999.0", "7"], "y": [1, -999, 3, 4], "z": ["a", "N.D.", "b", "a"]})
    schema = infer_schema(frame, ColumnOptions.of(missing=[-999, "n.d."]))
    parsed = schema.parse(frame)
    np.testing.assert_equal(parsed["x"], [5, np.nan, np.nan, 7])
    np.testing.assert_equal(parsed["y"], [1, np.nan, 3, 4])
    assert parsed["z"].to_list() == ["a", None, "b", "a"]
    # A model remembers them.
    again = type(schema).from_json(schema.to_json())
    assert again == schema
    np.testing.assert_equal(again.parse(pl.DataFrame({"x": ["-999"], "y": ["-999"], "z": ["n.d."]}))["x"], [np.nan])


@pytest.mark.parametrize("seed", [1, 2])
def test_columns_of_a_grammar_of_formats_are_read_right_or_noted(seed):
    verdicts = Counter(map(number_columns.verdict, number_columns.draw_columns(10, seed)))
    assert verdicts["silent"] == 0
    assert verdicts["right"] >= 5


@pytest.mark.parametrize(
    ("write", "seconds"),
    [
        (lambda minutes: f"{minutes // 60 % 12 or 12}:{minutes % 60:02} {'am' if minutes < 720 else 'pm'}", 1),
        (lambda minutes: f"{minutes // 60}h{minutes % 60:02}", 1),
        (lambda minutes: f"{minutes // 60}:{minutes % 60:02}", 1),
    ],
)
def test_times_of_every_clock_are_durations(write, seconds):
    minutes = list(range(0, 1440, 7))
    column, values = read([write(each) for each in minutes])
    assert (column.number_format.notation, column.note) == ("duration", "")
    assert values == [each * seconds for each in minutes]


def test_marks_of_direction_are_no_part_of_a_number():
    assert read(["\u200f62.3\u200e", "\u200f61\u200e"])[1] == [62.3, 61]


@pytest.mark.parametrize("cells", [["ja", "Ja", "NEIN", "n"], ["oui", "non"], ["sí", "no"], ["sim", "não"]])
def test_yes_and_no_of_other_languages_are_booleans(cells):
    (column,) = infer_schema(as_frame({"x": cells * 10})).columns
    assert (column.kind, column.categories) == ("boolean", ("false", "true"))

import contextlib
import csv
import io
import warnings

import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from demarcate.errors import InputError, InputWarning
from demarcate.io.tables.delimited import DelimitedReader
from demarcate.io.tables.delimiter import most_frequent_delimiter
from demarcate.io.tables.records import MAX_CELL

REPEATABLE = settings(deadline=None, derandomize=True)

DELIMITERS = ",;\t|"
CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8) | st.sampled_from(
    ["", " ", '"', '""', "a,b", "x\ny", "\r", "\r\n", "007", "NA", "|;\t,", "'", "\ufeff"]
)
QUOTING = st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC, csv.QUOTE_NONE])


def read(text, delimiter=",", **options):
    return pl.concat(DelimitedReader([text] if text else [], "a.csv", delimiter, **options).parts(1000))


def problems(text, delimiter=",", **options):
    with pytest.raises(InputError) as refusal:
        read(text, delimiter, **options)
    return [problem.fact for problem in refusal.value.problems]


@st.composite
def tables(draw):
    width = draw(st.integers(1, 4))
    names = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=6).map(str.strip)
    names = names.filter(lambda name: name and name != "*" and not (name[0] == "^" and name[-1] == "$"))
    header = draw(st.lists(names, min_size=width, max_size=width, unique=True))
    return header, draw(st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=5))


def written(header, rows, delimiter, quoting, line_end="\r\n"):
    file = io.StringIO(newline="")
    try:
        csv.writer(file, delimiter=delimiter, quoting=quoting, lineterminator=line_end).writerows([header, *rows])
    except csv.Error:  # QUOTE_NONE cannot write every cell
        assume(False)
    return file.getvalue()


@REPEATABLE
@given(tables(), st.sampled_from(DELIMITERS), QUOTING)
def test_what_a_csv_writer_wrote_is_read_back_exactly(table, delimiter, quoting):
    header, rows = table
    frame = read(written(header, rows, delimiter, quoting), delimiter, header=True)
    assert frame.columns == header
    assert frame.rows() == [tuple(cell or None for cell in row) for row in rows]
    assert set(frame.dtypes) == {pl.String}


@REPEATABLE
@given(tables(), st.sampled_from(DELIMITERS), st.sampled_from(["\n", "\r", "\r\n", "\r\n\r\n"]))
def test_line_ends_do_not_matter_where_cells_are_quoted(table, delimiter, line_end):
    header, rows = table
    frame = read(written(header, rows, delimiter, csv.QUOTE_ALL, line_end), delimiter, header=True)
    assert frame.rows() == [tuple(cell or None for cell in row) for row in rows]


@pytest.mark.filterwarnings("ignore:.*without a name:demarcate.errors.InputWarning")
@REPEATABLE
@given(st.lists(st.lists(CELLS, min_size=1, max_size=3), min_size=1, max_size=5), st.sampled_from(DELIMITERS))
def test_any_table_is_read_exactly_or_refused_for_a_reason_it_has(table, delimiter):
    header, *rows = table
    names = [cell.strip() or f"column_{position}" for position, cell in enumerate(header, start=1)]
    ragged = sum(len(row) != len(header) for row in rows)
    repeated = len(names) - len(set(names))
    text = written(header, rows, delimiter, csv.QUOTE_MINIMAL)
    if ragged or repeated or not rows:
        facts = problems(text, delimiter, header=True)
        assert "".join(facts).count("(data row ") == ragged
        assert any("more than one column named" in fact for fact in facts) == bool(repeated)
        return
    if all(map(str.strip, header)):
        frame = read(text, delimiter, header=True)
    else:
        with pytest.warns(InputWarning, match="columns without a name"):
            frame = read(text, delimiter, header=True)
    assert frame.columns == names
    assert frame.rows() == [tuple(cell or None for cell in row) for row in rows]


@REPEATABLE
@given(tables(), st.sampled_from(DELIMITERS), QUOTING)
def test_what_is_read_otherwise_than_all_lines_are_is_said_and_made_of_them(table, delimiter, quoting):
    text = written(*table, delimiter, quoting)
    frame, exact = None, read(text, delimiter, header=True)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with contextlib.suppress(InputError):
            frame = read(text, delimiter)
    if frame is None:
        assert "is a row like those below it" in problems(text, delimiter)[0]
        return
    if not caught:
        assert frame.equals(exact)
    assert set(frame.rows()) <= {*exact.rows(), *((None, *row) for row in exact.rows())}


@pytest.mark.filterwarnings("ignore::demarcate.errors.InputWarning")
@REPEATABLE
@given(st.text(st.sampled_from('ab",;\n\r \t|')))
def test_any_text_gives_a_table_or_an_input_error(text):
    try:
        frame = read(text, most_frequent_delimiter(text))
    except InputError:
        return
    assert frame.height > 0
    assert frame.width > 0


@REPEATABLE
@given(
    st.lists(st.text("abc_ xyz", min_size=1, max_size=6), min_size=2, max_size=5),
    st.sampled_from(DELIMITERS),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_delimiter_is_guessed_from_the_header(header, delimiter, quoting):
    assert most_frequent_delimiter(written(header, [["1"]], delimiter, quoting)) == delimiter


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("age", ","),
        ("", ","),
        ('"a,b,c";d\n1,2,3,4,5', ";"),
        ('"a\n,,,,b";d', ";"),
        ('"a""b,,,";c', ";"),
        ("\n\r\na|b\n1,2", "|"),
        ('5";6";7\n1,2"', ";"),
        ('a|"b', "|"),
        ("a,b;c", ","),
        ("a\tb,c\td", "\t"),
    ],
)
def test_delimiter_stands_most_often_in_the_header_outside_quotes(text, delimiter):
    assert most_frequent_delimiter(text) == delimiter


def test_cells_stay_as_they_are_written():
    assert read("a,b\n 007 ,NA\n1e5,9007199254740993\n").rows() == [(" 007 ", "NA"), ("1e5", "9007199254740993")]


def test_empty_cells_are_null_quoted_or_not():
    assert read('a,b\n,x\n"",y\n')["a"].to_list() == [None, None]


def test_blank_lines_are_skipped_and_counted():
    assert read("\n\na,b\n\n1,2\r\n\r\n3,4\n\n").rows() == [("1", "2"), ("3", "4")]
    assert problems("\na,b\n\n1\n") == [
        "'a.csv' has 1 row not as wide as the header (2 cells): line 4 (data row 1) has 1"
    ]


def test_blank_lines_of_a_single_column_are_skipped_but_quoted_empty_cells_are_rows():
    assert read('a\n1\n\n""\n2\n')["a"].to_list() == ["1", None, "2"]


def test_all_ragged_rows_are_named_at_once_with_the_line_they_start_on():
    assert problems('a,b\n1\n"x\ny",2\n1,2,3\n') == [
        "'a.csv' has 2 rows not as wide as the header (2 cells): line 2 (data row 1) has 1, line 5 (data row 3) has 3"
    ]


def test_duplicate_names_are_named_with_their_columns():
    assert problems("age,sex, age,sex,age\n1,2,3,4,5\n") == [
        "'a.csv' has more than one column named 'age': columns 1, 3 and 5",
        "'a.csv' has more than one column named 'sex': columns 2 and 4",
    ]


def test_failures_of_every_kind_are_reported_together():
    assert problems('a,a\n1\n1,"x\n') == [
        "'a.csv' has more than one column named 'a': columns 1 and 2",
        "'a.csv' has 1 row not as wide as the header (2 cells): line 2 (data row 1) has 1",
        "'a.csv' has a record that cannot be read, starting on line 3: unexpected end of data",
    ]


def test_names_are_stripped_of_white_space():
    assert read(" age ,\tsex\xa0\n1,2\n").columns == ["age", "sex"]


def test_columns_without_a_name_get_one_and_a_warning():
    with pytest.warns(InputWarning, match="'a.csv' has columns without a name; they are called 'column_1', 'column_3'"):
        assert read(",b, \n1,2,3\n").columns == ["column_1", "b", "column_3"]


def test_given_name_that_is_taken_is_refused():
    assert problems("column_2,\n1,2\n") == [
        "'a.csv' has more than one column named 'column_2': columns 1 and 2 (without a name)"
    ]


@pytest.mark.parametrize("text", ["", "\n\r\n\n"])
def test_text_without_a_header_is_refused(text):
    assert problems(text) == ["'a.csv' is blank"]


def test_header_without_rows_is_refused():
    assert problems("a,b\n\n") == ["'a.csv' has a header and no rows"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('a,b\n1,2\n3,"4\n5,6\n', "line 3: unexpected end of data"),
        ('a,b\n"1\n2"x,3\n', "line 2: ',' expected after '\"'"),
        ('"a,b\n1,2\n', "line 1: unexpected end of data"),
    ],
)
def test_broken_quotes_are_named_with_the_line_the_record_starts_on(text, place):
    assert problems(text) == [f"'a.csv' has a record that cannot be read, starting on {place}"]


def test_a_cell_may_be_as_long_as_a_book_but_not_longer_and_the_limit_of_csv_stays():
    limit = csv.field_size_limit()
    book = "x" * MAX_CELL
    assert read(f"a,b\n1,2\n3,{book}\n")["b"].to_list() == ["2", book]
    assert problems(f"a,b\n1,2\n3,{book}x\n") == [
        f"'a.csv' has a record that cannot be read, starting on line 3: field larger than field limit ({MAX_CELL})"
    ]
    assert csv.field_size_limit() == limit


def test_of_many_ragged_rows_the_first_are_named_and_all_counted():
    (fact,) = problems("a,b\n" + "1\n" * 30)
    assert fact.startswith("'a.csv' has 30 rows not as wide as the header (2 cells): line 2 (data row 1) has 1, line 3")
    assert fact.endswith("line 9 (data row 8) has 1 and 22 more")

import pytest
from fuzz.campaign import Plan, run
from fuzz.csv_rules import expected_table
from fuzz.csvs import Case

from fuzz import csvs


def test_a_slice_is_refused_or_read_as_csv_reads_it(tmp_path, capsys):
    figures = run(csvs.target(), Plan(seed=0, cases=2500, folder=tmp_path))
    assert figures.failed == 0, capsys.readouterr().err
    assert figures.accepted > 500
    assert figures.refused > 500


@pytest.mark.parametrize(
    ("data", "delimiter", "expected"),
    [
        (b"a,b\n1,\n", None, (["a", "b"], [("1", None)])),
        (b'a;b\n"1\n2";"x""y"\n', None, (["a", "b"], [("1\n2", 'x"y')])),
        (b'"a,b";c\n1;2\n', None, (["a,b", "c"], [("1", "2")])),
        (b"\xef\xbb\xbf a ,\n1,2\r3,4", None, (["a", "column_2"], [("1", "2"), ("3", "4")])),
        ("a\u2028b\n1\n".encode(), ",", (["a\u2028b"], [("1",)])),
        ("a,b\n1,2\n".encode("utf-16"), None, (["a", "b"], [("1", "2")])),
        (b"a,a\n1,2\n", None, None),
        (b"a,b\n1\n", None, None),
        (b"a\n", None, None),
        (b'a\n"1\n', None, None),
        (b"a\n\x00\n", None, None),
        (b"a\n\xff\n", None, None),
    ],
)
def test_the_rules_are_those_of_the_format(data, delimiter, expected):
    assert expected_table(data, delimiter) == expected


def test_a_reader_that_loses_a_row_would_be_found(monkeypatch, tmp_path):
    read_table = csvs.read_table
    monkeypatch.setattr(csvs, "read_table", lambda *source, **named: read_table(*source, **named)[1:])
    assert run(csvs.target(), Plan(cases=200, folder=tmp_path)).failed > 5


def test_a_reader_that_refuses_a_table_would_be_found(monkeypatch, tmp_path):
    def refuse(*source, **named):
        raise csvs.InputError([])

    monkeypatch.setattr(csvs, "read_table", refuse)
    assert run(csvs.target(), Plan(cases=200, folder=tmp_path)).failed > 5
    with pytest.raises(csvs.CheckFailed, match="a valid table is refused"):
        csvs.check(Case(b"a,b\n1,2\n", "t.csv", None))

import pytest
from fuzz.campaign import Plan, draw_case, run

from demarcate.io.tables import fast_delimited
from fuzz import fast_csvs


def test_a_slice_is_read_as_by_the_strict_reader_alone(tmp_path, capsys):
    figures = run(fast_csvs.target(), Plan(seed=0, cases=400, folder=tmp_path))
    assert figures.failed == 0, capsys.readouterr().err
    assert figures.accepted > 100
    assert figures.refused > 100


def test_many_rows_are_split_by_polars():
    cases = [draw_case(fast_csvs.target(), 0, number) for number in range(100)]
    assert sum(fast_csvs.outcome(case)[1] for case in cases) > 100
    assert not any(fast_csvs.outcome(case, is_strict=True)[1] for case in cases)


GUARDS = {
    "_are_blank": (lambda ends, _: ends < 0, 400),
    "_first_lone_cr": (len, 1000),
    "_first_irregular": (lambda _, codes, __: len(codes), 2000),
}
"""What stands in the place of a guard, and in how many cases that shows."""


@pytest.mark.parametrize("guard", GUARDS)
def test_a_reader_without_a_guard_would_be_found(monkeypatch, tmp_path, guard):
    replacement, n_cases = GUARDS[guard]
    monkeypatch.setattr(fast_delimited, guard, replacement)
    assert run(fast_csvs.target(), Plan(cases=n_cases, folder=tmp_path)).failed > 0


def test_a_reader_that_takes_what_may_come_after_the_table_would_be_found(monkeypatch, tmp_path):
    monkeypatch.setattr("demarcate.io.tables.delimited.DelimitedReader._count_certain", lambda _, frame: frame.height)
    assert run(fast_csvs.target(), Plan(cases=400, folder=tmp_path)).failed > 0

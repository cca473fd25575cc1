import numpy as np

N_ROWS = 400


def with_rule(rule, findings):
    return [finding for finding in findings if finding.rule == rule]


def test_constants_and_near_constants_are_noted_together(check):
    rare = np.where(np.arange(N_ROWS) < 3, "x", "y")
    columns = {"unit": ["a"] * N_ROWS, "empty": [None] * N_ROWS, "flag": rare, "other": np.roll(rare, 50)}
    unused, nearly = with_rule("constant", check(columns))
    assert (unused.columns, nearly.columns) == (("empty", "unit"), ("flag", "other"))
    assert unused.text == (
        "2 columns are not used, being constant: 'empty' (every cell is missing), 'unit' (every cell is 'a')"
    )
    assert "of 400 rows 'flag' differs in 3, 'other' differs in 3" in nearly.text
    assert {finding.severity for finding in (unused, nearly)} == {"note"}


def test_a_small_table_has_no_near_constants(check):
    small = {"x": np.arange(90) % 7 * 1.0, "flag": np.where(np.arange(90) < 1, "x", "y")}
    assert with_rule("constant", check(small, np.arange(90) % 2, beside={})) == []

import numpy as np
import pytest

N_ROWS = 400


def with_rule(rule, findings):
    return [finding for finding in findings if finding.rule == rule]


@pytest.mark.parametrize("kind", ["words", "numbers", "units", "reversed", "gaps"])
def test_columns_that_say_the_same_are_noted(kind, check, generator):
    words = generator.integers(4, size=N_ROWS)
    measured = generator.normal(size=N_ROWS)
    gaps = np.where(words == 0, np.nan, measured)
    one, other = {
        "words": (np.array(list("abcd"))[words], np.array(["w", "x", "y", "z"])[words]),
        "numbers": (np.array(list("abcd"))[words], np.array([7, 1, 3, 2])[words]),
        "units": (measured, measured * 1.8 + 32),
        "reversed": (measured, -np.exp(measured)),
        "gaps": (gaps, 5 - gaps),
    }[kind]
    (finding,) = with_rule("renamed", check({"one": one, "other": other}))
    assert (finding.severity, finding.columns) == ("note", ("one", "other"))


def test_columns_that_say_nearly_the_same_are_not(check, generator):
    words = generator.integers(4, size=N_ROWS)
    joined = np.where(words == 3, 2, words)
    changed = words.copy()
    changed[0] = (words[0] + 1) % 4
    columns = {name: np.array(list("abcd"))[cells] for name, cells in zip("xyz", (words, joined, changed), strict=True)}
    assert with_rule("renamed", check(columns)) == []


def test_rare_values_that_agree_by_chance_are_not(check):
    wide = {f"x{place}": np.where(np.arange(60) == place % 30, "a", "b") for place in range(500)}
    assert with_rule("renamed", check(wide, np.arange(60) % 2, beside={})) == []

"""The rules whose findings are notes: constants, renamed columns, classes, missing cells."""

import numpy as np
import pytest
from scipy import stats

from demarcate.checks.missingness import rejected
from demarcate.tabular import as_frame, infer_schema

N_ROWS = 400


def of(rule, findings):
    return [finding for finding in findings if finding.rule == rule]


def test_constants_and_near_constants_are_noted_together(audit):
    rare = np.where(np.arange(N_ROWS) < 3, "x", "y")
    columns = {"unit": ["a"] * N_ROWS, "empty": [None] * N_ROWS, "flag": rare, "other": np.roll(rare, 50)}
    unused, nearly = of("constant", audit(columns))
    assert (unused.columns, nearly.columns) == (("empty", "unit"), ("flag", "other"))
    assert unused.text == (
        "2 columns are not used, being constant: 'empty' (every cell is missing), 'unit' (every cell is 'a')"
    )
    assert "of 400 rows 'flag' differs in 3, 'other' differs in 3" in nearly.text
    assert {finding.severity for finding in (unused, nearly)} == {"note"}


def test_a_small_table_has_no_near_constants(audit):
    small = {"x": np.arange(90) % 7 * 1.0, "flag": np.where(np.arange(90) < 1, "x", "y")}
    assert of("constant", audit(small, np.arange(90) % 2, beside={})) == []


@pytest.mark.parametrize("kind", ["words", "numbers", "units", "reversed", "gaps"])
def test_columns_that_say_the_same_are_noted(kind, audit, generator):
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
    (finding,) = of("renamed", audit({"one": one, "other": other}))
    assert (finding.severity, finding.columns) == ("note", ("one", "other"))


def test_columns_that_say_nearly_the_same_are_not(audit, generator):
    words = generator.integers(4, size=N_ROWS)
    joined = np.where(words == 3, 2, words)
    changed = words.copy()
    changed[0] = (words[0] + 1) % 4
    columns = {name: np.array(list("abcd"))[cells] for name, cells in zip("xyz", (words, joined, changed), strict=True)}
    assert of("renamed", audit(columns)) == []


def test_rare_values_that_agree_by_chance_are_not(audit):
    wide = {f"x{place}": np.where(np.arange(60) == place % 30, "a", "b") for place in range(500)}
    assert of("renamed", audit(wide, np.arange(60) % 2, beside={})) == []


@pytest.mark.parametrize(("label", "is_warned_of"), [("NA", True), ("null", True), ("none", False), ("-", False)])
def test_a_class_that_looks_like_a_missing_label_is_warned_of(audit, label, is_warned_of):
    found = of("classes", audit({}, classes=np.array([label, "yes"])))
    assert [finding.severity for finding in found] == ["warning"] * is_warned_of
    assert all(f"class {label!r} of 200 rows is taken for an answer" in finding.text for finding in found)


def test_rare_classes_are_noted_with_their_rows(audit, codes):
    labels = np.where(np.arange(N_ROWS) < 9, 2, codes)
    (finding,) = of("classes", audit({}, labels))
    assert finding.severity == "note"
    assert finding.text.startswith("1 class has fewer than 30 rows ('2' 9): how large a share of them is recognised is")
    assert finding.numbers == {"rows": {"2": 9}}


def test_a_class_of_nearly_all_rows_is_noted(audit):
    labels = (np.arange(N_ROWS) < 32).astype(np.int64)
    (finding,) = of("classes", audit({}, labels))
    assert "class '0' has 92.0% of the rows: always naming it is right as often" in finding.text


class TestMissingness:
    def test_cells_missing_by_class_are_noted(self, audit, codes, generator, noise):
        gone = generator.random(N_ROWS) < np.where(codes == 1, 0.4, 0.1)
        (finding,) = of("missingness", audit({"x": np.where(gone, np.nan, noise["noise 0"])}))
        shares = [gone[codes == code].mean() for code in (1, 0)]
        assert (
            f"column 'x' is missing in {shares[0]:.1%} of the rows of class '1' and {shares[1]:.1%} of class '0'"
            in finding.text
        )
        counts = np.array([[(gone & (codes == code)).sum(), (~gone & (codes == code)).sum()] for code in (0, 1)])
        expected = stats.contingency.association(counts, method="cramer")
        assert finding.numbers["x"]["cramers_v"] == pytest.approx(expected)
        assert finding.severity == "note"

    def test_cells_missing_in_one_class_are_warned_of(self, audit, three, noise):
        (finding,) = of("missingness", audit({"x": np.where(three == 0, np.nan, noise["noise 0"])}, three))
        assert finding.severity == "warning"

    def test_all_such_columns_are_one_finding(self, audit, codes, generator, noise):
        gone = {f"x{n}": generator.random(N_ROWS) < np.where(codes == 1, 0.4, 0.1) for n in range(9)}
        (finding,) = of("missingness", audit({n: np.where(g, np.nan, noise["noise 0"]) for n, g in gone.items()}))
        assert len(finding.columns) == 9
        assert "; and 4 more columns" in finding.text

    def test_cells_missing_at_random_are_not(self, audit, generator, noise):
        columns = {
            f"x{place}": np.where(generator.random(N_ROWS) < 0.3, np.nan, noise["noise 0"]) for place in range(50)
        }
        assert of("missingness", audit(columns)) == []

    def test_a_difference_too_small_to_matter_is_not(self, generator):
        from demarcate.checks import audit_columns

        codes = np.arange(200_000) % 2
        gone = generator.random(len(codes)) < np.where(codes == 1, 0.11, 0.10)
        frame = as_frame({"x": np.where(gone, np.nan, generator.normal(size=len(codes)))})
        schema = infer_schema(frame)
        findings = audit_columns(schema, schema.parse(frame), codes, np.arange(2))
        assert stats.chi2_contingency(np.stack([np.bincount(codes, gone), np.bincount(codes, ~gone)])).pvalue < 1e-6
        assert of("missingness", findings) == []

    def test_holm_rejects_what_a_plain_loop_does(self, generator):
        for _ in range(50):
            chances = {f"{place}": float(p) for place, p in enumerate(generator.random(6) ** 4)}
            kept = set()
            for rank, (name, p) in enumerate(sorted(chances.items(), key=lambda item: item[1])):
                if p > 0.05 / (6 - rank):
                    break
                kept.add(name)
            assert set(rejected(chances, 0.05)) == kept

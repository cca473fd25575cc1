import numpy as np
import pytest
from scipy import stats

from demarcate.checks import check_table
from demarcate.checks.missingness import holm_rejected
from demarcate.tabular import as_frame, infer_schema

N_ROWS = 400


def with_rule(rule, findings):
    return [finding for finding in findings if finding.rule == rule]


def test_cells_missing_by_class_are_noted(check, codes, generator, noise):
    gone = generator.random(N_ROWS) < np.where(codes == 1, 0.4, 0.1)
    (finding,) = with_rule("missingness", check({"x": np.where(gone, np.nan, noise["noise 0"])}))
    shares = [gone[codes == code].mean() for code in (1, 0)]
    assert (
        f"column 'x' is missing in {shares[0]:.1%} of the rows of class '1' and {shares[1]:.1%} of class '0'"
        in finding.text
    )
    counts = np.array([[(gone & (codes == code)).sum(), (~gone & (codes == code)).sum()] for code in (0, 1)])
    expected = stats.contingency.association(counts, method="cramer")
    assert finding.numbers["x"]["cramers_v"] == pytest.approx(expected)
    assert finding.severity == "note"


def test_cells_missing_in_one_class_are_warned_of(check, three, noise):
    (finding,) = with_rule("missingness", check({"x": np.where(three == 0, np.nan, noise["noise 0"])}, three))
    assert finding.severity == "warning"


def test_all_such_columns_are_one_finding(check, codes, generator, noise):
    gone = {f"x{n}": generator.random(N_ROWS) < np.where(codes == 1, 0.4, 0.1) for n in range(9)}
    (finding,) = with_rule("missingness", check({n: np.where(g, np.nan, noise["noise 0"]) for n, g in gone.items()}))
    assert len(finding.columns) == 9
    assert "; and 4 more columns" in finding.text


def test_cells_missing_at_random_are_not(check, generator, noise):
    columns = {f"x{place}": np.where(generator.random(N_ROWS) < 0.3, np.nan, noise["noise 0"]) for place in range(50)}
    assert with_rule("missingness", check(columns)) == []


def test_a_difference_too_small_to_matter_is_not(generator):
    codes = np.arange(200_000) % 2
    gone = generator.random(len(codes)) < np.where(codes == 1, 0.11, 0.10)
    frame = as_frame({"x": np.where(gone, np.nan, generator.normal(size=len(codes)))})
    schema = infer_schema(frame)
    findings = check_table(schema, schema.parse(frame), codes, np.arange(2))
    assert stats.chi2_contingency(np.stack([np.bincount(codes, gone), np.bincount(codes, ~gone)])).pvalue < 1e-6
    assert with_rule("missingness", findings) == []


def test_holm_rejects_what_a_plain_loop_does(generator):
    for _ in range(50):
        chances = generator.random(6) ** 4
        rejected = np.zeros(6, dtype=bool)
        for rank, index in enumerate(np.argsort(chances)):
            if chances[index] > 0.05 / (6 - rank):
                break
            rejected[index] = True
        assert holm_rejected(chances, 0.05).tolist() == rejected.tolist()

import numpy as np
import pytest

N_ROWS = 400


def encoded(label, groups, weight=0.0):
    """Each row's mean of the label over its group, drawn towards the overall mean."""
    n, total = np.bincount(groups), np.bincount(groups, weights=label)
    return ((total + weight * label.mean()) / np.maximum(n + weight, 1e-12))[groups]


def named(findings):
    return {finding.columns[0] for finding in findings if finding.rule == "encoding"}


@pytest.mark.parametrize("size", [2, 4, 20])
@pytest.mark.parametrize("weight", [0, 1, 7.5])
@pytest.mark.parametrize("of_class", [0, 1])
def test_a_mean_of_the_target_is_a_leak(size, weight, of_class, check, codes, generator):
    groups = generator.integers(N_ROWS // size, size=N_ROWS)
    (finding,) = check({"shop": encoded((codes == of_class).astype(float), groups, weight)})
    assert (finding.rule, finding.severity, finding.columns) == ("encoding", "leak", ("shop",))
    assert ("smoothed mean" if weight else "exactly the mean") in finding.text


def test_a_mean_in_other_units_or_rounded_is_one(check, codes, generator):
    means = encoded(codes.astype(float), generator.integers(100, size=N_ROWS))
    assert named(check({"percent": 100 * means - 3, "rounded": means.round(3)})) == {"percent", "rounded"}


def test_a_mean_of_three_classes_is_one(check, three, generator):
    groups = generator.integers(80, size=N_ROWS)
    columns = {"of labels": encoded(three.astype(float), groups), "of class 2": encoded((three == 2) * 1.0, groups)}
    assert named(check(columns, three)) == set(columns)


def test_missing_cells_do_not_hide_it(check, codes, generator):
    means = encoded(codes.astype(float), generator.integers(50, size=N_ROWS))
    groups = np.unique(means, return_inverse=True)[1]
    means[groups == 3] = np.nan
    assert named(check({"shop": means})) == {"shop"}


def test_a_mean_with_noise_is_doubtful(check, codes, generator):
    means = encoded(codes.astype(float), generator.integers(N_ROWS // 2, size=N_ROWS))
    noisy = means + 0.05 * generator.normal(size=N_ROWS)
    (finding,) = check({"shop": noisy})
    assert (finding.rule, finding.severity, finding.columns) == ("encoding", "warning", ("shop",))
    assert "follows the share of '1' among the rows" in finding.text
    assert named(check({"shop": 2 * noisy, "other": 1 - noisy**2})) == set()


def test_a_mean_over_other_rows_is_none(check, codes, generator):
    groups = generator.integers(40, size=N_ROWS)
    others = codes[generator.permutation(N_ROWS)].astype(float)
    assert named(check({"shop": encoded(others, groups)})) == set()


def test_numbers_of_few_values_are_none(check, generator, codes):
    columns = {f"x{n}": generator.integers(n, size=N_ROWS) / 7 for n in range(3, 40)}
    columns["calibrated"] = np.round(np.clip(codes * 0.3 + generator.normal(size=N_ROWS) * 0.2, 0, 1), 1)
    assert named(check(columns)) == set()

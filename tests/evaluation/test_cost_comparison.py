import numpy as np
import pytest
from scipy import stats

from demarcate.errors import InputError
from demarcate.evaluation import Costs, compare_costs


class TestComparing:
    COSTS = Costs.of(["well", "ill"], {"false_negative": 4}, positive="ill")

    def rows(self, n_rows=400, seed=0):
        generator = np.random.default_rng(seed)
        of_second = generator.beta(1, 2, n_rows)
        return (generator.random(n_rows) < of_second).astype(int), np.stack([1 - of_second, of_second], 1)

    def test_every_cost_is_that_of_its_decisions(self):
        codes, chances = self.rows()
        compared = compare_costs(codes, chances, self.COSTS, rows="test", classes=["well", "ill"])
        by_cost, at_half = (chances[:, 1] >= 0.2).astype(int), (chances[:, 1] > 0.5).astype(int)
        price = {(0, 0): 0, (0, 1): 1, (1, 0): 4, (1, 1): 0}
        means = {
            name: np.mean([price[pair] for pair in zip(codes.tolist(), decisions.tolist(), strict=True)])
            for name, decisions in {
                "decided": by_cost,
                "likeliest": at_half,
                "well": np.zeros(400, int),
                "ill": np.ones(400, int),
            }.items()
        }
        assert compared.decided.value == pytest.approx(means["decided"])
        assert compared.likeliest.value == pytest.approx(means["likeliest"])
        assert compared.always == min(("well", "ill"), key=means.get)
        assert compared.constant.value == pytest.approx(means[compared.always])
        assert compared.saved.value == pytest.approx(means["likeliest"] - means["decided"])
        assert compared.saved_over_constant.value == pytest.approx(means[compared.always] - means["decided"])

    def test_intervals_are_those_of_drawing_rows(self):
        codes, chances = self.rows()
        compared = compare_costs(codes, chances, self.COSTS, rows="test")
        by_cost = self.COSTS.row_costs(codes, (chances[:, 1] >= 0.2).astype(int))
        at_half = self.COSTS.row_costs(codes, (chances[:, 1] > 0.5).astype(int))
        generator = np.random.default_rng(9)
        drawn = [generator.integers(400, size=400) for _ in range(4000)]
        for found, costs in ((compared.decided, by_cost), (compared.saved, at_half - by_cost)):
            low, high = np.quantile([costs[rows].mean() for rows in drawn], [0.025, 0.975])
            assert (found.low, found.high) == pytest.approx((low, high), abs=0.02)
        assert (compared.decided.n_rows, compared.decided.rows) == (400, "test")

    def test_folds_that_differ_make_intervals_wider_and_alike_ones_only_by_students_tails(self):
        codes, chances = self.rows()
        order = np.argsort(self.COSTS.row_costs(codes, (chances[:, 1] >= 0.2).astype(int)), kind="stable")
        codes, chances = codes[order], chances[order]

        def width(folds):
            decided = compare_costs(codes, chances, self.COSTS, rows="test", folds=folds).decided
            return decided.high - decided.low

        # Dealt one by one folds cost the same; cut from rows in order of their cost they do not.
        alike, apart, shared = np.arange(400) % 8, np.arange(400) // 50, np.zeros(400, int)
        tails = stats.t.ppf(0.975, 7) / stats.norm.ppf(0.975)
        assert width(shared) == pytest.approx(width(None))
        assert width(alike) == pytest.approx(tails * width(None))
        assert width(apart) > 2 * width(alike)

    def test_differences_are_paired(self):
        compared = compare_costs(*self.rows(), Costs.of([0, 1], {"false_negative": 1.5}), rows="test")
        width = compared.saved.high - compared.saved.low
        apart = np.hypot(*(one.high - one.low for one in (compared.decided, compared.likeliest)))
        assert width < 0.8 * apart

    def test_the_same_seed_gives_the_same_intervals_and_another_does_not(self):
        first, again, other = (compare_costs(*self.rows(), self.COSTS, rows="test", seed=seed) for seed in (1, 1, 2))
        assert first == again != other

    def test_where_nothing_went_wrong_yet_something_still_may(self):
        codes = np.arange(40) % 2
        compared = compare_costs(codes, np.where(codes[:, None] == [0, 1], 0.99, 0.01), self.COSTS, rows="test")
        assert compared.decided.value == compared.decided.low == 0
        assert 0.1 < compared.decided.high < 1
        assert (compared.saved.low, compared.saved.high) == (0, 0)

    def test_the_share_of_abstained_rows_is_told(self):
        codes, chances = self.rows()
        compared = compare_costs(codes, chances, self.COSTS.abstaining(0.3), rows="test")
        assert compared.abstained == pytest.approx(((chances[:, 1] > 0.075) & (chances[:, 1] < 0.7)).mean())

    def test_json_holds_all_of_it(self):
        compared = compare_costs(*self.rows(), self.COSTS, rows="test", classes=np.array(["well", "ill"]))
        told = compared.to_json()
        assert set(told) == {
            *("decided", "likeliest", "constant", "saved", "saved_over_constant"),
            *("always", "abstained"),
        }
        assert told["saved"] == compared.saved.to_json()
        assert type(told["always"]) is str

    def test_shapes_that_do_not_fit_are_refused(self):
        with pytest.raises(InputError, match="class code"):
            compare_costs(np.array([3]), np.array([[0.5, 0.5]]), self.COSTS, rows="test")

    def test_costs_are_of_the_weighted_rows_and_by_group(self):
        codes, chances = self.rows()
        weights, groups = 1.0 + np.arange(400) % 4, np.arange(400) // 10
        compared = compare_costs(codes, chances, self.COSTS, rows="test", sample_weight=weights, groups=groups)
        decisions = self.COSTS.decide(chances)
        expected = np.average(self.COSTS.row_costs(codes, decisions), weights=weights)
        assert compared.decided.value == pytest.approx(expected)
        assert compared.decided.rows_in_words == "400 weighted test rows in 40 groups"

    def test_groups_of_equal_rows_widen_the_interval(self):
        codes, chances = self.rows(40)
        codes, chances = np.repeat(codes, 10), np.repeat(chances, 10, axis=0)
        plain = compare_costs(codes, chances, self.COSTS, rows="test").decided
        grouped = compare_costs(codes, chances, self.COSTS, rows="test", groups=np.arange(400) // 10).decided
        assert grouped.value == pytest.approx(plain.value)
        assert grouped.high - grouped.low > 2.5 * (plain.high - plain.low)

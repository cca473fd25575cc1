import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demarcate.errors import SettingError
from demarcate.evaluation import Costs
from demarcate.evaluation.costs import ABSTAINED

REPEATABLE = settings(derandomize=True, deadline=None, max_examples=80)


def probabilities(n_rows, n_classes, seed=0):
    return np.random.default_rng(seed).dirichlet(np.ones(n_classes), n_rows)


def matrix(n_classes, seed, diagonal=False):
    generator = np.random.default_rng(seed)
    costs = generator.integers(1, 9, (n_classes, n_classes)).astype(float)
    np.fill_diagonal(costs, costs.min(1) / 2 if diagonal else 0)
    return costs


def loop(costs, chances):
    """Each decision's expected cost, summed by hand; the cheapest, abstaining only if that is cheaper."""
    decisions = []
    for row in chances:
        expected = [
            sum(row[true] * costs.matrix[true, decided] for true in range(len(row))) for decided in range(len(row))
        ]
        best = int(np.argmin(expected))
        decisions.append(ABSTAINED if costs.abstain is not None and costs.abstain < expected[best] else best)
    return decisions


class TestReading:
    def test_nothing_is_no_costs(self):
        assert Costs.of([0, 1], None) is None

    @pytest.mark.parametrize(
        ("classes", "positive", "matrix"),
        [
            (["no", "yes"], None, [[0, 2], [5, 0]]),
            (["P", "n"], None, [[0, 5], [2, 0]]),
            (["cancer", "healthy"], "cancer", [[0, 5], [2, 0]]),
            (["cancer", "healthy"], "healthy", [[0, 2], [5, 0]]),
            (["no", "yes"], "no", [[0, 5], [2, 0]]),
        ],
    )
    def test_mistakes_of_two_classes_are_about_the_positive_one(self, classes, positive, matrix):
        costs = Costs.of(classes, {"false_negative": 5, "false_positive": 2}, positive=positive)
        assert costs.matrix.tolist() == matrix
        assert (costs.prices, costs.threshold) == ((5, 2), pytest.approx(2 / 7))

    def test_a_false_negative_is_refused_where_nothing_says_which_class_is_positive(self):
        with pytest.raises(SettingError) as refused:
            Costs.of(["cancer", "healthy"], {"false_negative": 10, "false_positive": 2, ("cancer", "healthy"): 3})
        assert str(refused.value) == (
            "false_negative and false_positive have costs, and nothing says which of 'cancer' and 'healthy' is the "
            "positive class. Name it: pos_label 'cancer' or 'healthy'."
        )

    def test_costs_by_labels_need_no_positive_class(self):
        costs = Costs.of(["cancer", "healthy"], {("cancer", "healthy"): 10})
        assert (costs.positive, costs.prices, costs.threshold) == (None, (1, 10), pytest.approx(10 / 11))

    def test_a_positive_class_that_is_none_of_the_labels_is_refused_whether_or_not_there_are_costs(self):
        with pytest.raises(SettingError, match="Did you mean 'cancer'"):
            Costs.of(["cancer", "healthy"], None, positive="cancr")

    @pytest.mark.parametrize(("n_classes", "positive"), [(2, 2), (2, -1), (3, 1)])
    def test_the_positive_code_is_one_of_two(self, n_classes, positive):
        with pytest.raises(SettingError, match=f"positive is {positive}, and there are {n_classes} classes"):
            Costs(1 - np.eye(n_classes), positive=positive)

    @pytest.mark.parametrize(
        ("given", "expected"),
        [({"false_negative": 5}, [[0, 1], [5, 0]]), ({"false_positive": 3}, [[0, 3], [1, 0]]), ({}, [[0, 1], [1, 0]])],
    )
    def test_mistakes_that_are_not_named_cost_one(self, given, expected):
        assert Costs.of([False, True], given).matrix.tolist() == expected

    def test_mistakes_are_named_by_the_true_and_the_decided_label(self):
        costs = Costs.of([1, 2, 3], {(1, 3): 7, (3, 3): 0.5, (np.int64(2), np.int64(1)): np.float32(4)})
        assert costs.matrix.tolist() == [[0, 1, 7], [4, 0, 1], [1, 1, 0.5]]

    @pytest.mark.parametrize("hold", [np.array, list, tuple])
    def test_a_matrix_has_a_row_for_each_true_class(self, hold):
        assert Costs.of("ab", hold([[0, 2], [3, 1]])).matrix.tolist() == [[0, 2], [3, 1]]

    def test_abstaining_alone_goes_with_mistakes_that_cost_one(self):
        costs = Costs.of("abc", None, 0.25)
        assert (costs.matrix.tolist(), costs.abstain) == ([[0, 1, 1], [1, 0, 1], [1, 1, 0]], 0.25)

    @pytest.mark.parametrize(
        ("cost", "abstain", "reason"),
        [
            ({"false_negative": 2, ("ill", "fit"): 3}, None, r"\('ill', 'fit'\) names a mistake a second time"),
            ({"false_negative": -1}, None, "'ill' decided as 'fit' costs -1.0"),
            ({"false_negative": np.inf}, None, "costs inf"),
            ({"false_negative": np.nan}, None, "costs nan"),
            ({"false_negative": 1e300}, None, r"'ill' decided as 'fit' costs 1e\+300. Give a number from 0 to 1e15"),
            ({"false_negative": "2"}, None, "The cost of 'false_negative' is '2'"),
            ({"false_negative": True}, None, "is True"),
            ({"false_alarm": 2}, None, "'false_alarm' names no mistake. .*false_negative or false_positive"),
            (
                {("ill", "dead"): 2},
                None,
                r"\('ill', 'dead'\) names no mistake. .* decided label, of 'fit', 'ill'",
            ),
            ({("ill",): 2}, None, "names no mistake"),
            ({7: 2}, None, "7 names no mistake"),
            ([[0, 1, 2]], None, r"has the shape \(1, 3\), and there are 2 classes"),
            ([[0, 1], [1]], None, "a matrix of numbers"),
            ("false_negative=2", None, "a mapping of mistakes to numbers, or a matrix"),
            ([[2, 1], [1, 0]], None, "'fit' decided as 'ill' costs 1.0, less than being right, which costs 2.0"),
            ([[0, 0], [0, 0]], None, "No mistake costs more than being right"),
            (None, -1, "Abstaining costs -1"),
            (None, np.nan, "Abstaining costs nan"),
            (None, "cheap", "The cost of 'abstain' is 'cheap'"),
        ],
    )
    def test_what_costs_cannot_be_is_refused_with_the_reason(self, cost, abstain, reason):
        with pytest.raises(SettingError, match=reason):
            Costs.of(["fit", "ill"], cost, abstain, positive="ill")

    def test_every_wrong_cost_is_named_at_once(self):
        with pytest.raises(SettingError, match="2 problems") as told:
            Costs.of("abc", {("a", "b"): -1, ("c", "a"): -2})
        assert "'a' decided as 'b' costs -1.0" in str(told.value)
        assert "'c' decided as 'a' costs -2.0" in str(told.value)

    def test_every_unknown_mistake_is_named_at_once(self):
        with pytest.raises(SettingError, match="false_negative is a mistake between two classes") as told:
            Costs.of("abc", {"false_negative": 1, ("a", "z"): 2})
        assert "('a', 'z')" in str(told.value)


class TestDeciding:
    @REPEATABLE
    @given(st.integers(2, 6), st.integers(0, 1000), st.none() | st.floats(0, 4), st.booleans())
    def test_the_decision_is_the_one_of_least_expected_cost(self, n_classes, seed, abstain, diagonal):
        costs = Costs(matrix(n_classes, seed, diagonal), abstain)
        chances = probabilities(30, n_classes, seed)
        assert costs.decide(chances).tolist() == loop(costs, chances)

    @REPEATABLE
    @given(st.integers(2, 6), st.integers(0, 1000), st.floats(1e-6, 1e6))
    def test_where_all_mistakes_cost_the_same_it_is_the_likeliest_class(self, n_classes, seed, cost):
        chances = probabilities(40, n_classes, seed)
        # Ties, and probabilities that differ in their last bit.
        chances[:10] = 1 / n_classes
        chances[10:20] = np.where(np.arange(n_classes) == 1, np.nextafter(1 / n_classes, 1), 1 / n_classes)
        same = Costs(cost * (1 - np.eye(n_classes)))
        assert same.decide(chances).tolist() == chances.argmax(1).tolist()

    @REPEATABLE
    @given(st.integers(0, 10_000), st.floats(0, 1), st.sampled_from([None, 0, 1]))
    def test_for_two_classes_it_is_the_threshold_of_the_positive_one(self, seed, chance, positive):
        costs = Costs(matrix(2, seed, diagonal=bool(seed % 2)), positive=positive)
        if abs(chance - costs.threshold) > 1e-9:
            chances = [chance, 1 - chance] if positive == 0 else [1 - chance, chance]
            is_positive = costs.decide(np.array([chances])) == (1 if positive is None else positive)
            assert is_positive.tolist() == [chance >= costs.threshold]

    @pytest.mark.parametrize(
        ("cost", "threshold"),
        [
            ({"false_negative": 2}, 1 / 3),
            ({"false_positive": 3}, 3 / 4),
            ([[0, 1], [10, 1]], 1 / 10),
            ([[0, 0], [1, 0]], 0),
            ([[0, 1], [0, 0]], 1),
        ],
    )
    def test_the_threshold_is_worked_out_from_all_four_costs(self, cost, threshold):
        assert Costs.of([0, 1], cost).threshold == pytest.approx(threshold)

    def test_there_is_no_one_threshold_between_three_classes_or_three_decisions(self):
        assert Costs.of("abc", {}).threshold is None
        assert Costs.of("ab", {}, abstain=0.1).threshold is None

    def test_abstaining_at_mistakes_of_one_is_for_rows_that_are_less_certain(self):
        chances = np.array([[0.95, 0.05], [0.81, 0.19], [0.79, 0.21], [0.5, 0.5], [0.1, 0.9]])
        assert Costs.of([0, 1], None, 0.2).decide(chances).tolist() == [0, 0, -1, -1, 1]

    def test_of_a_class_and_abstaining_at_the_same_cost_it_is_the_class(self):
        assert Costs.of([0, 1], None, 0.5).decide(np.array([[0.5, 0.5]])).tolist() == [0]

    def test_of_equal_costs_it_is_the_likelier_class_then_the_first(self):
        costs = Costs(np.array([[0.0, 2, 0], [2, 0, 0], [1, 1, 0]]))
        assert costs.decide(np.array([[0.5, 0.5, 0.0], [0.25, 0.25, 0.5]])).tolist() == [2, 2]
        even = Costs(np.array([[0.0, 1, 1], [1, 0, 1], [1, 1, 0]]))
        assert even.decide(np.array([[0.25, 0.375, 0.375]])).tolist() == [1]

    def test_small_costs_beside_large_ones_still_count(self):
        costs = Costs(np.array([[0.0, 1e-6, 1e12], [1e-3, 0, 1e12], [1e12, 1e12, 0]]))
        assert costs.decide(np.array([[0.5, 0.5, 0.0], [0.9995, 0.0005, 0.0]])).tolist() == [1, 0]

    def test_a_row_is_decided_the_same_in_any_company(self):
        costs, chances = Costs(matrix(7, 3), 0.6), probabilities(101, 7)
        alone = [costs.decide(row[None]).tolist()[0] for row in chances]
        assert costs.decide(chances).tolist() == alone
        assert costs.expected(chances)[17].tolist() == costs.expected(chances[17:18])[0].tolist()

    def test_no_rows_are_no_decisions(self):
        assert Costs.of("abc", {}, 0.2).decide(np.empty((0, 3))).tolist() == []


class TestCost:
    def test_it_is_the_mean_over_rows_abstained_ones_at_their_own_cost(self):
        costs = Costs.of("ab", {("a", "b"): 3, ("b", "a"): 5, ("a", "a"): 0.5}, abstain=0.75)
        codes, decisions = np.array([0, 0, 1, 1, 1]), np.array([0, 1, 0, 1, -1])
        assert costs.row_costs(codes, decisions).tolist() == [0.5, 3, 5, 0, 0.75]
        assert costs.expected_cost(codes, decisions) == pytest.approx(9.25 / 5)

    def test_a_row_that_is_not_decided_has_no_cost_where_abstaining_has_none(self):
        with pytest.raises(SettingError, match="abstaining has no cost"):
            Costs.of("ab", {}).row_costs(np.array([0]), np.array([-1]))

    def test_another_cost_of_abstaining_leaves_the_others(self):
        costs = Costs.of("ab", {("a", "b"): 3}, abstain=0.75)
        assert costs.abstaining(0.5).abstain == 0.5
        assert costs.abstaining(None).threshold == 0.75
        assert costs.abstaining(0.5).matrix.tolist() == costs.matrix.tolist()
        assert Costs.of("ab", {}, positive="a").abstaining(0.5).positive == 0

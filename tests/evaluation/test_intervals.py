import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import precision_recall_fscore_support

from demarcate.errors import InputError, SettingError
from demarcate.evaluation import bootstrap, class_scores, metrics
from demarcate.evaluation.bootstrap import resample
from demarcate.evaluation.intervals import score, score_sampled
from demarcate.evaluation.metrics import METRICS, metric_measures
from demarcate.evaluation.sampling import Sampling
from demarcate.evaluation.scores import wilson_interval

REPEATABLE = settings(deadline=None, derandomize=True, max_examples=30)
FUNCTIONS = {name: getattr(metrics, name) for name in METRICS}
RANKING = {name for name, metric in METRICS.items() if metric.is_ranking}


def predictions(n_rows, n_classes, seed=0):
    generator = np.random.default_rng(seed)
    codes = generator.integers(n_classes, size=n_rows)
    logits = generator.normal(size=(n_rows, n_classes))
    logits[np.arange(n_rows), codes] += 1
    odds = np.exp(logits)
    return codes, odds / odds.sum(axis=1, keepdims=True)


class TestScores:
    @pytest.mark.parametrize("n_classes", [2, 3, 5])
    def test_values_are_the_metrics(self, n_classes):
        codes, probabilities = predictions(200, n_classes)
        scores = score(codes, probabilities, rows="test")
        assert {name: s.value for name, s in scores.items()} == {
            name: metric(codes, probabilities) for name, metric in FUNCTIONS.items()
        }
        assert all(s.n_rows == 200 and s.rows == "test" for s in scores.values())

    @REPEATABLE
    @given(st.integers(1, 40), st.integers(2, 4), st.integers(0, 1000))
    def test_every_interval_is_finite_and_holds_its_value(self, n_rows, n_classes, seed):
        codes, probabilities = predictions(n_rows, n_classes, seed)
        scores = score(codes, probabilities, rows="test", seed=seed)
        assert set(scores) == ({*METRICS} if len(np.unique(codes)) > 1 else {*METRICS} - {*RANKING})
        for s in scores.values():
            assert np.isfinite([s.low, s.value, s.high]).all()
            assert s.low <= s.value <= s.high

    def test_the_same_seed_gives_the_same_intervals_and_another_does_not(self):
        rows = predictions(100, 3)
        assert score(*rows, rows="test", seed=1) == score(*rows, rows="test", seed=1)
        assert score(*rows, rows="test", seed=1) != score(*rows, rows="test", seed=2)

    def test_more_rows_and_lower_levels_make_narrower_intervals(self):
        def widths(n_rows, level):
            scores = score(*predictions(n_rows, 3), rows="test", level=level)
            # By chance the calibration error falls more slowly than by the root of the rows.
            return np.array([scores[name].high - scores[name].low for name in METRICS if name != "calibration_error"])

        assert (widths(2000, 0.95) < widths(200, 0.95) / 2).all()
        assert (widths(200, 0.5) < widths(200, 0.95) / 2).all()

    def test_a_perfect_classifier_is_not_certain_to_stay_perfect(self):
        codes = np.arange(40) % 2
        scores = score(codes, np.where(codes[:, None] == [0, 1], 0.9, 0.1), rows="test")
        assert scores["accuracy"].high == scores["roc_auc"].high == 1.0
        assert 0.85 < scores["accuracy"].low < 0.95
        # Twenty rows a side say less than forty rows.
        assert 0.8 < scores["roc_auc"].low < scores["accuracy"].low
        assert scores["balanced_accuracy"].low == scores["roc_auc"].low

    def test_a_classifier_that_is_always_wrong_is_not_certain_to_stay_so(self):
        codes = np.arange(40) % 2
        scores = score(codes, np.where(codes[:, None] == [0, 1], 0.1, 0.9), rows="test")
        assert scores["accuracy"].low == scores["roc_auc"].low == 0.0
        assert 0 < scores["accuracy"].high < scores["roc_auc"].high < 0.2

    def test_an_interval_beside_its_value_is_widened_to_hold_it(self, monkeypatch):
        first = np.zeros((5, 100))
        first[:, 0] = 100
        monkeypatch.setattr(bootstrap, "resample", lambda *arguments: iter([first]))
        codes, probabilities = predictions(100, 3)
        loss = score(codes, probabilities, rows="test")["log_loss"]
        of_first = -np.log(probabilities[0, codes[0]])
        assert sorted([of_first, loss.value]) == pytest.approx([loss.low, loss.high])

    def test_draws_without_an_area_are_left_out(self, monkeypatch):
        codes, probabilities = predictions(100, 3)
        drawn = list(resample(100, 400, seed=0))
        areas = metric_measures(codes, probabilities)["roc_auc"](np.concatenate(drawn))
        of_one_class = np.where(codes == 0, 1.0, 0.0)[np.newaxis]
        monkeypatch.setattr(bootstrap, "resample", lambda *arguments: iter([*drawn, of_one_class]))
        area = score(codes, probabilities, rows="test")["roc_auc"]
        assert (area.low, area.high) == pytest.approx(np.quantile(areas, [0.025, 0.975]))

    def test_both_tails_are_left_out_alike(self):
        codes, probabilities = predictions(100, 3)
        losses = metric_measures(codes, probabilities)["log_loss"](np.concatenate(list(resample(100, 1000, seed=0))))
        loss = score(codes, probabilities, rows="test", level=0.9)["log_loss"]
        assert (loss.low, loss.high) == pytest.approx(np.quantile(losses, [0.05, 0.95]))

    def test_no_interval_leaves_what_a_metric_can_be(self):
        codes = np.arange(24) % 2
        scores = score(codes, np.where(codes[:, None] == [0, 1], 0.97, 0.03), rows="test", folds=codes)
        assert min(s.low for s in scores.values()) >= 0
        assert max(s.high for name, s in scores.items() if name not in ("log_loss", "brier")) <= 1

    def test_one_row_is_scored(self):
        scores = score(np.array([1]), np.array([[0.2, 0.8]]), rows="test")
        assert set(scores) == {*METRICS} - {*RANKING}
        assert scores["accuracy"].low < 0.3
        # One row says next to nothing of others.
        assert (scores["log_loss"].low, scores["log_loss"].high) == (0.0, 16.2)

    @pytest.mark.parametrize("level", [0, 1, -0.5, 95])
    def test_a_level_outside_0_to_1_is_refused(self, level):
        with pytest.raises(SettingError, match="between 0 and 1"):
            score(*predictions(10, 2), rows="test", level=level)

    def test_nan_is_refused(self):
        with pytest.raises(InputError, match="row 0"):
            score(np.array([0]), np.array([[np.nan, 1.0]]), rows="test")


class TestResamples:
    @pytest.mark.parametrize(
        ("n_rows", "n_classes", "expected"), [(300, 2, 1000), (100_000, 2, 500), (20_000, 26, 200)]
    )
    def test_there_are_fewer_where_the_table_is_large(self, monkeypatch, n_rows, n_classes, expected):
        asked = []

        def record(n_rows, n_resamples, seed, counts, sampling):
            asked.append(n_resamples)
            return iter([np.ones((1, n_rows))])

        monkeypatch.setattr(bootstrap, "resample", record)
        score(*predictions(n_rows, n_classes), rows="test")
        assert asked == [expected]

    def test_a_large_table_takes_little_memory(self):
        rows = predictions(100_000, 2)
        tracemalloc.start()
        try:
            score(*rows, rows="test")
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert peak < 100e6


class TestFolds:
    FOLDS = np.arange(160) % 8

    @staticmethod
    def slow_stretch(codes, probabilities, folds, name):
        """What the definition says, one fold and one draw at a time."""
        without = [FUNCTIONS[name](codes[folds != fold], probabilities[folds != fold]) for fold in np.unique(folds)]
        between = 7 / 8 * sum((value - np.mean(without)) ** 2 for value in without)
        generator = np.random.default_rng(0)
        drawn = [generator.integers(len(codes), size=len(codes)) for _ in range(1000)]
        within = np.var([FUNCTIONS[name](codes[rows], probabilities[rows]) for rows in drawn])
        return 2.3646 / 1.9600 * max(1.0, between / within) ** 0.5

    @pytest.mark.parametrize("name", ["log_loss", "brier", "roc_auc", "average_precision", "balanced_accuracy"])
    def test_an_interval_is_stretched_by_the_variation_between_folds(self, name):
        codes, probabilities = predictions(160, 3)
        # One network of eight is of little use.
        probabilities[self.FOLDS == 3] = [0.7, 0.2, 0.1]
        plain = score(codes, probabilities, rows="test")[name]
        folded = score(codes, probabilities, rows="test", folds=self.FOLDS)[name]
        expected = self.slow_stretch(codes, probabilities, self.FOLDS, name)
        assert folded.value == plain.value
        assert folded.value - folded.low == pytest.approx(expected * (plain.value - plain.low), rel=1e-3)
        assert folded.high - folded.value == pytest.approx(expected * (plain.high - plain.value), rel=1e-3)

    def test_folds_that_agree_cost_no_more_than_students_quantile(self):
        codes, probabilities = np.tile(np.arange(20) % 2, 8), np.tile(predictions(20, 2)[1], (8, 1))
        plain, folded = (
            score(codes, probabilities, rows="test", folds=folds)["log_loss"]
            for folds in (None, np.repeat(np.arange(8), 20))
        )
        assert (folded.high - folded.low) / (plain.high - plain.low) == pytest.approx(2.3646 / 1.9600, rel=1e-3)

    def test_a_single_fold_is_one_classifier(self):
        rows = predictions(80, 3)
        assert score(*rows, rows="test", folds=np.zeros(80, dtype=int)) == score(*rows, rows="test")


class TestClassScores:
    def test_values_are_scikit_learns(self):
        codes, probabilities = predictions(150, 4)
        found = class_scores(codes, probabilities, rows="test")
        expected = precision_recall_fscore_support(codes, probabilities.argmax(axis=1))[:3]
        for name, values in zip(("precision", "recall", "f1"), expected, strict=True):
            assert [scores[name].value for scores in found] == pytest.approx(values)

    def test_precision_and_recall_have_wilsons_interval(self):
        codes, probabilities = predictions(150, 2)
        decided = probabilities.argmax(axis=1)
        scores = class_scores(codes, probabilities, rows="test")[1]
        n_found = int(((codes == 1) & (decided == 1)).sum())
        assert (scores["recall"].low, scores["recall"].high) == wilson_interval(n_found, int((codes == 1).sum()))
        assert (scores["precision"].low, scores["precision"].high) == wilson_interval(n_found, int(decided.sum()))

    def test_other_decisions_are_judged_and_undecided_rows_are_not_found(self):
        codes, probabilities = predictions(60, 2)
        decided = np.where(np.arange(60) < 30, -1, codes)
        scores = class_scores(codes, probabilities, rows="test", decided=decided)[1]
        assert scores["precision"].value == 1.0
        assert scores["recall"].value == (codes[30:] == 1).sum() / (codes == 1).sum()

    def test_what_there_is_nothing_of_is_left_out(self):
        probabilities = np.tile([0.9, 0.1, 0.0], (20, 1))
        first, second, third = class_scores(np.arange(20) % 2, probabilities, rows="test")
        assert set(first) == {"precision", "recall", "f1"}
        assert set(second) == {"recall", "f1"}
        assert not third


def test_95_percent_intervals_hold_the_truth_about_95_times_in_100():
    # Ten kinds of rows, equally common, each of class 1 with a chance of its own that is not the predicted one: so the
    # truth of every metric is known exactly.
    predicted = np.linspace(0.05, 0.95, 10)
    chances = 0.15 + 0.7 * predicted**2
    kinds = np.concatenate([np.arange(10), np.arange(10)])
    codes, weights = np.repeat([0, 1], 10), np.concatenate([1 - chances, chances]) / 10
    probabilities = np.stack([1 - predicted, predicted], axis=1)
    of = metric_measures(codes, probabilities[kinds])
    truth = {name: of[name](weights[np.newaxis])[0] for name in METRICS if name != "calibration_error"}
    generator = np.random.default_rng(0)
    held = dict.fromkeys(truth, 0)
    n_repetitions = 300
    for repetition in range(n_repetitions):
        drawn = generator.integers(10, size=150)
        codes = (generator.random(150) < chances[drawn]).astype(np.int64)
        scores = score(codes, probabilities[drawn], rows="test", seed=repetition)
        for name, value in truth.items():
            held[name] += scores[name].low <= value <= scores[name].high
    for name, count in held.items():
        assert 0.90 <= count / n_repetitions <= 0.99, name


class TestDependentRows:
    """Rows with groups, weights and windows in time."""

    CODES, PROBABILITIES = predictions(240, 2)

    def test_values_of_weighted_rows_are_those_of_repeated_ones(self):
        weights = np.arange(240) % 3 + 1
        weighted = score(self.CODES, self.PROBABILITIES, rows="test", sample_weight=weights)
        rows = np.repeat(np.arange(240), weights)
        repeated = score(self.CODES[rows], self.PROBABILITIES[rows], rows="test")
        for name in set(METRICS) - {"calibration_error"}:
            assert weighted[name].value == pytest.approx(repeated[name].value)
            # Repeated rows look like more rows than there are.
            assert weighted[name].high - weighted[name].low > repeated[name].high - repeated[name].low
        # Bins are of about equally many rows, whatever they weigh.
        assert weighted["calibration_error"].value == pytest.approx(repeated["calibration_error"].value, abs=0.03)

    def test_the_scale_of_weights_does_not_matter(self):
        weights = np.random.default_rng(1).exponential(size=240)
        small, large = (
            score(self.CODES, self.PROBABILITIES, rows="test", sample_weight=scale * weights) for scale in (1e-3, 1e6)
        )
        for name, one in small.items():
            assert (one.value, one.low, one.high) == pytest.approx(
                (large[name].value, large[name].low, large[name].high)
            )

    def test_values_do_not_depend_on_groups_and_intervals_do(self):
        rows = np.repeat(np.arange(30), 8)
        codes, probabilities = self.CODES[rows], self.PROBABILITIES[rows]
        plain = score(codes, probabilities, rows="test")
        grouped = score(codes, probabilities, rows="test", groups=rows)
        for name, one in grouped.items():
            assert one.value == pytest.approx(plain[name].value)
            assert one.high - one.low > 1.5 * (plain[name].high - plain[name].low)

    def test_scores_say_what_they_are_of(self):
        settings = {"groups": np.arange(240) // 8, "sample_weight": 1 + np.arange(240) % 2}
        one = score(self.CODES, self.PROBABILITIES, rows="test", **settings)["accuracy"]
        assert one.rows_in_words == "240 weighted test rows in 30 groups"
        assert one.n_effective == pytest.approx(360**2 / (120 * 1 + 120 * 4))
        assert one.to_json()["n_clusters"] == 30
        assert set(score(self.CODES, self.PROBABILITIES, rows="test")["accuracy"].to_json()) == {
            "value",
            "low",
            "high",
            "rows",
            "n_rows",
        }

    def test_a_single_group_tells_nothing(self):
        scores = score(self.CODES, self.PROBABILITIES, rows="test", groups=np.zeros(240))
        for name, one in scores.items():
            bounds = METRICS[name].bounds
            # Wilson's interval of a single trial leaves a little out.
            assert one.high - one.low > (0.8 if name == "accuracy" else 0.99) * (bounds[1] - bounds[0]), name

    def test_a_perfect_ranking_has_as_many_trials_as_groups_of_the_scarcer_class(self):
        codes = np.repeat([0, 0, 0, 0, 1, 1], 40)
        probabilities = np.where(codes[:, None] == [0, 1], 0.9, 0.1)
        scores = score(codes, probabilities, rows="test", groups=np.arange(240) // 40)
        assert scores["roc_auc"].low == pytest.approx(wilson_interval(2, 2)[0])
        assert scores["accuracy"].low == pytest.approx(wilson_interval(6, 6)[0])

    def test_the_first_class_may_be_positive(self):
        second, first = (score(self.CODES, self.PROBABILITIES, rows="test", positive=code) for code in (1, 0))
        exchanged = score(1 - self.CODES, self.PROBABILITIES[:, ::-1], rows="test")
        for name, metric in METRICS.items():
            expected = exchanged if metric.of_one_class else second
            assert first[name] == expected[name]
        assert first["average_precision"].value != second["average_precision"].value
        value = metrics.average_precision(self.CODES, self.PROBABILITIES, positive=0)
        assert value == first["average_precision"].value

    def test_the_interval_of_windows_holds_what_windows_vary_by(self):
        rng = np.random.default_rng(0)
        inside, narrow, n_streams = 0, 0, 30
        for _ in range(n_streams):
            # In each of six windows another share of the rows is right; the last window is the next one.
            right = rng.random((6, 100)) < np.clip(0.8 + 0.1 * rng.normal(size=(6, 1)), 0, 1)
            codes = np.zeros(500, dtype=int)
            probabilities = np.where(right[:5].reshape(-1, 1), [0.8, 0.2], [0.2, 0.8])
            sampling = Sampling(None, np.arange(500) // 20, np.arange(500) // 100, is_forward=True)
            forward = score_sampled(codes, probabilities, sampling, rows="later")["accuracy"]
            plain = score(codes, probabilities, rows="later")["accuracy"]
            inside += forward.low <= right[5].mean() <= forward.high
            narrow += plain.low <= right[5].mean() <= plain.high
        assert inside / n_streams >= 0.9
        assert narrow / n_streams <= 0.7

    def test_intervals_by_group_hold_the_score_of_new_groups(self):
        rng = np.random.default_rng(0)
        inside, narrow, n_tables = 0, 0, 60
        for _ in range(n_tables):
            right = rng.random((20, 8)) < rng.beta(4, 1, size=(20, 1))
            probabilities = np.where(right.reshape(-1, 1), [0.8, 0.2], [0.2, 0.8])
            groups = np.arange(160) // 8
            scores = [
                score(np.zeros(160, dtype=int), probabilities, rows="test", groups=each)["accuracy"]
                for each in (groups, None)
            ]
            inside += scores[0].low <= 0.8 <= scores[0].high
            narrow += scores[1].low <= 0.8 <= scores[1].high
        assert inside / n_tables >= 0.9
        assert narrow / n_tables < inside / n_tables

    def test_class_scores_are_of_weighted_rows_and_by_group(self):
        weights, groups = 1.0 + np.arange(240) % 3, np.arange(240) // 8
        decided = self.PROBABILITIES.argmax(axis=1)
        expected = precision_recall_fscore_support(self.CODES, decided, sample_weight=weights)
        settings = {"sample_weight": weights, "groups": groups}
        scores = class_scores(self.CODES, self.PROBABILITIES, rows="test", **settings)
        for name, values in zip(("precision", "recall", "f1"), expected[:3], strict=True):
            assert [each[name].value for each in scores] == pytest.approx(values)
        assert {each["recall"].n_clusters for each in scores} == {30}

    def test_groups_of_another_length_are_refused(self):
        with pytest.raises(InputError, match=r"groups has shape \(3,\), and there are 240 rows"):
            score(self.CODES, self.PROBABILITIES, rows="test", groups=[1, 2, 3])

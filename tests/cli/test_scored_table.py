import numpy as np
import polars as pl
import pytest
from sklearn.metrics import confusion_matrix

from demarcate.cli.scored_table import ScoredTable
from demarcate.errors import InputWarning
from demarcate.evaluation import streaming_scores
from demarcate.evaluation.intervals import score_sampled
from demarcate.evaluation.sampling import Sampling
from demarcate.inference import Predictor
from demarcate.tabular import TrainedOn
from demarcate.tabular.trained_on import hash_labels
from demarcate.trainingset.read_dependence import RowRoles

N_ROWS = 60
COLUMNS = ("age", "who", "day", "w")


class Model:
    """As much of a predictor as scoring asks for."""

    classes = np.array(["no", "yes"])
    positive = 1
    costs = None

    def __init__(self, **facts):
        self.trained_on = TrainedOn(N_ROWS, **facts) if facts else None
        self.record = {"class_rows": {"no": 30, "yes": 30}}

    majority_probabilities = Predictor.majority_probabilities

    def decisions(self, probabilities):
        return probabilities.argmax(1)


@pytest.fixture
def grouped():
    return Model(group_columns=("who",), groups=np.sort(hash_labels(["p0", "p1", "p2"])))


@pytest.fixture
def rows():
    """Rows of ten people, with codes and probabilities."""
    generator = np.random.default_rng(0)
    codes = np.arange(N_ROWS) % 2
    true = generator.uniform(0.2, 0.9, N_ROWS)
    probabilities = np.where(codes[:, None] == [0, 1], true[:, None], 1 - true[:, None])
    who = [f"p{row // 6}" for row in range(N_ROWS)]
    frame = pl.DataFrame({"who": who, "day": np.arange(N_ROWS) // 2, "w": generator.integers(0, 4, N_ROWS)})
    return frame, codes, probabilities


def scored(model, roles, rows, n_part=7):
    frame, codes, probabilities = rows
    table = ScoredTable(model, roles, frame.columns)
    for start in range(0, N_ROWS, n_part):
        part = slice(start, start + n_part)
        table.add(frame[part], codes[part], probabilities[part])
    return table.scores()


class TestScores:
    def test_they_are_those_of_the_groups(self, rows):
        _, codes, probabilities = rows
        scores, new, facts = scored(Model(), RowRoles(("who",)), rows)
        clusters = np.repeat(np.arange(10), 6)
        assert scores.scores == score_sampled(codes, probabilities, Sampling(clusters=clusters), rows="given")
        assert (new, facts.trained) == (None, None)

    def test_those_of_new_groups_are_beside_them(self, grouped, rows):
        _, codes, probabilities = rows
        scores, new, facts = scored(grouped, RowRoles(("who",)), rows)
        assert (scores.n_rows, new.n_rows) == (60, 42)
        alone = Sampling(clusters=np.repeat(np.arange(7), 6))
        assert new.scores == score_sampled(codes[18:], probabilities[18:], alone, rows="new-group")
        with pytest.warns(InputWarning, match=r"30% of 60 rows are of 3 groups that the model was trained on: scores"):
            facts.warn_of_trained_groups("Score others")

    def test_where_all_groups_were_trained_on_there_is_nothing_beside_them(self, rows):
        model = Model(group_columns=("who",), groups=np.sort(hash_labels([f"p{who}" for who in range(10)])))
        _, new, facts = scored(model, RowRoles(("who",)), rows)
        assert new is None
        with pytest.warns(InputWarning, match=r"100% of 60 rows .* are too good. Score it on new groups"):
            facts.warn_of_trained_groups("Score others")

    def test_independent_rows_have_the_scores_they_always_had(self, rows):
        _, codes, probabilities = rows
        streaming = streaming_scores.StreamingScores(2)
        streaming.add(codes, probabilities, probabilities.argmax(1))
        scores, _, _ = scored(Model(), RowRoles(), rows)
        assert scores.scores == streaming.scores("given")
        assert scores.class_scores == streaming.class_scores("given")

    def test_they_are_compared_with_the_majority_class(self, rows):
        comparison = scored(Model(), RowRoles(), rows)[0].comparison
        assert "the majority class: log loss" in str(comparison)
        ignorant = Model()
        ignorant.record = {}
        assert scored(ignorant, RowRoles(), rows)[0].comparison is None

    def test_of_very_many_independent_rows_none_is_held(self, rows, monkeypatch):
        monkeypatch.setattr(streaming_scores, "MAX_ROWS", 20)
        scores, _, _ = scored(Model(), RowRoles(), rows)
        assert (scores.n_rows, scores.comparison) == (60, None)
        expected = confusion_matrix(rows[1], rows[2].argmax(1))
        np.testing.assert_array_equal(scores.confusion.counts, expected)

    def test_a_table_in_parts_is_scored_as_the_whole_is(self, grouped, rows):
        whole, parted = (scored(grouped, RowRoles(("who",)), rows, n_part) for n_part in (60, 11))
        assert whole[0] == parted[0]
        np.testing.assert_array_equal(whole[0].confusion.counts, parted[0].confusion.counts)
        assert whole[1] == parted[1]


def test_scores_are_about_the_positive_class(rows):
    first = Model()
    first.positive = 0
    _, codes, probabilities = rows
    expected = score_sampled(codes, probabilities, Sampling(), rows="given", positive=0)
    assert scored(first, RowRoles(), rows)[0].scores == expected

import numpy as np
import polars as pl
import pytest

from demarcate.cli.options import RowColumns
from demarcate.cli.scored_table import ScoredTable, roles_in_table, row_facts
from demarcate.errors import InputError, InputWarning
from demarcate.evaluation import streaming_scores
from demarcate.evaluation.intervals import score_sampled
from demarcate.evaluation.sampling import Sampling
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


class TestRoles:
    def test_they_are_those_of_the_model_file(self, grouped):
        assert roles_in_table(grouped, RowColumns(), COLUMNS).groups == ("who",)
        by_day = Model(time_column="day", latest=9.0, weight_column="w")
        roles = roles_in_table(by_day, RowColumns(), COLUMNS)
        assert (roles.groups, roles.time, roles.weights) == (None, "day", "w")

    def test_options_override_them(self, grouped):
        assert roles_in_table(grouped, RowColumns(group=["day", "age"]), COLUMNS).groups == ("day", "age")
        assert roles_in_table(Model(), RowColumns(time="day"), COLUMNS).time == "day"

    def test_blocks_in_time_are_for_rows_without_groups(self, grouped):
        assert roles_in_table(grouped, RowColumns(time="day"), COLUMNS).time is None

    def test_a_column_of_the_model_that_is_missing_is_warned_of(self, grouped):
        with pytest.warns(InputWarning, match=r"scored by groups \('who'\), and the table has no such column"):
            assert roles_in_table(grouped, RowColumns(), ("age",)).groups is None
        with pytest.warns(InputWarning, match=r"by weights \('w'\), .*: every row counts the same"):
            roles_in_table(Model(weight_column="w"), RowColumns(), ("age",))
        with pytest.warns(InputWarning, match=r"Name one with --time"):
            roles_in_table(Model(latest=3.0), RowColumns(), COLUMNS)

    def test_a_column_that_an_option_names_must_be_there(self, grouped):
        with pytest.raises(InputError, match=r"There is no column 'whom'. Did you mean 'who'"):
            roles_in_table(grouped, RowColumns(group=["whom"]), COLUMNS)

    def test_independent_rows_have_none(self):
        roles = roles_in_table(Model(), RowColumns(), COLUMNS)
        assert (roles.groups, roles.time, roles.weights) == (None, None, None)


class TestFacts:
    def test_rows_of_a_group_are_one_cluster_and_those_trained_on_are_known(self, grouped, rows):
        facts = row_facts(grouped, RowRoles(("who",)), rows[0])
        assert facts.sampling.n_clusters == 10
        assert facts.trained.tolist() == [True] * 18 + [False] * 42
        assert facts.n_trained_groups == 3

    def test_rows_in_time_are_blocks(self, rows):
        facts = row_facts(Model(time_column="day", latest=9.0), RowRoles(time="day"), rows[0])
        assert facts.sampling.n_clusters == 30
        assert facts.trained is None

    def test_rows_of_weight_0_are_left_out(self, rows):
        facts = row_facts(Model(weight_column="w"), RowRoles(weights="w"), rows[0])
        weights = rows[0]["w"].to_numpy()
        assert facts.used.tolist() == (weights > 0).tolist()
        assert facts.sampling.weights.tolist() == weights[weights > 0].tolist()

    def test_groups_of_other_columns_are_not_taken_for_those_trained_on(self, grouped, rows):
        other = rows[0].with_columns(pl.col("who").alias("ward"))
        assert row_facts(grouped, RowRoles(("ward",)), other).trained is None

    def test_a_row_without_a_group_is_new(self, rows):
        model = Model(group_columns=("who",), groups=np.sort(hash_labels(["\x1frow 1", "p9"])))
        frame = rows[0].with_columns(who=pl.lit(None, dtype=pl.String))
        with pytest.warns(InputWarning, match="without a group"):
            assert row_facts(model, RowRoles(("who",)), frame).trained is None


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
            facts.warn_of_trained_groups()

    def test_where_all_groups_were_trained_on_there_is_nothing_beside_them(self, rows):
        model = Model(group_columns=("who",), groups=np.sort(hash_labels([f"p{who}" for who in range(10)])))
        _, new, facts = scored(model, RowRoles(("who",)), rows)
        assert new is None
        with pytest.warns(InputWarning, match=r"100% of 60 rows .* and there are no others"):
            facts.warn_of_trained_groups()

    def test_independent_rows_have_the_scores_they_always_had(self, rows):
        _, codes, probabilities = rows
        streaming = streaming_scores.StreamingScores(2)
        streaming.add(codes, probabilities, probabilities.argmax(1))
        scores, _, _ = scored(Model(), RowRoles(), rows)
        assert scores.scores == streaming.scores("given")
        assert scores.class_scores == streaming.class_scores("given")

    def test_of_very_many_independent_rows_none_is_held(self, rows, monkeypatch):
        monkeypatch.setattr(streaming_scores, "MAX_ROWS", 20)
        scores, _, _ = scored(Model(), RowRoles(), rows)
        assert scores.n_rows == 60

    def test_a_table_in_parts_is_scored_as_the_whole_is(self, grouped, rows):
        whole, parted = (scored(grouped, RowRoles(("who",)), rows, n_part) for n_part in (60, 11))
        assert whole[0] == parted[0]
        assert whole[1] == parted[1]


def test_scores_are_about_the_positive_class(rows):
    first = Model()
    first.positive = 0
    _, codes, probabilities = rows
    expected = score_sampled(codes, probabilities, Sampling(), rows="given", positive=0)
    assert scored(first, RowRoles(), rows)[0].scores == expected

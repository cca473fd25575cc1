import numpy as np
import polars as pl
import pytest

from demarcate.errors import InputError, InputWarning
from demarcate.tabular import TrainedOn
from demarcate.tabular.trained_on import hash_labels
from demarcate.trainingset.read_dependence import RowRoles
from demarcate.trainingset.row_facts import roles_in_table, row_facts

N_ROWS = 60
COLUMNS = ("age", "who", "day", "w")


def facts(**known):
    return TrainedOn(N_ROWS, **known)


@pytest.fixture
def grouped():
    return facts(group_columns=("who",), groups=np.sort(hash_labels(["p0", "p1", "p2"])))


@pytest.fixture
def rows():
    """Rows of ten people."""
    generator = np.random.default_rng(0)
    who = [f"p{row // 6}" for row in range(N_ROWS)]
    return pl.DataFrame({"who": who, "day": np.arange(N_ROWS) // 2, "w": generator.integers(0, 4, N_ROWS)})


class TestRoles:
    def test_they_are_those_of_the_model_file(self, grouped):
        assert roles_in_table(grouped, RowRoles(), COLUMNS).groups == ("who",)
        by_day = facts(time_column="day", latest=9.0, weight_column="w")
        roles = roles_in_table(by_day, RowRoles(), COLUMNS)
        assert (roles.groups, roles.time, roles.weights) == (None, "day", "w")

    def test_names_of_the_caller_override_them(self, grouped):
        assert roles_in_table(grouped, RowRoles(("day", "age")), COLUMNS).groups == ("day", "age")
        assert roles_in_table(None, RowRoles(time="day"), COLUMNS).time == "day"

    def test_blocks_in_time_are_for_rows_without_groups(self, grouped):
        assert roles_in_table(grouped, RowRoles(time="day"), COLUMNS).time is None

    def test_a_column_of_the_model_that_is_missing_is_warned_of(self, grouped):
        with pytest.warns(InputWarning, match=r"scored by groups \('who'\), and the table has no such column"):
            assert roles_in_table(grouped, RowRoles(), ("age",)).groups is None
        with pytest.warns(InputWarning, match=r"by weights \('w'\), .*: every row counts the same"):
            roles_in_table(facts(weight_column="w"), RowRoles(), ("age",))
        with pytest.warns(InputWarning, match=r"Name one with --time"):
            roles_in_table(facts(latest=3.0), RowRoles(), COLUMNS)

    def test_a_column_that_is_named_must_be_there(self, grouped):
        with pytest.raises(InputError, match=r"There is no column 'whom'. Did you mean 'who'"):
            roles_in_table(grouped, RowRoles(("whom",)), COLUMNS)

    def test_independent_rows_have_none(self):
        roles = roles_in_table(None, RowRoles(), COLUMNS)
        assert (roles.groups, roles.time, roles.weights) == (None, None, None)


class TestFacts:
    def test_rows_of_a_group_are_one_cluster_and_those_trained_on_are_known(self, grouped, rows):
        known = row_facts(grouped, RowRoles(("who",)), rows)
        assert known.sampling.n_clusters == 10
        assert known.trained.tolist() == [True] * 18 + [False] * 42
        assert known.n_trained_groups == 3

    def test_rows_in_time_are_blocks(self, rows):
        known = row_facts(facts(time_column="day", latest=9.0), RowRoles(time="day"), rows)
        assert known.sampling.n_clusters == 30
        assert known.trained is None

    def test_rows_of_weight_0_are_left_out(self, rows):
        known = row_facts(facts(weight_column="w"), RowRoles(weights="w"), rows)
        weights = rows["w"].to_numpy()
        assert known.used.tolist() == (weights > 0).tolist()
        assert known.sampling.weights.tolist() == weights[weights > 0].tolist()

    def test_groups_of_other_columns_are_not_taken_for_those_trained_on(self, grouped, rows):
        other = rows.with_columns(pl.col("who").alias("ward"))
        assert row_facts(grouped, RowRoles(("ward",)), other).trained is None

    def test_a_row_without_a_group_is_new(self, rows):
        model = facts(group_columns=("who",), groups=np.sort(hash_labels(["\x1frow 1", "p9"])))
        frame = rows.with_columns(who=pl.lit(None, dtype=pl.String))
        with pytest.warns(InputWarning, match="without a group"):
            assert row_facts(model, RowRoles(("who",)), frame).trained is None

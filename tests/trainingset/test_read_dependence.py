from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from demarcate.errors import InputError, InputWarning, SettingError
from demarcate.tabular.column_options import ColumnOptions
from demarcate.trainingset import open_table
from demarcate.trainingset.read_dependence import RowRoles, gap_of, read_weights

FRAME = pl.DataFrame(
    {
        "patient": ["b", "a", " a", "b", "c", "c"],
        "site": [1, 1, 1, 2, 1, 1],
        "day": ["2024-01-05", "2024-01-01", "2024-01-02", "2024-01-03", "2024-01-04", "2024-01-06"],
        "x": [0.5, 1.5, 2.5, 0.25, 0.75, 1.25],
    }
)
LABELS = ["no", "yes", "no", "yes", "no", "yes"]


def dependence_of(**roles):
    training_set = open_table(FRAME, LABELS, "y", None, None, RowRoles(**roles))
    assert training_set.dependence is not None
    return training_set.dependence


def test_groups_are_named_by_a_column_an_array_or_several():
    by_name = dependence_of(groups="patient")
    assert by_name.groups.tolist() == [1, 0, 0, 1, 2, 2]
    assert (by_name.labels, by_name.group_columns) == (("a", "b", "c"), ("patient",))
    by_array = dependence_of(groups=np.array([20, 10, 10, 20, 30, 30]))
    assert by_array.groups.tolist() == [1, 0, 0, 1, 2, 2]
    assert by_array.group_columns == ()
    by_two = dependence_of(groups=["patient", "site"])
    assert by_two.groups.tolist() == [1, 0, 0, 2, 3, 3]
    assert by_two.group_columns == ("patient", "site")


def test_a_column_of_groups_or_times_is_no_feature_unless_asked_for():
    training_set = open_table(FRAME, LABELS, "y", None, None, RowRoles(groups="site", time="day"))
    assert [column.name for column in training_set.schema.used] == ["patient", "x"]
    asked = open_table(FRAME, LABELS, "y", None, None, RowRoles(groups="site"), ColumnOptions.of(numerical=["site"]))
    assert "site" in [column.name for column in asked.schema.used]


def test_dates_and_numbers_order_rows_in_time():
    by_date = dependence_of(time="day")
    assert np.argsort(by_date.times).tolist() == [1, 2, 3, 4, 0, 5]
    assert by_date.is_date
    by_number = dependence_of(time=[3, 1, 2, 5, 4, 9])
    assert by_number.times.tolist() == [3, 1, 2, 5, 4, 9]
    assert not by_number.is_date
    by_object = dependence_of(time=[date(2024, 1, day) for day in (2, 1, 3, 4, 5, 6)])
    assert by_object.is_date


def test_a_row_without_a_group_is_warned_of_and_is_a_group_of_its_own():
    with pytest.warns(InputWarning, match="2 rows without a group in 'groups', first row 2: each counts as a group"):
        dependence = dependence_of(groups=["a", None, "a", None, "b", "b"])
    assert len(np.unique(dependence.groups)) == 4
    assert dependence.groups[0] == dependence.groups[2]


@pytest.mark.parametrize(
    ("gap", "is_date", "expected"),
    [
        (0, True, 0.0),
        (7, True, 7 * 86400),
        ("7d", True, 7 * 86400),
        ("36 h", True, 36 * 3600),
        ("1.5w", True, 1.5 * 7 * 86400),
        (timedelta(hours=6), True, 6 * 3600),
        (3, False, 3.0),
        ("2.5", False, 2.5),
    ],
)
def test_a_gap_is_in_days_for_dates_and_else_in_the_unit_of_the_times(gap, is_date, expected):
    assert gap_of(gap, is_date=is_date) == expected


@pytest.mark.parametrize("gap", [-1, "soon", "-7d", float("nan"), True, None])
def test_a_gap_that_is_no_length_of_time_is_refused(gap):
    with pytest.raises(SettingError, match="gap must be a number from 0 up, in days for dates, or text such as 7d"):
        gap_of(gap, is_date=True)


def test_a_gap_of_days_needs_dates_and_any_gap_needs_time():
    with pytest.raises(SettingError, match="in the unit of the time column, which holds no dates"):
        dependence_of(time=np.arange(6), gap="7d")
    with pytest.raises(SettingError, match="it needs time"):
        dependence_of(gap=7)


def test_names_that_are_no_columns_are_refused_together_with_close_ones():
    with pytest.raises(InputError) as refused:
        open_table(FRAME, LABELS, "y", None, None, RowRoles(groups="patients", time="when"))
    facts = [str(problem) for problem in refused.value.problems]
    assert facts[0] == "There is no column 'patients'. Did you mean 'patient'?"
    assert facts[1].startswith("There is no column 'when'. The columns are")


def test_times_that_are_missing_or_no_times_are_refused_with_their_place():
    with pytest.raises(InputError, match="'time' is to order the rows in time, and has no time in row 2, row 5"):
        dependence_of(time=[1.0, None, 2.0, 3.0, None, 4.0])
    with pytest.raises(InputError, match="'patient' is to order the rows in time and holds neither dates nor numbers"):
        dependence_of(time="patient")


def test_an_array_of_another_length_is_refused():
    with pytest.raises(InputError, match="groups has 5 values and the table 6 rows"):
        dependence_of(groups=[1, 2, 3, 4, 5])


def test_weights_are_finite_and_not_negative():
    assert read_weights(pl.Series("w", ["1", "0", "2.5"])).tolist() == [1.0, 0.0, 2.5]
    with pytest.raises(InputError, match=r"Column 'w' is to weigh the rows: row 1 holds -1.0, row 3 holds None"):
        read_weights(pl.Series("w", [-1.0, 2.0, None]))
    with pytest.raises(InputError, match="Column 'w' weighs every row 0"):
        read_weights(pl.Series("w", [0, 0]))


def test_roles_of_some_rows_cut_arrays_and_keep_names():
    roles = RowRoles(groups=[1, 2, 1, 2, 3, 3], time="day").rows(np.array([0, 4]), FRAME.columns, 6)
    assert roles.time == "day"
    assert roles.dependence({"day": FRAME["day"][[0, 4]]}, 2).groups.tolist() == [0, 1]


def test_ids_with_a_counter_are_grouped_by_what_stands_before_it():
    ids = [f"S{subject:02d}_{row}" for subject in range(12) for row in range(5)]
    dependence = RowRoles(groups=ids).dependence({}, len(ids))
    assert dependence.labels == tuple(f"S{subject:02d}" for subject in range(12))
    assert dependence.groups.tolist() == [row // 5 for row in range(60)]


def test_a_tuple_of_text_is_of_names_and_a_list_may_be_an_array():
    with pytest.raises(InputError, match="There is no column 'patent'"):
        dependence_of(groups=("patent",))
    assert dependence_of(groups=list("abcabc")).group_columns == ()


@pytest.mark.parametrize("roles", [{"groups": "y"}, {"groups": ["site", "y"]}, {"time": "y"}, {"weights": "y"}])
def test_the_column_to_predict_has_no_other_role(roles):
    with pytest.raises(InputError, match=r"'y' is the column to predict. Name another column for the groups"):
        RowRoles(**roles).refuse_target("y")
    RowRoles(groups="site", time=np.arange(3)).refuse_target("y")

import json

import polars as pl
import pytest

from demarcate.cli.error_handling import UsageError
from demarcate.cli.table_input import TableInput, load_table, split_target
from demarcate.datasets import BUILT_IN
from demarcate.errors import InputError


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_built_in_table_knows_its_target(name):
    loaded = load_table(name)
    features, labels, target = split_target(loaded, None)
    assert target == loaded.target
    assert target not in features.columns
    assert len(labels) == len(features) == len(loaded.frame)


def test_the_target_asked_for_goes_before_the_one_the_table_names():
    loaded = TableInput.of_frame("t", pl.DataFrame({"a": [1, 2], "b": [3, 4]}), target="b")
    assert split_target(loaded, None)[1:] == ([3, 4], "b")
    assert split_target(loaded, "a")[1:] == ([1, 2], "a")


def test_rows_without_a_label_may_be_left_out(capsys):
    loaded = TableInput.of_frame("t", pl.DataFrame({"a": [1, 2, 3], "y": ["u", None, "v"]}))
    features, labels, _ = split_target(loaded, "y", drop_missing=True)
    assert (features["a"].to_list(), labels) == ([1, 3], ["u", "v"])
    assert capsys.readouterr() == ("", "1 row without a target is left out.\n")
    assert split_target(loaded, "y")[1] == ["u", None, "v"]


def test_no_target_is_wrong_usage_with_the_first_and_the_last_names():
    loaded = TableInput.of_frame("t", pl.DataFrame({f"c{place}": [1] for place in range(30)}))
    with pytest.raises(UsageError, match=r"c7, c8, \.\.\., c21, .*c29\.$"):
        split_target(loaded, None)


def test_a_name_far_from_any_is_not_guessed_at():
    with pytest.raises(InputError, match="The table has slope, age"):
        split_target(TableInput.of_frame("t", pl.DataFrame({"slope": [1, 0], "age": [3, 4]})), "nope")


def test_a_close_name_is_offered():
    loaded = TableInput.of_frame("t", pl.DataFrame({"Survived": [1, 0], "age": [3, 4]}))
    with pytest.raises(InputError, match="Did you mean 'Survived'"):
        split_target(loaded, "survived")


def test_an_option_may_name_a_column_with_a_comma(tmp_path, demarcate):
    rows = "".join(f"{row % 7},{row % 5},{row % 2}\n" for row in range(40))
    path = tmp_path / "income.csv"
    path.write_text(f'"income, yearly",sex,y\n{rows}', encoding="utf-8")
    for given in ("income, yearly", '"income, yearly"'):
        outcome = demarcate("fit", path, "--target", "y", "--drop", given, "--epochs", 1, "--folds", 2, "--json")
        assert outcome.code == 0
        dropped = [column["name"] for column in json.loads(outcome.out)["columns"] if column["dropped"]]
        assert dropped == ["income, yearly"]

import json

import numpy as np
import polars as pl
import pytest

from demarcate import audit, datasets
from demarcate.datasets import Dataset
from demarcate.errors import InputError
from demarcate.tabular import as_frame

N_ROWS = 240
TINY = {"hidden": (8,), "epochs": 30, "lr": 0.03, "n_folds": 3}


@pytest.fixture(scope="module")
def frame():
    generator = np.random.default_rng(1)
    sick = generator.integers(2, size=N_ROWS)
    return as_frame(
        {
            **{f"x{place}": sick * 0.5 + generator.normal(size=N_ROWS) for place in range(3)},
            "sick": sick,
        }
    )


@pytest.fixture(scope="module")
def leaking(frame):
    sick = frame["sick"].to_numpy()
    generator = np.random.default_rng(8)
    return frame.with_columns(
        pl.Series("billed", np.where(sick == 1, "yes", "no")),
        pl.Series("risk", sick + generator.normal(size=N_ROWS) * 0.3),
    )


def halves(frame):
    return frame.drop("sick"), frame["sick"]


def test_scores_with_and_without_each_leaking_column_stand_side_by_side(leaking):
    found = audit(halves(leaking), settings=TINY)
    names = [rescored.name for rescored in found.rescored]
    assert names == ["as it stands", "without column 'billed'", "without column 'risk'", "without all 2 such columns"]
    accuracy = [rescored.scores["accuracy"].value for rescored in found.rescored]
    assert min(accuracy[:3]) > 0.9 > accuracy[3]
    assert all(rescored.n_rows == N_ROWS for rescored in found.rescored)


def test_scores_are_those_of_a_classifier_without_the_column(leaking):
    from demarcate import DemarcateClassifier

    X, y = halves(leaking.drop("risk"))
    found = audit((X, y), settings=TINY, seed=4)
    plain = DemarcateClassifier(**TINY, drop=["billed"], random_state=4).fit(X, y)
    assert dict(found.rescored[1].scores) == plain.scores_


def test_a_table_with_nothing_to_leave_out_is_not_fitted(frame):
    found = audit(halves(frame), on_fit=pytest.fail)
    assert (found.findings, found.rescored, found.drift) == ((), (), None)
    assert found.is_clean
    assert str(found) == "Nothing found in 240 rows."


def test_copies_are_scored_in_two_ways(frame):
    noise = np.random.default_rng(0)
    X = pl.DataFrame({f"x{place}": noise.normal(size=60) for place in range(2)})
    y = noise.integers(2, size=60)
    copied = (pl.concat([X, X, X, X[:20]]), np.concatenate([y, y, y, y[:20]]))
    found = audit(copied, settings={**TINY, "hidden": (128,), "epochs": 200, "patience": None})
    whole, single, without = found.rescored[0], *found.rescored[1:]
    assert (whole.n_rows, without.n_rows) == (200, 60)
    assert without.name == "without the 140 copies"
    assert single.name == "scored on rows without a copy in training"
    assert single.n_rows < 40
    assert whole.scores["accuracy"].value > 0.8 > without.scores["accuracy"].value


def test_leaving_out_every_column_is_not_tried(frame):
    sick = frame["sick"].to_numpy()
    found = audit(({"billed": np.where(sick == 1, "yes", "no")}, sick), settings=TINY)
    assert [rescored.name for rescored in found.rescored] == ["as it stands"]


def test_without_rescoring_nothing_is_fitted(leaking):
    found = audit(halves(leaking), rescore=False, on_fit=pytest.fail)
    assert found.rescored == ()
    assert not found.is_clean
    assert str(found).startswith(
        "1 leak, 1 warning found in 240 rows.\n- leak: column 'billed' alone predicts the target"
    )


def test_a_table_without_labels_has_the_checks_that_need_none(frame):
    found = audit(frame.drop("sick"))
    assert (found.target, found.rescored) == ("", ())
    assert found.summary() == "Nothing found in 240 rows. No target was named, so checks that need one did not run."


def test_another_table_is_compared(leaking):
    data = Dataset("cases", leaking, "sick")
    moved = leaking.with_columns(pl.col("x0") + 2)
    told = []
    found = audit(data, against=moved, rescore=False, on_fit=told.append)
    assert told == ["comparing the tables"]
    assert [column.name for column in found.drift.columns] == ["x0"]
    assert found.drift.only_in_second == ()
    assert not found.is_clean
    assert "The tables differ: " in str(found)


def test_columns_may_be_dropped_or_named(leaking):
    found = audit(halves(leaking), drop=["billed", "risk"], settings=TINY)
    assert found.findings == ()
    numbered = leaking.with_columns(pl.Series("case", np.arange(N_ROWS) * 2)).drop("billed", "risk")
    assert [f.columns for f in audit(halves(numbered), rescore=False).findings] == [("case",)]
    assert audit(halves(numbered), rescore=False, categorical=["case"]).findings == ()


def test_a_data_set_names_its_own_categories():
    assert audit(datasets.heart()).is_clean


def test_it_is_ready_for_json(leaking):
    found = audit(halves(leaking), settings=TINY, against=leaking.drop("sick")[:50])
    document = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert document["findings"][0]["columns"] == ["billed"]
    assert document["rescored"][0]["scores"]["accuracy"]["n_rows"] == N_ROWS
    assert document["drift"]["n_shared"] == 50


def test_rows_and_labels_are_as_many(frame):
    with pytest.raises(InputError, match="240 rows and 239 labels"):
        audit((frame.drop("sick"), frame["sick"][1:]))


def test_a_table_without_a_usable_column_is_refused():
    with pytest.raises(InputError, match=r"'unit' \(constant"):
        audit({"unit": ["a"] * 12})

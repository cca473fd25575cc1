import json
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from demarcate import DemarcateClassifier
from demarcate.auditing import drift as module
from demarcate.auditing.drift import compare_tables
from demarcate.classifier.presets import preset_settings
from demarcate.tabular import as_frame, infer_schema
from demarcate.tabular.column_options import ColumnOptions

N_ROWS = 400


@pytest.fixture(scope="module")
def frame():
    generator = np.random.default_rng(2)
    return as_frame(
        {
            "age": generator.normal(50, 10, N_ROWS),
            "dose": generator.normal(size=N_ROWS),
            "channel": generator.choice(["web", "shop"], N_ROWS),
            "agreed": generator.choice([True, False], N_ROWS),
        }
    )


def compared(first, second, *labels, **column_settings):
    return compare_tables(infer_schema(first, ColumnOptions.of(**column_settings)), first, second, *labels)


def test_halves_of_one_table_do_not_differ(frame):
    found = compared(frame[::2], frame[1::2])
    assert found.verdict in ("no difference found", "cannot tell")
    assert found.columns == ()
    assert found.auc.low < 0.5
    assert str(found.auc) in str(found)


def test_a_moved_column_tells_the_tables_apart(frame):
    found = compared(frame[::2], frame[1::2].with_columns(pl.col("age") + 20))
    assert found.verdict == "differ"
    assert [column.name for column in found.columns] == ["age"]
    assert found.auc.low > 0.7
    assert str(found).startswith(f"The tables differ: a classifier separates their rows with ROC AUC {found.auc}; ")
    assert "most by 'age': median " in str(found)


def test_columns_that_go_together_otherwise_are_found_by_the_network():
    generator = np.random.default_rng(4)
    one, two = generator.normal(size=(2, 900))
    first, second = as_frame({"x": one, "y": one + 0.3 * two}), as_frame({"x": one, "y": 0.3 * two - one})
    found = compared(first, second)
    assert (found.verdict, found.columns) == ("differ", ())
    assert str(found).endswith("but no single column differs.")


def test_a_few_rows_cannot_tell(frame):
    found = compared(frame[:12], frame[12:24])
    assert found.verdict == "cannot tell"
    assert str(found).startswith("Cannot tell whether the tables differ: ")


def test_what_counts_as_drift_does_not_depend_on_the_presets(frame, monkeypatch):
    moved = frame[1::2].with_columns(pl.col("age") + 4)
    found = compared(frame[::2], moved)

    def best(**settings):
        return DemarcateClassifier(**{"preset": "best", **settings})

    monkeypatch.setattr(module, "DemarcateClassifier", best)
    assert compared(frame[::2], moved).to_json() == found.to_json()
    # A preset's betas are no parameter that could be set.
    assert set(preset_settings("default")) - {"betas"} <= set(module._SETTINGS)


def test_identifiers_and_dates_are_not_compared(frame):
    days = [date(2020, 1, 1) + timedelta(days=row) for row in range(N_ROWS)]
    numbered = frame.with_columns(
        pl.Series("case", 3 * np.arange(N_ROWS)),
        pl.Series("code", [f"C{row}" for row in range(N_ROWS)]),
        pl.Series("on", days),
    )
    found = compared(numbered[: N_ROWS // 2], numbered[N_ROWS // 2 :])
    assert found.verdict != "differ"
    assert set(found.left_out) == {"case", "code", "on"}
    assert "Column 'on' is not compared: a date, 2020-01-01 to 2020-07-18 -> 2020-07-19 to 2021-02-03." in found.remarks
    assert "Column 'case' is not compared: it looks like an identifier." in found.remarks


def test_columns_of_only_one_table_are_named(frame):
    found = compared(frame[::2].drop("dose"), frame[1::2].drop("channel"))
    assert (found.only_in_first, found.only_in_second) == (("channel",), ("dose",))
    assert "Only the first table has 'channel'." in found.remarks


def test_cells_that_cannot_be_read_are_counted_and_missing(frame):
    words = frame[1::2].with_columns(
        pl.when(pl.int_range(200) < 30).then(pl.lit("old")).otherwise(pl.col("age").cast(pl.String)).alias("age")
    )
    found = compared(frame[::2], words)
    assert found.unreadable == {"age": 30}
    assert [column.text for column in found.columns] == ["missing in 0.0% -> 15.0% of rows"]


def test_rows_in_both_tables_are_counted(frame):
    found = compared(frame[:300], frame[200:])
    assert found.n_shared == 100
    assert "100 of the second table's 200 rows are also in the first." in found.remarks


def test_labels_are_compared_where_both_tables_have_them(frame):
    first, second = ["no"] * 100 + ["yes"] * 100, ["no"] * 150 + ["perhaps"] * 50
    found = compared(frame[::2], frame[1::2], first, second)
    assert found.verdict != "differ"
    assert found.classes.unseen == ("perhaps",)
    assert any(remark.startswith("The classes' shares differ: ") for remark in found.remarks)


def test_tables_without_a_common_column_differ(frame):
    found = compared(frame.select("age"), frame.select("dose"))
    assert (found.verdict, found.auc) == ("differ", None)
    assert str(found) == "The tables differ: they have no column in common."


def test_a_column_of_another_kind_is_named_and_not_compared(frame):
    words = frame[1::2].with_columns(
        pl.when(pl.col("age") > 50).then(pl.lit("old")).otherwise(pl.lit("young")).alias("age")
    )
    found = compared(frame[::2], words)
    assert found.verdict == "differ"
    assert found.of_other_kind == ("age",)
    assert found.columns == ()
    assert str(found).startswith("The tables differ: 'age' holds something else in the second than in the first; ")
    assert not any("unreadable" in remark for remark in found.remarks)


def test_the_same_seed_gives_the_same_bits_ready_for_json(frame):
    documents = [json.dumps(compared(frame[::2], frame[1::2]).to_json(), allow_nan=False) for _ in range(2)]
    assert documents[0] == documents[1]

"""The benchmark of predicting runs and names all that it measured; how fast anything is, no test asks."""

import numpy as np
import pandas as pd

from benchmarks import predict


def test_all_that_are_installed_are_asked_for_the_same_rows(tmp_path, monkeypatch, capsys):
    draw = np.random.default_rng(0)
    table = pd.DataFrame(
        {"age": draw.normal(50, 10, 200), "thal": draw.choice(["a", "b", None], 200), "ill": draw.integers(0, 2, 200)}
    )
    table.to_parquet(tmp_path / "table.parquet")
    monkeypatch.setattr(predict, "catboost", catboost)
    predict.main(tmp_path / "table.parquet", n_fit=150, sizes=[40, 1234], repeats=1, hidden=[4])
    told = capsys.readouterr().out
    assert "catboost is left out: it is not there" in told
    assert "table.parquet: 2 columns, fitted on 150 rows" in told
    rows = [line for line in told.splitlines() if line.startswith(("demarcate, ", "| demarcate, ", "| boosting"))]
    assert [line.split(" | ")[0] for line in rows] == 2 * [
        "| demarcate, pandas",
        "| demarcate, polars",
        "| boosting of scikit-learn, pandas",
    ]
    asked = [line.split(" | ")[0] for line in told.splitlines() if line.startswith(("| `", "| 1", "| 3"))]
    assert asked == [
        "| `predict_row`",
        "| 1 coded",
        "| 1 computed",
        "| 100 coded",
        "| 100 computed",
        "| 32 requests of one, joined",
    ]


def catboost(X, y):
    raise ImportError("it is not there")

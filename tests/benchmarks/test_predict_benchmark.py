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
    monkeypatch.setattr(predict, "catboost", _missing)
    predict.main(tmp_path / "table.parquet", n_fit=150, n_rows=1234, repeats=1, hidden=[4])
    told = capsys.readouterr().out
    assert "CatBoost is left out: it is not there" in told
    assert "1,234 rows of 2 columns" in told
    assert [line[:10] for line in told.splitlines()[-2:]] == ["demarcate ", "boosting o"]


def _missing(X, y):
    raise ImportError("it is not there")

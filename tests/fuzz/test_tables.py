import numpy as np
from fuzz.campaign import Plan, run

from fuzz import tables


def test_a_slice_is_refused_or_learned_from(tmp_path, capsys):
    figures = run(tables.target(), Plan(seed=0, cases=40, folder=tmp_path))
    assert figures.failed == 0, capsys.readouterr().err
    assert figures.accepted > 10
    assert figures.refused > 5


def test_a_model_that_changes_when_saved_would_be_found(monkeypatch, tmp_path):
    class Changed:
        def predict_proba(self, table):
            return np.full((1, 2), 0.5)

    monkeypatch.setattr(tables, "load", lambda path: Changed())
    assert run(tables.target(), Plan(cases=20, folder=tmp_path)).failed > 5

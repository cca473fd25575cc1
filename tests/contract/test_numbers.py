"""A row's probabilities depend on its cells and on nothing else."""

import json
import math
import warnings
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from demarcate import DemarcateClassifier

N_ROWS = 300
NEAR = {"rtol": 0, "atol": 1e-6}
"""Matrices of another size are multiplied in another order."""


def _learned(n_classes: int) -> tuple[pl.DataFrame, np.ndarray]:
    generator = np.random.default_rng(n_classes)
    codes = generator.integers(n_classes, size=N_ROWS)
    dose = codes + generator.normal(size=N_ROWS)
    frame = pl.DataFrame(
        {
            "dose": np.where(generator.random(N_ROWS) < 0.1, np.nan, dose),
            "grade": [None if word == "e" else word for word in generator.choice(list("abcde"), size=N_ROWS).tolist()],
            "seen": [date(2024, 1, 1) + timedelta(days=int(day)) for day in generator.integers(365, size=N_ROWS)],
            "smokes": generator.random(N_ROWS) < 0.3 + 0.1 * codes,
        }
    )
    return frame, np.array(["no", "yes", "perhaps", "never"])[codes]


@pytest.fixture(scope="module", params=[2, 4], ids=["two classes", "four classes"])
def fitted(request):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return DemarcateClassifier(hidden=(16,), epochs=8, n_folds=2).fit(*_learned(request.param))


@pytest.fixture(scope="module")
def predict(fitted):
    """Return probabilities and decisions, without the warnings of unseen or infinite cells."""

    def of(table):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            probabilities = fitted.predictor_.predict_proba(table)
        return probabilities, fitted.predictor_.decide(probabilities)

    return of


EDGES = [0.0, -0.0, 5e-324, 1e308, -1e308, 2.0**53, math.inf, -math.inf, math.nan, 0.5]
DOSES = st.none() | st.floats() | st.sampled_from(EDGES)
GRADES = st.none() | st.sampled_from(["a", "b", "", "NA", "never seen", "\U0001fac0"]) | st.text(max_size=5)
DAYS = st.none() | st.dates() | st.just(date.max) | st.just(date.min)
ROWS = st.lists(st.tuples(DOSES, GRADES, DAYS, st.none() | st.booleans()), min_size=1, max_size=30)


def frame_of(rows):
    dose, grade, seen, smokes = zip(*rows, strict=True)
    schema = {"dose": pl.Float64, "grade": pl.String, "seen": pl.Date, "smokes": pl.Boolean}
    return pl.DataFrame({"dose": dose, "grade": grade, "seen": seen, "smokes": smokes}, schema=schema)


def far_from_ties(probabilities):
    """Return rows whose two likeliest classes differ by more than rounding."""
    best = np.sort(probabilities, axis=1)[:, -2:]
    return best[:, 1] - best[:, 0] > 1e-5


def assert_alike(found, expected):
    np.testing.assert_allclose(found[0], expected[0], **NEAR)
    clear = far_from_ties(expected[0])
    assert found[1][clear].tolist() == expected[1][clear].tolist()


@settings(max_examples=30)
@given(rows=ROWS, order=st.randoms(use_true_random=False))
def test_probabilities_are_finite_and_independent_of_order_and_other_rows(predict, rows, order):
    frame = frame_of(rows)
    expected = predict(frame)
    assert np.isfinite(expected[0]).all()
    assert (expected[0] >= 0).all()
    np.testing.assert_allclose(expected[0].sum(1), 1, rtol=0, atol=1e-12)
    places, columns = list(range(len(rows))), frame.columns
    order.shuffle(places)
    order.shuffle(columns)
    shuffled = predict(frame[places].select(columns))
    assert_alike(shuffled, (expected[0][places], expected[1][places]))
    alone = [predict(frame[place]) for place in places[:3]]
    for (probabilities, decided), place in zip(alone, places, strict=False):
        assert_alike((probabilities, decided), (expected[0][[place]], expected[1][[place]]))


@pytest.mark.parametrize("size", [1, 7, 50])
def test_the_batch_size_of_predict_does_not_matter(fitted, predict, size):
    frame = _learned(len(fitted.classes_))[0][:60]
    parts = [predict(part) for part in frame.iter_slices(size)]
    assert_alike(tuple(map(np.concatenate, zip(*parts, strict=True))), predict(frame))


def test_rows_that_are_looked_up_have_the_same_probabilities(fitted, predict):
    """From 8,192 rows and members on, contributions of columns are looked up instead of multiplied."""
    frame, _ = _learned(len(fitted.classes_))
    expected = predict(frame)
    copies = 30
    assert copies * N_ROWS * fitted.predictor_.n_members >= 8192 > N_ROWS * fitted.predictor_.n_members
    many = predict(pl.concat([frame] * copies))
    for copy in range(copies):
        rows = slice(copy * N_ROWS, (copy + 1) * N_ROWS)
        assert_alike((many[0][rows], many[1][rows]), expected)


def test_the_number_of_threads_does_not_matter(fitted, predict):
    frame = pl.concat([_learned(len(fitted.classes_))[0]] * 30)
    expected = predict(frame)
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        assert_alike(predict(frame), expected)
    finally:
        torch.set_num_threads(before)


def test_a_table_of_only_unseen_cells_gets_probabilities(fitted, predict):
    strange = [
        {"dose": dose, "grade": grade, "seen": seen, "smokes": smokes}
        for dose in (*EDGES, None)
        for grade in ("never seen", None, "")
        for seen in (date.min, date.max, None)
        for smokes in (True, None)
    ]
    probabilities, decided = predict(strange)
    assert np.isfinite(probabilities).all()
    np.testing.assert_allclose(probabilities.sum(1), 1, rtol=0, atol=1e-12)
    assert set(decided) <= set(fitted.classes_)


def test_the_command_line_and_python_give_the_same_probabilities(fitted, predict, run, tmp_path):
    frame, _ = _learned(len(fitted.classes_))
    frame = frame[:40]
    expected = predict(frame)
    labels = [str(label) for label in fitted.classes_]
    model, table = tmp_path / "model.safetensors", tmp_path / "table.csv"
    fitted.save(model)
    frame.write_csv(table)

    for ending, read in (("csv", pl.read_csv), ("parquet", pl.read_parquet), ("jsonl", pl.read_ndjson)):
        out = tmp_path / f"out.{ending}"
        assert run("predict", model, table, "--out", out, "--quiet") == (0, "")
        told = read(out)
        probabilities = told.select(f"probability_{label}" for label in labels).to_numpy()
        assert_alike((probabilities, told["prediction"].to_numpy()), expected)

    code, told = run("predict", model, table, "--json")
    assert code == 0
    rows = json.loads(told)["predictions"]
    probabilities = np.array([[row["probabilities"][label] for label in labels] for row in rows])
    assert_alike((probabilities, np.array([row["prediction"] for row in rows])), expected)

    for place, row in enumerate(frame.head(5).iter_rows(named=True)):
        given = [f"{name}={'' if cell is None else cell}" for name, cell in row.items()]
        code, told = run("predict", model, "--row", *given, "--json")
        assert code == 0
        alone = json.loads(told)["predictions"][0]
        probabilities = np.array([[alone["probabilities"][label] for label in labels]])
        assert_alike((probabilities, np.array([alone["prediction"]])), (expected[0][[place]], expected[1][[place]]))

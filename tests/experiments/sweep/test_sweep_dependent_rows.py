"""Sweeps over rows that come in groups, follow one another in time, or weigh differently."""

import numpy as np
import polars as pl
import pytest

from demarcate import sweep
from demarcate.engine import Training

QUICK = Training(lr=0.02, epochs=8, batch_size=None)
OVER = {"hidden": [(), (8,)]}


@pytest.fixture(scope="module")
def data():
    generator = np.random.default_rng(0)
    X = generator.normal(size=(200, 2))
    frame = pl.DataFrame(X, schema=["a", "b"]).with_columns(
        subject=pl.Series(np.repeat(np.arange(40), 5)), day=pl.Series(generator.permutation(200))
    )
    return frame, (X[:, 0] > 0).astype(int)


def test_every_seed_splits_by_group_and_the_winner_is_scored_on_other_groups(data):
    result = sweep(data, OVER, training=QUICK, groups="subject")
    subjects = data[0]["subject"].to_numpy()
    of_test = set(subjects[result.test_rows])
    validated = set()
    for train_rows, validation_rows in zip(result.train_rows, result.validation_rows, strict=True):
        parts = set(subjects[train_rows]), set(subjects[validation_rows])
        assert not parts[0] & parts[1]
        assert not (parts[0] | parts[1]) & of_test
        validated.add(frozenset(parts[1]))
    assert len(validated) == 3, "every seed draws other groups"
    assert "each seed with its own" in result.ranking()
    assert result.winner.scores["accuracy"].n_clusters == len(of_test)
    assert result.winner.baselines["logistic_regression"]["log_loss"].n_clusters == len(of_test)
    assert result.winner.lead.mean.low < result.winner.lead.mean.value < result.winner.lead.mean.high
    assert result.winner.predictor.trained_on.group_columns == ("subject",)
    assert result.winner.predictor.trained_on.n_rows == 200 - len(result.test_rows)


def test_forward_in_time_the_test_rows_are_the_latest_and_validation_rows_come_before(data):
    result = sweep(data, OVER, training=QUICK, time="day", gap=2)
    day = data[0]["day"].to_numpy()
    assert sorted(day[result.test_rows]) == list(range(160, 200))
    for train_rows, validation_rows in zip(result.train_rows, result.validation_rows, strict=True):
        assert max(day[validation_rows]) == 157
        assert max(day[train_rows]) < min(day[validation_rows]) - 2
    assert "each seed with the same" in result.ranking()
    # All seeds validate on the same rows: the lead's interval is that of these rows, not of the seeds alone.
    lead = result.winner.lead.mean
    assert lead.high - lead.low > 0.01
    assert lead.value > 0 or not result.winner.lead.is_clear


def test_the_winner_is_scored_on_weighted_rows(data):
    frame, y = data
    weights = np.where(y == 1, 10.0, 1.0)
    result = sweep((frame.drop("subject", "day"), y), OVER, training=QUICK, sample_weight=weights)
    rows = result.test_rows
    winner = result.winner
    hits = winner.predictor.predict(frame.drop("subject", "day")[rows]) == y[rows]
    assert winner.scores["accuracy"].value == pytest.approx(np.average(hits, weights=weights[rows]))
    assert "weighted" in winner.scores["accuracy"].rows
    reached = result.networks.filter(configuration=winner.configuration.number)["validation_accuracy"].to_list()
    logits = winner.predictor.logits(frame.drop("subject", "day")).numpy()
    for own, validation_rows, value in zip(logits, result.validation_rows, reached, strict=True):
        hits = (own[validation_rows, 0] > 0) == y[validation_rows]
        assert value == pytest.approx(np.average(hits, weights=weights[validation_rows]))

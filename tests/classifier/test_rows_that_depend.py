"""Groups, times and weights of rows, from the arguments of ``fit`` to the scores."""

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
import sklearn
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import GroupKFold, cross_validate

from demarcate import DemarcateClassifier, datasets
from demarcate.errors import InputError, InputWarning

FIELD = Path(__file__).parent.parent / "data" / "field"
QUICK = {"hidden": (8,), "epochs": 10, "n_folds": 3, "batch_size": 64}


@pytest.fixture(scope="module")
def visits() -> pl.DataFrame:
    return pl.read_csv(FIELD / "groups" / "mild_visits.csv")


def quick(**settings) -> DemarcateClassifier:
    return DemarcateClassifier(**{**QUICK, **settings})


def test_groups_by_name_and_by_array_give_the_same_bits(visits):
    X, y = visits.drop("relapse"), visits["relapse"]
    by_name = quick().fit(X, y, groups="patient_id")
    by_array = quick(drop=["patient_id"]).fit(X, y, groups=X["patient_id"])
    assert np.array_equal(by_name.oof_proba_, by_array.oof_proba_)
    assert {name: str(score) for name, score in by_name.scores_.items()} == {
        name: str(score) for name, score in by_array.scores_.items()
    }
    assert "patient_id" not in [column.name for column in by_name.schema_.used]


def test_no_network_is_scored_on_a_group_that_it_trained_on(visits):
    clf = quick().fit(visits.drop("relapse"), visits["relapse"], groups="patient_id")
    patients = visits["patient_id"].to_numpy()
    for split in clf.splits_:
        assert not np.intersect1d(patients[split.train], patients[split.scored]).size
    assert clf.scores_["accuracy"].n_clusters == visits["patient_id"].n_unique()


def test_scores_by_group_hold_for_new_patients_where_those_of_random_folds_do_not(visits):
    new = pl.read_csv(FIELD / "groups" / "mild_new.csv")
    X, y = visits.drop("relapse"), visits["relapse"]
    settings = {"hidden": (64,), "epochs": 30, "n_folds": 4, "drop": ["patient_id"]}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InputWarning)
        random = DemarcateClassifier(**settings).fit(X, y)
    by_group = DemarcateClassifier(**settings).fit(X, y, groups=X["patient_id"])
    loss = log_loss(new["relapse"], by_group.predict_proba(new.drop("relapse")))
    promised = by_group.scores_["log_loss"]
    assert promised.low <= loss <= promised.high
    assert random.scores_["log_loss"].high < loss


def test_later_rows_are_scored_by_networks_of_earlier_ones():
    past = pl.read_csv(FIELD / "time-order" / "past.csv")
    clf = quick().fit(past.drop("up"), past["up"], time="day")
    days = past["day"].to_numpy()
    for split in clf.splits_:
        assert days[split.learned].max() < days[split.scored].min()
    assert clf.scores_["log_loss"].rows == "later"
    assert "day" not in [column.name for column in clf.schema_.used]


def test_a_gap_keeps_rows_whose_label_came_too_late_out():
    past = pl.read_csv(FIELD / "time-order" / "past.csv", try_parse_dates=True)
    clf = quick(gap="14d").fit(past.drop("up"), past["up"], time="day")
    days = past["day"].to_numpy()
    for split in clf.splits_:
        assert days[split.learned].max() + np.timedelta64(14, "D") < days[split.scored].min()


def test_training_in_time_resumes_from_a_checkpoint_with_the_same_bits(tmp_path):
    past = pl.read_csv(FIELD / "time-order" / "past.csv")
    X, y = past.drop("up"), past["up"]
    plain = quick().fit(X, y, time="day")
    first = quick(checkpoint=tmp_path / "folder").fit(X, y, time="day")
    again = quick(checkpoint=tmp_path / "folder").fit(X, y, time="day")
    for clf in (first, again):
        assert np.array_equal(clf.oof_proba_, plain.oof_proba_)
        assert np.array_equal(clf.predict_proba(X), plain.predict_proba(X))


def test_weighted_rows_give_the_probabilities_of_the_weighted_population():
    generator = np.random.default_rng(0)
    X = generator.normal(size=(600, 2))
    y = (X[:, 0] + generator.normal(size=600) * 0.9 > 0).astype(int)
    weights = np.where(y == 1, 100.0, 1.0)
    clf = DemarcateClassifier(preset="fast", hidden=(32,)).fit(X, y, sample_weight=weights)
    truth = LogisticRegression().fit(X, y, sample_weight=weights).predict_proba(X)[:, 1].mean()
    assert clf.predict_proba(X)[:, 1].mean() == pytest.approx(truth, abs=0.02)
    weighted = clf.scores_["accuracy"]
    expected = np.average(clf.oof_proba_.argmax(1) == clf.oof_codes_, weights=weights[clf.oof_rows_])
    assert weighted.value == pytest.approx(expected)
    assert weighted.rows == "weighted out-of-fold"


def test_groups_are_routed_by_scikit_learn(visits):
    X, y = visits.drop("relapse", "patient_id").to_pandas(), visits["relapse"].to_numpy()
    with sklearn.config_context(enable_metadata_routing=True):
        clf = quick().set_fit_request(groups=True)
        result = cross_validate(
            clf, X, y, cv=GroupKFold(3), params={"groups": visits["patient_id"].to_numpy()}, return_estimator=True
        )
    assert [fitted.scores_["accuracy"].n_clusters for fitted in result["estimator"]] == [40, 40, 40]
    assert clone(quick(gap="7d")).gap == "7d"


def test_an_index_that_is_shuffled_against_the_table_is_warned_of():
    X, y = datasets.moons(n_samples=60)
    frame, labels = pd.DataFrame(np.asarray(X)), pd.Series(y)
    with pytest.warns(InputWarning, match=r"the index of y is that of X in another order.* Give y\.loc\[X\.index\]"):
        quick().fit(frame, labels.sample(frac=1, random_state=1))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        quick().fit(frame, labels)
        quick().fit(frame, labels.set_axis(range(100, 160)))


def test_all_that_is_wrong_with_groups_and_time_is_one_error(visits):
    with pytest.raises(InputError) as refused:
        quick().fit(visits.drop("relapse"), visits["relapse"], groups="patient", time="date")
    assert len(refused.value.problems) == 2


def test_a_rare_class_in_one_group_is_trained_on_and_left_out_of_the_scores():
    generator = np.random.default_rng(0)
    X, groups = generator.normal(size=(120, 3)), np.repeat(np.arange(24), 5)
    y = np.where(generator.random(120) < 0.5, "a", "b")
    y[groups == 7] = "c"
    clf = quick().fit(X, y, groups=groups)
    assert not np.isin(np.flatnonzero(groups == 7), clf.oof_rows_).any()
    assert clf.predict_proba(X).shape == (120, 3)


def test_few_groups_are_warned_of():
    generator = np.random.default_rng(0)
    X, groups = generator.normal(size=(90, 3)), np.arange(90) % 3
    with pytest.warns(InputWarning, match="3 groups cannot say well what new groups will score"):
        clf = quick().fit(X, (X[:, 0] > 0).astype(int) ^ (generator.random(90) < 0.3), groups=groups)
    assert clf.scores_["accuracy"].n_clusters == 3

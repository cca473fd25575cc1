import numpy as np
import pytest

from demarcate import DemarcateClassifier, datasets, load
from demarcate.errors import SettingError
from demarcate.evaluation import accuracy

MOONS = datasets.moons(n_samples=120, noise=0.3)
SMALL = {"hidden": (6,), "epochs": 12, "lr": 0.02, "n_folds": 1}


def fitted(**settings):
    return DemarcateClassifier(**{**SMALL, **settings}).fit(MOONS.X, MOONS.y)


def test_one_fold_is_one_network_scored_on_test_rows_that_no_network_read():
    clf = fitted(patience=3)
    (split,) = clf.splits_
    assert (clf.predictor_.n_members, len(clf.members_)) == (1, 1)
    assert [len(rows) for rows in (split.train, split.validation, split.scored)] == [84, 12, 24]
    assert sorted(np.concatenate([split.train, split.validation, split.scored])) == [*range(120)]
    score = clf.scores_["accuracy"]
    assert (score.rows_in_words, clf.oof_rows_.tolist()) == ("24 test rows", split.scored.tolist())
    assert score.value == accuracy(MOONS.y[split.scored], clf.predict_proba(MOONS.X)[split.scored])
    assert clf.averaging_gain_ == {}


@pytest.mark.parametrize("patience", [None, 3])
def test_test_rows_change_nothing_that_predicts(patience):
    honest = fitted(patience=patience)
    moved = MOONS.X.to_numpy().copy()
    moved[honest.splits_[0].scored] *= -1
    other = DemarcateClassifier(**SMALL, patience=patience).fit(moved, MOONS.y)
    assert other.splits_[0].scored.tolist() == honest.splits_[0].scored.tolist()
    assert np.array_equal(other.predictor_.predict_proba(moved[:20]), honest.predictor_.predict_proba(moved[:20]))
    assert other.scores_["log_loss"].value != honest.scores_["log_loss"].value


def test_without_patience_all_other_rows_are_trained_on_for_all_epochs():
    clf = fitted(patience=None, test_size=20)
    (split,) = clf.splits_
    assert (len(split.train), len(split.scored), clf.members_[0].best_epoch) == (100, 20, 12)
    assert split.learned.tolist() == split.train.tolist()
    record = clf.record()
    assert record["split"] == {"train": 100, "stopping": 0, "test": 20}
    assert {"test_loss", "test_accuracy"} < set(record["members"][0]["history"])


def test_progress_names_the_rows_for_what_they_are():
    names = []
    fitted(patience=None, on_epoch=lambda progress: names.append(set(progress.values)))
    assert {"test_loss", "test_accuracy"} <= names[0]
    fitted(patience=3, on_epoch=lambda progress: names.append(set(progress.values)))
    assert {"validation_loss", "validation_accuracy"} <= names[-1]


def test_a_preset_has_one_kind_and_a_network_for_each_seed():
    clf = DemarcateClassifier(preset="default", epochs=1, n_folds=1, n_seeds=2).fit(MOONS.X, MOONS.y)
    assert [network.hidden for network in clf.predictor_.networks] == [(256, 256)] * 2
    assert clf.predictor_.encoders[0].leaves is None


def test_one_fold_is_one_split_however_many_rows_and_is_never_scaled_by_a_temperature():
    clf = fitted(holdout_above=50, patience=None, epochs=80, lr=0.1, dropout=0.0)
    assert (clf.predictor_.n_members, clf.predictor_.temperature) == (1, None)


def test_groups_stay_whole_and_later_rows_are_tested():
    groups = np.repeat(np.arange(30), 4)
    by_group = DemarcateClassifier(**SMALL).fit(MOONS.X, MOONS.y, groups=groups)
    (split,) = by_group.splits_
    parts = [set(groups[rows]) for rows in (split.train, split.validation, split.scored)]
    assert sum(map(len, parts)) == len(set.union(*parts)) == 30
    in_time = DemarcateClassifier(**SMALL).fit(MOONS.X, MOONS.y, time=np.arange(120))
    assert in_time.splits_[0].scored.tolist() == [*range(96, 120)]
    assert in_time.splits_[0].validation.max() < 96
    assert in_time.predictor_.n_members == 1
    assert in_time.scores_["accuracy"].rows_in_words == "24 later test rows in 12 blocks"


def test_a_saved_model_keeps_how_its_rows_were_used(tmp_path):
    clf = fitted(patience=3)
    clf.save(tmp_path / "m.safetensors")
    assert load(tmp_path / "m.safetensors").record["split"] == {"train": 84, "stopping": 12, "test": 24}
    assert "split" not in DemarcateClassifier(hidden=(4,), epochs=1, n_folds=2).fit(MOONS.X, MOONS.y).record()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"n_folds": 0}, r"^there must be at least 1 fold and 1 seed, got n_folds=0, n_seeds=1$"),
        (
            {"n_folds": 4, "test_size": 0.2},
            r"^test_size must be left out, because 4 folds score every row, got 0\.2\. ",
        ),
        ({"test_size": 0}, r"^test_size must be None, a share above 0 and below 1, or a number of rows, got 0$"),
        ({"test_size": "half"}, r"^test_size must be None, a share above 0"),
        ({"test_size": 119}, r"^of 120 rows in 2 classes, 1 to 118 can be held out, got 119$"),
    ],
)
def test_counts_that_make_no_split_are_refused(settings, message):
    with pytest.raises(SettingError, match=message):
        fitted(**settings)

import pickle
import re
import sys
import threading

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import sklearn
import torch
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import make_classification
from sklearn.metrics import log_loss
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import (
    check_dataframe_column_names_consistency,
    check_inplace_ensure_writeable,
    parametrize_with_checks,
)

import demarcate.classifier.cross_validation
from demarcate import DemarcateClassifier, Predictor, datasets, load
from demarcate.classifier.classifier import JUDGING_SECONDS
from demarcate.classifier.presets import PRESETS, preset_settings
from demarcate.encoding.bin_edges import tree_bin_edges
from demarcate.errors import DivergenceWarning, InputError, InputWarning, OutputError, SettingError
from demarcate.evaluation import METRIC_NAMES, Costs, calibrate, class_scores, compare_costs, score

TINY = {"hidden": (8,), "epochs": 3, "n_folds": 2}
ENOUGH = {"epochs": 20, "lr": 0.05}
EXPECTED_TO_FAIL = {
    "check_sample_weight_equivalence_on_dense_data": (
        "a row of weight 2 is one row in the folds and in a batch, two rows of weight 1 are two"
    ),
}


def tiny(**settings):
    return DemarcateClassifier(**{**TINY, **settings})


@pytest.fixture(scope="module")
def matrix():
    return make_classification(60, 4, random_state=0)


@pytest.fixture(scope="module")
def frame(matrix):
    return pd.DataFrame(matrix[0], columns=list("abcd"))


@pytest.fixture(scope="module")
def mixed():
    """Numbers, words, truth values and dates, with gaps."""
    generator = np.random.default_rng(0)
    n = 80
    numbers = generator.normal(size=n)
    numbers[::9] = np.nan
    words = generator.choice(["x", "y", "z"], n).astype(object)
    words[5] = None
    columns = {
        "number": numbers,
        "word": words,
        "flag": generator.random(n) < 0.5,
        "day": pd.to_datetime("2020-01-01") + pd.to_timedelta(generator.integers(0, 900, n), "D"),
    }
    return pd.DataFrame(columns), np.where(np.nan_to_num(numbers) + (words == "x") > 0.3, "yes", "no")


@pytest.mark.filterwarnings("ignore::demarcate.errors.InputWarning")
@parametrize_with_checks(
    [DemarcateClassifier(hidden=(16,), epochs=12, n_folds=2, lr=0.03, dropout=0.0)],
    expected_failed_checks=lambda _: EXPECTED_TO_FAIL,
)
def test_it_passes_the_checks_of_scikit_learn(estimator, check):
    check(estimator)


class Foreign:
    """Of a type that no setting has."""


class TestInScikitLearn:
    @pytest.mark.parametrize("name", DemarcateClassifier().get_params())
    def test_a_setting_of_a_foreign_type_is_refused_by_its_name(self, matrix, name):
        with pytest.raises(SettingError, match=name) as refusal:
            tiny(**{name: Foreign()}).fit(*matrix)
        assert "Foreign object" in str(refusal.value)

    @pytest.mark.parametrize("setting", [{"calibrate": "False"}, {"pieces": None}, {"hidden": "16"}, {"drop": 3}])
    def test_what_python_would_let_pass_is_refused(self, matrix, setting):
        (value,) = setting.values()
        with pytest.raises(SettingError, match=re.escape(f"got {value!r}")):
            tiny(**setting).fit(*matrix)

    @pytest.mark.filterwarnings("ignore::demarcate.errors.InputWarning")
    @pytest.mark.parametrize("check", [check_dataframe_column_names_consistency, check_inplace_ensure_writeable])
    def test_it_passes_checks_that_scikit_learn_makes_only_of_its_own(self, check):
        check("DemarcateClassifier", tiny())

    def test_a_clone_has_the_same_settings_and_is_not_fitted(self, matrix):
        original = tiny(lr=0.02, class_weight="balanced", drop=("b",))
        copy = clone(original.set_params(drop=None).fit(*matrix))
        assert copy.get_params() == original.get_params()
        assert not hasattr(copy, "predictor_")

    def test_it_stands_at_the_end_of_a_pipeline(self, matrix):
        X, y = matrix
        pipeline = make_pipeline(StandardScaler(), tiny(**ENOUGH)).fit(X, y)
        assert pipeline.predict_proba(X).shape == (60, 2)
        assert pipeline.score(X, y) > 0.7

    def test_grid_search_sets_its_parameters_also_as_numpy_scalars(self, matrix):
        X, y = matrix
        grid = {"epochs": np.array([2, 3]), "lr": np.array([0.01], dtype=np.float32), "batch_size": np.array([16])}
        search = GridSearchCV(tiny(), grid, cv=2, error_score="raise").fit(X, y)
        assert search.best_params_["epochs"] in (2, 3)
        assert 0 <= search.best_score_ <= 1

    def test_cross_val_score_scores_every_fold(self, matrix):
        scores = cross_val_score(tiny(), *matrix, cv=3, scoring="neg_log_loss", error_score="raise")
        assert len(scores) == 3
        assert np.isfinite(scores).all()

    def test_sample_weights_are_routed_to_it(self, matrix):
        X, y = matrix
        weight = np.where(y == 1, 20.0, 1.0)
        with sklearn.config_context(enable_metadata_routing=True):
            step = tiny(**ENOUGH).set_fit_request(sample_weight=True)
            weighted = make_pipeline(step).fit(X, y, sample_weight=weight)
            plain = make_pipeline(tiny(**ENOUGH).set_fit_request(sample_weight=False)).fit(X, y)
        assert weighted.predict_proba(X)[:, 1].mean() > plain.predict_proba(X)[:, 1].mean() + 0.1

    def test_it_remembers_the_columns_it_saw(self, matrix, frame):
        X, y = matrix
        fitted = tiny().fit(frame, y)
        assert fitted.feature_names_in_.tolist() == ["a", "b", "c", "d"]
        assert fitted.n_features_in_ == 4
        assert not hasattr(tiny().fit(X, y), "feature_names_in_")

    def test_it_predicts_the_same_after_pickling(self, mixed):
        X, y = mixed
        fitted = tiny().fit(X, y)
        again = pickle.loads(pickle.dumps(fitted))
        np.testing.assert_array_equal(again.predict_proba(X), fitted.predict_proba(X))
        assert again.scores_ == fitted.scores_

    def test_settings_are_stored_as_given_and_judged_in_fit(self, matrix):
        classifier = DemarcateClassifier(epochs=-1)
        assert classifier.epochs == -1
        with pytest.raises(SettingError, match="epochs is a whole number from 1 up: got -1"):
            classifier.fit(*matrix)


class TestTables:
    @pytest.mark.parametrize(
        "convert",
        [
            pl.from_pandas,
            lambda frame: pl.from_pandas(frame).lazy(),
            pa.Table.from_pandas,
            lambda frame: {name: frame[name].tolist() for name in frame},
            lambda frame: frame.to_dict("records"),
        ],
        ids=["polars", "polars lazy", "pyarrow", "mapping", "records"],
    )
    def test_the_same_table_gives_the_same_predictions_whatever_holds_it(self, mixed, convert):
        X, y = mixed
        expected = tiny().fit(X, y)
        fitted = tiny().fit(convert(X), y)
        assert fitted.feature_names_in_.tolist() == expected.feature_names_in_.tolist()
        np.testing.assert_array_equal(fitted.predict_proba(convert(X)), expected.predict_proba(X))
        np.testing.assert_array_equal(expected.predict_proba(convert(X)), expected.predict_proba(X))

    def test_an_array_is_a_table_of_numbers(self, matrix, frame):
        X, y = matrix
        expected = tiny().fit(frame, y).predict_proba(frame)
        np.testing.assert_array_equal(tiny().fit(X, y).predict_proba(X), expected)
        np.testing.assert_array_equal(tiny().fit(X.tolist(), y).predict_proba(X.tolist()), expected)

    def test_weights_go_with_any_table(self, frame, matrix):
        weight = np.linspace(0.5, 2, 60)
        expected = tiny().fit(frame, matrix[1], weight).predict_proba(frame)
        columns = {name: frame[name].tolist() for name in frame}
        np.testing.assert_array_equal(tiny().fit(columns, matrix[1], weight).predict_proba(frame), expected)

    def test_columns_are_named_by_lists_and_by_a_pandas_index(self, frame, matrix, tmp_path):
        codes = (10 * frame).round().astype(int)
        fitted = tiny(categorical=codes.columns[:2], drop=codes.columns[3:]).fit(codes, matrix[1])
        assert [column.kind for column in fitted.schema_.columns[:3]] == ["categorical", "categorical", "numerical"]
        assert fitted.schema_.dropped[0].name == "d"
        fitted.save(tmp_path / "model.safetensors")
        assert load(tmp_path / "model.safetensors").record["settings"]["categorical"] == ["a", "b"]

    def test_a_single_name_is_not_a_list_of_letters(self, frame, matrix):
        with pytest.raises(SettingError, match="categorical is a list of column names: got 'ab'"):
            tiny(categorical="ab").fit(frame, matrix[1])

    def test_sparse_matrices_are_refused_with_the_remedy(self, matrix):
        with pytest.raises(TypeError, match=r"dense.*toarray"):
            tiny().fit(sparse.csr_matrix(matrix[0]), matrix[1])

    def test_arrays_of_other_shapes_are_refused(self, matrix):
        X, y = matrix
        with pytest.raises(ValueError, match="Expected 2D array, got 1D array"):
            tiny().fit(X[:, 0], y)
        with pytest.raises(ValueError, match="dim 3"):
            tiny().fit(X.reshape(30, 2, 4), y[:30])

    def test_a_table_without_a_telling_column_is_refused_with_every_reason(self):
        X = pd.DataFrame({"unit": ["a"] * 12, "empty": [None] * 12})
        with pytest.raises(InputError, match=r"'unit' \(constant.*'empty' \(constant"):
            tiny().fit(X, [0, 1] * 6)

    def test_dropped_and_doubtful_columns_are_warned_of_but_not_those_asked_to_be(self, frame, matrix):
        X = frame.assign(unit="a", n=[*map(str, range(59)), "many"], gone="x")
        with pytest.warns(InputWarning) as warned:
            tiny(drop=["gone"]).fit(X, matrix[1])
        messages = [str(warning.message) for warning in warned]
        assert any("column 'unit': not used (constant" in message for message in messages)
        assert any("column 'n': not used (id-like" in message for message in messages)
        assert not any("gone" in message for message in messages)

    def test_leaks_and_warnings_are_warned_of_and_notes_are_kept(self, matrix):
        X, y = matrix
        told = pd.DataFrame(X).assign(told=np.where(y == 1, "yes", "no"), again=np.where(y == 1, "a", "b"))
        told.columns = map(str, told.columns)
        with pytest.warns(InputWarning) as warned:
            fitted = tiny().fit(told, y)
        assert [finding.severity for finding in fitted.audit_].count("leak") == 2
        notes = [str(finding) for finding in fitted.audit_ if finding.severity == "note"]
        assert any("'again', 'told' hold the same information" in note for note in notes)
        said = [str(warning.message) for warning in warned]
        assert not set(said) & set(notes)
        assert {str(finding) for finding in fitted.audit_ if finding.severity == "leak"} <= set(said)
        assert fitted.record()["audit"] == [finding.to_json() for finding in fitted.audit_]

    def test_the_folds_that_copies_straddle_are_counted(self, matrix):
        X, y = matrix
        with pytest.warns(InputWarning, match="rows were scored by networks that had trained on a copy"):
            tiny().fit(np.concatenate([X, X[:20]]), np.concatenate([y, y[:20]]))


class TestLabels:
    @pytest.mark.parametrize(
        ("labels", "dtype"), [(("no", "yes"), "U"), ((3, 7), "i"), ((False, True), "b")], ids=["words", "ints", "bools"]
    )
    @pytest.mark.parametrize(
        "hold", [np.array, list, pd.Series, pl.Series, pa.array], ids=["numpy", "list", "pandas", "polars", "pyarrow"]
    )
    def test_predictions_are_labels_as_they_were_given(self, matrix, labels, dtype, hold):
        X, y = matrix
        fitted = tiny(**ENOUGH).fit(X, hold([labels[code] for code in y]))
        assert fitted.classes_.dtype.kind == dtype
        assert fitted.classes_.tolist() == list(labels)
        assert (fitted.predict(X) == np.array(labels)[y]).mean() > 0.7

    @pytest.mark.parametrize("missing", [None, np.nan], ids=["None", "nan"])
    @pytest.mark.parametrize("labels", [("no", "yes"), (0.0, 1.0)], ids=["words", "numbers"])
    @pytest.mark.parametrize(
        "hold", [list, lambda y: np.array(y, dtype=object), pd.Series], ids=["list", "numpy", "pandas"]
    )
    def test_missing_labels_are_refused_with_their_rows(self, matrix, labels, missing, hold):
        X, y = matrix
        given = [labels[code] for code in y]
        given[3] = given[7] = missing
        with pytest.raises(InputError, match="The target is missing in rows 4, 8"):
            tiny().fit(X, hold(given))

    def test_infinite_labels_are_refused_with_the_row(self, matrix):
        y = matrix[1].astype(float)
        y[4] = np.inf
        with pytest.raises(InputError, match="row 5 holds inf"):
            tiny().fit(matrix[0], y)

    def test_measurements_are_not_labels(self, matrix):
        with pytest.raises(InputError, match="Unknown label type: continuous"):
            tiny().fit(matrix[0], matrix[0][:, 0])

    @pytest.mark.parametrize(
        ("y", "reason"),
        [([["a"], ["b", "c"]] * 30, "some hold several values"), ([["a", "b"]] * 60, "y should be a 1d array")],
    )
    def test_several_labels_to_a_row_are_refused(self, matrix, y, reason):
        with pytest.raises(InputError, match=reason):
            tiny().fit(matrix[0], y)

    @pytest.mark.parametrize(("X", "reason"), [([[1.0]], "minimum of 2"), ([1.0, 2.0], "Reshape your data")])
    def test_an_array_that_is_no_table_is_refused(self, X, reason):
        with pytest.raises(InputError, match=reason):
            tiny().fit(X, ["a", "b"][: len(X)])

    @pytest.mark.filterwarnings("ignore::demarcate.errors.InputWarning")
    def test_rows_as_lists_keep_their_cells(self, tmp_path):
        # As one array of words, a cell that ends in NUL loses it, and the saved model would know another category.
        rows = [["b" if row % 3 else "\0", 2**53 + row, row % 2 == 0] for row in range(24)]
        fitted = tiny().fit(rows, [row % 2 for row in range(24)])
        assert fitted.schema_.columns[0].categories == ("\0", "b")
        fitted.save(tmp_path / "m.safetensors")
        np.testing.assert_array_equal(load(tmp_path / "m.safetensors").predict_proba(rows), fitted.predict_proba(rows))

    def test_one_class_is_refused(self, matrix):
        with pytest.raises(InputError, match="Every label is 'a'"):
            tiny().fit(matrix[0], ["a"] * 60)

    def test_there_is_one_label_a_row(self, matrix):
        with pytest.raises(InputError, match="60 rows and 59 labels"):
            tiny().fit(matrix[0], matrix[1][:-1])

    def test_a_class_of_one_row_is_warned_of_and_left_out_of_the_scores(self, matrix):
        X, y = matrix
        y = np.array(["a", "b"], dtype=object)[y]
        y[10] = "rare"
        with pytest.warns(InputWarning, match="single row each is of class 'rare'"):
            fitted = tiny().fit(X, y)
        assert fitted.classes_.tolist() == ["a", "b", "rare"]
        assert 10 not in fitted.oof_rows_
        assert fitted.scores_["accuracy"].n_rows == 59
        assert fitted.baselines(X, y)["logistic_regression"]["accuracy"].n_rows == 59

    def test_the_target_is_called_what_the_labels_are_called(self, matrix, tmp_path):
        X, y = matrix
        assert tiny().fit(X, y).predictor_.target == "target"
        assert tiny().fit(X, pd.Series(y, name="ill")).predictor_.target == "ill"
        tiny().fit(X, pd.Series(y, name=13)).save(tmp_path / "model.safetensors")
        assert load(tmp_path / "model.safetensors").target == "13"


class TestWeights:
    def test_a_row_of_weight_zero_is_as_if_it_were_not_there(self, mixed):
        X, y = mixed
        weight = np.ones(len(y))
        weight[[2, 30, 31]] = 0
        weight[5:10] = 2.5
        kept = weight > 0
        fitted = tiny().fit(X, y, weight)
        expected = tiny().fit(X[kept], y[kept], weight[kept])
        np.testing.assert_array_equal(fitted.predict_proba(X), expected.predict_proba(X))
        assert fitted.scores_ == expected.scores_

    def test_the_weight_of_each_class_can_be_looked_up(self, matrix):
        X, y = matrix
        y = np.array(["a", "b"])[y]
        y[:20] = "a"
        counts = {label: (y == label).sum() for label in "ab"}
        assert tiny().fit(X, y).class_weight_ == {"a": 1.0, "b": 1.0}
        assert tiny(class_weight={"b": 3}).fit(X, y).class_weight_ == {"a": 1.0, "b": 3.0}
        balanced = tiny(class_weight="balanced").fit(X, y).class_weight_
        assert balanced == pytest.approx({label: 60 / (2 * count) for label, count in counts.items()})

    @pytest.mark.parametrize("class_weight", [{0: 1, 1: 3}, {1: 3.0}])
    def test_class_weights_multiply_the_weights_of_rows(self, matrix, class_weight):
        X, y = matrix
        by_row = tiny().fit(X, y, np.where(y == 1, 3.0, 1.0))
        np.testing.assert_array_equal(
            tiny(class_weight=class_weight).fit(X, y).predict_proba(X), by_row.predict_proba(X)
        )

    @pytest.mark.parametrize("class_weight", ["heavy", {0: -1, 1: 2}, {0: float("nan")}, {0: 0, 1: 0}, {0: "x"}, 3])
    def test_other_class_weights_are_refused(self, matrix, class_weight):
        with pytest.raises(SettingError, match=r"class_weight is 'balanced', None, or a mapping.*got"):
            tiny(class_weight=class_weight).fit(*matrix)

    def test_a_class_weight_of_an_unknown_label_is_refused(self, matrix):
        with pytest.raises(SettingError, match=r"^class_weight names no class with 5: the classes are 0, 1$"):
            tiny(class_weight={5: 1}).fit(*matrix)

    @pytest.mark.parametrize("weight", [np.ones(3), -np.ones(60), np.zeros(60), np.full(60, np.nan)])
    def test_weights_that_weigh_nothing_are_refused(self, matrix, weight):
        with pytest.raises(ValueError, match=r"(?i)sample.weight"):
            tiny().fit(*matrix, sample_weight=weight)


class TestSettings:
    def test_the_same_seed_gives_the_same_bits_and_another_does_not(self, matrix):
        X, y = matrix
        first, again, other = (tiny(random_state=seed).fit(X, y).predict_proba(X) for seed in (3, 3, 4))
        np.testing.assert_array_equal(first, again)
        assert not np.array_equal(first, other)
        a, b = (tiny(random_state=np.random.RandomState(5)).fit(X, y).predict_proba(X) for _ in range(2))
        np.testing.assert_array_equal(a, b)

    @pytest.mark.parametrize(
        ("setting", "value"),
        [
            ("random_state", -1),
            ("n_folds", 2.5),
            ("n_folds", 1),
            ("n_seeds", 0),
            ("holdout_above", None),
            ("hidden", (0,)),
            ("activation", "step"),
            ("dropout", 1),
            ("head", "svm"),
            ("optimizer", "lbfgs"),
            ("lr", 0),
            ("weight_decay", -1),
            ("schedule", "linear"),
            ("init", "zeros"),
            ("averaging", -0.5),
            ("hidden", "wide"),
            ("epochs", "many"),
            ("patience", "little"),
            ("n_folds", "few"),
            ("n_seeds", "few"),
            ("batch_size", "some"),
            ("patience", 0),
            ("device", "abacus"),
        ],
    )
    def test_a_setting_out_of_its_range_is_refused_by_name(self, matrix, setting, value):
        with pytest.raises(SettingError, match=rf"{setting}.*{re.escape(repr(value))}|{setting.split('_')[0]}.*got"):
            tiny(**{setting: value}).fit(*matrix)

    def test_one_width_stands_for_one_layer(self, matrix):
        assert tiny(hidden=5).fit(*matrix).members_[0].network.hidden == (5,)
        assert tiny(hidden=np.array([5, 4])).fit(*matrix).members_[0].network.hidden == (5, 4)
        assert tiny(hidden=()).fit(*matrix).members_[0].network.hidden == ()

    def test_above_holdout_above_one_holdout_takes_the_place_of_the_folds(self, matrix):
        X, y = matrix
        held = tiny(holdout_above=59, n_seeds=2).fit(X, y)
        assert held.predictor_.n_members == 8
        assert held.oof_rows_.shape == (12,)
        assert held.scores_["accuracy"].rows == "held-out"
        folds = tiny(holdout_above=60, n_seeds=2).fit(X, y)
        assert folds.predictor_.n_members == 4
        assert folds.oof_rows_.tolist() == list(range(60))
        assert folds.scores_["accuracy"].rows == "out-of-fold"

    def test_every_epoch_is_reported(self, matrix):
        seen = []
        tiny(on_epoch=seen.append, patience=None).fit(*matrix)
        assert [progress.epoch for progress in seen] == [1, 2, 3]

    def test_divergence_is_warned_of_and_probabilities_stay_finite(self, matrix):
        X, y = matrix
        with pytest.warns(DivergenceWarning, match=r"network [01]: .*no longer finite.*Lower lr") as warned:
            fitted = tiny(lr=1e6, optimizer="sgd", activation="relu", batch_size=8, epochs=20).fit(X, y)
        assert sum(warning.category is DivergenceWarning for warning in warned) == 2
        assert all(member.divergence for member in fitted.members_)
        probabilities = fitted.predict_proba(X)
        assert np.isfinite(probabilities).all()
        np.testing.assert_allclose(probabilities.sum(1), 1)


@pytest.fixture
def asked_for(monkeypatch):
    """The network, the training and the rest that settings ask the ensemble for; nothing is trained."""

    class AskedError(Exception):
        pass

    def stop(training_set, network, training, **others):
        raise AskedError(network, training, others)

    def ask(matrix, **settings):
        monkeypatch.setattr("demarcate.classifier.classifier.fit_ensemble", stop)
        with pytest.raises(AskedError) as caught:
            DemarcateClassifier(**settings).fit(*matrix)
        return caught.value.args

    return ask


class TestPresets:
    @pytest.fixture
    def left_to_it(self, asked_for):
        """What becomes of the settings that a preset is about."""

        def find(matrix, **settings):
            network, training, others = asked_for(matrix, **settings)
            found = {"hidden": network.hidden, "epochs": training.epochs, "patience": training.patience}
            return found | {name: others[name] for name in ("n_folds", "n_seeds")}

        return find

    @pytest.mark.parametrize("preset", list(PRESETS))
    def test_settings_that_are_left_to_it_are_those_of_the_preset(self, matrix, left_to_it, preset):
        assert left_to_it(matrix, preset=preset) == preset_settings(preset)
        assert left_to_it(matrix, preset=np.array([preset])[0]) == preset_settings(preset)

    def test_the_default_is_the_preset_called_default(self, matrix, left_to_it):
        assert left_to_it(matrix) == preset_settings("default")

    @pytest.mark.parametrize(
        ("setting", "value", "found"),
        [
            ("hidden", (5, 4), (5, 4)),
            ("hidden", (), ()),
            ("hidden", np.array([7]), (7,)),
            ("epochs", 3, 3),
            ("patience", 2, 2),
            ("patience", None, None),
            ("n_folds", 2, 2),
            ("n_seeds", 5, 5),
        ],
    )
    def test_a_setting_that_is_given_comes_before_the_presets(self, matrix, left_to_it, setting, value, found):
        asked = left_to_it(matrix, preset="fast", **{setting: value})
        assert asked == {**preset_settings("fast"), setting: found}

    def test_auto_may_be_said_and_may_come_from_numpy(self, matrix, left_to_it):
        named = dict.fromkeys(preset_settings("best"), np.array(["auto"])[0])
        assert left_to_it(matrix, preset="best", **named, batch_size=np.array(["auto"])[0]) == preset_settings("best")

    def test_it_can_be_set_and_cloned_like_any_parameter(self, matrix):
        classifier = DemarcateClassifier(preset="best", epochs=2)
        copy = clone(classifier)
        assert copy.get_params() == classifier.get_params()
        assert (copy.preset, copy.hidden, copy.epochs) == ("best", "auto", 2)
        fitted = copy.set_params(preset="fast").fit(*matrix)
        assert fitted.predictor_.n_members == PRESETS["fast"].n_folds
        assert (fitted.preset, fitted.hidden) == ("fast", "auto")
        assert fitted.record()["settings"]["preset"] == "fast"

    @pytest.mark.parametrize(
        ("settings", "n_rows", "n_classes", "found"),
        [
            ({}, 5000, 2, (128, 128)),
            ({}, 4999, 2, (256, 256)),
            ({}, 5000, 3, (256, 256)),
            ({"preset": "best"}, 5000, 2, (128, 128)),
            ({"hidden": (256,)}, 5000, 2, (256,)),
        ],
    )
    def test_two_classes_of_many_rows_take_narrow_layers_unless_widths_are_given(
        self, asked_for, settings, n_rows, n_classes, found
    ):
        labels = np.arange(n_rows) % n_classes
        network, _, _ = asked_for((labels[:, np.newaxis] * 1.5, labels), **settings)
        assert network.hidden == found

    def test_another_name_is_refused_in_fit(self, matrix):
        classifier = DemarcateClassifier(preset="quick")
        with pytest.raises(SettingError, match="preset is one of fast, default, best: got 'quick'"):
            classifier.fit(*matrix)

    def test_it_is_refused_also_where_every_setting_is_given(self, matrix):
        with pytest.raises(SettingError, match="preset is one of"):
            tiny(preset="quick", patience=3, n_seeds=1).fit(*matrix)


class TestTimeLimit:
    def test_every_network_has_taken_steps_when_the_time_is_up_at_once(self, matrix):
        with pytest.warns(InputWarning, match="the time limit ended training after 1 epoch"):
            clf = tiny(epochs=500, patience=None, time_limit=1e-6).fit(*matrix)
        assert [len(member.history.train_loss) for member in clf.members_] == [1, 1]
        assert all(member.timed_out for member in clf.members_)
        assert np.isfinite(clf.predict_proba(matrix[0])).all()
        untrained = tiny(epochs=1, lr=1e-12, patience=None).fit(*matrix)
        assert not np.array_equal(clf.predict_proba(matrix[0]), untrained.predict_proba(matrix[0]))

    def test_a_limit_that_is_not_reached_changes_no_bit(self, matrix):
        limited, free = (tiny(time_limit=limit).fit(*matrix) for limit in (3600, None))
        assert np.array_equal(limited.predict_proba(matrix[0]), free.predict_proba(matrix[0]))
        assert not any(member.timed_out for member in limited.members_)

    def test_the_clock_runs_from_the_beginning_of_fit(self, matrix, monkeypatch):
        given = []
        real = demarcate.classifier.cross_validation.fit

        def spy(*arguments, time_limit, **others):
            given.append(time_limit)
            return real(*arguments, time_limit=time_limit, **others)

        monkeypatch.setattr(demarcate.classifier.cross_validation, "fit", spy)
        tiny(time_limit=100).fit(*matrix)
        assert 0 < given[0] < 100 - JUDGING_SECONDS

    @pytest.mark.parametrize("limit", [0, -1, np.nan, np.inf, "soon", True])
    def test_a_limit_that_is_no_time_is_refused(self, matrix, limit):
        with pytest.raises(SettingError, match="time_limit is None or a number of seconds above 0"):
            tiny(time_limit=limit).fit(*matrix)


class TestEncodings:
    def test_numbers_are_cut_into_pieces_unless_that_is_declined(self, mixed):
        X, y = mixed
        kinds = [
            {encoder.kinds for encoder in tiny(pieces=pieces).fit(X, y).predictor_.encoders} for pieces in (True, False)
        ]
        assert kinds == [
            {("piecewise", "categorical", "categorical", "date")},
            {("numeric", "categorical", "categorical", "date")},
        ]

    def test_each_folds_pieces_are_cut_by_its_own_training_rows(self, matrix):
        X, y = matrix
        fitted = tiny().fit(X, y)
        for encoder, held in zip(fitted.predictor_.encoders, fitted.held_out_, strict=True):
            train = np.setdiff1d(np.arange(len(y)), held)
            for place, column in enumerate(encoder.encoders):
                expected = tree_bin_edges(X[train, place], y[train], 2)
                assert column.edges.tolist() == expected.tolist()

    def test_the_networks_begin_with_the_classes_shares_unless_told_otherwise(self, matrix):
        X, _ = matrix
        rare = np.where(np.arange(60) % 6 == 0, "rare", "usual")
        begun = tiny(epochs=1, lr=1e-9).fit(X, rare).predict_proba(X)[:, 0]
        torchs = tiny(epochs=1, lr=1e-9, init="torch").fit(X, rare).predict_proba(X)[:, 0]
        assert abs(begun.mean() - 1 / 6) < 0.05
        assert torchs.mean() > 0.3

    def test_how_weights_begin_and_are_averaged_is_as_it_is_asked(self, matrix, asked_for):
        _, training, others = asked_for(matrix)
        assert (training.init, training.averaging, others["pieces"]) == ("he", 2.0, True)
        _, training, others = asked_for(matrix, init="torch", averaging=np.float32(0.5), pieces=np.bool_(False))
        assert (training.init, training.averaging, others["pieces"]) == ("torch", 0.5, False)
        assert type(others["pieces"]) is bool


class TestScores:
    def test_scores_are_those_of_the_out_of_fold_probabilities(self, matrix):
        X, y = matrix
        fitted = tiny(epochs=20).fit(X, y)
        assert set(fitted.scores_) == set(METRIC_NAMES)
        hits = fitted.oof_proba_.argmax(1) == y[fitted.oof_rows_]
        accuracy = fitted.scores_["accuracy"]
        assert accuracy.value == hits.mean()
        assert accuracy.low < accuracy.value < accuracy.high

    def test_intervals_carry_the_variation_between_the_folds_that_rows_were_held_out_in(self, matrix):
        X, y = matrix
        fitted = tiny(epochs=20).fit(X, y)
        folds = np.empty(len(y), dtype=int)
        for fold, held in enumerate(fitted.held_out_):
            folds[held] = fold
        np.testing.assert_array_equal(fitted.oof_folds_, folds[fitted.oof_rows_])
        rows = fitted.oof_codes_, fitted.oof_proba_
        assert fitted.scores_ == score(*rows, rows="out-of-fold", folds=folds[fitted.oof_rows_])
        plain = score(*rows, rows="out-of-fold")["accuracy"]
        assert fitted.scores_["accuracy"].high - fitted.scores_["accuracy"].low > plain.high - plain.low

    def test_scores_are_worked_out_once_and_anew_after_another_fit(self, matrix):
        X, y = matrix
        fitted = tiny(epochs=20, cost={"false_negative": 2}).fit(X, y)
        before = {name: getattr(fitted, name) for name in ("scores_", "class_scores_", "cost_comparison_")}
        assert all(getattr(fitted, name) is value for name, value in before.items())
        fitted.fit(X[:40], y[:40])
        assert all(getattr(fitted, name) != value for name, value in before.items())
        assert fitted.scores_["accuracy"].n_rows == 40

    def test_every_class_has_scores_of_its_own(self, matrix):
        X, y = matrix
        fitted = tiny(epochs=20).fit(X, y)
        rows = fitted.oof_codes_, fitted.oof_proba_
        assert fitted.class_scores_ == class_scores(*rows, rows="out-of-fold", folds=fitted.oof_folds_)
        recorded = fitted.record()["class_scores"]
        assert recorded["1"]["recall"] == fitted.class_scores_[1]["recall"].to_json()

    def test_out_of_fold_rows_are_predicted_by_the_networks_that_did_not_see_them(self, matrix):
        X, y = matrix
        fitted = tiny().fit(X, y)
        members = fitted.predictor_.member_probabilities(X)
        for member, held in enumerate(fitted.held_out_):
            np.testing.assert_allclose(fitted.oof_proba_[held], members[member][held], atol=1e-6)

    def test_baselines_are_scored_on_the_same_rows(self, mixed):
        X, y = mixed
        fitted = tiny().fit(X, y)
        baselines = fitted.baselines(X, y)
        assert set(baselines) == {"majority", "logistic_regression"}
        assert baselines["majority"]["accuracy"].value == pytest.approx(max(np.mean(y == "no"), np.mean(y == "yes")))
        assert baselines["majority"]["roc_auc"].value == 0.5
        assert baselines["logistic_regression"]["accuracy"].value > baselines["majority"]["accuracy"].value
        for scores in (fitted.scores_, *baselines.values()):
            assert {score.n_rows for score in scores.values()} == {len(y)}

    def test_baselines_do_not_depend_on_how_networks_read_numbers(self, mixed):
        X, y = mixed
        whole, cut = (tiny(pieces=pieces).fit(X, y) for pieces in (False, True))
        assert whole.baselines(X, y) == cut.baselines(X, y)
        assert whole.scores_ != cut.scores_

    def test_baselines_refuse_other_rows_than_those_of_fit(self, matrix):
        X, y = matrix
        fitted = tiny(class_weight={1: 2.0}).fit(X, y)
        with pytest.raises(InputError, match="these are others"):
            fitted.baselines(X[:40], y[:40])
        with pytest.raises(InputError, match="these are others"):
            fitted.baselines(X[::-1], y[::-1])
        assert fitted.class_weight_ == {0: 1.0, 1: 2.0}


class TestDecisions:
    def test_the_decision_of_least_expected_cost_is_predicted(self, matrix):
        X, y = matrix
        plain, dear = (tiny(**ENOUGH, cost=cost).fit(X, y) for cost in (None, {"false_negative": 9}))
        np.testing.assert_array_equal(plain.predict_proba(X), dear.predict_proba(X))
        assert dear.predictor_.threshold == 0.1
        assert dear.predict(X).tolist() == (dear.predict_proba(X)[:, 1] >= 0.1).astype(int).tolist()
        assert dear.predict(X).sum() > plain.predict(X).sum()

    def test_costs_are_named_by_labels_or_a_matrix(self, mixed):
        X, y = mixed
        by_name = tiny(cost={("yes", "no"): 3}).fit(X, y)
        by_matrix = tiny(cost=[[0, 1], [3, 0]]).fit(X, y)
        assert by_name.costs_.matrix.tolist() == by_matrix.costs_.matrix.tolist() == [[0, 1], [3, 0]]

    def test_rows_are_left_undecided_where_that_is_cheapest(self, matrix):
        X, y = matrix
        cautious = tiny(**ENOUGH, abstain=0.2).fit(X, y)
        certainty = cautious.predict_proba(X).max(1)
        undecided = [label is None for label in cautious.predict(X).tolist()]
        assert undecided == (certainty < 0.8).tolist()
        assert 0 < sum(undecided) < len(y)

    @pytest.mark.parametrize("weights", [None, np.arange(60)])
    def test_a_row_that_is_not_decided_is_not_right(self, matrix, weights):
        X, y = matrix
        cautious = tiny(**ENOUGH, abstain=0.1).fit(X, y)
        by_hand = [
            decided is not None and decided == label for decided, label in zip(cautious.predict(X), y, strict=True)
        ]
        assert cautious.score(X, y, weights) == pytest.approx(np.average(by_hand, weights=weights))
        assert 0 < cautious.score(X, y) < tiny(**ENOUGH).fit(X, y).score(X, y)
        assert np.isfinite(cross_val_score(cautious, X, y, cv=2)).all()

    @pytest.mark.parametrize("cost", [{"false_negative": -1}, {("a", "b"): 2}, [[1, 2, 3]], "dear"])
    def test_costs_that_cannot_be_are_refused_before_training(self, matrix, cost):
        with pytest.raises(SettingError):
            tiny(cost=cost, on_epoch=lambda _: pytest.fail("trained")).fit(*matrix)

    def test_what_out_of_fold_rows_cost_is_compared_and_recorded(self, matrix):
        fitted = tiny(cost={"false_negative": 9}, abstain=0.5).fit(*matrix)
        compared = fitted.cost_comparison_
        costs, folds = Costs.of([0, 1], {"false_negative": 9}, 0.5), fitted.oof_folds_
        by_hand = compare_costs(fitted.oof_codes_, fitted.oof_proba_, costs, rows="out-of-fold", folds=folds)
        assert compared == by_hand
        assert fitted.record()["costs"] == compared.to_json()
        assert fitted.record()["settings"]["cost"] == {"false_negative": 9}
        assert (tiny().fit(*matrix).cost_comparison_, tiny().fit(*matrix).record()["costs"]) == (None, None)

    def test_a_saved_model_decides_the_same(self, matrix, tmp_path):
        X, y = matrix
        fitted = tiny(cost={"false_negative": 4}, abstain=0.5).fit(X, y)
        fitted.save(tmp_path / "model.safetensors")
        assert load(tmp_path / "model.safetensors").predict(X).tolist() == fitted.predict(X).tolist()

    def test_costs_survive_a_clone_and_a_search(self, matrix):
        search = GridSearchCV(tiny(), {"cost": [None, {"false_negative": 5}]}, cv=2).fit(*matrix)
        assert clone(search.best_estimator_).get_params()["cost"] in (None, {"false_negative": 5})


class TestWhatComesBetween:
    """Full disks and interrupts, met from Python."""

    @pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
    def test_a_disk_without_room_is_refused_in_words_and_the_older_model_stays(self, matrix, tmp_path):
        import resource

        path = tmp_path / "model.safetensors"
        path.write_bytes(b"older")
        fitted, limits = tiny().fit(*matrix), resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
        try:
            with pytest.raises(OutputError, match=r"could not be written \(File too large\)\. Make room"):
                fitted.save(path)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        assert [(found.name, found.read_bytes()) for found in tmp_path.iterdir()] == [(path.name, b"older")]

    def test_an_interrupt_leaves_no_thread_and_the_next_fit_goes_on_from_the_checkpoint(self, matrix, tmp_path):
        def interrupt(progress):
            if progress.epoch == 2:
                raise KeyboardInterrupt

        before, settings = threading.active_count(), {"epochs": 4, "checkpoint": tmp_path / "checkpoint"}
        with pytest.raises(KeyboardInterrupt):
            tiny(on_epoch=interrupt, **settings).fit(*matrix)
        assert threading.active_count() == before
        assert not list(tmp_path.glob("**/.*"))
        resumed, undisturbed = tiny(**settings).fit(*matrix), tiny(epochs=4).fit(*matrix)
        np.testing.assert_array_equal(resumed.predict_proba(matrix[0]), undisturbed.predict_proba(matrix[0]))


# Trained for long on labels that are drawn by lot, so that every network is far too certain.
LOUD = {"patience": None, "epochs": 60, "lr": 0.02, "hidden": (32,), "dropout": 0.0, "n_folds": 4}


@pytest.fixture(scope="module")
def noise():
    generator = np.random.default_rng(0)
    return generator.normal(size=(300, 5)), generator.integers(2, size=300)


@pytest.fixture(scope="module")
def loud(noise):
    return tiny(**LOUD).fit(*noise)


class TestCalibration:
    def test_it_is_kept_where_networks_are_far_too_certain_and_helps_on_fresh_rows(self, noise, loud):
        raw = tiny(**LOUD, calibrate=False).fit(*noise)
        assert loud.predictor_.temperature > 1.2
        assert raw.predictor_.temperature is None
        generator = np.random.default_rng(1)
        X, y = generator.normal(size=(500, 5)), generator.integers(2, size=500)
        assert log_loss(y, loud.predict_proba(X)) < log_loss(y, raw.predict_proba(X))
        assert loud.predict(X).tolist() == raw.predict(X).tolist()

    def test_out_of_fold_probabilities_have_the_temperature_of_the_other_folds(self, noise, loud):
        raw = tiny(**LOUD, calibrate=False).fit(*noise)
        by_hand = calibrate(raw.oof_codes_, raw.oof_proba_, raw.oof_folds_)
        np.testing.assert_array_equal(loud.oof_proba_, by_hand.probabilities)
        assert loud.predictor_.temperature == by_hand.temperature
        assert loud.scores_["log_loss"].value < raw.scores_["log_loss"].value

    def test_a_saved_model_keeps_it(self, noise, loud, tmp_path):
        loud.save(tmp_path / "model.safetensors")
        X, _ = noise
        np.testing.assert_array_equal(load(tmp_path / "model.safetensors").predict_proba(X), loud.predict_proba(X))


class TestUncertainty:
    def test_sets_and_spreads_are_the_predictors(self, mixed):
        X, y = mixed
        fitted = tiny().fit(X, y)
        assert fitted.predict_set(X, 0.8, per_class=True, allow_empty=False).tolist() == (
            fitted.predictor_.predict_set(X, 0.8, per_class=True, allow_empty=False).tolist()
        )
        np.testing.assert_array_equal(fitted.spread(X), fitted.predictor_.spread(X))

    def test_without_early_stopping_sets_go_by_the_out_of_fold_probabilities_before_any_temperature(self, matrix):
        fitted = tiny(calibrate=False, patience=None).fit(*matrix)
        truths = fitted.oof_proba_[np.arange(60), fitted.oof_codes_]
        assert fitted.predictor_.conformal.class_rows == tuple(np.bincount(fitted.oof_codes_))
        assert sorted(fitted.predictor_.conformal.truths) == sorted(truths)

    def test_sets_hold_the_label_of_fresh_rows_as_often_as_asked(self):
        X, y = make_classification(1400, 6, n_informative=4, n_classes=3, flip_y=0.2, random_state=3)
        fitted = DemarcateClassifier(hidden=(16,), epochs=15, n_folds=4).fit(X[:400], y[:400])
        sets = fitted.predict_set(X[400:], 0.9)
        assert sets[np.arange(1000), y[400:]].mean() == pytest.approx(0.9, abs=0.05)

    def test_a_hold_out_is_judged_by_all_members_as_new_rows_are(self, matrix):
        X, y = matrix
        held = tiny(holdout_above=59).fit(X, y)
        assert len(set(held.predictor_.encoding)) == 1
        bound = held.predictor_.conformal.least(0.5)
        assert held.predict_set(X, 0.5).tolist() == (held.predict_proba(X) >= bound).tolist()

    @pytest.mark.parametrize("method", ["predict_set", "spread"])
    def test_what_is_not_fitted_has_neither(self, matrix, method):
        with pytest.raises(ValueError, match="not fitted"):
            getattr(tiny(), method)(matrix[0])


class TestMembers:
    def test_a_member_is_a_plain_torch_network(self, mixed):
        X, y = mixed
        fitted = tiny(dropout=0.2).fit(X, y)
        expected = fitted.predictor_.member_probabilities(X)
        for index in range(fitted.predictor_.n_members):
            network = fitted.member(index)
            assert type(network) is torch.nn.Sequential
            with torch.no_grad():
                logit = network(fitted.predictor_.encode(X, member=index))
            probability = torch.sigmoid(logit[:, 0]).numpy()
            np.testing.assert_allclose(probability, expected[index, :, 1], atol=1e-5)

    def test_the_mean_of_the_members_is_the_prediction(self, mixed):
        X, y = mixed
        fitted = tiny().fit(X, y)
        mean = fitted.predictor_.member_probabilities(X).mean(0)
        np.testing.assert_allclose(fitted.predict_proba(X), mean, atol=1e-12)
        assert fitted.predict(X).tolist() == fitted.classes_[mean.argmax(1)].tolist()

    @pytest.mark.parametrize("index", [2, -1])
    def test_there_are_no_other_members(self, matrix, index):
        with pytest.raises(IndexError, match="from 0 to 1"):
            tiny().fit(*matrix).member(index)


class TestSaving:
    def test_a_saved_classifier_predicts_the_same_and_says_how_it_was_made(self, mixed, tmp_path):
        X, y = mixed
        fitted = tiny(device=torch.device("cpu"), lr=np.float32(0.01)).fit(X, y)
        fitted.save(tmp_path / "model.safetensors")
        predictor = DemarcateClassifier.load(tmp_path / "model.safetensors")
        assert isinstance(predictor, Predictor)
        np.testing.assert_array_equal(predictor.predict_proba(X), fitted.predict_proba(X))
        record = predictor.record
        assert record["n_samples"] == 80
        assert record["scores"]["accuracy"]["value"] == fitted.scores_["accuracy"].value
        assert record["settings"]["device"] == "cpu"
        assert record["provenance"]["seed"] == 0
        assert len(record["members"]) == 2

    def test_what_is_not_fitted_is_not_saved(self, tmp_path):
        with pytest.raises(ValueError, match="not fitted"):
            tiny().save(tmp_path / "model.safetensors")
        assert not list(tmp_path.iterdir())


class TestDiagnose:
    def test_it_is_the_diagnosis_of_its_own_settings(self):
        X, y = datasets.circles(n_samples=200)
        clf = DemarcateClassifier(hidden=(1,), lr=0.02, epochs=30, random_state=3, pieces=False)
        found = clf.diagnose(X, y, seeds=2)
        own = found.probes[0].probe
        assert own.network.hidden == (1,)
        assert (own.training.optimizer, own.training.epochs, own.training.patience) == ("adamw", 30, 15)
        assert found.verdict == "underfits"
        # With pieces even a single unit can bend.
        assert (
            clf.set_params(pieces=True).diagnose(X, y, seeds=2).held_out.log_loss.value
            < 0.7 * found.held_out.log_loss.value
        )

    def test_nothing_is_fitted_or_changed(self):
        X, y = datasets.moons(n_samples=60)
        clf = DemarcateClassifier(hidden=(2,), epochs=3)
        before = dict(vars(clf))
        clf.diagnose(X, y, seeds=2)
        assert vars(clf) == before

    def test_rows_can_be_weighted(self):
        X, y = datasets.moons(n_samples=60)
        clf = DemarcateClassifier(hidden=(2,), epochs=3)
        plain = clf.diagnose(X, y, seeds=2)
        weighted = clf.diagnose(X, y, np.linspace(0.1, 2, 60), seeds=2)
        assert weighted.held_out.log_loss != plain.held_out.log_loss
        assert clf.diagnose(X, y, np.ones(60), seeds=2).to_json() == plain.to_json()

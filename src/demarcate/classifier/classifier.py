"""DemarcateClassifier: the scikit-learn face of the ensemble."""

import os
import time
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, Self

import numpy as np
import polars as pl
from narwhals.exceptions import DuplicateError
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.utils import check_array
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data
from torch import nn

from demarcate.argument_checks import check_consistent_length, column_names, plain, require, seed_of, whole_number
from demarcate.bundle import provenance, read_bundle, write_bundle
from demarcate.checks import Finding, check_table
from demarcate.classifier.cross_validation import Ensemble, check_counts, fit_ensemble
from demarcate.classifier.fit_arguments import are_records, label_array, named_table, target_name
from demarcate.classifier.presets import AUTO, HOLDOUT_ABOVE, narrowed, preset_settings
from demarcate.encoding import TableEncoder
from demarcate.engine import OnEpoch, Training
from demarcate.engine.backend import check_precision, device_for
from demarcate.engine.time_limit import checked_limit
from demarcate.errors import DivergenceWarning, InputError, InputWarning, Problem
from demarcate.evaluation import (
    METRICS,
    Calibration,
    Conformal,
    CostComparison,
    Costs,
    Score,
    calibrate,
    class_scores,
    compare_costs,
    logistic_probabilities,
    majority_probabilities,
    score,
    scores_json,
)
from demarcate.experiments.diagnosis import MAX_ROWS, SEEDS, Diagnosis, diagnose_training_set, warn_of_divergence
from demarcate.formatting import counted, listed
from demarcate.inference import Predictor
from demarcate.nn import Network
from demarcate.tabular import all_but, as_frame
from demarcate.tabular.class_weights import class_weights
from demarcate.tabular.schema_inference import DROPPED_BY_CALLER
from demarcate.trainingset import TrainingSet, open_table

JUDGING_SHARE, JUDGING_SECONDS = 0.1, 2.0
"""What of a time limit is left for judging the networks that were trained: this share, and at most these seconds."""
BASELINES = ("majority", "logistic_regression")


class DemarcateClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A classifier for tables: a cross-validated ensemble of neural networks, trained as one stack.

    The rows are dealt into folds; for each fold a network trains on the other folds, with an encoder of its own fitted
    on them, and stops by the loss on its fold. Predictions are the mean of all networks' probabilities, scores those of
    each row by the networks that did not train on it. Columns may be numbers, categories, booleans and dates, with
    missing values; what each one is is inferred, or named here.

    Parameters
    ----------
    preset
        ``fast``, ``default`` or ``best``: what ``hidden``, ``epochs``, ``patience``, ``n_folds`` and ``n_seeds`` are
        where they are left at ``auto`` (`demarcate.classifier.presets.PRESETS`).
    hidden
        Widths of the hidden layers; ``()`` for a linear model.
    pieces
        Whether numerical columns are also cut into pieces where the classes part, so that a network can bend there.
    activation
        The nonlinearity after each hidden layer, one of `demarcate.nn.ACTIVATIONS`; ``none`` for a linear model.
    dropout
        The chance, at least 0 and below 1, that a hidden unit is silenced in a training step.
    input_dropout
        The same for the columns that the encoders make.
    head
        ``softmax``, ``logit`` (two classes only), or ``auto``.
    optimizer
        ``sgd``, ``adam`` or ``adamw``.
    lr
        Learning rate.
    weight_decay
        Weight decay.
    schedule
        ``constant`` or ``cosine``.
    warmup
        Epochs over which the learning rate rises from 0.
    init
        Where the weights begin: ``he`` or ``torch``, as for `demarcate.Training`.
    tolerance
        The weights a network keeps are the last whose validation loss is within this share of its lowest: the mean of
        several gains by networks that fit a little more than would be best for each alone.
    averaging
        Epochs that the moving average of the weights reaches back, which is judged and kept in their place; 0 for none.
    epochs
        The most passes over the training rows.
    batch_size
        Rows in a step; None for full batch; ``auto`` for an eighth of the training rows, from 32 to 256.
    patience
        Epochs without a better validation loss after which a network stops; its best weights are kept. None trains all
        epochs and keeps the last weights.
    n_folds
        Folds of the cross-validation.
    n_seeds
        Networks for each fold.
    holdout_above
        Number of rows above which one hold-out of a fifth of the rows (at most 20,000), shared by four networks for
        each of ``n_seeds``, takes the place of the folds.
    time_limit
        Seconds for ``fit``: training ends in time with the best networks so far. The table is read and encoded in full
        whatever the limit, and every network takes some steps, so a fit may take somewhat longer. Two fits that a limit
        ended need not have the same bits. None for no limit.
    class_weight
        ``balanced``, a mapping of labels to weights, or None for 1 each.
    cost
        What mistakes cost, so that ``predict`` takes the decision of least expected cost: for two classes a mapping of
        ``false_negative`` (a row of the second class taken for the first) or ``false_positive`` to costs; a mapping of
        ``(true, predicted)`` labels to costs; or a matrix of shape (n_classes, n_classes) with a row for each true
        class. Mistakes that are not named cost 1. None for the likeliest class. It changes no probability; with
        ``class_weight`` what is rare and dear counts twice.
    abstain
        What it costs not to decide, on the scale of ``cost``: where that is cheaper than every class, ``predict`` gives
        None in an array of objects. None to decide always.
    calibrate
        Whether probabilities are scaled by a temperature where out-of-fold rows show that this helps.
    categorical, numerical, drop
        Names of columns whose kind the caller knows better, or that are not to be used.
    random_state
        Seed of everything random. The same seed, machine and number of threads give the same bits.
    device
        ``auto`` (the GPU if there is one), ``cpu``, or a torch device.
    precision
        ``float32``; ``bf16`` for the matrix products of hidden layers; ``auto`` for bf16 where layers are wide and the
        processor gains from it.
    on_epoch
        Called after every epoch with a `demarcate.engine.Progress`.
    checkpoint
        A folder in which training is put down now and then. The same fit begun again goes on from there and ends with
        the same bits; a fit of other rows or settings is refused.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels.
    n_features_in_ : int
        Columns seen in ``fit``.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Their names, if they had any.
    predictor_ : Predictor
        What predicts: encoders, networks and classes.
    schema_ : Schema
        What each column is taken to be, and why some are not used.
    oof_rows_ : ndarray of shape (n_held,)
        Rows with out-of-fold probabilities: all under cross-validation, else the hold-out.
    oof_proba_ : ndarray of shape (n_held, n_classes)
        Their probabilities, from the networks that did not train on them. If the predictor has a temperature, those of
        each fold are scaled by a temperature of the other folds.
    oof_folds_ : ndarray of shape (n_held,)
        The fold each of them was held out in; 0 for all of a hold-out.
    costs_ : Costs or None
        What decisions cost, if that was said.
    class_weight_ : dict
        The weight each label's rows had.
    members_ : tuple of FittedMember
        Each network's training: history, best epoch, divergence.
    audit_ : tuple of Finding
        What the audit found in the table: leaks and warnings, which ``fit`` warned of, and notes.

    Examples
    --------
    >>> from demarcate import datasets
    >>> X, y = datasets.moons(n_samples=200, noise=0.2)
    >>> clf = DemarcateClassifier(hidden=(16,), epochs=20, n_folds=4).fit(X, y)
    >>> clf.predict(X[:2]).shape, clf.predict_proba(X[:2]).shape, clf.predictor_.n_members
    ((2,), (2, 2), 4)
    """

    def __init__(
        self,
        *,
        preset: str = "default",
        hidden: Sequence[int] | str = AUTO,
        pieces: bool = True,
        activation: str = "silu",
        dropout: float = 0.15,
        input_dropout: float = 0.0,
        head: str = "auto",
        optimizer: str = "adamw",
        lr: float = 3e-3,
        weight_decay: float = 1e-2,
        schedule: str = "cosine",
        warmup: float = 0.0,
        init: str = "he",
        tolerance: float = 0.02,
        averaging: float = 2.0,
        epochs: int | str = AUTO,
        batch_size: int | str | None = AUTO,
        patience: int | str | None = AUTO,
        n_folds: int | str = AUTO,
        n_seeds: int | str = AUTO,
        holdout_above: int = HOLDOUT_ABOVE,
        time_limit: float | None = None,
        class_weight: str | Mapping[Any, float] | None = None,
        cost: Any = None,
        abstain: float | None = None,
        calibrate: bool = True,
        categorical: Sequence[str] | None = None,
        numerical: Sequence[str] | None = None,
        drop: Sequence[str] | None = None,
        random_state: int | np.random.RandomState | None = 0,
        device: str = "auto",
        precision: str = "auto",
        on_epoch: OnEpoch | None = None,
        checkpoint: str | os.PathLike[str] | None = None,
    ) -> None:
        self.preset = preset
        self.hidden = hidden
        self.pieces = pieces
        self.activation = activation
        self.dropout = dropout
        self.input_dropout = input_dropout
        self.head = head
        self.optimizer = optimizer
        self.lr = lr
        self.weight_decay = weight_decay
        self.schedule = schedule
        self.warmup = warmup
        self.init = init
        self.tolerance = tolerance
        self.averaging = averaging
        self.epochs = epochs
        self.batch_size = batch_size
        self.patience = patience
        self.n_folds = n_folds
        self.n_seeds = n_seeds
        self.holdout_above = holdout_above
        self.time_limit = time_limit
        self.class_weight = class_weight
        self.cost = cost
        self.abstain = abstain
        self.calibrate = calibrate
        self.categorical = categorical
        self.numerical = numerical
        self.drop = drop
        self.random_state = random_state
        self.device = device
        self.precision = precision
        self.on_epoch = on_epoch
        self.checkpoint = checkpoint

    def fit(self, X: Any, y: ArrayLike | None = None, sample_weight: ArrayLike | None = None) -> Self:
        """Train the ensemble.

        Parameters
        ----------
        X
            A table of shape (n_samples, n_features): pandas, polars, pyarrow, numpy, or a mapping of columns.
        y
            One label a row: strings, integers or booleans.
        sample_weight
            What each row's loss counts, (n_samples,), at least 0. Rows of weight 0 are left out altogether.

        Returns
        -------
        self

        Raises
        ------
        InputError
            If the table or the labels are refused; every reason is in the message.
        SettingError
            If a parameter is out of its range.
        CheckpointError
            If the folder of checkpoints belongs to another fit, or another process.
        """
        deadline = self._deadline()
        self.check_settings()
        self.seed_ = seed_of(self.random_state)
        return self._learn(self._training_set(X, y, sample_weight, reset=True), deadline)

    def check_settings(self) -> None:
        """Refuse settings that no table would make good; `fit` does so itself, once it has the table.

        Raises
        ------
        SettingError
            If one is out of its range.

        Examples
        --------
        >>> DemarcateClassifier(lr=0).check_settings()
        Traceback (most recent call last):
        demarcate.errors.SettingError: lr is above 0 and finite: got 0
        """
        checked_limit(plain(self.time_limit))
        self._network()
        self._training(1)
        check_counts(*(whole_number(name, self._setting(name)) for name in ("n_folds", "n_seeds")))
        whole_number("holdout_above", self.holdout_above)
        check_precision(self.precision)
        device_for(self.device)
        if isinstance(self.random_state, int | np.integer):
            seed_of(self.random_state)
        for name in ("categorical", "numerical", "drop"):
            column_names(name, getattr(self, name))
        for name in ("pieces", "calibrate"):
            value = getattr(self, name)
            require(isinstance(value, bool | np.bool_), name, "True or False", value)
        is_path = isinstance(self.checkpoint, str | os.PathLike | None)
        require(is_path, "checkpoint", "None or the path of a folder", self.checkpoint)
        require(self.on_epoch is None or callable(self.on_epoch), "on_epoch", "None or a function", self.on_epoch)
        pair = np.arange(2)
        if isinstance(self.class_weight, str):
            class_weights(self.class_weight, pair, pair)
        if self.abstain is not None:
            Costs.of(pair, None, self.abstain)

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Class probabilities of shape (n_samples, n_classes), columns in the order of ``classes_``."""
        check_is_fitted(self)
        return self.predictor_.predict_proba(self._checked(X, reset=False))

    def predict(self, X: Any) -> NDArray[Any]:
        """Predicted labels of shape (n_samples,), by ``cost`` if there is one; None where it abstains."""
        check_is_fitted(self)
        return self.predictor_.decide(self.predict_proba(X))

    def score(self, X: Any, y: ArrayLike, sample_weight: ArrayLike | None = None) -> float:
        """The share of rows whose predicted label is the true one; a row that is not decided counts as missed."""
        if self.abstain is None:
            return float(super().score(X, y, sample_weight))
        pairs = zip(self.predict(X).tolist(), label_array(y).tolist(), strict=True)
        weights = None if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
        return float(np.average([decided == label for decided, label in pairs], weights=weights))

    def predict_set(
        self, X: Any, coverage: float = 0.9, *, per_class: bool = False, allow_empty: bool = True
    ) -> NDArray[np.bool_]:
        """Which labels are in each row's prediction set, (n_samples, n_classes).

        Parameters
        ----------
        X
            A table with the columns that ``fit`` saw.
        coverage
            The share of sets that hold the true label, in (0, 1).
        per_class
            Whether that holds for the rows of each class, rather than for all rows together. A class with too few rows
            to tell (9 for 0.9) is in every set.
        allow_empty
            Whether a set may be empty; if not, the likeliest label is always in, and coverage is higher than asked for.
        """
        check_is_fitted(self)
        checked = self._checked(X, reset=False)
        return self.predictor_.predict_set(checked, coverage, per_class=per_class, allow_empty=allow_empty)

    def spread(self, X: Any) -> NDArray[np.float64]:
        """How far the networks differ: the standard deviation of each probability between them."""
        check_is_fitted(self)
        return self.predictor_.spread(self._checked(X, reset=False))

    @cached_property
    def scores_(self) -> dict[str, Score]:
        """Accuracy, log loss, ROC AUC and the other metrics of the out-of-fold probabilities, with 95% intervals."""
        check_is_fitted(self)
        return self._score(self.oof_proba_)

    @cached_property
    def class_scores_(self) -> list[dict[str, Score]]:
        """Precision, recall and F1 of each class as out-of-fold rows are decided, with 95% intervals."""
        check_is_fitted(self)
        decided = self.predictor_.decisions(self.oof_proba_)
        judged = self.oof_codes_, self.oof_proba_
        return class_scores(*judged, rows=self.oof_kind_, decided=decided, folds=self.oof_folds_)

    @cached_property
    def cost_comparison_(self) -> CostComparison | None:
        """What out-of-fold rows cost: by ``cost``, for the likeliest class, always for one class; None without it."""
        check_is_fitted(self)
        if self.costs_ is None:
            return None
        judged = self.oof_codes_, self.oof_proba_
        kind, folds = self.oof_kind_, self.oof_folds_
        return compare_costs(*judged, self.costs_, rows=kind, folds=folds, classes=self.classes_)

    def baselines(
        self, X: Any, y: ArrayLike | None = None, sample_weight: ArrayLike | None = None
    ) -> dict[str, dict[str, Score]]:
        """The same scores for the majority class and for logistic regression, on the same folds.

        Parameters
        ----------
        X, y, sample_weight
            What ``fit`` was given.

        Returns
        -------
        dict
            ``majority`` and ``logistic_regression``, each a mapping of metric to score. Both are fitted on each
            fold's training rows, logistic regression on the fold's own encoding of them.

        Raises
        ------
        InputError
            If these are not the rows that ``fit`` was given.
        """
        check_is_fitted(self)
        return self._baselines(self._training_set(X, y, sample_weight, reset=False))

    def diagnose(
        self,
        X: Any,
        y: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
        *,
        seeds: int = SEEDS,
        max_rows: int = MAX_ROWS,
    ) -> Diagnosis:
        """Say whether one of its networks underfits or overfits these rows, and what would help, by how much.

        Nothing is fitted, and it need not be. Networks are judged one by one; the mean of an ensemble is somewhat
        better than each of its members.

        Parameters
        ----------
        X, y, sample_weight
            As for ``fit``.
        seeds, max_rows
            As for `demarcate.diagnose`.

        Raises
        ------
        InputError
            If the table or the labels are refused, or there are too few rows.
        SettingError
            If a parameter is out of its range.

        Warns
        -----
        DivergenceWarning
            If the loss of a network stopped being a finite number.

        Examples
        --------
        >>> from demarcate import datasets
        >>> clf = DemarcateClassifier(hidden=(1,), lr=0.02, epochs=50)
        >>> print(clf.diagnose(*datasets.circles(n_samples=200), seeds=5).verdict)
        underfits
        """
        # Reading a table marks the estimator with its columns: a copy is marked, not this one.
        training_set = clone(self)._training_set(X, y, sample_weight, reset=True)  # noqa: SLF001
        found = diagnose_training_set(
            training_set,
            self._network(training_set),
            self._training(len(training_set.codes)),
            seeds=seeds,
            max_rows=max_rows,
            seed=seed_of(self.random_state),
            pieces=bool(self.pieces),
            device=self.device,
            precision=self.precision,
            on_epoch=self.on_epoch,
        )
        warn_of_divergence(found)
        return found

    def member(self, index: int) -> nn.Module:
        """One network as a plain ``torch.nn.Sequential``; feed it ``predictor_.encode(X, member=index)``."""
        check_is_fitted(self)
        return self.predictor_.member(index)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write everything prediction needs to one file, free of pickle.

        Parameters
        ----------
        path
            Where to; an existing file is replaced at once or not at all.
        """
        check_is_fitted(self)
        write_bundle(self.predictor_.with_record(self.record()), path)

    @staticmethod
    def load(path: str | os.PathLike[str], *, expect_sha256: str | None = None) -> Predictor:
        """The predictor in a file that `save` wrote; same as `demarcate.load`."""
        return read_bundle(path, expect_sha256=expect_sha256)

    def record(self, baselines: Mapping[str, Mapping[str, Score]] | None = None) -> dict[str, Any]:
        """What a model file says of how the model was made, for JSON: scores, members, audit, settings, origin."""
        check_is_fitted(self)
        beside = ("on_epoch", "random_state", "checkpoint")
        settings = {name: value for name, value in self.get_params().items() if name not in beside}
        compared = self.cost_comparison_
        return {
            "n_samples": self.n_samples_,
            "n_features": self.n_features_in_,
            **({} if self.n_sampled_ is None else {"n_sampled": self.n_sampled_}),
            "class_rows": dict(zip(map(str, self.classes_), self.class_rows_, strict=True)),
            "class_weight": {str(label): weight for label, weight in self.class_weight_.items()},
            "costs": None if compared is None else compared.to_json(),
            "scores": scores_json(self.scores_),
            "class_scores": dict(zip(map(str, self.classes_), map(scores_json, self.class_scores_), strict=True)),
            "baselines": {name: scores_json(scores) for name, scores in (baselines or {}).items()},
            "members": [member.to_json() for member in self.members_],
            "audit": [finding.to_json() for finding in self.audit_],
            "settings": {name: plain(value) for name, value in settings.items()},
            "provenance": {**provenance(), "seed": self.seed_, "data_sha256": self.data_sha256_},
        }

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        tags.input_tags.categorical = True
        return tags

    def _training_set(
        self, X: Any, y: ArrayLike | None, sample_weight: ArrayLike | None, *, reset: bool
    ) -> TrainingSet:
        """Return what `fit` is given as a training set, checked, with the class weights multiplied in."""
        training_set = self._as_it_is(X, y, sample_weight, reset=reset)
        if self.class_weight is None:
            return training_set
        return training_set.weighted(class_weights(self.class_weight, training_set.classes, training_set.codes))

    def _as_it_is(self, X: Any, y: ArrayLike | None, sample_weight: ArrayLike | None, *, reset: bool) -> TrainingSet:
        if isinstance(X, TrainingSet):
            if y is not None or sample_weight is not None:
                raise TypeError("A training set has labels and weights of its own: leave out y and sample_weight.")
            if reset:
                names = [column.name for column in X.schema.columns]
                self.n_features_in_, self.feature_names_in_ = len(names), np.array(names, dtype=object)
            return X
        X = self._checked(X, reset=reset)
        if y is None:
            raise ValueError("This DemarcateClassifier estimator requires y to be passed, but the target y is None.")
        labels = label_array(y)
        check_consistent_length(len(X), len(labels))
        # Counted by the labels, for scikit-learn before 1.9 would ask the frame by a protocol that polars gave up.
        weights = (
            None if sample_weight is None else _check_sample_weight(sample_weight, labels, ensure_non_negative=True)
        )
        if weights is not None and not weights.any():
            rule, remedy = "Rows of some weight are what is learned from", "Leave sample_weight out for 1 each"
            raise InputError([Problem(rule, "every sample_weight is 0", remedy)])
        if weights is not None and not weights.all():
            kept = np.flatnonzero(weights)
            X, labels, weights = as_frame(X)[kept], labels[kept], weights[kept]
        return open_table(
            X,
            labels,
            target_name(y),
            weights,
            None if reset else self.schema_,
            categorical=column_names("categorical", self.categorical),
            numerical=column_names("numerical", self.numerical),
            drop=column_names("drop", self.drop),
        )

    def _deadline(self) -> float | None:
        """When training has to end, by ``time.monotonic``, so that there is time left to judge what was trained."""
        limit = checked_limit(plain(self.time_limit))
        return None if limit is None else time.monotonic() + limit - min(limit * JUDGING_SHARE, JUDGING_SECONDS)

    def _learn(self, training_set: TrainingSet, deadline: float | None) -> Self:
        network = self._network(training_set)
        self.costs_ = Costs.of(training_set.classes, self.cost, self.abstain)
        ensemble = fit_ensemble(
            training_set,
            network,
            self._training(len(training_set.codes)),
            n_folds=whole_number("n_folds", self._setting("n_folds")),
            n_seeds=whole_number("n_seeds", self._setting("n_seeds")),
            holdout_above=whole_number("holdout_above", self.holdout_above),
            seed=self.seed_,
            pieces=bool(self.pieces),
            device=self.device,
            precision=self.precision,
            on_epoch=self.on_epoch,
            checkpoint=self.checkpoint,
            deadline=deadline,
        )
        self._take(training_set, ensemble)
        return self

    def _checked(self, X: Any, *, reset: bool) -> Any:
        """X with its columns counted and named as scikit-learn asks; arrays checked for shape and type."""
        if hasattr(X, "toarray"):
            raise TypeError("A table is dense: got a sparse matrix. Convert it with X.toarray().")
        if isinstance(X, Mapping | pl.LazyFrame) or are_records(X):
            X = as_frame(X)
        if not hasattr(X, "columns"):
            least = 2 if reset else 1
            if (
                isinstance(X, Sequence)
                and X
                and all(isinstance(row, Sequence) and not isinstance(row, str) for row in X)
            ):
                # Of words and numbers together numpy makes words, and not all of them as they were.
                X = np.asarray(X, dtype=object) if len({*map(len, X)}) == 1 else X
            try:
                X = check_array(X, dtype=None, ensure_all_finite=False, ensure_min_samples=least, estimator=self)
            except ValueError as error:
                # scikit-learn's words, by which its own checks know the refusal.
                rule = f"An array of rows has two axes, at least {least} of the rows and a column"
                raise InputError([Problem(rule, str(error).rstrip("."), "Give it as (n_rows, n_columns)")]) from None
        try:
            validate_data(self, named_table(X), reset=reset, skip_check_array=True)
        except DuplicateError:
            as_frame(X)  # says which names repeat, and where
            raise
        return X

    def _score(self, probabilities: NDArray[np.float64]) -> dict[str, Score]:
        return score(self.oof_codes_, probabilities, rows=self.oof_kind_, folds=self.oof_folds_)

    def _setting(self, name: str) -> Any:
        """A setting as it was given, or as the preset has it."""
        by_preset = preset_settings(self.preset)
        return by_preset[name] if self._is_auto(name) else plain(getattr(self, name))

    def _is_auto(self, name: str) -> bool:
        value = getattr(self, name)
        return isinstance(value, str) and value == AUTO

    def _network(self, training_set: TrainingSet | None = None) -> Network:
        """What every member is; for a table, if there is one."""
        hidden = self._setting("hidden")
        if training_set is not None and self._is_auto("hidden"):
            hidden = narrowed(hidden, len(training_set.codes), len(training_set.classes))
        return Network(
            hidden,
            self.activation,
            plain(self.dropout),
            self.head,  # type: ignore[arg-type]
            input_dropout=plain(self.input_dropout),
        )

    def _training(self, n_rows: int) -> Training:
        batch_size = self.batch_size
        if self._is_auto("batch_size"):
            batch_size = 1 << min(8, max(5, (n_rows // 8).bit_length() - 1))
        return Training(
            optimizer=self.optimizer,
            lr=plain(self.lr),
            weight_decay=plain(self.weight_decay),
            schedule=self.schedule,  # type: ignore[arg-type]
            warmup=plain(self.warmup),
            init=self.init,  # type: ignore[arg-type]
            tolerance=plain(self.tolerance),
            averaging=plain(self.averaging),
            betas=(0.9, 0.95),
            epochs=self._setting("epochs"),
            batch_size=plain(batch_size),
            patience=self._setting("patience"),
        )

    def _baselines(self, training_set: TrainingSet) -> dict[str, dict[str, Score]]:
        if training_set.fingerprint() != self.data_sha256_:
            rule = "Baselines are fitted on the rows that the networks were"
            raise InputError([Problem(rule, "these are others", "Give X, y and sample_weight as they were in fit")])
        shape = len(self.oof_rows_), len(self.classes_)
        probabilities = {name: np.empty(shape) for name in BASELINES}
        for held in self.held_out_:
            train = all_but(held, len(training_set.codes))
            places = np.searchsorted(self.oof_rows_, held)
            probabilities["majority"][places] = majority_probabilities(training_set.codes[train], len(held), shape[1])
            if training_set.sample is not None:
                train = np.setdiff1d(training_set.sample, held)
            encoder = TableEncoder.fit(training_set.schema, training_set.parsed, train)
            probabilities["logistic_regression"][places] = logistic_probabilities(
                encoder.encode(training_set.cells(train)),
                training_set.codes[train],
                encoder.encode(training_set.cells(held)),
                shape[1],
                None if training_set.weights is None else training_set.weights[train],
            )
        scores = {name: self._score(values) for name, values in probabilities.items()}
        # The majority's probabilities are the same for every row of a fold: what ranking there is, is between folds.
        alike = self._score(np.broadcast_to(probabilities["majority"].mean(0), shape))
        scores["majority"].update({name: value for name, value in alike.items() if METRICS[name].is_ranking})
        return scores

    def _take(self, training_set: TrainingSet, ensemble: Ensemble) -> None:
        """Keep what was fitted, and warn of what was dropped or went wrong."""
        # Worked out once, when first asked for, and anew after another fit.
        for of_the_fit_before in ("scores_", "class_scores_", "cost_comparison_"):
            self.__dict__.pop(of_the_fit_before, None)
        self.classes_ = training_set.classes
        by_class = class_weights(self.class_weight, training_set.classes, training_set.codes)
        self.class_weight_ = dict(zip(training_set.classes.tolist(), by_class.tolist(), strict=True))
        self.schema_ = training_set.schema
        self.members_ = ensemble.members
        self.held_out_ = ensemble.groups
        self.oof_rows_, self.oof_folds_, self.oof_kind_ = ensemble.held, ensemble.folds, ensemble.rows
        self.oof_codes_ = training_set.codes[ensemble.held]
        judged = self.oof_codes_, ensemble.probabilities
        calibration = (
            calibrate(*judged, self.oof_folds_) if self.calibrate else Calibration(None, ensemble.probabilities)
        )
        self.oof_proba_ = calibration.probabilities
        conformal = Conformal.of(self.oof_codes_, ensemble.finished)
        calibrated = replace(ensemble.predictor, temperature=calibration.temperature, conformal=conformal)
        self.predictor_ = calibrated.deciding(self.costs_)
        self.n_samples_ = len(training_set.codes)
        self.n_sampled_ = None if training_set.sample is None else len(training_set.sample)
        self.class_rows_ = np.bincount(training_set.codes).tolist()
        self.data_sha256_ = training_set.fingerprint()
        alone = [repr(label) for label, rows in zip(self.classes_.tolist(), self.class_rows_, strict=True) if rows == 1]
        if alone:
            what = f"a single row each is of class {listed(alone)}: trained on, but left out of the scores"
            warnings.warn(InputWarning(what), stacklevel=4)
        for column in training_set.schema.columns:
            reason = "" if column.dropped == DROPPED_BY_CALLER else column.dropped
            if reason or column.note:
                what = f"not used ({reason})" if reason else column.note
                warnings.warn(InputWarning(f"column {column.name!r}: {what}"), stacklevel=4)
        folds = np.full(len(training_set.codes), -1)
        folds[self.oof_rows_] = self.oof_folds_
        self.audit_ = tuple(_audited(training_set, folds))
        for finding in self.audit_:
            if finding.severity != "note":
                warnings.warn(InputWarning(str(finding)), stacklevel=4)
        if any(member.timed_out for member in ensemble.members):
            longest = max(len(member.history.train_loss) for member in ensemble.members)
            what = f"the time limit ended training after {counted(longest, 'epoch')}"
            remedy = "these are the best networks so far. Give it more time, or a cheaper preset"
            warnings.warn(InputWarning(f"{what}: {remedy}"), stacklevel=4)
        for number, member in enumerate(ensemble.members):
            if member.divergence:
                message = member.divergence.warning(f"network {number}", member.best_epoch)
                warnings.warn(DivergenceWarning(message), stacklevel=4)


def _audited(training_set: TrainingSet, folds: NDArray[np.int64]) -> list[Finding]:
    """What the audit finds in a table, or in the sample of it that stands for all rows."""
    rows = slice(None) if training_set.sample is None else training_set.sample
    return check_table(
        training_set.schema, training_set.sampled(), training_set.codes[rows], training_set.classes, folds=folds[rows]
    )

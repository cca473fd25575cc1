"""DemarcateClassifier: a cross-validated ensemble of neural networks as a scikit-learn estimator."""

import os
from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn import get_config
from sklearn.base import ClassifierMixin, clone
from sklearn.utils import estimator_html_repr
from sklearn.utils.validation import check_is_fitted
from torch import nn

from demarcate.argument_checks import check_consistent_length, seed_of
from demarcate.bundle import read_bundle, write_bundle
from demarcate.classifier.baseline_scores import baseline_probabilities, with_pooled_ranking
from demarcate.classifier.cross_validation import fit_ensemble
from demarcate.classifier.ensemble import Ensemble
from demarcate.classifier.fit_arguments import checked_table, label_array, training_set_of
from demarcate.classifier.fitted_view import fitted_view
from demarcate.classifier.limited_time import kinds_in_time
from demarcate.classifier.model_record import model_record
from demarcate.classifier.notices import audit_rows, dependence_notices, table_notices, training_notices
from demarcate.classifier.settings import ClassifierSettings
from demarcate.errors import InputError, Problem, warn_caller
from demarcate.evaluation import (
    METRICS,
    ClassScores,
    CostComparison,
    Costs,
    PairedComparison,
    Score,
    Scores,
    ScoresByModel,
)
from demarcate.evaluation.averaging_gain import with_gain
from demarcate.evaluation.baselines import BASELINE_NAMES
from demarcate.evaluation.bootstrap import Bootstrap
from demarcate.evaluation.cost_comparison import compare_costs_sampled
from demarcate.evaluation.intervals import decision_scores, metric_bootstrap, scores_of_draws
from demarcate.evaluation.paired import compare_draws
from demarcate.evaluation.row_values import row_losses
from demarcate.experiments.diagnosis import Diagnosis
from demarcate.experiments.diagnosis.diagnose import MAX_ROWS, SEEDS, diagnose_training_set
from demarcate.inference import Predictor
from demarcate.phases import phase
from demarcate.presentation.shown_progress import shown_progress
from demarcate.tabular import to_labels
from demarcate.tabular.class_weights import class_weights
from demarcate.tabular.label_shape import one_label_a_row
from demarcate.tabular.positive_class import positive_code, positive_or_second
from demarcate.trainingset import TrainingSet


class DemarcateClassifier(ClassifierMixin, ClassifierSettings):  # type: ignore[misc]
    """A classifier for tables: a cross-validated ensemble of neural networks, trained as one stack.

    The rows are split into folds. For each fold networks of several kinds train on the other folds, with encoders
    fitted on them, and stop by the loss on their fold. Predictions are the mean of all networks' probabilities, in
    which each kind weighs what rows that it was not trained on say; scores are computed on each row's probabilities
    from the networks that did not train on it. Columns may be numbers, categories, booleans, text and dates, with
    missing values; what they are is inferred, or named here.

    Parameters
    ----------
    preset
        ``fast``, ``default`` or ``best``, from quick to thorough, or ``lesson``: one network on one split, trained as
        `Training()` says. Decides every setting that is ``auto`` (`demarcate.classifier.presets.PRESETS`).
    hidden
        Widths of the hidden layers; ``()`` for a linear model.
    pieces
        Whether numerical columns are also encoded in bins, cut where the classes part (a piecewise linear encoding),
        and many categories by target statistics; ``auto``: not with ``lesson``.
    trees
        Whether networks also read the leaves of small boosted trees, grown on their training rows. ``auto`` for the
        kinds of network of the preset (`demarcate.classifier.kinds.VARIATIONS`), some of which do, weighed by held-out
        rows, where ``hidden`` is ``auto`` and ``pieces`` True; else one kind, which does not. True: one kind, which
        does; False: one that does not.
    standardise
        Whether numbers are scaled to mean 0 and standard deviation 1 of the training rows; ``auto``: not with
        ``lesson``.
    category_encoding
        ``one_hot``: an input for each category; ``integer``: one input, 1, 2, 3 and so on in the order in which
        training rows show the categories, 0 for others; ``auto``: ``integer`` with ``lesson``.
    activation
        The nonlinearity after each hidden layer, one of `demarcate.nn.ACTIVATIONS`; ``none`` for a linear model.
    dropout, input_dropout
        Probability, at least 0 and below 1, that a training step drops a hidden unit, or an encoded column.
    head
        ``softmax``, ``logit`` (two classes only), or ``auto``.
    optimizer
        ``sgd``, ``adam`` or ``adamw``.
    lr, weight_decay
        Learning rate and weight decay.
    schedule
        ``constant`` or ``cosine``.
    warmup
        Epochs over which the learning rate rises from 0.
    init
        Initial weights: ``he`` or ``torch``, as for `demarcate.Training`.
    tolerance
        A network keeps the last weights whose validation loss is within this share of its lowest: the mean of several
        networks gains from members that fit a little more than would be best for each alone.
    averaging
        Epochs that the moving average of the weights reaches back; it is validated and kept in place of the weights. 0
        for none.
    epochs
        The most passes over the training rows.
    batch_size
        Rows in a step; None for full batch; ``auto`` for an eighth of the training rows, from 32 to 256.
    patience
        Epochs without a better validation loss after which a network stops; it keeps its best weights. None trains all
        epochs and keeps the last weights.
    n_folds, n_seeds
        Folds of the cross-validation, and networks of each kind for each fold. ``auto`` has at most 5 folds above
        10,000 rows. One fold is one split: a network of one kind for each seed is scored on test rows, which decide
        nothing, neither when to stop nor a temperature, and predicts as it is, without training on all rows. With
        ``patience`` an eighth of the other rows decides when to stop; without it all are trained on.
    test_size
        With ``n_folds=1`` the share of rows to test on, or from 1 up their number; None for 0.2.
    holdout_above
        Number of rows above which one hold-out of a fifth of the rows (at most 20,000), shared by four networks for
        each of ``n_seeds``, two of each kind where there are several, takes the place of the folds.
    time_limit
        Seconds for ``fit``, which ends in time with the best networks so far; None for no limit. The table is always
        read in full and every network takes some steps, so a fit may take somewhat longer. Two fits that a limit ended
        need not have the same bits.
    class_weight
        ``balanced``, a mapping of labels to weights, or None for 1 each.
    pos_label
        The label of the positive class of two: the one that ``false_negative``, thresholds and average precision are
        about. None if the labels say it themselves, as 0 and 1 or no and yes do
        (`demarcate.tabular.positive_class.NEGATIVE_AND_POSITIVE`), or nobody needs to know.
    cost
        Costs of mistakes, by which ``predict`` decides for the least expected cost: for two classes a mapping of
        ``false_negative`` (a row of the positive class predicted as the other) or ``false_positive`` to costs, refused
        where no class is known to be positive; a mapping of ``(true, predicted)`` labels to costs; or a matrix of shape
        (n_classes, n_classes) with a row for each true class. Other mistakes cost 1. None for the likeliest class.
        Probabilities do not change; together with ``class_weight`` a rare and costly class counts twice.
    abstain
        Cost of no decision, on the scale of ``cost``: where it is cheaper than every class, ``predict`` returns None in
        an array of objects. None to decide always.
    calibrate
        Whether probabilities are scaled by a temperature where out-of-fold rows show that this helps; with one fold
        they never are. ``auto``: not with ``lesson``.
    merge_labels
        Whether labels that are one word in several spellings are one class: they differ in case, spaces, characters
        that are not seen, or in how a number is spelled, or all of them are words for yes and no. The most frequent
        spelling names the class; all are known when rows are scored. Without it they are warned of.
    categorical, numerical, text, drop
        Names of columns of a kind that inference would miss, or that are not used.
    dates
        Names of columns of dates, or a mapping of them to formats: patterns such as ``%d.%m.%Y``, ``epoch`` (seconds
        since 1970), ``epoch_ms`` or ``excel`` (days); an empty format is found out.
    decimal, thousands
        The separators of numbers in text, where the cells do not say: ``","`` and ``"."`` as in 1.240,74.
    missing
        Words for a missing value, beside an empty cell and the usual ones: ``["-999", "n.d."]``.
    gap
        How long after its time a row's label is known, where ``fit`` gets times: a number, in days if times are dates,
        text such as ``36h``, or a timedelta. No network is scored on a row that begins before the labels it learned.
    random_state
        Seed of everything random. The same seed, machine and number of threads give the same bits.
    device
        ``auto`` (the GPU if there is one), ``cpu``, or a torch device.
    precision
        ``float32``; ``bf16`` for the matrix products of hidden layers; ``auto`` for bf16 where layers are wide and the
        processor gains from it.
    verbose
        Whether ``fit`` shows its phases on the way, each with a bar and the time left: on standard error in a terminal,
        below the cell in a notebook.
    on_epoch
        Called after every epoch with a `demarcate.engine.Progress`.
    checkpoint
        Folder of checkpoints. The same fit resumes from it and ends with the same bits; another fit is refused.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels.
    n_features_in_ : int
        Columns seen in ``fit``.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Their names, if they had any.
    predictor_ : Predictor
        Predicts with the fitted encoders and networks.
    splits_ : tuple of Split
        Rows that were trained on, that decided when to stop, and that were scored, for each fold or window.
    scorer_ : Predictor
        The networks that scored rows they had not learned: ``predictor_``, except with times.
    schema_ : Schema
        The kind of each column, and why some are not used.
    oof_rows_, oof_codes_, oof_folds_ : ndarrays of shape (n_held,)
        Rows with out-of-fold probabilities (all under cross-validation, else the hold-out; with times the later ones),
        their class indices, and the fold or window each was held out in (0 for all of a hold-out).
    dependence_ : Dependence or None
        Groups and times of the rows; None for independent rows.
    oof_sampling_ : Sampling
        Their weights, groups or blocks in time, and folds: what intervals go by.
    oof_proba_ : ndarray of shape (n_held, n_classes)
        Their probabilities, from the networks that did not train on them. If the predictor has a temperature, those of
        each fold are scaled by a temperature fitted on the other folds.
    averaging_gain_ : dict of str to float
        By metric, by how much the mean over folds that predicts new rows is above the networks of one fold, which score
        out-of-fold rows; estimated, and part of ``scores_`` and ``comparison_``. Empty for a hold-out, and with times.
    costs_ : Costs or None
        Costs of decisions, if there are any.
    class_weight_ : dict
        Weight of each label.
    members_ : tuple of FittedMember
        Training of each network: history, best epoch, divergence.
    audit_ : tuple of Finding
        Findings of the audit of the table: leaks and warnings, which ``fit`` warns of, and notes.
    comparison_ : dict of str to PairedComparison
        By baseline, the paired differences of all scores from its scores on the same rows, with their intervals and a
        verdict. Set by ``baselines``.

    Examples
    --------
    >>> from demarcate import datasets
    >>> X, y = datasets.moons(n_samples=200, noise=0.2)
    >>> clf = DemarcateClassifier(hidden=(16,), epochs=20, n_folds=4).fit(X, y)
    >>> clf.predict(X[:2]).shape, clf.predict_proba(X[:2]).shape, clf.predictor_.n_members
    ((2,), (2, 2), 4)
    """

    def fit(
        self,
        X: Any,
        y: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
        groups: Any = None,
        time: Any = None,
    ) -> Self:
        """Train the ensemble, and return the estimator.

        Parameters
        ----------
        X
            A table of shape (n_samples, n_features): pandas, polars, pyarrow, numpy, a mapping of columns, or a list of
            records; or a `demarcate.trainingset.TrainingSet`, which has labels and weights of its own.
        y
            One label for each row: strings, whole numbers, booleans, decimals, dates or times. They stay what they are:
            ``classes_`` holds values of their type, and labels are one class where they are equal.
        sample_weight
            Weight of each row, (n_samples,), at least 0: in the loss, in scores and intervals, calibration, costs and
            prediction sets, which are all those of the weighted rows. Rows of weight 0 are left out altogether.
        groups
            What rows belong together, such as those of one person: an array (n_samples,), or the name of a column, or
            names. Folds, hold-outs and intervals go by group, so that scores are those of new groups. A named column is
            no feature unless ``categorical`` or ``numerical`` name it too.
        time
            When rows were: an array (n_samples,) of dates or numbers, or the name of a column, which is then no
            feature. Networks are scored on later rows than they trained on, and those that predict are trained on all.

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
        self._check()
        self.seed_ = seed_of(self.random_state)
        with shown_progress(self.verbose):
            with phase("check", detail="columns, cells and labels"):
                training_set = training_set_of(self, X, y, sample_weight, groups=groups, time=time)
            self.costs_ = Costs.of(training_set.classes, self.cost, self.abstain, positive=self.pos_label)
            deadline = min(filter(None, (deadline, self._budget_deadline(training_set))), default=None)
            settings = {**self._folds(len(training_set.codes)), **self._execution(), "checkpoint": self.checkpoint}
            kinds = kinds_in_time(self.kinds_for(training_set), self._n_member_rows(training_set), deadline)
            ensemble = fit_ensemble(training_set, kinds, seed=self.seed_, deadline=deadline, **settings)
            self._keep(training_set, ensemble)
        for notice in table_notices(self.schema_, self.classes_, self.class_rows_, self.audit_):
            warn_caller(notice)
        for notice in (*dependence_notices(self.dependence_), *training_notices(self.members_)):
            warn_caller(notice)
        return self

    def check_settings(self) -> None:
        """Raise `SettingError` if a parameter is out of range whatever the table, as `fit` does.

        Examples
        --------
        >>> DemarcateClassifier(lr=0).check_settings()
        Traceback (most recent call last):
        demarcate.errors.SettingError: lr must be above 0 and finite, got 0
        """
        self._check()

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Return class probabilities of shape (n_samples, n_classes), columns in the order of ``classes_``."""
        check_is_fitted(self)
        return self.predictor_.predict_proba(checked_table(self, X, reset=False))

    def predict(self, X: Any) -> NDArray[Any]:
        """Return predicted labels of shape (n_samples,), by ``cost`` if there is one; None where it abstains."""
        check_is_fitted(self)
        return self.predictor_.decide(self.predict_proba(X))

    def predict_frame(self, X: Any) -> Any:
        """Return the predicted label and the probabilities of each row as a frame of the library of ``X``.

        It has the columns ``prediction`` and ``probability_CLASS`` for each class, and the index of a pandas frame. Of
        a table that is no frame it is a polars frame. `predict` and `predict_proba` return arrays whatever ``X`` is, as
        scikit-learn's scorers, calibrators and curves expect of a classifier.

        Examples
        --------
        >>> import pandas as pd
        >>> X = pd.DataFrame({"length": [1.0, 1.5, 4.0, 4.5] * 5}, index=range(100, 120))
        >>> clf = DemarcateClassifier(hidden=(4,), epochs=5, n_folds=2).fit(X, ["short", "short", "long", "long"] * 5)
        >>> clf.predict_frame(X[:1]).columns.tolist(), clf.predict_frame(X[:1]).index.tolist()
        (['prediction', 'probability_long', 'probability_short'], [100])
        """
        check_is_fitted(self)
        return self.predictor_.predict_frame(checked_table(self, X, reset=False))

    def score(self, X: Any, y: ArrayLike, sample_weight: ArrayLike | None = None) -> float:
        """Return the accuracy of ``predict``; a row without a decision counts as an error."""
        one_label_a_row(y)
        if self.abstain is None and not self.merge_labels and self.classes_.dtype != np.object_:
            return float(super().score(X, y, sample_weight))
        # scikit-learn takes neither None nor decimals and dates for labels.
        reader, decided = self.predictor_.label_reader(), self.predictor_.decisions(self.predict_proba(X))
        codes = np.array([reader.code(label) for label in to_labels(label_array(y))])
        check_consistent_length(len(decided), len(codes))
        weights = None if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
        return float(np.average((decided == codes) & (codes >= 0), weights=weights))

    def predict_set(
        self, X: Any, coverage: float = 0.9, *, per_class: bool = False, allow_empty: bool = True
    ) -> NDArray[np.bool_]:
        """Return which labels are in each row's conformal prediction set, (n_samples, n_classes).

        Parameters
        ----------
        X
            A table with the columns that ``fit`` saw.
        coverage
            The share of sets that hold the true label, in (0, 1).
        per_class
            Whether coverage holds for the rows of each class, rather than for all rows together. A class with too few
            rows (9 for 0.9) is in every set.
        allow_empty
            Whether a set may be empty; if not, it holds the likeliest label, and coverage is higher.
        """
        check_is_fitted(self)
        table = checked_table(self, X, reset=False)
        return self.predictor_.predict_set(table, coverage, per_class=per_class, allow_empty=allow_empty)

    def spread(self, X: Any) -> NDArray[np.float64]:
        """Return the standard deviation of each probability between the networks, (n_samples, n_classes)."""
        check_is_fitted(self)
        return self.predictor_.spread(checked_table(self, X, reset=False))

    @cached_property
    def scores_(self) -> Scores:
        """Accuracy, log loss, ROC AUC and the other metrics of the out-of-fold probabilities, with 95% intervals.

        They allow for what the mean over all folds, which predicts new rows, gains (``averaging_gain_``).
        """
        check_is_fitted(self)
        with phase("intervals"):
            return with_gain(self._scores_of(self._draws(self.oof_proba_)), self.averaging_gain_)

    @cached_property
    def class_scores_(self) -> ClassScores:
        """Precision, recall and F1 of each class in the decisions on out-of-fold rows, with 95% intervals."""
        check_is_fitted(self)
        decided, n_classes = self.predictor_.decisions(self.oof_proba_), len(self.classes_)
        with phase("intervals", detail="of each class"):
            scores = decision_scores(self.oof_codes_, decided, n_classes, self.oof_sampling_, rows=self.oof_kind_)
        return ClassScores(self.classes_.tolist(), scores)

    @cached_property
    def cost_comparison_(self) -> CostComparison | None:
        """Cost of out-of-fold rows: by ``cost``, for the likeliest class, always for one class; None without it."""
        check_is_fitted(self)
        if self.costs_ is None:
            return None
        rows = self.oof_codes_, self.oof_proba_, self.costs_, self.oof_sampling_
        with phase("intervals", detail="of the costs"):
            return compare_costs_sampled(*rows, rows=self.oof_kind_, classes=self.classes_)

    def baselines(self, X: Any, y: ArrayLike | None = None, sample_weight: ArrayLike | None = None) -> ScoresByModel:
        """Return the scores of ``majority`` and ``logistic_regression``, each a mapping of metric to score.

        Both are fitted on each fold's training rows, logistic regression on the fold's own encoding of them. The
        arguments are those of ``fit``; other rows raise `InputError`. Sets ``comparison_``.
        """
        check_is_fitted(self)
        training_set = training_set_of(self, X, y, sample_weight, self.schema_)
        if training_set.fingerprint() != self.data_sha256_:
            fact = "These are not the rows that the networks were trained on"
            raise InputError([Problem(fact, "Give X, y and sample_weight as they were in fit")])
        probabilities = baseline_probabilities(training_set, self.splits_)
        with phase("intervals", total=2 + len(probabilities)) as current:
            own = self._draws(self.oof_proba_)
            if "scores_" not in self.__dict__:
                self.__dict__["scores_"] = with_gain(self._scores_of(own), self.averaging_gain_)
            current.advance(detail="of the networks")
            scores, self.comparison_ = ScoresByModel(), {}
            for name, values in probabilities.items():
                their = self._draws(values)
                scores[name] = self._scores_of(their)
                self.comparison_[name] = self._compare(own, their, name)
                current.advance(detail=f"of {BASELINE_NAMES[name]}")
            return with_pooled_ranking(scores, probabilities, self._ranking_scores)

    def diagnose(
        self,
        X: Any,
        y: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
        *,
        groups: Any = None,
        time: Any = None,
        seeds: int = SEEDS,
        max_rows: int = MAX_ROWS,
    ) -> Diagnosis:
        """Return whether a network with these settings underfits or overfits these rows, and what would help.

        The estimator need not be fitted, and does not change. The diagnosis is of single networks; the mean of an
        ensemble is somewhat better than each of its members. The rows are as for ``fit``, all else, with errors and
        warnings, is as for `demarcate.diagnose`.

        Examples
        --------
        >>> from demarcate import datasets
        >>> clf = DemarcateClassifier(hidden=(1,), lr=0.02, epochs=50)
        >>> print(clf.diagnose(*datasets.circles(n_samples=200), seeds=5).verdict)
        underfits
        """
        # Reading a table sets attributes of the estimator: a copy's, not this one's.
        training_set = training_set_of(clone(self), X, y, sample_weight, groups=groups, time=time)
        network, training = self._network(training_set), self._training(len(training_set.codes))
        settings = {**self._execution(), "seeds": seeds, "max_rows": max_rows, "seed": seed_of(self.random_state)}
        return diagnose_training_set(training_set, network, training, **settings)

    def member(self, index: int) -> nn.Module:
        """Return one network as a plain ``torch.nn`` module, which takes ``predictor_.encode(X, member=index)``."""
        check_is_fitted(self)
        return self.predictor_.member(index)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write everything prediction needs to one file, free of pickle; an existing file is replaced or left whole."""
        check_is_fitted(self)
        write_bundle(self.predictor_.with_record(self.record()), path)

    @staticmethod
    def load(path: str | os.PathLike[str], *, expect_sha256: str | None = None) -> Predictor:
        """Return the predictor in a file that `save` wrote; same as `demarcate.load`."""
        return read_bundle(path, expect_sha256=expect_sha256)

    def record(self, baselines: Mapping[str, Mapping[str, Score]] | None = None) -> dict[str, Any]:
        """Return the record of the fit in a model file, for JSON: scores, members, audit, settings, origin."""
        check_is_fitted(self)
        return model_record(self, baselines or {})

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        tags.input_tags.categorical = True
        return tags

    def _html_repr(self) -> str:
        """Return scikit-learn's diagram, and how the classifier was fitted below it."""
        diagram = str(estimator_html_repr(self))
        return diagram + fitted_view(self).to_html() if hasattr(self, "predictor_") else diagram

    def _repr_html_inner(self) -> str:
        # scikit-learn before 1.7 looks for no `_html_repr`.
        return self._html_repr()

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        html = {"text/html": self._html_repr()} if get_config()["display"] == "diagram" else {}
        return {"text/plain": repr(self), **html}

    def _draws(self, probabilities: NDArray[np.float64], metrics: Collection[str] | None = None) -> Bootstrap:
        """Return metrics of probabilities of the held-out rows, ``(n_held, n_classes)``, resampled."""
        positive = positive_or_second(self.predictor_.positive)
        return metric_bootstrap(self.oof_codes_, probabilities, self.oof_sampling_, positive=positive, metrics=metrics)

    def _scores_of(self, draws: Bootstrap) -> Scores:
        return scores_of_draws(draws, self.oof_codes_, len(self.classes_), rows=self.oof_kind_)

    def _ranking_scores(self, probabilities: NDArray[np.float64]) -> Scores:
        ranking = [name for name, metric in METRICS.items() if metric.is_ranking]
        return self._scores_of(self._draws(probabilities, ranking))

    def _compare(self, own: Bootstrap, their: Bootstrap, baseline: str) -> PairedComparison:
        rows: dict[str, Any] = {"rows": self.oof_kind_, "other": BASELINE_NAMES[baseline]}
        compared = compare_draws(own, their, self.oof_codes_, len(self.classes_), **rows)
        return replace(compared, differences=with_gain(compared.differences, self.averaging_gain_, bounded=False))

    def _keep(self, training_set: TrainingSet, ensemble: Ensemble) -> None:
        """Set the fitted attributes."""
        for name in ("scores_", "class_scores_", "cost_comparison_", "comparison_"):
            self.__dict__.pop(name, None)  # of an earlier fit
        classes, codes = training_set.classes, training_set.codes
        self.classes_, self.schema_, self.members_ = classes, training_set.schema, ensemble.members
        weights = class_weights(self.class_weight, classes, codes)
        self.class_weight_ = dict(zip(classes.tolist(), weights.tolist(), strict=True))
        self.n_samples_, self.class_rows_ = len(codes), np.bincount(codes).tolist()
        self.n_sampled_ = None if training_set.sample is None else len(training_set.sample)
        self.data_sha256_ = training_set.fingerprint()
        self.dependence_, self.weights_column_ = training_set.dependence, training_set.weights_column
        self.splits_ = ensemble.splits
        self.oof_rows_, self.oof_folds_, self.oof_sampling_ = ensemble.held, ensemble.folds, ensemble.sampling
        self.oof_kind_ = ensemble.rows
        self.oof_codes_ = codes[ensemble.held]
        scale = self._value("calibrate") and not self._is_one_split
        predictor, self.oof_proba_ = ensemble.calibrated(self.oof_codes_, scale=scale)
        positive = positive_code(classes, self.pos_label)
        predictor = replace(predictor, trained_on=training_set.trained_on()).with_positive(positive)
        self.predictor_ = self.scorer_ = predictor.deciding(self.costs_)
        if ensemble.scorer is not ensemble.predictor:
            scorer = replace(ensemble.scorer, temperature=predictor.temperature).with_positive(positive)
            self.scorer_ = scorer.deciding(self.costs_)
        self.averaging_gain_ = ensemble.averaging_gain(predictor.temperature, positive_or_second(positive))
        losses = row_losses(self.oof_codes_, self.oof_proba_)
        with phase("check", detail="what makes scores too good"):
            self.audit_ = tuple(audit_rows(training_set, self.oof_rows_, self.oof_folds_, losses))

"""The rows that a report evaluates a classifier on, with their labels and predicted probabilities."""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

from demarcate.argument_checks import check_consistent_length
from demarcate.checks import check_table
from demarcate.classifier import DemarcateClassifier
from demarcate.classifier.fit_arguments import label_array
from demarcate.errors import InputError, InputWarning, Problem, SettingError
from demarcate.evaluation import PairedComparison, Score
from demarcate.evaluation.baselines import BASELINE_NAMES
from demarcate.evaluation.cost_comparison import CostComparison, compare_costs_sampled
from demarcate.evaluation.costs import ABSTAINED
from demarcate.evaluation.intervals import decision_scores, decision_totals, score_sampled
from demarcate.evaluation.paired import compare_sampled
from demarcate.evaluation.row_values import row_losses
from demarcate.evaluation.sampling import PLAIN, Sampling
from demarcate.evaluation.scores import scores_from_json
from demarcate.inference import Predictor
from demarcate.inspection.importance import Importance, RowGroup, permutation_importance
from demarcate.presentation import brief_repr
from demarcate.report.filters import elided
from demarcate.tabular import ParsedColumns, as_frame, encode_known_labels
from demarcate.tabular.fingerprint import fingerprint
from demarcate.tabular.positive_class import positive_or_second


@brief_repr
@dataclass(frozen=True, eq=False)
class EvaluatedRows:
    """Rows of a table with their labels and the probabilities that a classifier predicted for them.

    Attributes
    ----------
    predictor : Predictor
        The classifier.
    scorer : Predictor
        The networks that predicted the rows, which had not learned them: mostly those of the classifier.
    record : mapping
        How it was trained: scores, settings, members and versions; may be empty.
    table : polars.DataFrame
        The table that contains the rows.
    indices : ndarray of shape (n_rows,)
        Which rows of the table are evaluated, from 0.
    parsed : mapping of str to column
        The cells of the evaluated rows, by column.
    codes : ndarray of shape (n_rows,)
        The true class of each row, 0 to n_classes - 1.
    probabilities : ndarray of shape (n_rows, n_classes)
        The predicted probabilities.
    kind : str
        ``"out-of-fold"``, ``"held-out"`` or ``"given"``.
    groups : tuple
        The rows, grouped by the members that predict them: the ones that did not train on them.
    sampling : Sampling
        What each row counts, its group, and the fold in which it was held out.
    baselines : mapping
        Scores of simple models on the same rows, by name of the model and of the metric.
    comparison : mapping
        By simple model, the paired differences of the classifier's scores from its scores.
    findings : sequence of mapping
        Findings of the audit, each with ``rule``, ``columns``, ``severity`` and ``text``.
    is_training_data : bool
        Whether the classifier was trained on these very rows, so that its scores are too good.
    part : str
        Of given rows: ``"test"`` or ``"validation"`` where they are this part of the table whose other rows trained it.
    name : str
        Name of the table; may be empty.
    options : sequence of str
        Options of ``demarcate fit`` that say how the table was read, as arguments of its command line.
    """

    predictor: Predictor
    scorer: Predictor
    record: Mapping[str, Any]
    table: pl.DataFrame
    indices: NDArray[np.int64]
    parsed: ParsedColumns
    codes: NDArray[np.int64]
    probabilities: NDArray[np.float64]
    kind: str
    groups: tuple[RowGroup, ...]
    sampling: Sampling = PLAIN
    baselines: Mapping[str, Mapping[str, Score]] = field(default_factory=dict)
    comparison: Mapping[str, PairedComparison] = field(default_factory=dict)
    findings: Sequence[Mapping[str, Any]] = ()
    is_training_data: bool = False
    part: str = ""
    name: str = ""
    options: Sequence[str] = ()

    @classmethod
    def from_fit(
        cls,
        classifier: DemarcateClassifier,
        X: Any,
        y: ArrayLike,
        sample_weight: ArrayLike | None,
        baselines: Mapping[str, Mapping[str, Score]] | None,
        target: str | None,
        name: str,
        options: Sequence[str] = (),
    ) -> "EvaluatedRows":
        """Return the training rows, each predicted by the members that did not train on it; see `Report.of`.

        Raises
        ------
        SettingError
            If ``classifier`` is not a `DemarcateClassifier`.
        InputError
            If these are not the rows that it was fitted on.
        """
        if not isinstance(classifier, DemarcateClassifier):
            raise SettingError(
                f"Report.of needs a fitted DemarcateClassifier; got a {type(classifier).__name__}. "
                "For a saved model and a table, use Report.from_predictor(predictor, table, labels)"
            )
        if baselines is None or not hasattr(classifier, "comparison_"):
            baselines = classifier.baselines(X, y, sample_weight)
        table, labels = as_frame(X), label_array(y)
        if sample_weight is not None:
            has_weight = np.flatnonzero(np.asarray(sample_weight))
            table, labels = table[has_weight], labels[has_weight]
        predictor, indices = classifier.predictor_, classifier.oof_rows_
        codes = encode_known_labels(labels, predictor.classes, merge=predictor.merge_labels)
        parsed = predictor.parse(table)
        if fingerprint(parsed, codes) != classifier.data_sha256_:
            fact = "The rows are not the ones that the classifier was fitted on"
            raise InputError([Problem(fact, "Pass X, y and sample_weight as they were passed to fit")])
        record = classifier.record(baselines)
        folds = classifier.oof_folds_
        member_folds = classifier.scorer_.member_folds
        groups = tuple(
            RowGroup(np.flatnonzero(folds == fold), tuple(np.flatnonzero(member_folds == fold).tolist()))
            for fold in np.unique(folds)
        )
        return cls(
            predictor=predictor if target is None else replace(predictor, target=target),
            scorer=classifier.scorer_,
            record=record,
            table=table,
            indices=indices,
            parsed={column: cells[indices] for column, cells in parsed.items()},
            codes=classifier.oof_codes_,
            probabilities=classifier.oof_proba_,
            kind=classifier.oof_kind_,
            groups=groups,
            sampling=classifier.oof_sampling_,
            baselines=baselines,
            comparison=classifier.comparison_,
            findings=_findings(record, predictor, parsed, codes),
            name=name,
            options=tuple(options),
        )

    @classmethod
    def from_table(
        cls, predictor: Predictor, table: Any, labels: Any, name: str, sampling: Sampling = PLAIN
    ) -> "EvaluatedRows":
        """Return the rows of a table, predicted by all members; see `Report.from_predictor`.

        Raises
        ------
        InputError
            If the predictor cannot read the table or the labels.
        """
        frame = as_frame(table)
        codes = encode_known_labels(labels, predictor.classes, merge=predictor.merge_labels)
        check_consistent_length(len(frame), len(codes))
        parsed = predictor.parse(frame)
        indices = np.arange(len(codes))
        record = predictor.record
        probabilities = predictor.probabilities(parsed)
        baselines, comparison = _majority_baseline(predictor, codes, probabilities, sampling)
        return cls(
            predictor=predictor,
            scorer=predictor,
            record=record,
            table=frame,
            indices=indices,
            parsed=parsed,
            codes=codes,
            probabilities=probabilities,
            kind="given",
            groups=(RowGroup(indices, tuple(range(predictor.n_members))),),
            sampling=sampling,
            baselines=baselines,
            comparison=comparison,
            findings=_findings(record, predictor, parsed, codes),
            is_training_data=fingerprint(parsed, codes) == record.get("provenance", {}).get("data_sha256"),
            name=name,
        )

    @property
    def n_rows(self) -> int:
        """Number of evaluated rows."""
        return len(self.codes)

    @property
    def n_classes(self) -> int:
        """Number of classes."""
        return len(self.predictor.classes)

    @cached_property
    def labels(self) -> list[str]:
        """The classes as text."""
        return [str(label) for label in self.predictor.classes.tolist()]

    @property
    def positive(self) -> int:
        """The code of the class that curves of two classes are about: the positive one, the second where none is."""
        return positive_or_second(self.predictor.positive)

    @property
    def positive_label(self) -> str | None:
        """The label of the positive class; None where no class is known to be positive."""
        return None if self.predictor.positive is None else self.labels[self.predictor.positive]

    @property
    def positive_note(self) -> str:
        """A sentence on the class that average precision is about; empty of more than two classes."""
        if self.n_classes != 2:
            return ""
        why = (
            "the positive one"
            if self.positive_label is not None
            else "the second label: nothing says which is positive"
        )
        return f"Average precision is about class {elided(self.labels[self.positive])}, {why}."

    @cached_property
    def decisions(self) -> NDArray[np.int64]:
        """The predicted class of each row, ``(n_rows,)``; -1 where the classifier abstains."""
        codes = {label: code for code, label in enumerate(self.predictor.classes.tolist())}
        labels = self.predictor.decide(self.probabilities).tolist()
        return np.array([ABSTAINED if label is None else codes[label] for label in labels])

    @property
    def class_rows(self) -> list[int]:
        """The number of evaluated rows of each class."""
        return [int(count) for count in np.bincount(self.codes, minlength=self.n_classes)]

    @property
    def decision_note(self) -> str:
        """A sentence on which numbers follow the costs or the threshold; empty if the likeliest class is predicted."""
        if self.predictor.costs is None and self.predictor.threshold is None:
            return ""
        rule = "threshold" if self.predictor.costs is None else "costs"
        return (
            "Accuracy and balanced accuracy are those of the likeliest class. The confusion matrix and the scores by "
            f"class are those of the decisions by the model's {rule}."
        )

    @property
    def n_undecided(self) -> int:
        """The number of rows that the classifier leaves undecided."""
        return int((self.decisions == ABSTAINED).sum())

    @cached_property
    def decided_scores(self) -> dict[str, Score]:
        """``accuracy`` of the decided rows and ``balanced_accuracy`` of all, of the decisions."""
        if self.predictor.costs is None and self.predictor.threshold is None:
            return {name: self.scores[name] for name in ("accuracy", "balanced_accuracy")}
        return decision_totals(self.codes, self.decisions, self.n_classes, self.sampling, rows=self.kind)

    @cached_property
    def cost_comparison(self) -> CostComparison | None:
        """The cost of the decisions, beside simpler ones; None if the classifier has no costs."""
        costs = self.predictor.costs
        if costs is None:
            return None
        rows = self.codes, self.probabilities, costs, self.sampling
        return compare_costs_sampled(*rows, rows=self.kind, classes=self.predictor.classes)

    @cached_property
    def losses(self) -> NDArray[np.float64]:
        """The log loss of each row, ``(n_rows,)``, in nats."""
        return row_losses(self.codes, self.probabilities)

    @cached_property
    def scores(self) -> dict[str, Score]:
        """The score of each metric."""
        if self.kind != "given":
            return scores_from_json(self.record["scores"])
        rows = self.codes, self.probabilities, self.sampling
        return score_sampled(*rows, rows=self.kind, positive=self.positive)

    @cached_property
    def class_scores(self) -> list[dict[str, Score]]:
        """Precision, recall and F1 of each class."""
        if self.kind != "given":
            return list(map(scores_from_json, self.record["class_scores"].values()))
        return decision_scores(self.codes, self.decisions, self.n_classes, self.sampling, rows=self.kind)

    @cached_property
    def importance(self) -> Importance:
        """Permutation importance of the columns, most important first."""
        rows = self.scorer, self.parsed, self.codes, self.groups
        return permutation_importance(*rows, rows=self.kind, sampling=self.sampling)

    @property
    def columns_by_importance(self) -> list[str]:
        """Names of the columns, most important first."""
        return [column.column for column in self.importance.columns]


@contextmanager
def ignore_input_warnings() -> Iterator[None]:
    """Silence warnings of cells that were warned of before, or that the report makes itself."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InputWarning)
        yield


def _majority_baseline(
    predictor: Predictor,
    codes: NDArray[np.int64],
    probabilities: NDArray[np.float64],
    sampling: Sampling,
) -> tuple[dict[str, dict[str, Score]], dict[str, PairedComparison]]:
    """Score the training rows' class shares, predicted for every row, and compare them with the classifier.

    Both are empty if it does not know the shares.
    """
    majority, positive = predictor.majority_probabilities(len(codes)), positive_or_second(predictor.positive)
    if majority is None:
        return {}, {}
    scores = score_sampled(codes, majority, sampling, rows="given", positive=positive)
    rows = codes, probabilities, majority, sampling
    comparison = compare_sampled(*rows, other=BASELINE_NAMES["majority"], rows="given", positive=positive)
    return {"majority": scores}, {"majority": comparison}


def _findings(
    record: Mapping[str, Any], predictor: Predictor, parsed: ParsedColumns, codes: NDArray[np.int64]
) -> list[dict[str, Any]]:
    """Return the findings of the training table's audit, or audit these rows if the record has none."""
    if "audit" in record:
        return [dict(finding) for finding in record["audit"]]
    return [finding.to_json() for finding in check_table(predictor.schema, parsed, codes, predictor.classes)]

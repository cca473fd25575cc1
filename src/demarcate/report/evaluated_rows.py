"""The rows that a report judges a classifier by, and who may be asked about which of them."""

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
from demarcate.checks import audit_columns
from demarcate.classifier import DemarcateClassifier
from demarcate.classifier.fit_arguments import label_array
from demarcate.errors import InputError, InputWarning, Problem, SettingError
from demarcate.evaluation import Score, class_scores, majority_probabilities, score, scores_from_json
from demarcate.evaluation.costs import ABSTAINED
from demarcate.evaluation.row_values import row_losses
from demarcate.inference import Predictor
from demarcate.inspection.permutation_importance import Asked
from demarcate.tabular import ParsedColumns, as_frame, encode_known_labels
from demarcate.tabular.fingerprint import fingerprint


@dataclass(frozen=True, eq=False)
class Judged:
    """Rows with their labels and the probabilities that a classifier gave them.

    Attributes
    ----------
    predictor
        The classifier.
    record
        What is known of how it was made.
    table
        The table that the rows are from, as it was read.
    places
        Which of its rows are judged, ``(n_rows,)``.
    parsed
        The judged rows' cells.
    codes, probabilities
        Their classes, ``(n_rows,)``, and what the classifier says of them, ``(n_rows, n_classes)``.
    rows
        What they are, in words: ``out-of-fold``, ``held-out`` or ``given``.
    folds
        The fold each was held out in, or None.
    asked
        All of them, parted by who may be asked.
    baselines
        Scores of simple rules on the same rows, by name.
    findings
        Of the audit: ``rule``, ``columns``, ``severity`` and ``text`` of each.
    own_rows
        Whether the classifier was trained on these very rows and is judged by them all the same.
    name
        What the table is called; may be empty.
    options
        Options of ``demarcate fit`` that say how the table was read, as words of its command line.
    """

    predictor: Predictor
    record: Mapping[str, Any]
    table: pl.DataFrame
    places: NDArray[np.int64]
    parsed: ParsedColumns
    codes: NDArray[np.int64]
    probabilities: NDArray[np.float64]
    rows: str
    asked: tuple[Asked, ...]
    folds: NDArray[np.int64] | None = None
    baselines: Mapping[str, Mapping[str, Score]] = field(default_factory=dict)
    findings: Sequence[Mapping[str, Any]] = ()
    own_rows: bool = False
    name: str = ""
    options: Sequence[str] = ()

    @classmethod
    def out_of_fold(
        cls,
        classifier: DemarcateClassifier,
        X: Any,
        y: ArrayLike,
        sample_weight: ArrayLike | None,
        baselines: Mapping[str, Mapping[str, Score]] | None,
        target: str | None,
        name: str,
        options: Sequence[str] = (),
    ) -> "Judged":
        """The rows that a classifier was trained on, each judged by the members that did not train on it.

        Raises
        ------
        SettingError
            If it is no `DemarcateClassifier`.
        InputError
            If these are not the rows that it was fitted on.
        """
        if not isinstance(classifier, DemarcateClassifier):
            raise SettingError(
                f"a report of a fit is of a fitted DemarcateClassifier: got a {type(classifier).__name__}. "
                "Of a saved model and a table make one with Report.from_predictor(predictor, table, labels)"
            )
        if baselines is None:
            baselines = classifier.baselines(X, y, sample_weight)
        table, labels = as_frame(X), label_array(y)
        if sample_weight is not None:
            kept = np.flatnonzero(np.asarray(sample_weight))
            table, labels = table[kept], labels[kept]
        predictor, held = classifier.predictor_, classifier.oof_rows_
        codes = encode_known_labels(labels, predictor.classes)
        parsed = predictor.parse(table)
        if fingerprint(parsed, codes) != classifier.data_sha256_:
            rule = "A report of a fit is of the rows that it was given"
            raise InputError([Problem(rule, "these are others", "Give X, y and sample_weight as they were in fit")])
        record = classifier.record(baselines)
        folds = classifier.oof_folds_
        members = np.asarray(predictor.encoding)
        asked = tuple(
            Asked(np.flatnonzero(folds == fold), tuple(np.flatnonzero(members == fold).tolist()))
            for fold in np.unique(folds)
        )
        return cls(
            predictor=predictor if target is None else replace(predictor, target=target),
            record=record,
            table=table,
            places=held,
            parsed={column: cells[held] for column, cells in parsed.items()},
            codes=classifier.oof_codes_,
            probabilities=classifier.oof_proba_,
            rows=classifier.oof_kind_,
            asked=asked,
            folds=folds,
            baselines=baselines,
            findings=_findings(record, predictor, parsed, codes),
            name=name,
            options=tuple(options),
        )

    @classmethod
    def given(cls, predictor: Predictor, table: Any, labels: Any, name: str) -> "Judged":
        """The rows of a table, judged by all members.

        Raises
        ------
        InputError
            If the table or the labels are not what the predictor reads.
        """
        frame = as_frame(table)
        codes = encode_known_labels(labels, predictor.classes)
        check_consistent_length(len(frame), len(codes))
        parsed = predictor.parse(frame)
        every = np.arange(len(codes))
        record = predictor.record
        return cls(
            predictor=predictor,
            record=record,
            table=frame,
            places=every,
            parsed=parsed,
            codes=codes,
            probabilities=predictor.probabilities(parsed),
            rows="given",
            asked=(Asked(every, tuple(range(predictor.n_members))),),
            baselines=_majority(record, predictor, codes),
            findings=_findings(record, predictor, parsed, codes),
            own_rows=fingerprint(parsed, codes) == record.get("provenance", {}).get("data_sha256"),
            name=name,
        )

    @property
    def n_rows(self) -> int:
        """How many rows are judged."""
        return len(self.codes)

    @property
    def n_classes(self) -> int:
        """How many classes there are."""
        return len(self.predictor.classes)

    @cached_property
    def labels(self) -> list[str]:
        """The classes as text."""
        return [str(label) for label in self.predictor.classes.tolist()]

    @cached_property
    def decided(self) -> NDArray[np.int64]:
        """The class each row is put in, ``(n_rows,)``; -1 where the classifier abstains."""
        by_label = {label: code for code, label in enumerate(self.predictor.classes.tolist())}
        decided = self.predictor.decide(self.probabilities).tolist()
        return np.array([ABSTAINED if label is None else by_label[label] for label in decided])

    @property
    def decisions(self) -> str:
        """What scores and decisions go by, in a sentence, where that is not the same; else empty."""
        if self.predictor.costs is not None:
            by = "by the costs it was given"
        elif self.predictor.threshold is not None:
            by = "by its threshold"
        else:
            return ""
        return (
            "Accuracy and balanced accuracy are of the likeliest class; the confusion matrix and the scores class by "
            f"class are of what the model decides {by}."
        )

    @cached_property
    def losses(self) -> NDArray[np.float64]:
        """Each row's part of the log loss, ``(n_rows,)``."""
        return row_losses(self.codes, self.probabilities)

    @cached_property
    def scores(self) -> dict[str, Score]:
        """Every metric of these rows."""
        if self.rows != "given":
            return scores_from_json(self.record["scores"])
        return score(self.codes, self.probabilities, rows=self.rows)

    @cached_property
    def class_scores(self) -> list[dict[str, Score]]:
        """Precision, recall and F1 of every class."""
        if self.rows != "given":
            return list(map(scores_from_json, self.record["class_scores"].values()))
        return class_scores(self.codes, self.probabilities, rows=self.rows, decided=self.decided)


@contextmanager
def warned_before() -> Iterator[None]:
    """Cells that are read again, or are of the report's own making, are not warned of."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InputWarning)
        yield


def _majority(record: Mapping[str, Any], predictor: Predictor, codes: NDArray[np.int64]) -> dict[str, dict[str, Score]]:
    """The scores of naming the classes' shares among the training rows; none where the record does not tell them."""
    counts = record.get("class_rows")
    if not counts:
        return {}
    train = np.repeat(np.arange(len(predictor.classes)), [counts[str(label)] for label in predictor.classes.tolist()])
    return {"majority": score(codes, majority_probabilities(train, len(codes), len(counts)), rows="given")}


def _findings(
    record: Mapping[str, Any], predictor: Predictor, parsed: ParsedColumns, codes: NDArray[np.int64]
) -> list[dict[str, Any]]:
    """What the audit found when the classifier was fitted; of the table itself if that is not on record."""
    if "audit" in record:
        return [dict(finding) for finding in record["audit"]]
    return [finding.to_json() for finding in audit_columns(predictor.schema, parsed, codes, predictor.classes)]

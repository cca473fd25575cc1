"""What every fitted model has, whatever computes its networks: columns, classes and decisions. Needs no torch."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from demarcate.encoding import TableEncoder
from demarcate.errors import InputWarning, SettingError, warn_caller
from demarcate.evaluation.calibration import scale
from demarcate.evaluation.conformal import Conformal
from demarcate.evaluation.costs import Costs
from demarcate.evaluation.member_weights import (
    check_member_folds,
    check_member_weights,
    deviation_over_members,
    mean_over_members,
)
from demarcate.inference.row_prediction import RowPrediction
from demarcate.presentation import ResultView, ShownAsHtml
from demarcate.tabular.column_options import NO_CELL_OPTIONS, CellOptions
from demarcate.tabular.plain_row import ParsedRow, read_plain_row
from demarcate.tabular.positive_class import positive_or_second
from demarcate.tabular.schema import ParsedColumns, Schema
from demarcate.tabular.trained_on import TrainedOn
from demarcate.tabular.trained_range import TrainedRanges

if TYPE_CHECKING:
    from demarcate.evaluation import Scores
    from demarcate.tabular import LabelReader, TableReader


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class FittedModel(ShownAsHtml, ABC):
    """Encoders and classes of an ensemble, and how its members' probabilities become predictions.

    `Predictor` computes the networks with torch, `NumpyPredictor` with numpy.

    Attributes
    ----------
    schema
        The columns it reads.
    encoders, encoding
        Fitted encoders, and the number of the encoder that each member reads through, ``(n_members,)``.
    classes, target
        The labels, ``(n_classes,)``, in the order of the probabilities, and the name of their column.
    threshold
        For two classes: the probability of the positive one from which it is predicted, of the second where none is
        positive. None means the likelier class, or a decision by ``costs`` that no threshold expresses.
    costs
        The costs of decisions, if not all mistakes cost the same; `deciding` states the threshold where there is one.
    temperature
        The temperature that scales the mean probabilities; None for no scaling.
    conformal
        Out-of-fold scores for prediction sets, if there are any.
    positive
        The code of the positive class of two, 0 or 1; None where nobody said which class that is.
    weights
        Each member's share of the mean of probabilities, ``(n_members,)``: above 0, together 1. None weighs all alike.
    folds
        The split that each member was held out of, ``(n_members,)``, numbered from 0 without gaps; None where those are
        the members behind one encoder.
    merge_labels
        Whether all spellings of a label are its class, as they were in training.
    trained_on
        What it keeps of its training rows, so that other rows are compared with them; None for a model without it.
    record
        How it was made: scores, baselines, settings, provenance. JSON-ready.
    cells
        How the cells of tables to predict are written, where the cells do not say; not saved with the model.
    """

    schema: Schema
    encoders: tuple[TableEncoder, ...]
    encoding: tuple[int, ...]
    classes: NDArray[Any]
    target: str = "target"
    threshold: float | None = None
    costs: Costs | None = None
    temperature: float | None = None
    conformal: Conformal | None = None
    positive: int | None = None
    weights: tuple[float, ...] | None = None
    folds: tuple[int, ...] | None = None
    merge_labels: bool = False
    trained_on: TrainedOn | None = None
    record: Mapping[str, Any] = field(default_factory=dict)
    cells: CellOptions = NO_CELL_OPTIONS

    def __post_init__(self) -> None:
        check_member_weights(self.weights, self.n_members)
        check_member_folds(self.folds, self.n_members)

    def __repr__(self) -> str:
        from demarcate.inference.predictor_view import predictor_in_words

        return f"<{predictor_in_words(self)}>"

    def view(self) -> ResultView:
        """Return what a person sees of it: a title, sentences and tables."""
        from demarcate.inference.predictor_view import predictor_view

        return predictor_view(self)

    @property
    def scores(self) -> "Scores":
        """The scores that the model was saved with, by metric; empty if it has none."""
        from demarcate.evaluation import METRICS, Scores
        from demarcate.evaluation.scores import scores_from_json

        saved = scores_from_json(self.record.get("scores", {}))
        return Scores({name: saved[name] for name in METRICS if name in saved} | saved)

    @property
    def n_members(self) -> int:
        """The number of networks in the ensemble."""
        return len(self.encoding)

    @property
    def member_folds(self) -> NDArray[np.int64]:
        """The split that each member was held out of, ``(n_members,)``, by its number."""
        # Without folds, members that read through one encoder have the same rows held out.
        return np.asarray(self.encoding if self.folds is None else self.folds)

    def predict_proba(self, table: Any) -> NDArray[np.float64]:
        """Return class probabilities ``(n_rows, n_classes)``; rows sum to 1, and none is NaN.

        They are the weighted mean over members, scaled by the temperature if there is one.

        Parameters
        ----------
        table
            Anything `as_frame` takes, with the columns of the schema in any order.

        Raises
        ------
        InputError
            If columns are missing or a cell does not fit its column.
        """
        return self.probabilities(self.parse(table))

    def predict(self, table: Any) -> NDArray[Any]:
        """Return the predicted label of each row, ``(n_rows,)``; None where it abstains."""
        return self.decide(self.predict_proba(table))

    def predict_frame(self, table: Any) -> Any:
        """Return the predicted label and the probabilities of each row as a frame of the library of ``table``.

        It has the columns ``prediction`` and ``probability_CLASS`` for each class, and the index of a pandas frame. Of
        a table that is no frame it is a polars frame.

        Parameters
        ----------
        table
            As for `predict_proba`, with its errors.
        """
        from demarcate.inference.prediction_frame import prediction_frame

        probabilities = self.predict_proba(table)
        return prediction_frame(table, self.decide(probabilities), probabilities, self.classes)

    def decide(self, probabilities: NDArray[np.float64]) -> NDArray[Any]:
        """Return the labels that follow from probabilities ``(n_rows, n_classes)``.

        They follow by the costs, else by the threshold, else they are the likeliest. Where abstaining has a cost the
        labels are an array of objects, with None for rows without a decision.
        """
        return self.labels_of(self.decisions(probabilities))

    def labels_of(self, decisions: NDArray[np.int64]) -> NDArray[Any]:
        """Return the labels of the codes that `decisions` gives, ``(n_rows,)``."""
        if self.costs is None or self.costs.abstain is None:
            return np.asarray(self.classes[decisions])
        # None stands last: its code, -1, counts from the end.
        return np.array([*self.classes.tolist(), None], dtype=object)[decisions]

    def decisions(self, probabilities: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return the codes of the labels that `decide` gives, ``(n_rows,)``; -1 where it abstains."""
        if self.costs is not None:
            return self.costs.decide(probabilities)
        if self.threshold is not None:
            positive = positive_or_second(self.positive)
            return np.where(probabilities[:, positive] >= self.threshold, positive, 1 - positive)
        return np.asarray(probabilities.argmax(1))

    def deciding(self, costs: Costs | None) -> Self:
        """Return the same predictor with decisions by other costs; None for the likeliest class.

        Its positive class is that of the costs, if they have one.
        """
        if costs is None:
            return replace(self, costs=None, threshold=None)
        positive = self.positive if costs.positive is None else costs.positive
        costs = replace(costs, positive=positive)
        return replace(self, costs=costs, threshold=costs.threshold, positive=positive)

    def with_positive(self, positive: int | None) -> Self:
        """Return the same predictor, with the same decisions, with another class of two as the positive one.

        Raises
        ------
        SettingError
            If there are not two classes, or the code is none of theirs.
        """
        if positive is not None and (positive not in (0, 1) or len(self.classes) != 2):
            fact = f"positive is {positive!r}, and there are {len(self.classes)} classes"
            raise SettingError(f"{fact}. Give the code of one of two classes, 0 or 1, or None.")
        costs, threshold = self.costs, self.threshold
        if costs is not None:
            costs = replace(costs, positive=positive)
            threshold = costs.threshold
        elif threshold is not None and positive_or_second(positive) != positive_or_second(self.positive):
            threshold = 1 - threshold
        return replace(self, costs=costs, threshold=threshold, positive=positive)

    def predict_set(
        self, table: Any, coverage: float = 0.9, *, per_class: bool = False, allow_empty: bool = True
    ) -> NDArray[np.bool_]:
        """Return which labels are in each row's prediction set, ``(n_rows, n_classes)`` in the order of ``classes``.

        Parameters
        ----------
        table
            As for `predict_proba`, with its errors.
        coverage
            The share of sets that hold the true label, in (0, 1).
        per_class
            Whether that holds for the rows of each class, rather than for all rows together. A class with too few
            out-of-fold rows for the coverage (fewer than 9 for 0.9) is in every set.
        allow_empty
            Whether a set may be empty; if not, the likeliest label is always in, and coverage is higher than asked for.

        Raises
        ------
        SettingError
            If the coverage is out of range, or the predictor has no out-of-fold rows.
        """
        return self.sets(self.parse(table), coverage, per_class=per_class, allow_empty=allow_empty)

    def spread(self, table: Any) -> NDArray[np.float64]:
        """Return the weighted standard deviation of each probability between members, ``(n_rows, n_classes)``.

        The members' own probabilities are compared, without the temperature.
        """
        return self.spreads(self.parse(table))

    def parse(self, table: Any) -> ParsedColumns:
        """Return a table's cells, checked against the schema and read by column kind."""
        from demarcate.tabular.frame import as_frame

        return self.schema.parse(as_frame(table), self.trained_ranges, self.cells)

    def parse_row(self, row: Mapping[str, Any]) -> ParsedRow:
        """Return one row's cells, by column name, checked and read as `parse` does; a plain row needs no polars."""
        plain = read_plain_row(self.schema.columns, row, self.trained_ranges) if self.cells == NO_CELL_OPTIONS else None
        if plain is not None:
            if plain.warning:
                warn_caller(InputWarning(plain.warning))
            return plain
        from demarcate.tabular.frame import as_frame

        reader = self.reader()
        parsed = reader.parse(as_frame({name: [cell] for name, cell in row.items()}))
        reader.close()
        assert parsed is not None, "a row with problems is refused"
        return ParsedRow(parsed, reader.outside.is_reported)

    def predict_row(
        self,
        row: Mapping[str, Any],
        *,
        coverage: float | None = None,
        per_class: bool = False,
        spread: bool = False,
    ) -> RowPrediction:
        """Return the prediction for one row: the label, its probabilities, and what else is asked for.

        Parameters
        ----------
        row
            The cells by column name, as text or as plain values; None and empty text are missing.
        coverage, per_class
            Also return a prediction set, as `predict_set` does.
        spread
            Also return how far members differ, as the method `spread` does.

        Raises
        ------
        InputError
            If columns are missing or a cell does not fit its column.
        SettingError
            As `predict_set`.

        Examples
        --------
        >>> import tempfile
        >>> import demarcate
        >>> from pathlib import Path
        >>> classifier = demarcate.DemarcateClassifier(hidden=(4,), epochs=2, n_folds=2)
        >>> classifier = classifier.fit(*demarcate.datasets.moons(n_samples=40))
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     classifier.save(Path(folder) / "moons.safetensors")
        ...     model = demarcate.load(Path(folder) / "moons.safetensors", backend="numpy")
        >>> prediction = model.predict_row({"x1": 0.1, "x2": "0.5"})
        >>> sorted(prediction.probabilities) == model.classes.tolist()
        True
        """
        members = self._row_probabilities(row)
        probabilities = self.combined(members)
        sets = None if coverage is None else self.sets_of(members, coverage, per_class=per_class)
        classes = self.classes.tolist()
        return RowPrediction(
            self.decide(probabilities).tolist()[0],
            dict(zip(classes, probabilities[0].tolist(), strict=True)),
            None if sets is None else self.classes[sets[0]].tolist(),
            dict(zip(classes, self.spreads_of(members)[0].tolist(), strict=True)) if spread else None,
        )

    def label_reader(self, missing: Sequence[str] = ()) -> "LabelReader":
        """Return a reader of labels as the codes of the classes; words in ``missing`` are none."""
        from demarcate.tabular.label_reader import LabelReader

        return LabelReader(self.classes, merge=self.merge_labels, missing=missing)

    def reader(self) -> "TableReader":
        """Return a reader that parses a table that comes in parts."""
        return self.schema.reader(self.trained_ranges, self.cells)

    def probabilities(self, parsed: ParsedColumns, members: Sequence[int] | None = None) -> NDArray[np.float64]:
        """Return probabilities ``(n_rows, n_classes)`` of parsed rows, the weighted mean over all members or some."""
        chosen = range(self.n_members) if members is None else members
        weights = self._weights_of(chosen)
        means = np.empty((n_rows_of(parsed), len(self.classes)))
        for rows, probabilities in self._member_probabilities(parsed, chosen):
            means[rows] = mean_over_members(probabilities, weights)
        return scale(means, self.temperature)

    def spreads(self, parsed: ParsedColumns) -> NDArray[np.float64]:
        """Return `spread` of parsed rows."""
        deviations = np.empty((n_rows_of(parsed), len(self.classes)))
        for rows, probabilities in self._member_probabilities(parsed, range(self.n_members)):
            deviations[rows] = self.spreads_of(probabilities)
        return deviations

    def sets(
        self, parsed: ParsedColumns, coverage: float = 0.9, *, per_class: bool = False, allow_empty: bool = True
    ) -> NDArray[np.bool_]:
        """Return `predict_set` of parsed rows."""
        sets = np.empty((n_rows_of(parsed), len(self.classes)), dtype=np.bool_)
        for rows, probabilities in self._member_probabilities(parsed, range(self.n_members)):
            sets[rows] = self.sets_of(probabilities, coverage, per_class=per_class, allow_empty=allow_empty)
        return sets

    def combined(self, members: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the model's probabilities ``(n_rows, n_classes)`` from those of all members, as `probabilities` does.

        ``members`` are ``(n_members, n_rows, n_classes)``, here and below.
        """
        return scale(mean_over_members(members, self.weights), self.temperature)

    def spreads_of(self, members: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return `spread` from all members' own probabilities."""
        return deviation_over_members(members, self.weights)

    def sets_of(
        self, probabilities: NDArray[np.float64], coverage: float, *, per_class: bool = False, allow_empty: bool = True
    ) -> NDArray[np.bool_]:
        """Return `predict_set` from all members' own probabilities."""
        if self.conformal is None:
            raise SettingError(
                "prediction sets go by out-of-fold rows: this model has none. Fit one with DemarcateClassifier or "
                "'demarcate fit'"
            )
        member_folds = self.member_folds
        folds = [np.flatnonzero(member_folds == fold).tolist() for fold in np.unique(member_folds)]
        means = [mean_over_members(probabilities[members], self._weights_of(members)) for members in folds]
        return self.conformal.sets(np.stack(means), coverage, per_class=per_class, allow_empty=allow_empty)

    def majority_probabilities(self, n_rows: int) -> NDArray[np.float64] | None:
        """Return the training rows' class shares for every row, ``(n_rows, n_classes)``; None if it does not know them.

        Whoever predicts them always chooses the largest class.
        """
        counts = self.record.get("class_rows") or {}
        rows = np.array([counts.get(str(label), 0) for label in self.classes.tolist()], dtype=np.float64)
        return np.tile(rows / rows.sum(), (n_rows, 1)) if rows.any() else None

    def with_record(self, record: Mapping[str, Any]) -> Self:
        """Return the same predictor with another record."""
        return replace(self, record=record)

    @property
    def trained_ranges(self) -> TrainedRanges | None:
        """What rows to predict are compared with; None for a model that keeps nothing of its training rows."""
        return None if self.trained_on is None else self.trained_on.as_ranges()

    def _weights_of(self, members: Sequence[int]) -> list[float] | None:
        """Return the weights of some members, which need not sum to 1; None for all the same."""
        return None if self.weights is None else [self.weights[member] for member in members]

    @abstractmethod
    def _member_probabilities(
        self, parsed: ParsedColumns, members: Sequence[int]
    ) -> Iterator[tuple[slice, NDArray[np.float64]]]:
        """Yield chunks of rows with the members' probabilities ``(len(members), n_chunk, n_classes)``."""

    def _row_probabilities(self, row: Mapping[str, Any]) -> NDArray[np.float64]:
        """Return the members' probabilities ``(n_members, 1, n_classes)`` of the cells of one row."""
        ((_, probabilities),) = self._member_probabilities(self.parse_row(row).columns, range(self.n_members))
        return probabilities


def n_rows_of(parsed: ParsedColumns) -> int:
    """Return the number of rows of parsed columns."""
    return len(next(iter(parsed.values())))

"""The fitted predictor: rows in, probabilities out. Needs no engine, and does not depend on how it was trained."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from demarcate.encoding import TableEncoder
from demarcate.errors import SettingError
from demarcate.evaluation import Costs
from demarcate.evaluation.calibration import scale
from demarcate.evaluation.conformal import Conformal
from demarcate.evaluation.member_weights import (
    check_member_folds,
    check_member_weights,
    deviation_over_members,
    mean_over_members,
)
from demarcate.inference.first_layer_lookup import FirstLayerLookup, locate_member
from demarcate.nn import Head, MemberState, Network, Population
from demarcate.nn.parallel import in_order
from demarcate.nn.population import stack
from demarcate.presentation import brief_repr
from demarcate.tabular import LabelReader, ParsedColumns, Schema, TableReader, TrainedOn, as_frame
from demarcate.tabular.column_options import NO_CELL_OPTIONS, CellOptions
from demarcate.tabular.positive_class import positive_or_second
from demarcate.tabular.trained_range import TrainedRanges

_Result = TypeVar("_Result")

_MAX_CHUNK = 1 << 24
"""Encoded numbers in flight at once."""
_LOOKUP_BLOCK, _DENSE_BLOCK, _MIN_BLOCK = 2048, 1024, 256
"""Rows that a thread of the processor computes at once: at most with the lookup, at most without it, and at least."""


@brief_repr
@dataclass(frozen=True, eq=False)
class Predictor:
    """Encoders, networks and classes that together turn a table into probabilities.

    Attributes
    ----------
    schema
        The columns it reads.
    encoders, encoding
        Fitted encoders, and the number of the encoder that each member reads through, ``(n_members,)``.
    populations
        The members, in order, as stacks.
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
    populations: tuple[Population, ...]
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

    @classmethod
    def of(
        cls,
        *,
        encoders: Sequence[TableEncoder],
        encoding: Sequence[int],
        networks: Sequence[Network],
        states: Sequence[MemberState],
        head: Head,
        device: str | torch.device | None = None,
        weights: Sequence[float] | None = None,
        folds: Sequence[int] | None = None,
        **attributes: Any,
    ) -> "Predictor":
        """Return a predictor from its members' specifications, parameters and common head, and its other attributes.

        The members compute on ``device``; None leaves each where its parameters are.
        """
        populations = tuple(stack(networks, states, head))
        trained = tuple(encoder.trained() for encoder in encoders)
        predictor = cls(
            encoders=trained,
            encoding=tuple(encoding),
            populations=populations,
            weights=None if weights is None else tuple(map(float, weights)),
            folds=None if folds is None else tuple(map(int, folds)),
            **attributes,
        )
        return predictor if device is None else predictor.to(device)

    @property
    def n_members(self) -> int:
        """The number of networks in the ensemble."""
        return len(self.encoding)

    @property
    def member_folds(self) -> NDArray[np.int64]:
        """The split that each member was held out of, ``(n_members,)``, by its number."""
        # Without folds, members that read through one encoder have the same rows held out.
        return np.asarray(self.encoding if self.folds is None else self.folds)

    @property
    def networks(self) -> tuple[Network, ...]:
        """Each member's specification."""
        return tuple(network for population in self.populations for network in population.networks)

    @property
    def head(self) -> Head:
        """The head of all members, which says what their logits mean."""
        return self.populations[0].head

    @property
    def device(self) -> torch.device:
        """The device that the networks compute on."""
        return self.populations[0].device

    def to(self, device: str | torch.device) -> "Predictor":
        """Return the same predictor with its networks on a device; tables are encoded on the CPU all the same."""
        return replace(self, populations=tuple(population.to(device) for population in self.populations))

    def states(self) -> list[MemberState]:
        """Return each member's parameters, as its plain torch module keeps them."""
        return [state for population in self.populations for state in population.states()]

    def member(self, index: int) -> nn.Module:
        """Return one network as a plain torch module in evaluation mode; `encode` gives its inputs.

        A multilayer perceptron is a ``torch.nn.Sequential``.

        Raises
        ------
        IndexError
            If there is no such member.
        """
        if not 0 <= index < self.n_members:
            raise IndexError(f"members are numbered from 0 to {self.n_members - 1}, got {index}")
        population, local = locate_member(self.populations, index)
        return population.member(local)

    def encode(self, table: Any, member: int = 0) -> Tensor:
        """Return the matrix that a member reads for a table, float32 ``(n_rows, d_in)``, on the networks' device."""
        return torch.from_numpy(self.encoders[self.encoding[member]].encode(self.parse(table))).to(self.device)

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

    def decide(self, probabilities: NDArray[np.float64]) -> NDArray[Any]:
        """Return the labels that follow from probabilities ``(n_rows, n_classes)``.

        They follow by the costs, else by the threshold, else they are the likeliest. Where abstaining has a cost the
        labels are an array of objects, with None for rows without a decision.
        """
        decisions = self.decisions(probabilities)
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

    def deciding(self, costs: Costs | None) -> "Predictor":
        """Return the same predictor with decisions by other costs; None for the likeliest class.

        Its positive class is that of the costs, if they have one.
        """
        if costs is None:
            return replace(self, costs=None, threshold=None)
        positive = self.positive if costs.positive is None else costs.positive
        costs = replace(costs, positive=positive)
        return replace(self, costs=costs, threshold=costs.threshold, positive=positive)

    def with_positive(self, positive: int | None) -> "Predictor":
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

    def logits(self, table: Any) -> Tensor:
        """Return every member's logits, ``(n_members, n_rows, n_outputs)``, on the CPU."""
        no_rows = torch.empty(self.n_members, 0, self.head.n_outputs(len(self.classes)))
        chunks = self._chunks(self.parse(table), range(self.n_members), lambda logits: logits)
        return torch.cat([no_rows, *(logits for _, logits in chunks)], 1)

    def member_probabilities(self, table: Any) -> NDArray[np.float64]:
        """Return every member's own probabilities, ``(n_members, n_rows, n_classes)``."""
        return _finite_probabilities(self.head, self.logits(table))

    def parse(self, table: Any) -> ParsedColumns:
        """Return a table's cells, checked against the schema and read by column kind."""
        return self.schema.parse(as_frame(table), self._ranges, self.cells)

    def label_reader(self, missing: Sequence[str] = ()) -> LabelReader:
        """Return a reader of labels as the codes of the classes; words in ``missing`` are none."""
        return LabelReader(self.classes, merge=self.merge_labels, missing=missing)

    def reader(self) -> TableReader:
        """Return a reader that parses a table that comes in parts."""
        return self.schema.reader(self._ranges, self.cells)

    def probabilities(self, parsed: ParsedColumns, members: Sequence[int] | None = None) -> NDArray[np.float64]:
        """Return probabilities ``(n_rows, n_classes)`` of parsed rows, the weighted mean over all members or some."""
        chosen = range(self.n_members) if members is None else members
        weights = self._weights_of(chosen)
        means = np.empty((_n_rows(parsed), len(self.classes)))
        for rows, probabilities in self._member_probabilities(parsed, chosen):
            means[rows] = mean_over_members(probabilities, weights)
        return scale(means, self.temperature)

    def probabilities_encoded(self, encoded: Mapping[int, Tensor], members: Sequence[int]) -> NDArray[np.float64]:
        """Return probabilities ``(n_rows, n_classes)`` of encoded rows, the weighted mean over some members.

        ``encoded`` has by the number of each encoder that these members read through its matrix ``(n_rows, d_in)``.
        """
        probabilities = _finite_probabilities(self.head, self._logits(encoded, members))
        return scale(mean_over_members(probabilities, self._weights_of(members)), self.temperature)

    def spreads(self, parsed: ParsedColumns) -> NDArray[np.float64]:
        """Return `spread` of parsed rows."""
        deviations = np.empty((_n_rows(parsed), len(self.classes)))
        for rows, probabilities in self._member_probabilities(parsed, range(self.n_members)):
            deviations[rows] = deviation_over_members(probabilities, self.weights)
        return deviations

    def sets(
        self, parsed: ParsedColumns, coverage: float = 0.9, *, per_class: bool = False, allow_empty: bool = True
    ) -> NDArray[np.bool_]:
        """Return `predict_set` of parsed rows."""
        if self.conformal is None:
            raise SettingError(
                "prediction sets go by out-of-fold rows: this model has none. Fit one with DemarcateClassifier or "
                "'demarcate fit'"
            )
        member_folds = self.member_folds
        folds = [np.flatnonzero(member_folds == fold).tolist() for fold in np.unique(member_folds)]
        sets = np.empty((_n_rows(parsed), len(self.classes)), dtype=np.bool_)
        for rows, probabilities in self._member_probabilities(parsed, range(self.n_members)):
            means = [mean_over_members(probabilities[members], self._weights_of(members)) for members in folds]
            sets[rows] = self.conformal.sets(np.stack(means), coverage, per_class=per_class, allow_empty=allow_empty)
        return sets

    def majority_probabilities(self, n_rows: int) -> NDArray[np.float64] | None:
        """Return the training rows' class shares for every row, ``(n_rows, n_classes)``; None if it does not know them.

        Whoever predicts them always chooses the largest class.
        """
        counts = self.record.get("class_rows") or {}
        rows = np.array([counts.get(str(label), 0) for label in self.classes.tolist()], dtype=np.float64)
        return np.tile(rows / rows.sum(), (n_rows, 1)) if rows.any() else None

    def with_record(self, record: Mapping[str, Any]) -> "Predictor":
        """Return the same predictor with another record."""
        return replace(self, record=record)

    @property
    def _ranges(self) -> TrainedRanges | None:
        return None if self.trained_on is None else self.trained_on.as_ranges()

    @cached_property
    def _lookup(self) -> FirstLayerLookup:
        """The first layers of all members, prepared when the first table is predicted."""
        return FirstLayerLookup.of(self.encoders, self.encoding, self.populations)

    def __getstate__(self) -> dict[str, Any]:
        """Return the state to copy or pickle, without what is computed from it."""
        return {name: value for name, value in vars(self).items() if name != "_lookup"}

    def _weights_of(self, members: Sequence[int]) -> list[float] | None:
        """Return the weights of some members, which need not sum to 1; None for all the same."""
        return None if self.weights is None else [self.weights[member] for member in members]

    def _member_probabilities(
        self, parsed: ParsedColumns, members: Sequence[int]
    ) -> Iterator[tuple[slice, NDArray[np.float64]]]:
        """Yield chunks of rows with the members' probabilities ``(len(members), n_chunk, n_classes)``."""
        return self._chunks(parsed, members, partial(_finite_probabilities, self.head))

    def _chunks(
        self, parsed: ParsedColumns, members: Sequence[int], finish: Callable[[Tensor], _Result]
    ) -> Iterator[tuple[slice, _Result]]:
        """Yield chunks of rows with ``finish`` of the members' logits ``(len(members), n_chunk, n_outputs)``."""
        n_rows, on_cpu = _n_rows(parsed), self.device.type == "cpu"
        if on_cpu and all(population.layout.family.starts_linear for population in self.populations):
            logits = self._lookup.table(parsed, members).logits
            size = _block_size(n_rows, _LOOKUP_BLOCK)
        else:
            logits = partial(self._dense_logits, parsed, members)
            widest = max(max(population.layout.padded) * population.n_members for population in self.populations)
            size = max(1, min(_MAX_CHUNK // widest, _block_size(n_rows, _DENSE_BLOCK) if on_cpu else n_rows))
        chunks = [slice(start, min(start + size, n_rows)) for start in range(0, n_rows, size)]
        # Finished in the thread that computed the logits: one that only collects does not compete for a core.
        results = in_order(lambda rows: finish(logits(rows)), chunks, n_threads=None if on_cpu else 1)
        yield from zip(chunks, results, strict=True)

    def _dense_logits(self, parsed: ParsedColumns, members: Sequence[int], rows: slice) -> Tensor:
        """Return the members' logits for some rows, each of which is encoded."""
        cells: ParsedColumns = {name: column[rows] for name, column in parsed.items()}
        used = sorted({self.encoding[member] for member in members})
        encoded = {index: torch.from_numpy(self.encoders[index].encode(cells)) for index in used}
        return self._logits(encoded, members)

    def _logits(self, encoded: Mapping[int, Tensor], members: Sequence[int]) -> Tensor:
        """Return the logits of members, in order, for rows that are encoded already."""
        logits, first = [], 0
        for population in self.populations:
            local = [member - first for member in members if first <= member < first + population.n_members]
            if local:
                encoding = [self.encoding[first + index] for index in local]
                selected = population.select(local)
                logits.append(selected.logits(_stacked(encoded, encoding, selected)).cpu())
            first += population.n_members
        return torch.cat(logits)


def _stacked(encoded: Mapping[int, Tensor], encoding: Sequence[int], population: Population) -> Tensor:
    """Return members' inputs ``(n_members, n_rows, d_in)`` on their device, narrow ones padded.

    Each encoder's matrix is moved once; members that share one get their copies there.
    """
    used = sorted(set(encoding))
    first = encoded[used[0]]
    if len(used) == 1:
        return first.to(population.device).expand(len(encoding), *first.shape)
    matrices = first.new_zeros(len(used), len(first), population.layout.padded[0])
    for matrix, index in zip(matrices, used, strict=True):
        matrix[:, : encoded[index].shape[1]] = encoded[index]
    matrices = matrices.to(population.device)
    return matrices if encoding == used else matrices[[used.index(index) for index in encoding]]


def _finite_probabilities(head: Head, logits: Tensor) -> NDArray[np.float64]:
    probabilities = head.probabilities(torch.nan_to_num(logits.double(), nan=0.0, posinf=1e300, neginf=-1e300))
    return np.asarray(probabilities.numpy())


def _block_size(n_rows: int, at_most: int) -> int:
    """Return the rows of a thread's block: an equal share for each, but enough to be worth starting it."""
    return max(_MIN_BLOCK, min(at_most, -(-n_rows // torch.get_num_threads())))


def _n_rows(parsed: ParsedColumns) -> int:
    return len(next(iter(parsed.values())))

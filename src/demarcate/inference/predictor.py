"""The fitted whole: rows in, probabilities out. Needs no engine, and knows nothing of how it was trained."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from demarcate.encoding import TableEncoder
from demarcate.errors import SettingError
from demarcate.evaluation import Conformal, Costs, scale
from demarcate.inference.first_layer_lookup import Lookup
from demarcate.nn import Head, MemberState, Network, Population, stack
from demarcate.nn.parallel import in_order
from demarcate.tabular import ParsedColumns, Schema, TableReader, as_frame

_Made = TypeVar("_Made")

_MAX_CHUNK = 1 << 24
"""Encoded numbers in flight at once."""
_MANY = 1 << 13
"""Rows, each counted once for every member, from which it pays to look up what columns add."""
_LOOKED_UP, _ENCODED, _FEWEST = 2048, 1024, 256
"""Rows that a thread of the processor is given at once: at most, where what columns add is looked up and where not, and
at least."""


@dataclass(frozen=True, eq=False)
class Predictor:
    """Encoders, networks and classes that together turn a table into probabilities.

    Attributes
    ----------
    schema
        The columns it reads.
    encoders
        Fitted encoders; members trained on the same rows share one.
    encoding
        The encoder each member reads through, ``(n_members,)``.
    populations
        The members, in order, as stacks.
    classes
        The labels, ``(n_classes,)``; probabilities are in this order.
    target
        The name of the column it predicts.
    threshold
        For two classes: the probability of the second from which it is predicted. None means the likelier class, or
        that ``costs`` decide otherwise than by one.
    costs
        What decisions cost, if not all mistakes alike; where they amount to a threshold, `deciding` states it.
    temperature
        What the mean probabilities are scaled by; None if by nothing.
    conformal
        What out-of-fold rows say of prediction sets, if there were any.
    record
        What is known of how it was made: scores, baselines, settings, provenance. JSON-ready.
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
    record: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        *,
        schema: Schema,
        encoders: Sequence[TableEncoder],
        encoding: Sequence[int],
        networks: Sequence[Network],
        states: Sequence[MemberState],
        head: Head,
        classes: NDArray[Any],
        target: str = "target",
        threshold: float | None = None,
        costs: Costs | None = None,
        temperature: float | None = None,
        conformal: Conformal | None = None,
        record: Mapping[str, Any] | None = None,
    ) -> "Predictor":
        """A predictor from its members' specifications and parameters."""
        return cls(
            schema=schema,
            encoders=tuple(encoders),
            encoding=tuple(encoding),
            populations=tuple(stack(networks, states, head)),
            classes=classes,
            target=target,
            threshold=threshold,
            costs=costs,
            temperature=temperature,
            conformal=conformal,
            record=record or {},
        )

    @property
    def n_members(self) -> int:
        """Networks in the ensemble."""
        return len(self.encoding)

    @property
    def networks(self) -> tuple[Network, ...]:
        """Each member's specification."""
        return tuple(network for population in self.populations for network in population.networks)

    @property
    def head(self) -> Head:
        """What the members' logits mean."""
        return self.populations[0].head

    def states(self) -> list[MemberState]:
        """Each member's parameters, as torch.nn.Linear keeps them."""
        return [state for population in self.populations for state in population.states()]

    def member(self, index: int) -> nn.Module:
        """One network as a plain ``torch.nn.Sequential``; feed it what `encode` gives for the same member."""
        if not 0 <= index < self.n_members:
            raise IndexError(f"members are numbered from 0 to {self.n_members - 1}: got {index}")
        for population in self.populations:
            if index < population.n_members:
                return population.member(index)
            index -= population.n_members
        raise AssertionError("every member is in a population")

    def encode(self, table: Any, member: int = 0) -> Tensor:
        """The matrix a member sees for a table, float32 ``(n_rows, d_in)``."""
        return torch.from_numpy(self.encoders[self.encoding[member]].encode(self.parse(table)))

    def predict_proba(self, table: Any) -> NDArray[np.float64]:
        """Class probabilities: the mean over members, at the temperature if there is one.

        Parameters
        ----------
        table
            Anything `as_frame` takes, with the columns of the schema in any order.

        Returns
        -------
        ndarray of shape (n_rows, n_classes)
            Rows sum to 1; never NaN.

        Raises
        ------
        InputError
            If columns are missing or a cell does not say what its column holds.
        """
        return self.probabilities(self.parse(table))

    def predict(self, table: Any) -> NDArray[Any]:
        """The predicted label of each row, ``(n_rows,)``; None where it abstains."""
        return self.decide(self.predict_proba(table))

    def decide(self, probabilities: NDArray[np.float64]) -> NDArray[Any]:
        """The labels that probabilities ``(n_rows, n_classes)`` lead to: by the costs, the threshold, or the likeliest.

        Where abstaining has a cost the labels are an array of objects, with None for rows that are not decided.
        """
        decisions = self.decisions(probabilities)
        if self.costs is None or self.costs.abstain is None:
            return np.asarray(self.classes[decisions])
        # One more place for abstaining, whose code counts from the end.
        return np.array([*self.classes.tolist(), None], dtype=object)[decisions]

    def decisions(self, probabilities: NDArray[np.float64]) -> NDArray[np.int64]:
        """The codes of the labels that `decide` gives, ``(n_rows,)``; -1 where it abstains."""
        if self.costs is not None:
            return self.costs.decide(probabilities)
        if self.threshold is not None:
            return np.asarray(probabilities[:, 1] >= self.threshold, dtype=np.int64)
        return np.asarray(probabilities.argmax(1))

    def predict_set(
        self, table: Any, coverage: float = 0.9, *, per_class: bool = False, allow_empty: bool = True
    ) -> NDArray[np.bool_]:
        """Which labels are in each row's prediction set.

        Parameters
        ----------
        table
            As for `predict_proba`.
        coverage
            The share of sets that hold the true label, in (0, 1).
        per_class
            Whether that holds for the rows of each class, rather than for all rows together. A class with too few
            out-of-fold rows to tell (9 for 0.9) is in every set.
        allow_empty
            Whether a set may be empty; if not, the likeliest label is always in, and coverage is higher than asked for.

        Returns
        -------
        ndarray of shape (n_rows, n_classes)
            Columns in the order of ``classes``.

        Raises
        ------
        InputError
            If the table is refused.
        SettingError
            If the coverage is out of range, or the predictor has no out-of-fold rows to go by.
        """
        return self.sets(self.parse(table), coverage, per_class=per_class, allow_empty=allow_empty)

    def spread(self, table: Any) -> NDArray[np.float64]:
        """How far members differ: the standard deviation of each probability between them, ``(n_rows, n_classes)``.

        It is that of the members' own probabilities, to which no temperature is applied.
        """
        return self.spreads(self.parse(table))

    def logits(self, table: Any) -> Tensor:
        """Every member's raw outputs, ``(n_members, n_rows, n_outputs)``."""
        parsed = self.parse(table)
        none = torch.empty(self.n_members, 0, self.head.n_outputs(len(self.classes)))
        return torch.cat([none, *(logits for _, logits in self._chunks(parsed, range(self.n_members), _as_it_is))], 1)

    def member_probabilities(self, table: Any) -> NDArray[np.float64]:
        """Every member's own probabilities, ``(n_members, n_rows, n_classes)``."""
        return _finite_probabilities(self.head, self.logits(table))

    def parse(self, table: Any) -> ParsedColumns:
        """A table's cells, checked against the schema and read as its kinds."""
        return self.schema.parse(as_frame(table))

    def reader(self) -> TableReader:
        """The same for a table that comes in parts."""
        return self.schema.reader()

    def probabilities(self, parsed: ParsedColumns, members: Sequence[int] | None = None) -> NDArray[np.float64]:
        """Probabilities ``(n_rows, n_classes)`` of parsed rows, the mean over all members or over some."""
        chosen = range(self.n_members) if members is None else members
        means = np.empty((_n_rows(parsed), len(self.classes)))
        for rows, probabilities in self._member_probabilities(parsed, chosen):
            means[rows] = probabilities.mean(0)
        return scale(means, self.temperature)

    def spreads(self, parsed: ParsedColumns) -> NDArray[np.float64]:
        """As `spread`, of parsed rows."""
        deviations = np.empty((_n_rows(parsed), len(self.classes)))
        for rows, probabilities in self._member_probabilities(parsed, range(self.n_members)):
            deviations[rows] = probabilities.std(0)
        return deviations

    def sets(
        self, parsed: ParsedColumns, coverage: float = 0.9, *, per_class: bool = False, allow_empty: bool = True
    ) -> NDArray[np.bool_]:
        """As `predict_set`, of parsed rows."""
        if self.conformal is None:
            raise SettingError(
                "prediction sets go by out-of-fold rows: this model has none. Fit one with DemarcateClassifier or "
                "'demarcate fit'"
            )
        # Members that read through one encoder have the same rows held out, and judge them together.
        folds = np.unique(self.encoding)
        chosen = np.empty((_n_rows(parsed), len(self.classes)), dtype=np.bool_)
        for rows, probabilities in self._member_probabilities(parsed, range(self.n_members)):
            of_folds = np.stack([probabilities[np.equal(self.encoding, fold)].mean(0) for fold in folds])
            chosen[rows] = self.conformal.sets(of_folds, coverage, per_class=per_class, allow_empty=allow_empty)
        return chosen

    def deciding(self, costs: Costs | None) -> "Predictor":
        """The same predictor with decisions by other costs; None for the likeliest class."""
        return replace(self, costs=costs, threshold=None if costs is None else costs.threshold)

    def probabilities_encoded(self, encoded: Mapping[int, Tensor], members: Sequence[int]) -> NDArray[np.float64]:
        """Probabilities ``(n_rows, n_classes)`` of rows that are encoded already, the mean over some members.

        Parameters
        ----------
        encoded
            What each encoder that these members read through made of the rows, by its number: ``(n_rows, d_in)``.
        members
            Numbers of the members.
        """
        logits = torch.cat(list(self._population_logits(encoded, members)))
        return scale(_finite_probabilities(self.head, logits).mean(0), self.temperature)

    def with_record(self, record: Mapping[str, Any]) -> "Predictor":
        """The same predictor with another record."""
        return replace(self, record=record)

    def to(self, device: str | torch.device) -> "Predictor":
        """The same predictor with its networks on a device."""
        moved = tuple(replace(population, flat=population.flat.to(device)) for population in self.populations)
        return replace(self, populations=moved)

    def _member_probabilities(
        self, parsed: ParsedColumns, members: Sequence[int]
    ) -> Iterator[tuple[slice, NDArray[np.float64]]]:
        """Chunk by chunk: which rows, and the members' probabilities ``(len(members), n_chunk, n_classes)``."""
        return self._chunks(parsed, members, partial(_finite_probabilities, self.head))

    def _chunks(
        self, parsed: ParsedColumns, members: Sequence[int], made: Callable[[Tensor], _Made]
    ) -> Iterator[tuple[slice, _Made]]:
        """Chunk by chunk: which rows, what is made of the members' logits ``(len(members), n_chunk, n_outputs)``."""
        n_rows, on_cpu = _n_rows(parsed), all(population.flat.device.type == "cpu" for population in self.populations)
        starts_linear = all(population.layout.family.starts_linear for population in self.populations)
        if on_cpu and starts_linear and n_rows * len(members) >= _MANY:
            logits = Lookup.of(self.encoders, self.encoding, self.populations, members, parsed).logits
            size = _share(n_rows, _LOOKED_UP)
        else:
            logits = partial(self._dense_logits, parsed, members)
            widest = max(max(population.layout.padded) * population.n_members for population in self.populations)
            size = max(1, min(_MAX_CHUNK // widest, _share(n_rows, _ENCODED) if on_cpu else n_rows))
        chunks = [slice(start, min(start + size, n_rows)) for start in range(0, n_rows, size)]
        # Made where the logits are: a thread that only collects does not compete for a core.
        results = in_order(lambda rows: made(logits(rows)), chunks, n_threads=None if on_cpu else 1)
        yield from zip(chunks, results, strict=True)

    def _dense_logits(self, parsed: ParsedColumns, members: Sequence[int], rows: slice) -> Tensor:
        """The members' logits for some rows, each of which is encoded."""
        cells: ParsedColumns = {name: column[rows] for name, column in parsed.items()}
        needed = sorted({self.encoding[member] for member in members})
        encoded = {index: torch.from_numpy(self.encoders[index].encode(cells)) for index in needed}
        return torch.cat(list(self._population_logits(encoded, members)))

    def _population_logits(self, encoded: Mapping[int, Tensor], members: Sequence[int]) -> Iterator[Tensor]:
        first = 0
        for population in self.populations:
            local = [member - first for member in members if first <= member < first + population.n_members]
            if local:
                inputs = [encoded[self.encoding[first + index]] for index in local]
                yield population.select(local).logits(_stacked(inputs, population)).cpu()
            first += population.n_members


def _stacked(inputs: Sequence[Tensor], population: Population) -> Tensor:
    """Members' inputs as one tensor ``(n_members, n_rows, d_in)``, narrow ones padded."""
    first = inputs[0]
    if all(matrix is first for matrix in inputs):
        return first.to(population.flat.device).unsqueeze(0).expand(len(inputs), *first.shape)
    stacked = first.new_zeros(len(inputs), len(first), population.layout.padded[0])
    for index, matrix in enumerate(inputs):
        stacked[index, :, : matrix.shape[1]] = matrix
    return stacked.to(population.flat.device)


def _finite_probabilities(head: Head, logits: Tensor) -> NDArray[np.float64]:
    probabilities = head.probabilities(torch.nan_to_num(logits.double(), nan=0.0, posinf=1e300, neginf=-1e300))
    return np.asarray(probabilities.numpy())


def _share(n_rows: int, most: int) -> int:
    """Rows that a thread is given at once: as many for each, at most so many, and not so few that starting it costs."""
    return max(_FEWEST, min(most, -(-n_rows // torch.get_num_threads())))


def _as_it_is(logits: Tensor) -> Tensor:
    return logits


def _n_rows(parsed: ParsedColumns) -> int:
    return len(next(iter(parsed.values())))

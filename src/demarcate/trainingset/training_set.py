"""A table ready to learn from."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from demarcate.encoding import TableEncoder
from demarcate.encoding.base import CategoryEncoding
from demarcate.evaluation.sampling import Sampling
from demarcate.presentation import brief_repr
from demarcate.tabular import ParsedColumns, Schema, TrainedOn
from demarcate.tabular.dependence import Dependence
from demarcate.tabular.fingerprint import fingerprint

if TYPE_CHECKING:
    from demarcate.engine import Samples


@brief_repr
@dataclass(frozen=True, eq=False)
class TrainingSet:
    """A table ready to learn from, its columns in memory; `TrainingSetOnDisk` keeps them in a file."""

    schema: Schema
    parsed: ParsedColumns
    classes: NDArray[Any]  # labels, (n_classes,)
    codes: NDArray[np.int64]  # each row's class index, (n_rows,)
    weights: NDArray[np.float64] | None = None  # what each row counts, (n_rows,); None if all count the same
    target: str = "target"  # name of the target column
    sample: NDArray[np.int64] | None = None  # rows, ascending, for the audit and logistic regression; None for all
    dependence: Dependence | None = None  # groups and times of the rows; None for independent rows
    weights_column: str | None = None  # name of the column of weights, if it is a column of the table
    unused_cells: ParsedColumns = field(default_factory=dict)  # of the sample: columns that may name subjects
    merge_labels: bool = False  # whether the spellings of a label are one class

    def __post_init__(self) -> None:
        # Equal weights change nothing: such rows have the bits, and the words, of rows without weights.
        if self.weights is not None and (self.weights == self.weights[:1]).all():
            object.__setattr__(self, "weights", None)

    def cells(self, rows: NDArray[np.int64]) -> ParsedColumns:
        """Return the cells of some rows, by column."""
        return {name: column[rows] for name, column in self.parsed.items()}

    def sampled(self) -> ParsedColumns:
        """Return the cells of the sample, or of all rows if there is none."""
        return self.parsed if self.sample is None else self.cells(self.sample)

    def subset(self, rows: NDArray[np.int64]) -> "TrainingSet":
        """Return some rows as a training set in memory, with the same columns and classes."""
        weights = None if self.weights is None else self.weights[rows]
        dependence = None if self.dependence is None else self.dependence.rows(rows)
        return TrainingSet(
            self.schema,
            self.cells(rows),
            self.classes,
            self.codes[rows],
            weights,
            self.target,
            dependence=dependence,
            weights_column=self.weights_column,
            merge_labels=self.merge_labels,
        )

    def sampling(self, rows: NDArray[np.int64]) -> Sampling:
        """Return what intervals have to know of some rows: what each counts, and which are drawn together."""
        weights = None if self.weights is None else self.weights[rows]
        return Sampling(weights, None if self.dependence is None else self.dependence.rows(rows).clusters())

    def weighted(self, class_weights: NDArray[np.float64]) -> Self:
        """Return the same rows, each weight multiplied by that of its class, ``(n_classes,)``."""
        by_row = class_weights[self.codes]
        return replace(self, weights=by_row if self.weights is None else self.weights * by_row)

    @property
    def grows_trees(self) -> bool:
        """Whether `with_trees` adds leaves: trees test any column but text."""
        return any(column.kind != "text" for column in self.schema.used)

    def with_trees(self, encoder: TableEncoder, rows: NDArray[np.int64]) -> TableEncoder:
        """Return an encoder with the leaves of trees that are grown on training rows, read column by column."""
        return encoder.with_trees(self.schema, self.parsed, rows, self.codes, self.weights)

    def encoder(
        self,
        rows: NDArray[np.int64],
        *,
        standardise: bool = True,
        category_encoding: CategoryEncoding = "one_hot",
        with_classes: bool = False,
        cells: ParsedColumns | None = None,
    ) -> TableEncoder:
        """Fit an encoder on training rows, of ``cells`` or its own, and on their classes if ``with_classes``.

        ``standardise`` and ``category_encoding`` are those of `TableEncoder.fit`.
        """
        return TableEncoder.fit(
            self.schema,
            self.parsed if cells is None else cells,
            rows,
            standardise=standardise,
            codes=self.codes if with_classes else None,
            weights=self.weights,
            dependence=self.dependence,
            category_encoding=category_encoding,
        )

    def fingerprint(self) -> str:
        """Return a SHA-256 of cells and labels, which no other table has."""
        return fingerprint(self.parsed, self.codes)

    def trained_on(self) -> TrainedOn:
        """Return what a model keeps of these rows, read column by column."""
        return TrainedOn.of(self.schema, self.parsed, self.dependence, self.weights_column)

    def samples(self, encoders: Sequence[TableEncoder]) -> "Samples":
        """Return the rows as the engine reads them, in the encoding of each encoder."""
        # torch takes seconds to import: a command shows the table before that.
        from demarcate.trainingset.encoded_samples import samples_in_memory

        return samples_in_memory(self, encoders)

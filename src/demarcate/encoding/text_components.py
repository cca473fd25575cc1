"""Text: its length, and what its words and characters have in common with other texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from demarcate.encoding.base import (
    BOOLEAN,
    NO_TARGET,
    ColumnEncoder,
    Encoded,
    FitContext,
    Floats,
    SharedColumn,
    State,
    StateField,
)
from demarcate.encoding.hashed_weights import HashedWeights
from demarcate.encoding.numeric import NumericEncoder
from demarcate.encoding.text_features import HashedTexts, hashed_texts, in_slices, thinning
from demarcate.presentation import brief_repr
from demarcate.tabular.frame_libraries import polars as pl

MAX_COMPONENTS, ROWS_PER_COMPONENT = 30, 20
"""Components, at most, and training rows for each, at least."""
MAX_GRAMS = 1024
"""N-grams that components are sums of, at most: those that tell the most texts apart."""
DEVIATION, DEVIATION_BESIDE_SCORES = 1.0, 0.25
"""Standard deviation of the largest component. Beside scores, larger components were fitted before these were: on texts
with a weak signal the log loss was 1 to 3% higher (`benchmarks/text`)."""
MIN_TEXTS = 2
"""Texts that an n-gram is in, at least, to count."""
_LARGEST = float(np.finfo(np.float32).max)


def count_up_to(limit: int) -> StateField:
    """Return the rule for a whole number from 0 to a limit."""
    return StateField(lambda value: type(value) is int and 0 <= value <= limit, f"a whole number from 0 to {limit}")


@brief_repr
@dataclass(frozen=True, eq=False)
class TextEncoder(ColumnEncoder):
    """A column of text: the number of words, and the principal components of its n-grams.

    N-grams of one or two words and of two to five characters are counted, damped, and weighted by how few texts have
    them (inverse document frequency); the truncated singular value decomposition of the training rows (latent semantic
    analysis, Deerwester et al. 1990, https://doi.org/10.1002/(SICI)1097-4571(199009)41:6<391::AID-ASI1>3.0.CO;2-9)
    gives up to 30 components. N-grams are known by hashes alone: the encoder has no word of any text.
    """

    kind = "text"
    reads = ("text",)
    file_format = 5
    state_fields: ClassVar = {
        "flag": BOOLEAN,
        "n_grams": count_up_to(MAX_GRAMS),
        "n_components": count_up_to(MAX_COMPONENTS),
    }
    max_width = NumericEncoder.max_width + MAX_COMPONENTS

    length: NumericEncoder  # encodes the logarithm of the number of words, with a flag where texts were missing
    components: HashedWeights

    @classmethod
    def fit(cls, cells: pl.Series, rows: NDArray[np.int64], context: FitContext = NO_TARGET) -> TextEncoder:
        """Fit on some rows of texts, null where missing."""
        texts, places, _ = training_texts(cells, rows)
        deviation = DEVIATION if context.codes is None else DEVIATION_BESIDE_SCORES
        return cls(NumericEncoder.fit(_log_length(texts), places), _components(texts, places, deviation))

    @classmethod
    def from_state(cls, array: Floats, json: Mapping[str, Any]) -> TextEncoder:
        """Return the encoder with this state."""
        components = HashedWeights.from_array(array[4:], json["n_grams"], json["n_components"])
        return cls(NumericEncoder.from_state(array[:4], json), components)

    @classmethod
    def state_sizes_for(cls, json: Mapping[str, Any]) -> range:
        """Return the number of numbers of the length and of the components."""
        size = 4 + HashedWeights.n_numbers(json["n_grams"], json["n_components"])
        return range(size, size + 1)

    @classmethod
    def share(cls, encoders: Sequence[TextEncoder], cells: pl.Series) -> SharedColumn:
        """Share the column between encoders of it: every encoder's own columns."""
        nothing = SharedColumn((), np.empty((len(encoders), 4, 0)), tuple(() for _ in encoders))
        encoded = [encoder.encode(cells) for encoder in encoders]
        ends = np.cumsum([0, *(own.shape[1] for own in encoded)]).tolist()
        picked = [range(start, end) for start, end in pairwise(ends)]
        return nothing.with_plain([column for own in encoded for column in own.T], picked, limit=_LARGEST)

    @property
    def state(self) -> State:
        """Return the numbers of length and components."""
        array, json = self.length.state
        n_grams, n_components = self.components.weights.shape
        return np.concatenate([array, self.components.array]), {
            **json,
            "n_grams": n_grams,
            "n_components": n_components,
        }

    def encode(self, cells: pl.Series) -> Encoded:
        """Encode texts ``(n_rows,)`` as ``(n_rows, n_encoded)``."""
        return np.concatenate([self._encode(texts) for texts in in_slices(cells)])

    def names(self, column: str) -> list[str]:
        """Return the names of the length, of the flag that a text is missing, and of the components."""
        numbers = range(1, self.components.n_columns + 1)
        _, *flag = self.length.names(column)
        return [f"{column}: length", *flag, *(f"{column}: component {number}" for number in numbers)]

    def _encode(self, texts: HashedTexts) -> Encoded:
        return np.concatenate([self.length.encode(_log_length(texts)), self.components.sums(texts)], 1)


def training_texts(
    cells: pl.Series, rows: NDArray[np.int64]
) -> tuple[HashedTexts, NDArray[np.int64], NDArray[np.int64]]:
    """Return hashed texts to learn from, the places of training rows among them, and these rows.

    They are all texts of the column, or every k-th where they are too long to be in memory together.
    """
    every = thinning(cells)
    own = rows[rows % every == 0]
    return hashed_texts(cells, every), own // every, own


def weighted_columns(
    texts: HashedTexts, rows: NDArray[np.int64], columns: NDArray[np.int64]
) -> tuple[Any, NDArray[np.float32]]:
    """Return some n-grams of some texts, weighted by inverse document frequency, and these weights.

    They are sparse float32, ``(n_rows, n_columns)``.
    """
    matrix = texts.values[rows][:, columns]
    n_texts = np.bincount(matrix.indices, minlength=len(columns))
    rarity = (np.log((1 + len(rows)) / (1 + n_texts)) + 1).astype(np.float32)
    matrix.data *= rarity[matrix.indices]
    return matrix, rarity


def frequent_grams(texts: HashedTexts, rows: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """Return the columns of the most frequent n-grams that are in two texts or more, ascending."""
    counts = np.bincount(texts.values[rows].indices, minlength=len(texts.ids))
    frequent = np.flatnonzero(counts >= MIN_TEXTS)
    return np.sort(frequent[np.argsort(-counts[frequent], kind="stable")[:most]])


def _log_length(texts: HashedTexts) -> Floats:
    return np.log1p(texts.n_words)


def _components(texts: HashedTexts, rows: NDArray[np.int64], deviation: float) -> HashedWeights:
    """Return the weights of n-grams in the principal components of some texts, the largest of this deviation."""
    from sklearn.decomposition import TruncatedSVD

    columns = frequent_grams(texts, rows, len(texts.ids))
    matrix, _ = weighted_columns(texts, rows, columns)
    # Of what n-grams add to the squared lengths of all rows, the largest parts.
    parts = np.bincount(matrix.indices, matrix.data.astype(np.float64) ** 2, minlength=len(columns))
    columns = columns[np.sort(np.argsort(-parts, kind="stable")[:MAX_GRAMS])]
    n_components = min(MAX_COMPONENTS, len(rows) // ROWS_PER_COMPONENT, len(columns) - 1)
    if n_components < 1:
        return HashedWeights.of(np.empty(0, dtype=np.uint32), np.empty((0, 0)), np.empty(0))
    matrix, rarity = weighted_columns(texts, rows, columns)
    decomposition = TruncatedSVD(n_components, random_state=0).fit(matrix)
    directions = decomposition.components_.T.astype(np.float64)
    components = matrix @ directions
    scale = max(float(components.std(0).max()), float(np.finfo(np.float32).tiny)) / deviation
    weights = directions * rarity[:, np.newaxis] / scale
    return HashedWeights.of(texts.ids[columns], weights, -components.mean(0) / scale)

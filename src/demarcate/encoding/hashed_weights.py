"""Weights of hashed n-grams, in whole numbers of 16 bits: what a text adds to an encoder's columns."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demarcate.encoding.base import Encoded, Floats
from demarcate.encoding.text_features import HashedTexts
from demarcate.errors import SettingError

_DIGIT = 1 << 16
_MIDDLE = 1 << 15
_PER_NUMBER = 3
"""Digits of 16 bits in a float64, which holds whole numbers of 53 bits exactly."""
_DIGITS_OF_ID = 2


@dataclass(frozen=True, eq=False)
class HashedWeights:
    """Columns that are weighted sums over a text's n-grams; n-grams without weights count nothing.

    A model file has an n-gram's number and weights as digits of 16 bits, three in a float64: a third of the size, for
    an error of a weight of 1/65,000 of its column's largest.
    """

    ids: NDArray[np.uint32]  # numbers of n-grams, ascending, (n_grams,)
    weights: NDArray[np.int16]  # (n_grams, n_columns)
    scales: Floats  # of each column's weights, above 0, (n_columns,)
    offsets: Floats  # what is added to each column, (n_columns,)

    def __post_init__(self) -> None:
        if not np.all(self.scales > 0) or np.any(self.ids[1:] <= self.ids[:-1]):
            raise SettingError("scales must be above 0, and n-grams ascending, each once")

    @classmethod
    def of(cls, ids: NDArray[np.uint32], weights: Floats, offsets: Floats) -> "HashedWeights":
        """Return weights ``(n_grams, n_columns)``, rounded."""
        largest = np.abs(weights).max(0, initial=0.0)
        scales = np.where(largest > 0, largest, 1.0) / (_MIDDLE - 1)
        return cls(ids, np.round(weights / scales).astype(np.int16), scales, np.asarray(offsets, dtype=np.float64))

    @classmethod
    def n_numbers(cls, n_grams: int, n_columns: int) -> int:
        """Return the length of the array of so many n-grams and columns."""
        return 2 * n_columns + -(-n_grams * (_DIGITS_OF_ID + n_columns) // _PER_NUMBER)

    @classmethod
    def from_array(cls, array: Floats, n_grams: int, n_columns: int) -> "HashedWeights":
        """Return the weights in an array; raise SettingError if `array` would be another one."""
        scales, offsets, packed = array[:n_columns], array[n_columns : 2 * n_columns], array[2 * n_columns :]
        if np.any((packed < 0) | (packed >= float(_DIGIT**_PER_NUMBER)) | (packed % 1 != 0)):
            raise SettingError("digits must be whole numbers from 0 up")
        whole = packed.astype(np.int64)
        digits = np.stack([whole % _DIGIT, whole // _DIGIT % _DIGIT, whole // _DIGIT**2], 1).reshape(-1)
        table = digits[: n_grams * (_DIGITS_OF_ID + n_columns)].reshape(n_grams, _DIGITS_OF_ID + n_columns)
        ids = (table[:, 0] * _DIGIT + table[:, 1]).astype(np.uint32)
        weights = (table[:, _DIGITS_OF_ID:] - _MIDDLE).astype(np.int16)
        read = cls(ids, weights, np.array(scales), np.array(offsets))
        if read.array.tobytes() != np.asarray(array, dtype=np.float64).tobytes():
            raise SettingError("digits behind the last must be 0")
        return read

    @property
    def array(self) -> Floats:
        """Return scales, offsets and digits."""
        ids = self.ids.astype(np.int64)[:, np.newaxis]
        digits = np.concatenate([ids // _DIGIT, ids % _DIGIT, self.weights.astype(np.int64) + _MIDDLE], 1).reshape(-1)
        padded = np.pad(digits, (0, -len(digits) % _PER_NUMBER)).reshape(-1, _PER_NUMBER)
        packed = padded @ np.array([1, _DIGIT, _DIGIT**2], dtype=np.int64)
        return np.concatenate([self.scales, self.offsets, packed.astype(np.float64)])

    @property
    def n_columns(self) -> int:
        """Return the number of columns."""
        return len(self.scales)

    def sums(self, texts: HashedTexts) -> Encoded:
        """Return the columns of texts, ``(n_texts, n_columns)``."""
        known, columns = texts.columns_of(self.ids)
        table = np.zeros((len(texts.ids), self.n_columns), dtype=np.float32)
        table[columns] = self.weights[known] * self.scales.astype(np.float32)
        sums: Encoded = np.asarray(texts.values @ table + self.offsets.astype(np.float32), dtype=np.float32)
        return sums

"""Texts as inputs of a network: length, and weighted sums over hashed n-grams of words and of characters."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demarcate.encoding.text_features import MAX_CHARACTERS, hash_block

MAX_SCORE = 20.0
SPACE = re.compile(r"[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")


class HashedText:
    """Turns texts into inputs ``(n_texts, n_inputs)``: their length, directions in which texts differ, log odds.

    ``numbers`` are by name: ``length`` (median, mean, scale and limit of the logarithm of the number of words, and 1 if
    a flag tells missing texts), and for ``components`` and ``scores`` the ``ids`` of n-grams, ascending, their
    ``weights`` ``(n_ids, n_columns)`` and ``offsets`` ``(n_columns,)``.
    """

    def __init__(self, numbers: Mapping[str, NDArray[Any]]) -> None:
        self.numbers = numbers

    def inputs(self, texts: Sequence[str | None]) -> NDArray[np.float32]:
        """Return the inputs of texts, None where missing."""
        n_words, rows, ids, values = hash_block([normalised_text(text or "") for text in texts])
        n_words = np.where([text is None for text in texts], np.nan, n_words)
        median, mean, scale, limit, flag = self.numbers["length"]
        missing = np.isnan(n_words)
        length = np.clip((np.where(missing, median, np.log1p(n_words)) - mean) / scale, -limit, limit)
        parts = [length[:, np.newaxis]] + [missing[:, np.newaxis]] * int(flag)
        sums = {name: self._sums(name, len(texts), rows, ids, values) for name in ("components", "scores")}
        parts += [sums["components"], np.clip(sums["scores"], -MAX_SCORE, MAX_SCORE)]
        return np.concatenate(parts, 1).astype(np.float32)

    def _sums(
        self,
        name: str,
        n_texts: int,
        rows: NDArray[np.int64],
        ids: NDArray[np.uint32],
        values: NDArray[np.float32],
    ) -> NDArray[np.float64]:
        """Return weighted sums over the n-grams of each text, ``(n_texts, n_columns)``."""
        known, weights = self.numbers[f"{name}_ids"], self.numbers[f"{name}_weights"]
        sums = np.zeros((n_texts, weights.shape[1]))
        if len(known):
            place = np.minimum(np.searchsorted(known, ids), len(known) - 1)
            is_known = known[place] == ids
            np.add.at(sums, rows[is_known], values[is_known, np.newaxis] * weights[place[is_known]])
        sums += self.numbers[f"{name}_offsets"]
        return sums


def normalised_text(text: str) -> str:
    """Return a text in lower case, with one form of each character and single spaces."""
    plain = unicodedata.normalize("NFKC", text[:MAX_CHARACTERS]).lower()
    return SPACE.sub(" ", plain).strip(" ")

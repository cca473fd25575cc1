"""Texts as weighted counts of hashed n-grams, of words and of characters.

Nothing of a text remains but numbers: an n-gram is known by a hash of 31 bits, which is the same on every machine.
"""

from __future__ import annotations

import threading
import unicodedata
import weakref
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demarcate.encoding.base import Floats
from demarcate.tabular.frame_libraries import polars as pl
from demarcate.tabular.text_inference import WITHOUT_SPACES

WORDS_AT_ONCE, LETTERS_AT_ONCE = (1, 2), (3, 4, 5)
"""Lengths of n-grams of words, and of characters."""
MAX_CHARACTERS = 20_000
"""Characters of a cell that are read; further ones, some 3,000 words on, say little that these do not."""
MAX_CHARACTERS_TO_LEARN = 4_000_000
"""Characters of a column whose n-grams are in memory together, at most, about 30 bytes each: of a column of more, every
k-th text is learned from."""
_SLICE_CHARACTERS = 1_000_000
"""Characters of a larger column that are encoded at once, about."""
_BLOCK_CHARACTERS = 1 << 18
_HALF = np.uint64(32)
_BASE = 0x9E3779B97F4A7C15
_INVERSE = pow(_BASE, -1, 2**64)
_WORDS, _LETTERS = 0, 1
"""The lowest bit of an n-gram's number: of what it is an n-gram."""
_SPACE, _END = 32, 10
_ALONE = 3
_MAX_REMEMBERED = 4

Hashes = NDArray[np.uint64]


@dataclass(frozen=True, eq=False)
class HashedTexts:
    """The n-grams of some texts.

    A text's value of an n-gram is 1 + log(count), over the root of the sum of squares of these over all its n-grams of
    words, or of characters: long and short texts weigh the same.
    """

    ids: NDArray[np.uint32]  # numbers of all n-grams, ascending, (n_ids,)
    values: Any  # sparse rows of float32, (n_texts, n_ids)
    n_words: Floats  # words and signs of each text; NaN where it is missing, (n_texts,)

    def columns_of(self, ids: NDArray[np.uint32]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return which of some ascending n-grams occur here, and their columns."""
        places = np.minimum(np.searchsorted(self.ids, ids), max(len(self.ids) - 1, 0))
        known = np.flatnonzero(self.ids[places] == ids) if len(self.ids) else np.empty(0, dtype=np.int64)
        return known, places[known]


def hashed_texts(cells: pl.Series, every: int = 1) -> HashedTexts:
    """Return the n-grams of each ``every``-th text; those of a column that was just hashed are remembered."""
    remembered = _recent()
    for other, own_every, texts in remembered:
        if other() is cells and own_every == every:
            return texts
    texts = hash_texts(cells.gather_every(every) if every > 1 else cells)
    # Encoders of all folds read one column, one after the other; it is forgotten when the column is.
    kept = [entry for entry in remembered if entry[0]() is not None][1 - _MAX_REMEMBERED :]
    remembered[:] = [*kept, (weakref.ref(cells, lambda _: _forget(remembered)), every, texts)]
    return texts


def in_slices(cells: pl.Series) -> Iterator[HashedTexts]:
    """Yield the n-grams of all texts, in as few parts as fit in memory."""
    every = thinning(cells)
    if every == 1:
        yield hashed_texts(cells)
        return
    n_slices = every * (MAX_CHARACTERS_TO_LEARN // _SLICE_CHARACTERS)
    for part in cells.to_frame().iter_slices(max(1, len(cells) // n_slices)):
        yield hash_texts(part.to_series())


def thinning(cells: pl.Series) -> int:
    """Return k if every k-th text can be in memory with its n-grams."""
    n_characters = int(_lengths(cells).sum())
    return max(1, -(-n_characters // MAX_CHARACTERS_TO_LEARN))


def hash_texts(cells: pl.Series) -> HashedTexts:
    """Return the n-grams of texts ``(n_rows,)``, null where missing."""
    from scipy import sparse

    parts = [hash_block(block.to_list()) for block in _blocks(cells)]
    n_words, rows, ids, values = map(np.concatenate, zip(*parts, strict=True))
    rows = rows + np.repeat(np.cumsum([0, *(len(part[0]) for part in parts[:-1])]), [len(part[1]) for part in parts])
    distinct = np.unique(ids)
    starts = np.searchsorted(rows, np.arange(len(cells) + 1))
    columns = np.searchsorted(distinct, ids).astype(np.int32)
    matrix = sparse.csr_matrix((values, columns, starts), shape=(len(cells), len(distinct)))
    return HashedTexts(distinct, matrix, np.where(cells.is_null().to_numpy(), np.nan, n_words))


def _lengths(cells: pl.Series) -> pl.Series:
    return cells.str.len_chars().fill_null(0).clip(upper_bound=MAX_CHARACTERS)


def _blocks(cells: pl.Series) -> Iterator[pl.Series]:
    """Yield consecutive texts, normalised, with about as many characters as one block may have."""
    ends = _lengths(cells).cum_sum().to_numpy() // _BLOCK_CHARACTERS
    starts = [0, *(np.flatnonzero(np.diff(ends)) + 1).tolist(), len(cells)]
    for start, end in pairwise(starts):
        texts = cells[start:end].cast(pl.String).fill_null("").str.head(MAX_CHARACTERS)
        texts = texts.str.normalize("NFKC").str.to_lowercase()
        yield texts.str.replace_all(r"\s+", " ").str.strip_chars()


def hash_block(texts: Sequence[str]) -> tuple[Floats, NDArray[np.int64], NDArray[np.uint32], NDArray[np.float32]]:
    """Return each normalised text's number of words, and by row and number the values of all n-grams."""
    # Between spaces, an end after each text: no n-gram reaches over an end.
    joined = "".join(f" {text} \n" for text in texts)
    points = np.frombuffer(joined.encode("utf-32-le"), dtype=np.uint32)
    is_end, rows = points == _END, np.cumsum(points == _END)
    letters = _mixed(points.astype(np.uint64) + np.uint64(1))
    words, of_row = _word_hashes(points, letters, rows)
    keys = [_keys(grams, grams_rows, _WORDS) for grams, grams_rows in _word_grams(words, of_row)]
    keys += [_keys(grams, rows[starts], _LETTERS) for grams, starts in _letter_grams(points, letters, is_end)]
    every = np.sort(np.concatenate(keys))
    first = np.flatnonzero(np.concatenate([np.ones(min(1, len(every)), dtype=bool), every[1:] != every[:-1]]))
    counts = np.diff(np.append(first, len(every)))
    own_rows, ids = (every[first] >> _HALF).astype(np.int64), every[first].astype(np.uint32)
    values = 1 + np.log(counts)
    half = 2 * own_rows + (ids & 1)
    norms = np.sqrt(np.bincount(half, values**2, minlength=2 * len(texts)))
    n_words = np.bincount(of_row, minlength=len(texts)).astype(np.float64)
    return n_words, own_rows, ids, (values / norms[half]).astype(np.float32)


def _word_hashes(points: NDArray[np.uint32], letters: Hashes, rows: NDArray[np.int64]) -> tuple[Hashes, NDArray[Any]]:
    """Return the hash and the row of each word: letters and digits side by side, or other signs side by side.

    A character of a script without spaces between words is a word.
    """
    distinct, places = np.unique(points, return_inverse=True)
    kinds = np.array([_kind(chr(point)) for point in distinct], dtype=np.int8)[places.reshape(-1)]
    changes = np.append(True, (kinds[1:] != kinds[:-1]) | (kinds[1:] == _ALONE))
    starts = np.flatnonzero(changes & (kinds > 0))
    ends = np.flatnonzero(np.append(changes[1:], True) & (kinds > 0)) + 1
    # The sum of letter times power of their places, over the power of the first place: the same at every place.
    sums = np.append(np.uint64(0), np.cumsum(letters * _powers(_BASE, len(points)), dtype=np.uint64))
    return _mixed((sums[ends] - sums[starts]) * _powers(_INVERSE, len(points))[starts]), rows[starts]


def _word_grams(words: Hashes, rows: NDArray[np.int64]) -> Iterator[tuple[Hashes, NDArray[np.int64]]]:
    for length in WORDS_AT_ONCE:
        n = max(0, len(words) - length + 1)
        grams = _rolled(words, length)
        inside = rows[:n] == rows[length - 1 :]
        yield grams[inside], rows[:n][inside]


def _letter_grams(
    points: NDArray[np.uint32], letters: Hashes, is_end: NDArray[np.bool_]
) -> Iterator[tuple[Hashes, NDArray[np.int64]]]:
    """Yield hashes and first places of n-grams of characters, with a space only where they begin or end."""
    spaces = np.append(0, np.cumsum((points == _SPACE) | is_end))
    ends = np.append(0, np.cumsum(is_end))
    for length in LETTERS_AT_ONCE:
        first = np.arange(max(0, len(points) - length + 1))
        last = first + length
        starts = np.flatnonzero((ends[last] == ends[first]) & (spaces[last - 1] == spaces[first + 1]))
        yield _rolled(letters, length)[starts], starts


def _rolled(hashes: Hashes, length: int) -> Hashes:
    """Return a hash of each ``length`` consecutive hashes."""
    n = max(0, len(hashes) - length + 1)
    rolled = np.full(n, length, dtype=np.uint64)
    for place in range(length):
        rolled = rolled * np.uint64(_BASE) + hashes[place : place + n]
    return _mixed(rolled)


def _keys(hashes: Hashes, rows: NDArray[np.int64], kind: int) -> Hashes:
    """Return one number for row and n-gram."""
    return (rows.astype(np.uint64) << _HALF) | ((hashes >> np.uint64(33)) << np.uint64(1)) | np.uint64(kind)


def _mixed(hashes: Hashes) -> Hashes:
    """Return hashes with all bits mixed (the finaliser of SplitMix64, Steele et al. 2014)."""
    hashes = (hashes ^ (hashes >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    hashes = (hashes ^ (hashes >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return hashes ^ (hashes >> np.uint64(31))


def _powers(base: int, n: int) -> Hashes:
    return np.cumprod(np.full(n, base, dtype=np.uint64), dtype=np.uint64)


def _kind(character: str) -> int:
    """Return 0 for a space or an end, 1 for a character of a word, 2 for any other sign, 3 for a word by itself."""
    if character in " \n":
        return 0
    if WITHOUT_SPACES.match(character):
        return _ALONE
    return 1 if character == "_" or unicodedata.category(character)[0] in "LMN" else 2


_local = threading.local()


def _recent() -> list[tuple[weakref.ref[pl.Series], int, HashedTexts]]:
    if not hasattr(_local, "recent"):
        _local.recent = []
    recent: list[tuple[weakref.ref[pl.Series], int, HashedTexts]] = _local.recent
    return recent


def _forget(remembered: list[tuple[weakref.ref[pl.Series], int, HashedTexts]]) -> None:
    remembered[:] = [entry for entry in remembered if entry[0]() is not None]

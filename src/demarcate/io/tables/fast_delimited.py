"""Regular delimited text, split by polars where its cells are provably those of the strict reader.

polars fills short rows, takes blank lines for rows, and reads quotes leniently, all without a word. It gets only text
in which none of this can happen: where delimiters, quotes and line ends stand is compared first.
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.io.tables.lines import LineReader

STRICT_ROWS = 1024
"""Rows that the strict reader reads at least where a text is not regular: looking for its end takes about as long."""
MAX_TEXT = 1 << 24
"""The largest size of a text in bytes: no cell in it is longer than the strict reader allows."""

_LF, _CR, _QUOTE = b'\n\r"'


@dataclass(frozen=True, eq=False)
class RegularRows:
    """Consecutive rows, and the number of lines that they take."""

    frame: pl.DataFrame
    n_lines: int


@dataclass(frozen=True, eq=False)
class RegularText:
    """The regular rows at the beginning of a text: ``ends`` are the offsets of their last line ends."""

    ends: NDArray[np.int64]
    has_cr: bool
    has_quotes: bool
    has_empty_quotes: bool


class FastReader:
    """Reads rows of regular text: as wide as the header, no blank lines, quotes around whole cells, LF or CRLF.

    ``count_certain`` returns how many records at the beginning of a frame are rows, whatever follows; ``n_strict`` is
    the number of rows that the strict reader has to read before the next call.
    """

    def __init__(
        self,
        lines: LineReader,
        columns: Sequence[str],
        delimiter: str,
        count_certain: Callable[[pl.DataFrame], int],
    ) -> None:
        self._lines, self._delimiter, self._count_certain = lines, delimiter, count_certain
        self._schema = dict.fromkeys(columns, pl.String())
        self._stretch = STRICT_ROWS
        self.n_strict = 0 if delimiter.isascii() else sys.maxsize

    def read(self) -> Iterator[RegularRows]:
        """Read rows as long as they are regular."""
        n_rows = 0
        while rows := self._read_text():
            n_rows += rows.frame.height
            yield rows
        # A text that is seldom regular is not looked at time and again.
        self._stretch = self._stretch * 2 if n_rows < self._stretch else STRICT_ROWS
        self.n_strict = self._stretch

    def _read_text(self) -> RegularRows | None:
        text = self._lines.take()
        data = text.encode()
        layout = find_layout(data, ord(self._delimiter), len(self._schema))
        frame = self._split(data, layout)
        n_rows = 0 if frame is None else self._count_certain(frame)
        if frame is None or not n_rows:
            self._lines.put_back(text)
            return None
        n_bytes = int(layout.ends[n_rows - 1]) + 1
        n_lines = np.count_nonzero(np.frombuffer(data, np.uint8, n_bytes) == _LF)
        self._lines.put_back(data[n_bytes:].decode())
        return RegularRows(frame[:n_rows], int(n_lines))

    def _split(self, data: bytes, layout: RegularText) -> pl.DataFrame | None:
        """Return the regular rows of a text, None if there are none."""
        if not len(layout.ends):
            return None
        # A row comes before the others, because polars takes some first bytes for a mark or for compressed data.
        cell = "1" if self._delimiter == "0" else "0"
        first = f"{self._delimiter.join([cell] * len(self._schema))}\n".encode()
        data = b"".join((first, memoryview(data)[: int(layout.ends[-1]) + 1]))
        try:
            frame = pl.read_csv(
                data.replace(b"\r\n", b"\n") if layout.has_cr else data,
                has_header=False,
                schema=self._schema,
                separator=self._delimiter,
                quote_char='"' if layout.has_quotes else None,
            )[1:]
        except pl.exceptions.PolarsError:
            return None
        if layout.has_empty_quotes:
            frame = frame.with_columns(pl.all().replace("", None))
        return frame if frame.height == len(layout.ends) else None


def find_layout(data: bytes, delimiter: int, width: int) -> RegularText:
    """Return the layout of the regular rows at the beginning of a text; none if a cell may be too long."""
    if len(data) > MAX_TEXT:
        return RegularText(np.empty(0, dtype=np.int64), has_cr=False, has_quotes=False, has_empty_quotes=False)
    codes = np.frombuffer(data, dtype=np.uint8)
    has_cr, has_quotes, has_empty_quotes = b"\r" in data, b'"' in data, False
    is_end = codes == _LF
    is_mark = (codes == delimiter) | is_end
    n_bytes = _first_lone_cr(codes) if has_cr else len(data)
    if has_quotes:
        is_quote = codes == _QUOTE
        is_inside = np.logical_xor.accumulate(is_quote)
        if has_cr:
            n_bytes = min(n_bytes, _first(is_inside & is_end))
        quotes = np.flatnonzero(is_quote)
        n_bytes = min(n_bytes, _first_irregular(quotes, codes, delimiter))
        has_empty_quotes = bool((np.diff(quotes) == 1).any())
        is_outside = np.logical_not(is_inside, out=is_inside)
        is_end &= is_outside
        is_mark &= is_outside
    ends, marks = np.flatnonzero(is_end[:n_bytes]), np.flatnonzero(is_mark[:n_bytes])
    # As many delimiters before each line end as there are before those of rows that are all as wide as the header.
    last_marks = marks[width - 1 :: width]
    ends = ends[: len(last_marks)]
    ends = ends[: _first(ends != last_marks[: len(ends)])]
    if width == 1:
        ends = ends[: _first(_are_blank(ends, codes))]
    return RegularText(ends, has_cr, has_quotes, has_empty_quotes)


def _first_irregular(quotes: NDArray[np.int64], codes: NDArray[np.uint8], delimiter: int) -> int:
    """Return the offset of the first quote that is not regular.

    A quote opens at the beginning of a cell, and closes at its end; of two quotes within a cell, the first closes it
    and the second opens it again.
    """
    opening, closing = quotes[::2], quotes[1::2]
    is_border = np.zeros(256, dtype=bool)
    is_border[[delimiter, _LF, _QUOTE]] = True
    opens = is_border[codes[opening - 1]] | (opening == 0)
    is_border[_CR] = True
    closes = is_border[codes[np.minimum(closing + 1, len(codes) - 1)]]
    return int(min([*opening[~opens][:1], *closing[~closes][:1], len(codes)]))


def _first_lone_cr(codes: NDArray[np.uint8]) -> int:
    """Return the offset of the first CR that no LF follows."""
    offsets = np.flatnonzero(codes == _CR)
    is_lone = codes[np.minimum(offsets + 1, len(codes) - 1)] != _LF
    return int(offsets[is_lone][0]) if is_lone.any() else len(codes)


def _are_blank(ends: NDArray[np.int64], codes: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return which lines have no characters; ``ends`` are the offsets of all line ends."""
    lengths = np.diff(ends, prepend=-1) - 1
    is_blank: NDArray[np.bool_] = (lengths == 0) | ((lengths == 1) & (codes[ends - 1] == _CR))
    return is_blank


def _first(is_true: NDArray[np.bool_]) -> int:
    """Return the first place that is true, or the length."""
    return int(is_true.argmax()) if is_true.any() else len(is_true)


def equal_parts(frames: Iterable[pl.DataFrame], n_rows: int) -> Iterator[pl.DataFrame]:
    """Divide the rows of frames of any heights into frames of ``n_rows`` rows, the last one with fewer."""
    pending: list[pl.DataFrame] = []
    n_pending = 0
    for frame in frames:
        pending.append(frame)
        n_pending += frame.height
        if n_pending >= n_rows:
            rows = pl.concat(pending)
            n_pending %= n_rows
            n_whole = rows.height - n_pending
            yield from rows[:n_whole].iter_slices(n_rows)
            pending = [rows[n_whole:]]
    if n_pending:
        yield pl.concat(pending)

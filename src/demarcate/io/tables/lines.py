"""Text split into lines, one by one or as many as there are."""

import re
from collections import deque
from collections.abc import Iterable, Iterator

_LINE = re.compile(r"[^\r\n]*+(?:\r\n?|\n)|[^\r\n]++")
_PIECE = 1 << 16
"""Characters that are split at once: the others may be taken as they are."""


class LineReader(Iterator[str]):
    r"""Reads text in blocks as lines with their ends: ``\n``, ``\r\n`` or ``\r`` and nothing else."""

    def __init__(self, blocks: Iterable[str]) -> None:
        self._blocks = iter(blocks)
        # In this order: lines, whole lines that are not split from some place on, and an incomplete line.
        self._lines, self._whole, self._start, self._incomplete = deque[str](), "", 0, list[str]()

    def __next__(self) -> str:
        while not self._lines:
            if self._start == len(self._whole):
                self._read_block()
            end = self._whole.find("\n", self._start + _PIECE) + 1 or len(self._whole)
            self._lines.extend(_LINE.findall(self._whole, self._start, end))
            self._start = end
        return self._lines.popleft()

    def take(self) -> str:
        """Take all that is at hand, or the next block if there is no whole line; the last line may be incomplete."""
        is_at_hand = self._lines or self._start < len(self._whole)
        block = "" if is_at_hand else next(self._blocks, "")
        text = "".join([*self._lines, self._whole[self._start :], *self._incomplete, block])
        self._lines.clear()
        self._whole, self._start, self._incomplete = "", 0, []
        return text

    def put_back(self, text: str) -> None:
        """Put back the end of the text that was taken last."""
        # The last line may go on in the next block: even a line end may, between its two characters.
        end = 1 + max(text.rfind("\n"), text.rfind("\r", 0, -1))
        self._whole, self._start, self._incomplete = text[:end], 0, [text[end:]] if end < len(text) else []

    def _read_block(self) -> None:
        """Read until there are whole lines, or the last one."""
        for block in self._blocks:
            has_end = any(end in block for end in "\r\n") or "".join(self._incomplete[-1:]).endswith("\r")
            self._incomplete.append(block)
            if has_end:
                self.put_back("".join(self._incomplete))
                return
        if not self._incomplete:
            raise StopIteration
        self._whole, self._start, self._incomplete = "".join(self._incomplete), 0, []

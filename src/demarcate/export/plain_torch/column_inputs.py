"""Columns as inputs of a network, float32: the second step of a model in plain PyTorch.

Each class is built from its tensors by name, and turns one column ``(n_rows,)`` into its inputs ``(n_rows, n_inputs)``.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn


class ColumnInputs(nn.Module):
    """A column's tensors, kept as buffers: they are saved with the weights, and not trained."""

    def __init__(self, **tensors: Tensor) -> None:
        super().__init__()
        for name, tensor in tensors.items():
            self.register_buffer(name, tensor)


class NumberInputs(ColumnInputs):
    """A number, standardised and clipped, and a flag, 1 where it is missing, if training rows had missing ones."""

    median: Tensor  # stands for a missing number
    mean: Tensor
    scale: Tensor
    limit: Tensor
    flag: Tensor  # one number if there is a flag, else none

    def forward(self, x: Tensor) -> Tensor:
        """Return the inputs of numbers ``(n_rows,)``, NaN where missing."""
        missing = torch.isnan(x)
        scaled = (torch.where(missing, self.median, x) - self.mean) / self.scale
        scaled = scaled.clamp(-self.limit, self.limit).float()
        return torch.stack([scaled, missing.float()], 1) if len(self.flag) else scaled.unsqueeze(1)


class BinInputs(NumberInputs):
    """A number as above, and how far each bin is filled: 0 below the bin, 1 above it, a share of it in between."""

    edges: Tensor  # of the bins, ascending, (n_bins + 1,); none where there are no bins
    start: Tensor  # of each bin, and its length; halved, because the difference of large numbers would overflow
    length: Tensor

    def __init__(self, **tensors: Tensor) -> None:
        super().__init__(**tensors)
        self.register_buffer("start", self.edges[:-1] / 2, persistent=False)
        self.register_buffer("length", self.edges[1:] / 2 - self.start, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """Return the inputs of numbers ``(n_rows,)``, NaN where missing."""
        own = super().forward(x)
        if not len(self.start):
            return own
        half = torch.where(torch.isnan(x), -torch.inf, x / 2).unsqueeze(1)
        return torch.cat([own, ((half - self.start) / self.length).clamp(0, 1).float()], 1)


class ScoredBinInputs(BinInputs):
    """A number in bins, and the log odds of the classes of values that training rows repeated."""

    values: Tensor  # ascending, (n_values,)
    odds: Tensor  # of each value, and 0 for all others, (n_values + 1, n_scores)

    def forward(self, x: Tensor) -> Tensor:
        """Return the inputs of numbers ``(n_rows,)``, NaN where missing."""
        # NaN stands behind all values, and equals none.
        known = torch.cat([self.values, self.values.new_full((1,), torch.nan)])
        place = torch.searchsorted(self.values, x.contiguous()).clamp(max=len(self.values))
        place = torch.where(known[place] == x, place, len(self.values))
        return torch.cat([super().forward(x), self.odds[place].float()], 1)


class CategoryInputs(ColumnInputs):
    """A category: a row of a table, one-hot, numbered, or with log odds of the classes, as the table has it."""

    table: Tensor  # of each code, also of other and of missing categories, (n_codes, n_inputs)

    def forward(self, codes: Tensor) -> Tensor:
        """Return the inputs of codes ``(n_rows,)``."""
        return self.table[codes]


class DateInputs(NumberInputs):
    """The time that has passed, as a number, and sine and cosine of each cycle: the year, the week and the day."""

    periods: Tensor  # of the cycles, in seconds, (n_cycles,)

    def forward(self, x: Tensor) -> Tensor:
        """Return the inputs of seconds since 1970-01-01 ``(n_rows,)``, NaN where missing."""
        angles = 2 * torch.pi * torch.remainder(x.unsqueeze(1), self.periods) / self.periods
        waves = torch.stack([torch.sin(angles), torch.cos(angles)], 2).flatten(1)
        return torch.cat([super().forward(x), torch.nan_to_num(waves.float())], 1)


class TextInputs(ColumnInputs):
    """A text, whose inputs were counted before (`HashedText`)."""

    def forward(self, inputs: Tensor) -> Tensor:
        """Return the inputs as they are, ``(n_rows, n_inputs)``."""
        return inputs


class LeafInputs(ColumnInputs):
    """The leaves of small trees: an input for each leaf, 1 where the row is in it.

    All nodes of a level of a tree make the same test: whether a column's number is above a threshold. A missing number
    is above none. Categories have places on a line, ``place_C`` of the column C.
    """

    tests: Tensor  # the column that each level tests, (n_trees, n_levels)
    thresholds: Tensor  # (n_trees, n_levels)
    places: Tensor  # of those columns among all that are tested, (n_trees, n_levels)

    def __init__(self, **tensors: Tensor) -> None:
        super().__init__(**tensors)
        tested, places = torch.unique(self.tests, return_inverse=True)
        self.tested: list[int] = tested.tolist()
        self.register_buffer("places", places, persistent=False)

    def forward(self, cells: Sequence[Tensor]) -> Tensor:
        """Return the inputs of the cells of all columns, ``(n_rows,)`` each."""
        numbers = torch.stack([self.numbers(at, cells[at]) for at in self.tested], 1)
        passed = numbers[:, self.places] > self.thresholds
        # The first level is the highest bit of the leaf's number.
        leaf = torch.zeros_like(self.tests[:, 0])
        for level in range(self.tests.shape[1]):
            leaf = 2 * leaf + passed[:, :, level]
        leaves = torch.arange(2 ** self.tests.shape[1], device=leaf.device)
        return (leaf.unsqueeze(2) == leaves).float().flatten(1)

    def numbers(self, at: int, cells: Tensor) -> Tensor:
        """Return the cells of a column as numbers that can be compared."""
        places: Tensor | None = getattr(self, f"place_{at}", None)
        return cells if places is None else places[cells]


class RowInputs(nn.Module):
    """All inputs of the networks of one fold: those of each column, and of the leaves of trees, if there are any."""

    def __init__(self, parts: Sequence[ColumnInputs]) -> None:
        super().__init__()
        self.parts = nn.ModuleList(parts)

    def forward(self, cells: Sequence[Tensor]) -> Tensor:
        """Return the inputs ``(n_rows, n_inputs)`` of the cells of all columns, in their order."""
        # What stands behind the columns reads all of them.
        return torch.cat([part(own) for part, own in zip(self.parts, [*cells, cells], strict=False)], 1)

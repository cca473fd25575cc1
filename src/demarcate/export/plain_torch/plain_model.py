"""The whole model in plain PyTorch, from rows to probabilities and labels."""

import json
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from demarcate.export.plain_torch.cell_readers import read_rows
from demarcate.export.plain_torch.column_inputs import ColumnInputs, RowInputs
from demarcate.export.plain_torch.hashed_text import HashedText
from demarcate.export.plain_torch.plain_networks import PlainMember, at_temperature, weighted_mean

DTYPES = {"F64": np.float64, "F32": np.float32, "I64": np.int64}


class PlainClassifier(nn.Module):
    """An ensemble of networks on the columns of a table.

    Parameters
    ----------
    weights
        Every tensor by name, as `read_weights` returns them.
    columns
        How the cells of each column are read.
    inputs
        For each fold the class that makes inputs of each column, and behind them that of the leaves of trees, if any.
    members
        The networks, whose parameters are loaded from the weights.
    probabilities_of
        Turns a network's logits into probabilities.
    temperature
        Scales the mean of the probabilities; 1 leaves it as it is.
    """

    def __init__(
        self,
        weights: Mapping[str, Tensor],
        columns: Sequence[Any],
        inputs: Sequence[Sequence[type[ColumnInputs]]],
        members: Sequence[PlainMember],
        probabilities_of: Callable[[Tensor], Tensor],
        temperature: float = 1.0,
    ) -> None:
        super().__init__()
        self.columns, self.members, self.temperature = columns, members, temperature
        self.probabilities_of = probabilities_of
        self.inputs = nn.ModuleList(
            RowInputs([kind(**part_of(weights, f"inputs.{fold}.parts.{at}")) for at, kind in enumerate(kinds)])
            for fold, kinds in enumerate(inputs)
        )
        self.networks = nn.ModuleList(member.network for member in members)
        self.load_state_dict({name: own for name, own in weights.items() if name.startswith(("inputs.", "networks."))})
        self.eval()

    def read(self, rows: Sequence[Mapping[str, Any]]) -> tuple[Any, ...]:
        """Step 1: return numbers ``(n_rows, n_numbers)`` and codes ``(n_rows, n_words)``.

        Raise ValueError with every cell that cannot be read.
        """
        numbers, codes, _ = read_rows(rows, self.columns)
        return self.tensor(numbers), self.tensor(codes)

    def forward(self, numbers: Tensor, codes: Tensor, texts: Sequence[Sequence[Tensor]] = ()) -> Tensor:
        """Steps 2 to 4: return probabilities ``(n_rows, n_classes)``, float64, of what `read` returned."""
        # Only texts have cells of their own in each fold.
        cells = [self.cells(numbers, codes, own) for own in texts] or [self.cells(numbers, codes)] * len(self.inputs)
        inputs = [of_fold(own) for of_fold, own in zip(self.inputs, cells, strict=True)]
        logits = [network(inputs[own.inputs]) for own, network in zip(self.members, self.networks, strict=True)]
        mean = weighted_mean([*map(self.probabilities_of, logits)], [own.weight for own in self.members])
        return at_temperature(mean, self.temperature)

    def cells(self, numbers: Tensor, codes: Tensor, texts: Sequence[Tensor] = ()) -> list[Tensor]:
        """Return the cells of each column, ``(n_rows,)`` each, in the order of the columns."""
        counts, cells = {"numbers": count(), "codes": count(), "texts": count()}, []
        for column in self.columns:
            at = next(counts[column.goes_to])
            is_text = column.goes_to == "texts"
            cells.append(texts[at] if is_text else (numbers if column.goes_to == "numbers" else codes)[:, at])
        return cells

    def probabilities(self, rows: Sequence[Mapping[str, Any]]) -> NDArray[np.float64]:
        """Return the probabilities ``(n_rows, n_classes)`` of rows, each a mapping of column names to cells."""
        with torch.no_grad():
            return np.asarray(self(*self.read(rows)).cpu().numpy())

    def tensor(self, array: NDArray[Any]) -> Tensor:
        """Return an array as a tensor where the networks are."""
        return torch.tensor(array, device=next(self.parameters()).device)


class PlainTextClassifier(PlainClassifier):
    """The same with columns of text, whose inputs are counted with numpy."""

    def __init__(self, weights: Mapping[str, Tensor], *arguments: Any, **named: Any) -> None:
        super().__init__(weights, *arguments, **named)
        texts = [at for at, column in enumerate(self.columns) if column.goes_to == "texts"]
        self.texts = [
            [
                HashedText({name: own.numpy() for name, own in part_of(weights, f"texts.{fold}.{at}").items()})
                for at in texts
            ]
            for fold in range(len(self.inputs))
        ]

    def read(self, rows: Sequence[Mapping[str, Any]]) -> tuple[Any, ...]:
        """Step 1: return numbers and codes as above, and the inputs of each column of text, for each fold."""
        numbers, codes, texts = read_rows(rows, self.columns)
        inputs = [
            [self.tensor(own.inputs(cells)) for own, cells in zip(fold, texts, strict=True)] for fold in self.texts
        ]
        return self.tensor(numbers), self.tensor(codes), inputs


def read_weights(path: Path) -> dict[str, Tensor]:
    """Return the tensors of a safetensors file by name, as `safetensors.torch.load_file` does."""
    data = path.read_bytes()
    start = 8 + int.from_bytes(data[:8], "little")
    tensors = {}
    for name, entry in json.loads(data[8:start]).items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            array = np.frombuffer(data[start + begin : start + end], DTYPES[entry["dtype"]])
            tensors[name] = torch.tensor(array.reshape(entry["shape"]))
    return tensors


def part_of(weights: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """Return the tensors whose names begin with a prefix and a point, by the rest of their names."""
    return {name[len(prefix) + 1 :]: tensor for name, tensor in weights.items() if name.startswith(f"{prefix}.")}

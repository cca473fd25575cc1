"""The rows members train on, and the members."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from demarcate.engine.backend import HOST, Backend
from demarcate.engine.inputs import DenseInputs, Inputs
from demarcate.engine.training import Training
from demarcate.errors import SettingError
from demarcate.nn import Head, MemberState, Network, family_of
from demarcate.nn.heads import head_for
from demarcate.nn.layout import Layout
from demarcate.presentation import brief_repr


@brief_repr
@dataclass(frozen=True, eq=False)
class Samples:
    """Encoded rows, shared by all members.

    Attributes
    ----------
    inputs
        The encoded rows, in every encoding a member may read.
    codes
        Class indices ``(n_rows,)``, int64.
    weights
        The weight of each row's loss, ``(n_rows,)``, at least 0.
    """

    inputs: Inputs
    codes: Tensor
    n_classes: int
    weights: Tensor

    @classmethod
    def of(cls, matrices: Sequence[Tensor], codes: Tensor, n_classes: int, weights: Tensor | None = None) -> "Samples":
        """Stack encodings ``(n_rows, d_in)`` of the same rows; a single one is not copied. Without weights each is 1.

        Raises
        ------
        SettingError
            If a weight is negative or not finite.

        Examples
        --------
        >>> Samples.of([torch.ones(4, 2), torch.ones(4, 3)], torch.tensor([0, 1, 0, 1]), 2).matrices.shape
        torch.Size([2, 4, 3])
        """
        widths = tuple(matrix.shape[1] for matrix in matrices)
        first = matrices[0]
        if len(matrices) == 1:
            stacked = first.unsqueeze(0)
        else:
            stacked = first.new_zeros(len(matrices), len(codes), max(widths))
            for index, matrix in enumerate(matrices):
                stacked[index, :, : widths[index]] = matrix
        return cls.over(DenseInputs(stacked, widths), codes, n_classes, weights)

    @classmethod
    def over(cls, inputs: Inputs, codes: Tensor, n_classes: int, weights: Tensor | None = None) -> "Samples":
        """Make samples of any inputs; errors as for `of`."""
        weights = torch.ones_like(codes, dtype=inputs.dtype) if weights is None else weights.to(inputs.dtype)
        wrong = (~(weights.isfinite() & (weights >= 0))).nonzero().flatten().tolist()
        if wrong:
            value = f"{weights[wrong[0]].item():g} for row {wrong[0]}"
            raise SettingError(f"the weight of a row's loss must be finite and at least 0, got {value}")
        return cls(inputs, codes, n_classes, weights)

    @property
    def d_in(self) -> tuple[int, ...]:
        """The real width of each encoding."""
        return self.inputs.d_in

    @property
    def matrices(self) -> Tensor:
        """All rows in every encoding, ``(n_encodings, n_rows, max(d_in))``; computed on access unless in memory."""
        if isinstance(self.inputs, DenseInputs):
            return self.inputs.matrices
        device, n_encodings = self.codes.device, len(self.d_in)
        rows = torch.arange(len(self.codes), device=device).expand(n_encodings, -1)
        return self.inputs.gather(torch.arange(n_encodings, device=device), rows)

    def encoded(self, encoding: int) -> Tensor:
        """Return all rows in one encoding, ``(n_rows, d_in[encoding])``."""
        rows = torch.arange(len(self.codes), device=self.codes.device).unsqueeze(0)
        return self.inputs.gather(rows.new_tensor([encoding]), rows)[0, :, : self.d_in[encoding]]

    def to(self, device: torch.device) -> "Samples":
        """Return the same samples on a device."""
        return Samples(self.inputs.to(device), self.codes.to(device), self.n_classes, self.weights.to(device))


@brief_repr
@dataclass(frozen=True, eq=False)
class Member:
    """One network to train: its specification, its seed and its rows.

    Attributes
    ----------
    seed
        Seeds the initial weights, the order of the rows and dropout.
    rows
        Training rows, int64 ``(n_train,)``.
    validation_rows
        Rows that decide when to stop, int64 ``(n_validation,)``; may be empty.
    encoding
        Which of the samples' encodings the member reads.
    traced
        Whether to return the logits of the validation rows after every epoch.
    initial
        Initial parameters; None draws them from the seed, by the training's ``init``.
    """

    network: Network
    training: Training
    seed: int
    rows: Tensor
    validation_rows: Tensor
    encoding: int = 0
    traced: bool = False
    initial: MemberState | None = None

    def __post_init__(self) -> None:
        if len(self.rows) == 0:
            raise SettingError("a member trains on at least one row, got none")
        if self.training.patience is not None and len(self.validation_rows) == 0:
            raise SettingError("early stopping needs validation rows, got none. Set patience=None, or hold rows out")

    def widths(self, samples: Samples) -> tuple[int, ...]:
        """Return ``(d_in, *hidden, n_outputs)`` on these samples."""
        return self.network.widths(samples.d_in[self.encoding], self.head(samples).n_outputs(samples.n_classes))

    def head(self, samples: Samples) -> Head:
        """Return the head for these samples' classes."""
        return head_for(self.network.head, samples.n_classes)

    def begin(self, samples: Samples) -> tuple[MemberState, torch.Generator]:
        """Return initial parameters, after checking given ones, and the generator that goes on to order the rows."""
        generator = Backend.generator(self.seed)
        family, widths, dtype = family_of(self.network), self.widths(samples), samples.inputs.dtype
        if self.initial is not None:
            family.check_shapes(self.initial, widths)
            return _finite(self.initial, dtype), generator
        if self.training.init == "he":
            output_bias = self.head(samples).prior_logits(self._shares(samples))
            return family.he_state(widths, output_bias, generator, dtype), generator
        return family.initial_state(widths, generator, dtype), generator

    def _shares(self, samples: Samples) -> Tensor:
        """Return each class's share of the training rows' weight, ``(n_classes,)``; each class has one row more."""
        rows = self.rows.to(samples.codes.device)
        weights = samples.weights[rows].double()
        total = torch.bincount(samples.codes[rows], weights / weights.mean(), minlength=samples.n_classes).cpu() + 1
        return total / total.sum()


def layout_of(members: Sequence[Member], samples: Samples) -> Layout:
    """Return the layout of a population of these members."""
    return Layout(tuple(member.widths(samples) for member in members), family=family_of(members[0].network))


def _finite(state: MemberState, dtype: torch.dtype) -> MemberState:
    """Return initial parameters on the CPU in the samples' dtype."""
    if not all(parameter.isfinite().all() for layer in state for parameter in layer):
        raise SettingError("initial weights must be finite numbers, got inf or NaN")
    return [tuple(parameter.detach().to(HOST, dtype) for parameter in layer) for layer in state]

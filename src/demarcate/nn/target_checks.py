"""Checks of the targets of a loss, their type, shape and values; an error names the conversion that mends them."""

from typing import Any

import torch
from torch import Tensor

from demarcate.argument_checks import is_one_hot
from demarcate.errors import TargetError


def check_class_indices(logits: Tensor, targets: Any) -> None:
    """Refuse targets of cross-entropy that are no class indices, int64 ``(..., batch)`` below the number of logits."""
    shape, n_classes = logits.shape[:-1], logits.shape[-1]
    takes = f"cross-entropy takes class indices, int64 of shape {tuple(shape)}, "
    if n_classes < 2:
        fact = f"cross-entropy takes a logit for each class, at least two, got logits of shape {tuple(logits.shape)}"
        raise TargetError(f"{fact}. Give the network an output for each class, or use one logit with head='logit'.")
    _check_tensor(takes, targets)
    if targets.shape == logits.shape and is_one_hot(targets):
        raise TargetError(f"{takes}got one-hot {_described(targets)}. Convert them with {_argmax(targets)}.")
    if targets.shape == (*shape, 1):
        raise TargetError(f"{takes}got {_described(targets)}. {_conversion(targets, 'squeeze(-1)', torch.int64)}")
    if targets.shape != shape:
        likeliest = ", of probabilities targets.argmax(dim=-1)" if targets.shape == logits.shape else ""
        raise TargetError(f"{takes}got {_described(targets)}. Give one index a row{likeliest}.")
    _check_values(targets, "class indices", n_classes)
    if targets.dtype != torch.int64:
        raise TargetError(f"{takes}got {_described(targets)}. {_conversion(targets, '', torch.int64)}")


def check_binary_targets(logits: Tensor, targets: Any) -> None:
    """Refuse targets of binary cross-entropy that are not floats from 0 to 1 of the logits' shape."""
    takes = f"binary cross-entropy takes floats of shape {tuple(logits.shape)}, "
    if logits.shape[-1] != 1:
        fact = f"binary cross-entropy takes one logit a row, got logits of shape {tuple(logits.shape)}"
        raise TargetError(f"{fact}. Give the network one output, or use head='softmax'.")
    _check_tensor(takes, targets)
    is_one_a_class = targets.ndim == logits.ndim and targets.shape[:-1] == logits.shape[:-1] and targets.shape[-1] > 1
    if is_one_a_class and is_one_hot(targets):
        remedy = f"Convert them with {_argmax(targets, ', keepdim=True')}.float()."
        if targets.shape[-1] > 2:
            remedy = f"One logit separates two classes: use head='softmax', with {targets.shape[-1]} logits."
        raise TargetError(f"{takes}got one-hot {_described(targets)}. {remedy}")
    if targets.numel() != logits.numel():
        raise TargetError(f"{takes}got {_described(targets)}. Give one number a row.")
    _check_values(targets, "0.0 or 1.0", 2, is_probability=targets.is_floating_point())
    if not targets.is_floating_point() or targets.shape != logits.shape:
        reshaping = ""
        if targets.shape != logits.shape:
            is_flat = targets.shape == logits.shape[:-1]
            reshaping = "unsqueeze(-1)" if is_flat else f"reshape{tuple(logits.shape)}"
        raise TargetError(f"{takes}got {_described(targets)}. {_conversion(targets, reshaping, torch.float32)}")


def _check_tensor(takes: str, targets: Any) -> None:
    if not isinstance(targets, Tensor):
        is_frame = hasattr(targets, "to_numpy")
        conversion = "torch.tensor(targets.to_numpy())" if is_frame else "torch.tensor(targets)"
        raise TargetError(f"{takes}got {type(targets).__name__}. Convert them with {conversion}.")
    if targets.is_complex():
        raise TargetError(f"{takes}got {_described(targets)}. Give real numbers.")


def _check_values(targets: Tensor, name: str, n_classes: int, *, is_probability: bool = False) -> None:
    """Refuse the first value that is no class of so many; ``is_probability`` allows what lies between 0 and 1."""
    values = targets.detach().flatten().double()
    is_class = (values >= 0) & (values <= n_classes - 1)
    if not is_probability:
        is_class &= values % 1 == 0
    if is_class.all():
        return
    row = int((~is_class).nonzero()[0])
    of = "" if n_classes == 2 and name != "class indices" else f" of {n_classes} logits"
    classes = "" if not of else ", 0 or 1" if n_classes == 2 else f", 0 to {n_classes - 1}"
    remedy = value_remedy(values, n_classes)
    raise TargetError(f"targets must be {name}{of}{classes}, got {values[row].item():g} in row {row + 1}. {remedy}")


def value_remedy(values: Tensor, n_classes: int | None = None) -> str:
    """Return what to do about targets ``(n_rows,)`` that are no class indices, below ``n_classes`` if that is given."""
    if not values.isfinite().all():
        return "Leave out the rows without a label."
    if (values % 1 != 0).any():
        return "Fractions are no classes: cut them into classes, such as (targets > 0.5)."
    distinct = values.unique().tolist()
    if distinct == [-1, 1]:
        return "Convert -1 and 1 with (targets + 1) // 2."
    if n_classes is not None and distinct[0] == 1 and distinct[-1] == n_classes:
        return "Labels that begin at 1 become indices with targets - 1."
    if n_classes is not None and distinct[-1] >= n_classes and distinct[0] >= 0:
        return f"Give the network {int(distinct[-1]) + 1} outputs, or number the classes from 0."
    return "Number the classes from 0, and leave out rows without a class."


def _argmax(targets: Tensor, details: str = "") -> str:
    """Return the conversion of one-hot targets to indices; torch has no argmax of booleans."""
    return f"targets{'.int()' if targets.dtype == torch.bool else ''}.argmax(dim=-1{details})"


def _described(targets: Tensor) -> str:
    return f"{str(targets.dtype).removeprefix('torch.')} of shape {tuple(targets.shape)}"


def _conversion(targets: Tensor, reshaping: str, dtype: torch.dtype) -> str:
    parts = ["targets"]
    if dtype == torch.int64 and targets.dtype != dtype:
        parts.append("long()")
    if dtype != torch.int64 and not targets.is_floating_point():
        parts.append("float()")
    return f"Convert them with {'.'.join([*parts, *([reshaping] if reshaping else [])])}."

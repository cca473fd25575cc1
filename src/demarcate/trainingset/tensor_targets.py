"""Targets in a torch tensor, which a learner would give to the loss of a plain loop."""

import warnings
from collections.abc import Iterable

import torch
from torch import Tensor

from demarcate.errors import InputWarning, TargetError
from demarcate.nn import Network
from demarcate.nn.heads import head_for
from demarcate.nn.target_checks import value_remedy


def tensor_codes(targets: Tensor, networks: Iterable[Network], n_classes: int | None = None) -> Tensor:
    """Return targets that the loss of each network takes as class indices, int64 ``(n_rows,)``; refuse others.

    There are ``n_classes``, or as many as the largest index says. In the latter case an index below it that no row has
    is warned of: here it is no class, in a plain loop it is one without rows.
    """
    are_counted = n_classes is None
    if not targets.numel():
        return targets.long()
    values = targets.detach().flatten().cpu()
    is_one_a_class = targets.ndim == 2 and targets.shape[1] > 1
    if is_one_a_class or targets.is_complex():
        n_classes = targets.shape[-1]
    else:
        _check_indices(values.double())
        n_classes = n_classes or int(values.max()) + 1
    n_classes = max(2, n_classes)
    for network in networks:
        head = head_for(network.head, n_classes)
        head.loss(torch.zeros(len(targets), head.n_outputs(n_classes)), targets.detach().cpu())
    codes = values.long()
    if are_counted:
        _warn_of_gaps(codes, n_classes)
    return codes


def _check_indices(values: Tensor) -> None:
    wrong = (~((values >= 0) & (values % 1 == 0))).nonzero().flatten().tolist()
    if wrong:
        fact = (
            f"targets must be class indices, 0, 1, 2 and so on, got {values[wrong[0]].item():g} in row {wrong[0] + 1}"
        )
        raise TargetError(f"{fact}. {value_remedy(values)}")


def _warn_of_gaps(codes: Tensor, n_classes: int) -> None:
    occurring = codes.unique().tolist()
    missing = [index for index in range(n_classes) if index not in occurring]
    if missing and len(occurring) > 1:
        which = "class" if len(missing) == 1 else "classes"
        fact = f"no row is of {which} {', '.join(map(str, missing))}, so the network has {len(occurring)} outputs"
        labels = ", ".join(map(str, occurring))
        warnings.warn(
            InputWarning(f"{fact}, for the labels {labels} in this order. Number classes from 0"), stacklevel=6
        )

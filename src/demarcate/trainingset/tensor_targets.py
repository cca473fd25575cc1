"""Targets in a torch tensor, which a learner would give to the loss of a plain loop."""

from collections.abc import Iterable
from itertools import islice

import torch
from torch import Tensor

from demarcate.errors import InputWarning, TargetError, warn_caller
from demarcate.formatting import MAX_LISTED, listed
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
        # One number, seen as all logits: a table of ids, taken for class indices, has many classes.
        logits = torch.zeros(1, 1).expand(len(targets), head.n_outputs(n_classes))
        head.check_targets(logits, targets.detach().cpu())
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
    n_missing = n_classes - len(occurring)
    if not n_missing or len(occurring) < 2:
        return
    rows_have = set(occurring)
    missing = [*islice((index for index in range(n_classes) if index not in rows_have), MAX_LISTED)]
    fact = f"no row is of {'class' if n_missing == 1 else 'classes'} {listed(missing, total=n_missing)}"
    classes = f"the {len(occurring)} classes are the labels that occur, {listed(occurring)}"
    warn_caller(InputWarning(f"{fact}: {classes}. Number them from 0"))

"""What a fit is, in words and digests: two fits of one identity end with the same bits."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict

import torch
from torch import Tensor

from demarcate.engine.samples import Member, Samples

ENGINE = 1
"""Raised whenever the engine comes to other bits from the same fit."""


def identity(members: Sequence[Member], samples: Samples, *, precision: str) -> dict[str, str]:
    """Everything that decides the bits a fit ends with, by name.

    Examples
    --------
    >>> from demarcate.engine.training import Training
    >>> from demarcate.nn import Network
    >>> samples = Samples.of([torch.zeros(4, 2)], torch.tensor([0, 1, 0, 1]), 2)
    >>> member = Member(Network(), Training(lr=0.5), 0, torch.arange(4), torch.arange(0))
    >>> identity([member], samples, precision="float32")["lr"]
    '0.5'
    """
    fields = [{**asdict(member.network), **asdict(member.training), "seed": member.seed} for member in members]
    settings = {name: _told([entry[name] for entry in fields]) for name in (fields[0] if fields else {})}
    return {
        "table": _digest([*samples.tensors()]),
        **settings,
        "networks": str(len(members)),
        "training rows": _digest(member.rows for member in members),
        "validation rows": _digest(member.validation_rows for member in members),
        "encodings": _told([member.encoding for member in members]),
        "initial weights": _digest(part for member in members for layer in member.initial or () for part in layer),
        "traces": _told([member.traced for member in members]),
        "precision": precision,
        "device": samples.weights.device.type,
        "torch": torch.__version__,
        "engine": str(ENGINE),
    }


def _told(values: Sequence[object]) -> str:
    """One value, or the different ones and a digest of their order."""
    different = list(dict.fromkeys(map(repr, values)))
    if len(different) == 1:
        return different[0]
    order = hashlib.sha256("\n".join(map(repr, values)).encode()).hexdigest()
    return f"{', '.join(different)} (in the order {order[:8]})"


def _digest(tensors: Iterable[Tensor]) -> str:
    digest = hashlib.sha256()
    for tensor in tensors:
        digest.update(f"{tensor.dtype} {tuple(tensor.shape)}".encode())
        content = tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8)
        digest.update(content.numpy().data)
    return digest.hexdigest()

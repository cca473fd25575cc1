"""The signature of a fit, in words and digests: two fits of one signature end with the same bits."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict

import torch
from torch import Tensor

from demarcate.engine.backend import HOST
from demarcate.engine.samples import Member, Samples

TABLE = "rows (the table, its columns, how it is split or weighted)"
ENGINE = 2
"""Raised whenever the engine comes to other bits from the same fit."""
_MAX_SHOWN = 80
MARK = " #"
"""Precedes a digest, which is compared and not shown."""


def signature_changes(then: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Return the differences between two signatures, a line each, in words."""
    return [
        _change(name, then.get(name, ""), now.get(name, "")) for name in {**then, **now} if _differs(name, then, now)
    ]


def _differs(name: str, then: Mapping[str, str], now: Mapping[str, str]) -> bool:
    # With another number of networks, the digests differ anyway.
    only_words = name != TABLE and then.get("networks") != now.get("networks")
    before, after = (each.get(name, "").partition(MARK)[0] if only_words else each.get(name) for each in (then, now))
    return before != after


def _change(name: str, then: str, now: str) -> str:
    before, after = then.partition(MARK)[0], now.partition(MARK)[0]
    if before == after:
        return f"{name}: not the same" + (" for each network" if before else "")
    if max(len(before), len(after)) > _MAX_SHOWN:
        return f"{name}: not the same"
    return f"{name}: {before or 'nothing'} then, {after or 'nothing'} now"


def fit_signature(members: Sequence[Member], samples: Samples, others: Mapping[str, str]) -> dict[str, str]:
    """Return everything that decides the bits a fit ends with, by name; ``others`` are settings of the whole fit.

    Every field of `Network` and `Training` is part of it.
    """
    specifications = [_settings(member) for member in members]
    names = dict.fromkeys(name for each in specifications for name in each)
    settings = {name: _summary([each.get(name) for each in specifications]) for name in names}
    return {
        TABLE: _digest([*samples.inputs.tensors(), samples.codes, samples.weights]),
        **settings,
        "networks": str(len(members)),
        "seeds": _digest_of([member.seed for member in members]),
        "training rows": _digest(member.rows for member in members),
        "validation rows": _digest(member.validation_rows for member in members),
        "folds": _digest_of([(member.encoding, member.traced) for member in members]),
        "initial weights": _digest(part for member in members for layer in member.initial or () for part in layer),
        **others,
        "device": samples.weights.device.type,
        "torch": torch.__version__,
        "engine": str(ENGINE),
    }


def _settings(member: Member) -> dict[str, object]:
    """Return the settings of a member; checkpoints that name no family are of multilayer perceptrons."""
    family = {} if member.network.family == "mlp" else {"family": member.network.family}
    return {**family, **asdict(member.network), **asdict(member.training)}


def _summary(values: Sequence[object]) -> str:
    """Return the one value, or the different ones and a digest of the order they come in."""
    different = sorted(set(map(repr, values)))
    if len(different) == 1:
        return different[0]
    order = hashlib.sha256("\n".join(map(repr, values)).encode()).hexdigest()
    return f"{', '.join(different)}{MARK}{order}"


def _digest_of(numbers: Sequence[object]) -> str:
    return _digest([torch.tensor(numbers, device=HOST)])


def _digest(tensors: Iterable[Tensor]) -> str:
    digest = hashlib.sha256()
    for tensor in tensors:
        digest.update(f"{tensor.dtype} {tuple(tensor.shape)}".encode())
        content = tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8)
        digest.update(content.numpy().data)
    return MARK + digest.hexdigest()

"""What a fit is, in words and digests: two fits of one identity end with the same bits."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict

import torch
from torch import Tensor

from demarcate.engine.samples import Member, Samples

TABLE = "rows (the table, its columns, how it is split or weighted)"
ENGINE = 1
"""Raised whenever the engine comes to other bits from the same fit."""
_MAX_TOLD = 80
MARK = " #"
"""Stands before a digest, which is to be compared and not to be read."""


def signature_changes(then: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """What differs between two identities, a line each, in words.

    Examples
    --------
    >>> signature_changes({"lr": "0.1", "seeds": " #a"}, {"lr": "0.2", "seeds": " #b"})
    ['lr: 0.1 then, 0.2 now', 'seeds: not the same']
    """
    return [
        _change(name, then.get(name, ""), now.get(name, "")) for name in {**then, **now} if _differ(name, then, now)
    ]


def _differ(name: str, then: Mapping[str, str], now: Mapping[str, str]) -> bool:
    # With another number of networks, which one has what is not the same anyway.
    readable = name != TABLE and then.get("networks") != now.get("networks")
    before, after = (told.get(name, "").partition(MARK)[0] if readable else told.get(name) for told in (then, now))
    return before != after


def _change(name: str, then: str, now: str) -> str:
    before, after = then.partition(MARK)[0], now.partition(MARK)[0]
    if before == after:
        return f"{name}: not the same" + (" for each network" if before else "")
    if max(len(before), len(after)) > _MAX_TOLD:
        return f"{name}: not the same"
    return f"{name}: {before or 'nothing'} then, {after or 'nothing'} now"


def fit_signature(members: Sequence[Member], samples: Samples, others: Mapping[str, str]) -> dict[str, str]:
    """Everything that decides the bits a fit ends with, by name; ``others`` are settings of the whole fit.

    Examples
    --------
    >>> from demarcate.engine.training import Training
    >>> from demarcate.nn import Network
    >>> samples = Samples.of([torch.zeros(4, 2)], torch.tensor([0, 1, 0, 1]), 2)
    >>> member = Member(Network(), Training(lr=0.5), 0, torch.arange(4), torch.arange(0))
    >>> fit_signature([member], samples, {"precision": "float32"})["lr"]
    '0.5'
    """
    fields = [_settings(member) for member in members]
    names = dict.fromkeys(name for entry in fields for name in entry)
    settings = {name: _told([entry.get(name) for entry in fields]) for name in names}
    return {
        TABLE: _digest([*samples.tensors()]),
        **settings,
        "networks": str(len(members)),
        "seeds": _digest(torch.tensor([member.seed for member in members])),
        "training rows": _digest(member.rows for member in members),
        "validation rows": _digest(member.validation_rows for member in members),
        "folds": _digest(torch.tensor([(member.encoding, member.traced) for member in members])),
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


def _told(values: Sequence[object]) -> str:
    """One value, or the different ones and a digest of who has which."""
    different = sorted(set(map(repr, values)))
    if len(different) == 1:
        return different[0]
    order = hashlib.sha256("\n".join(map(repr, values)).encode()).hexdigest()
    return f"{', '.join(different)}{MARK}{order}"


def _digest(tensors: Iterable[Tensor]) -> str:
    digest = hashlib.sha256()
    for tensor in tensors:
        digest.update(f"{tensor.dtype} {tuple(tensor.shape)}".encode())
        content = tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8)
        digest.update(content.numpy().data)
    return MARK + digest.hexdigest()

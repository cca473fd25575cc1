"""Where to compute."""

import torch

from demarcate.errors import SettingError


def device_for(name: str) -> torch.device:
    """The device a name stands for; ``auto`` is the GPU when there is one, else the CPU.

    Raises
    ------
    SettingError
        If there is no such device here.

    Examples
    --------
    >>> device_for("cpu")
    device(type='cpu')
    """
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
        torch.empty(0, device=device).cpu()  # a device without memory, such as torch's "meta", fails here
    except (RuntimeError, AssertionError, NotImplementedError, TypeError) as error:
        raise SettingError(f"device is auto, cpu or a device torch finds here: got {name!r}") from error
    return device


PRECISIONS = ("auto", "float32", "bf16")
MIN_WIDTH = 64
"""The narrowest hidden layer for which bf16 products save more than turning numbers to bf16 and back costs."""


def has_fast_bf16(device: torch.device) -> bool:
    """Whether this device multiplies bf16 matrices faster than float32 ones: AMX tiles, or a GPU that knows bf16.

    Asked of the processor, never timed: the same machine always gives the same answer, so the same bits.

    Examples
    --------
    >>> has_fast_bf16(torch.device("cpu")) in (True, False)
    True
    """
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if device.type == "cpu":
        ask = getattr(torch.cpu, "_is_amx_tile_supported", None)
        return bool(ask and ask())
    return False


def check_precision(precision: str) -> None:
    """Refuse what is not a precision.

    Raises
    ------
    SettingError
        If there is no such precision.
    """
    if precision not in PRECISIONS:
        raise SettingError(f"precision is one of {', '.join(PRECISIONS)}: got {precision!r}")


def product_dtype(precision: str, dtype: torch.dtype, device: torch.device, hidden: tuple[int, ...]) -> torch.dtype:
    """The dtype of the hidden layers' matrix products.

    Weights, optimizer, biases of the output layer, logits and losses stay in ``dtype`` whatever the answer (mixed
    precision, Micikevicius et al. 2018; bf16 needs no loss scaling).

    Parameters
    ----------
    precision
        ``float32``: the samples' own dtype. ``bf16``: bfloat16, where there are hidden layers. ``auto``: bfloat16 where
        the device gains from it and every hidden layer has at least `MIN_WIDTH` units, else the samples' own.
    dtype
        That of the samples.
    device
        Where to compute.
    hidden
        Widths of the hidden layers.

    Raises
    ------
    SettingError
        If there is no such precision.

    Examples
    --------
    >>> product_dtype("bf16", torch.float32, torch.device("cpu"), (8,))
    torch.bfloat16
    >>> product_dtype("auto", torch.float32, torch.device("cpu"), (8,))
    torch.float32
    """
    check_precision(precision)
    if not hidden or precision == "float32":
        return dtype
    gains = min(hidden) >= MIN_WIDTH and dtype == torch.float32 and has_fast_bf16(device)
    return torch.bfloat16 if precision == "bf16" or gains else dtype

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

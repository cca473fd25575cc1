"""What made a model: the versions that were in play."""

import platform
from importlib.metadata import PackageNotFoundError, version


def provenance() -> dict[str, str]:
    """Versions of demarcate, torch, numpy and Python; ``unknown`` for what runs from its sources uninstalled.

    Examples
    --------
    >>> sorted(provenance())
    ['demarcate', 'numpy', 'python', 'torch']
    """
    packages = {name: _version(name) for name in ("demarcate", "numpy", "torch")}
    return {**packages, "python": platform.python_version()}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "unknown"

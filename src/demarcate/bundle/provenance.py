"""What made a model: the versions that were in play."""

import platform
from importlib.metadata import version


def provenance() -> dict[str, str]:
    """Versions of demarcate, torch, numpy and Python.

    Examples
    --------
    >>> sorted(provenance())
    ['demarcate', 'numpy', 'python', 'torch']
    """
    packages = {name: version(name) for name in ("demarcate", "numpy", "torch")}
    return {**packages, "python": platform.python_version()}

"""The versions of the software that made a model."""

import platform
from importlib.metadata import PackageNotFoundError, version


def provenance() -> dict[str, str]:
    """Return the versions of demarcate, torch, numpy and Python; ``unknown`` for a package that is not installed."""
    packages = {name: _version(name) for name in ("demarcate", "numpy", "torch")}
    return {**packages, "python": platform.python_version()}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "unknown"

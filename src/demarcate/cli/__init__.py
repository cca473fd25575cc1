"""The command line: ``demarcate fit``, ``predict``, ``evaluate`` and ``inspect``.

Commands import what they need when they run, so that ``--help`` answers at once.
"""

from demarcate.cli.app import main

__all__ = ["main"]

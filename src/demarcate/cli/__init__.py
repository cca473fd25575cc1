"""The command line: ``demarcate fit``, ``predict``, ``evaluate``, ``inspect`` and ``sweep``.

Commands import what they need when they run, so that ``--help`` answers at once.
"""

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line; the exit code is 0 when done, 1 for a refused input, 2 for wrong usage."""
    try:
        from demarcate.cli.app import run

        run()
    except KeyboardInterrupt:
        # Before a command began, or after it ended: the commands themselves say more.
        sys.stderr.write("Interrupted.\n")
        sys.exit(130)

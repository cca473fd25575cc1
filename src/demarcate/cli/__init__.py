"""The command line, one file a command.

Commands import what they need when they run, so that ``--help`` answers at once.
"""

import os
import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line; the exit code is 0 when done, 1 for a refused input, 2 for wrong usage."""
    try:
        from demarcate.cli.process import exit_at_once, exit_code_of
        from demarcate.io import signals

        signals.install_handlers(exit_at_once)
    except KeyboardInterrupt:
        # Nothing listens to signals yet.
        os.write(2, b"Interrupted: nothing was written.\n")
        sys.exit(130)
    try:
        from demarcate.cli.app import run

        run()
    except (OSError, SystemExit) as error:
        signals.ignore_signals()
        sys.exit(exit_code_of(error))

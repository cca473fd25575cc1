"""The command line, one file a command.

Commands import what they need when they run, so that ``--help`` answers at once.
"""

import os
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
    except OSError as error:
        # Help or the version, to a disk that is full or a reader that left: commands have a guard of their own.
        if sys.stdout is not None:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            sys.exit(141)
        sys.stderr.write(f"Error: the system refused ({error.strerror or error}).\n")
        sys.exit(1)

"""``python fuzz TARGET|all [--seconds N] [--cases N] [--seed S] [--jobs N] [--case NUMBER]``."""

import argparse
import os
import sys
from pathlib import Path

# Run as a folder, its modules would be found without their package.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

# A process is one core's work; the processes that are begun take this over.
os.environ.update(POLARS_MAX_THREADS="1", OMP_NUM_THREADS="1")

from fuzz.campaign import Plan
from fuzz.jobs import run_jobs
from fuzz.targets import TARGETS


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(prog="python fuzz", description="Try inputs that nobody meant.")
    parser.add_argument("target", choices=[*TARGETS, "all"])
    parser.add_argument("--seconds", type=float, help="end after so long; a minute unless --cases is given")
    parser.add_argument("--cases", type=int, help="end after so many cases")
    parser.add_argument("--seed", type=int, default=0, help="same seed, same cases")
    parser.add_argument("--jobs", type=int, default=1, help="processes, each with its share of the cases")
    parser.add_argument("--case", type=int, help="only the case of this number")
    return parser.parse_args()


def main() -> int:
    """Run the targets and print a line for each; 1 if any case failed."""
    given = arguments()
    failed = 0
    for name in TARGETS if given.target == "all" else [given.target]:
        if given.case is not None:
            plan = Plan(given.seed, first=given.case, cases=given.case + 1)
        else:
            seconds = 60.0 if given.seconds is None and given.cases is None else given.seconds
            plan = Plan(given.seed, seconds=seconds, cases=given.cases)
        figures = run_jobs(name, plan, 1 if given.case is not None else given.jobs)
        print(figures.line(name), flush=True)
        failed += figures.failed
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

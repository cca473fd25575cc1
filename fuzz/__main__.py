"""``python fuzz TARGET|all [--seconds N] [--cases N] [--seed S] [--jobs N] [--case NUMBER]``."""

import argparse
import os
import sys
from pathlib import Path

# Python puts the folder itself on the path, where its modules have no package.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

# Each process uses one core; child processes inherit this.
os.environ.update(POLARS_MAX_THREADS="1", OMP_NUM_THREADS="1")

from fuzz.campaign import Plan
from fuzz.jobs import run_jobs
from fuzz.targets import TARGETS


def parse_options() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(prog="python fuzz", description="Read malformed inputs.")
    parser.add_argument("target", choices=[*TARGETS, "all"])
    parser.add_argument(
        "--seconds", type=float, help="end after this time; default: a minute, or no limit with --cases"
    )
    parser.add_argument("--cases", type=int, help="end after this number of cases")
    parser.add_argument("--seed", type=int, default=0, help="the same seed gives the same cases")
    parser.add_argument("--jobs", type=int, default=1, help="number of processes, each with its share of the cases")
    parser.add_argument("--case", type=int, help="run only the case with this number")
    return parser.parse_args()


def main() -> int:
    """Run the targets and print a line for each; return 1 if any case failed."""
    options = parse_options()
    failed = 0
    for name in TARGETS if options.target == "all" else [options.target]:
        if options.case is not None:
            plan = Plan(options.seed, first=options.case, cases=options.case + 1)
        else:
            seconds = 60.0 if options.seconds is None and options.cases is None else options.seconds
            plan = Plan(options.seed, seconds=seconds, cases=options.cases)
        figures = run_jobs(name, plan, 1 if options.case is not None else options.jobs)
        print(figures.line(name), flush=True)
        failed += figures.failed
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

"""``python benchmarks/engine [--only NAME,..] [--repeats N] [--quick]`` measures the figures and reports them."""

import argparse
import sys
from pathlib import Path

# Run as a folder, its modules would be found without their package.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.engine.families import FIGURES
from benchmarks.engine.figures import Scale
from benchmarks.engine.report import DOCUMENT, RESULTS, entry, merge, read, table, update, write
from benchmarks.engine.runner import measure


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(prog="python benchmarks/engine", description="Measure what the engine is worth.")
    parser.add_argument("--only", type=figure_names, default=list(FIGURES), help="figures, separated by commas")
    parser.add_argument("--repeats", type=int, default=None, help="runs of each contender, instead of the figure's own")
    parser.add_argument("--quick", action="store_true", help="tiny settings: see that all runs; nothing is kept")
    return parser.parse_args()


def figure_names(words: str) -> list[str]:
    """Names of figures, separated by commas."""
    names = words.split(",")
    unknown = [name for name in names if name not in FIGURES]
    if unknown:
        raise argparse.ArgumentTypeError(f"figures are {', '.join(FIGURES)}: got {', '.join(unknown)}")
    return names


def main() -> None:
    """Measure, keep every figure as soon as it is there, and print the table."""
    given = arguments()
    scale, repeats = Scale(given.quick), given.repeats or (1 if given.quick else None)
    fresh = {}
    for name in given.only:
        print(f"{name} ...", file=sys.stderr, flush=True)
        fresh[name] = entry(measure(FIGURES[name], scale, repeats))
        if not given.quick:
            results = merge(read(RESULTS), fresh, FIGURES)
            write(results, RESULTS)
            update(DOCUMENT, results)
    print("Tiny settings: these ratios mean nothing.\n" if given.quick else "", table(fresh), sep="\n")


if __name__ == "__main__":
    main()

"""``python benchmarks/engine [--only NAME,..] [--repeats N] [--quick]`` measures the figures and reports them."""

import argparse
import sys
from pathlib import Path

# Python puts the folder itself on the path, where its modules have no package.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.engine.families import FIGURES
from benchmarks.engine.figures import Scale
from benchmarks.engine.report import DOCUMENT, RESULTS, entry, merge, read, table, update, write
from benchmarks.engine.runner import measure


def parse_arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(prog="python benchmarks/engine", description="Measure the engine.")
    parser.add_argument("--only", type=figure_names, default=list(FIGURES), help="figures, separated by commas")
    parser.add_argument("--repeats", type=int, default=None, help="runs of each contender, instead of the figure's own")
    parser.add_argument(
        "--quick", action="store_true", help="tiny settings to check that everything runs; stores nothing"
    )
    return parser.parse_args()


def figure_names(text: str) -> list[str]:
    """Parse names of figures, separated by commas."""
    names = text.split(",")
    unknown = [name for name in names if name not in FIGURES]
    if unknown:
        raise argparse.ArgumentTypeError(f"figures are {', '.join(FIGURES)}: got {', '.join(unknown)}")
    return names


def main() -> None:
    """Measure, store every figure when it is finished, and print the table."""
    options = parse_arguments()
    scale, repeats = Scale(options.quick), options.repeats or (1 if options.quick else None)
    fresh = {}
    for name in options.only:
        print(f"{name} ...", file=sys.stderr, flush=True)
        fresh[name] = entry(measure(FIGURES[name], scale, repeats))
        if not options.quick:
            results = merge(read(RESULTS), fresh, FIGURES)
            write(results, RESULTS)
            update(DOCUMENT, results)
    print("Tiny settings: these ratios mean nothing.\n" if options.quick else "", table(fresh), sep="\n")


if __name__ == "__main__":
    main()

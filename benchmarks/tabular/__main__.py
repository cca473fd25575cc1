"""``python benchmarks/tabular --source SOURCE --cache DIR`` runs the missing fits and prints the results."""

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

# Python puts the folder itself on the path, where its modules have no package.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.tabular.ablation import ablation
from benchmarks.tabular.arguments import arguments
from benchmarks.tabular.board import board
from benchmarks.tabular.grids import Grid, listed, show, write
from benchmarks.tabular.heart import NAME, heart_grids, heart_pieces
from benchmarks.tabular.opponents import VARIANTS, check_installed
from benchmarks.tabular.scores import Cache, fill, pieces
from benchmarks.tabular.seconds import fit_grid, rate_grid, table_grid
from benchmarks.tabular.sources import largest, picked, source_of
from benchmarks.tabular.tables import Table
from benchmarks.tabular.times import Timing, rates, timed
from benchmarks.tabular.workers import Worker


def main(words: list[str] | None = None) -> None:
    """Fit, store, print and write."""
    options = arguments(words)
    if options.imported:
        print(f"{_cache(options).take(options.imported)} scores imported", file=sys.stderr)
    try:
        grids = _what(options)(options)
    except ValueError as error:
        sys.exit(str(error))
    if options.label:
        grids = [replace(grid, title=f"{options.label}: {grid.title}") for grid in grids]
    show(grids)
    if options.markdown:
        write(grids, options.markdown)


def _what(options: argparse.Namespace) -> Callable[[argparse.Namespace], list[Grid]]:
    if options.times:
        return _times
    if options.ablation:
        return _ablation
    return _heart if options.heart else _board


def _cache(options: argparse.Namespace) -> Cache:
    """Return the cache; the large tables have one inside, because the same names stand for more rows there."""
    return Cache(options.cache / "large" if options.large else options.cache)


def _board(options: argparse.Namespace) -> list[Grid]:
    cache = _cache(options)
    if options.show:
        stored = list(dict.fromkeys(key.table for key in cache.read() if key.table != NAME))
        names = options.tables or stored
        if unknown := [name for name in names if name not in stored]:
            raise ValueError(f"{options.cache} has scores of {listed(stored)}: got {listed(unknown)}")
    else:
        check_installed(options.algorithms)
        tables = _tables(options)
        names = [table.name for table in tables]
        with Worker(options.threads, options.limit) as worker:
            fill(cache, pieces(tables, options.splits, options.part), options.algorithms, worker, options.again)
    return board(cache.read(), names, options.algorithms, options.subject, options.splits)


def _ablation(options: argparse.Namespace) -> list[Grid]:
    cache, tables = _cache(options), _tables(options)
    own = [name for name in options.algorithms if name in VARIANTS] or list(VARIANTS)
    with Worker(options.threads, options.limit) as worker:
        work = pieces(tables, options.splits, options.part)
        fill(cache, work, [options.subject, *own], worker, options.again)
    return [ablation(cache.read(), [table.name for table in tables], own, options.subject, options.splits)]


def _heart(options: argparse.Namespace) -> list[Grid]:
    cache = Cache(options.cache)
    check_installed(options.algorithms)
    work = [piece for place, piece in enumerate(heart_pieces()) if options.part.holds(place)]
    with Worker(options.threads, options.limit) as worker:
        fill(cache, work, options.algorithms, worker, options.again)
    return heart_grids(cache.read(), options.algorithms, options.subject)


def _times(options: argparse.Namespace) -> list[Grid]:
    check_installed(options.algorithms)
    tables = _tables(options)
    timing = Timing(options.threads, options.limit, options.repeats, options.again)
    folder = _cache(options).folder
    found = timed(Cache(folder / "times"), tables, options.algorithms, timing)
    by_name = {table.name: table for table in tables}
    if options.rate_table in by_name or options.rate_table is None:
        most_rows = max(tables, key=lambda table: len(table.y))
        rated = by_name.get(options.rate_table or "adult", most_rows)
    else:
        source = source_of(options.source)
        rated = source.table(*picked(source, [options.rate_table]))
    return [
        table_grid(found, options.threads),
        fit_grid(found, options.subject),
        rate_grid(rates(Cache(folder / "rates"), rated, options.algorithms, timing), rated.name),
    ]


def _tables(options: argparse.Namespace) -> list[Table]:
    source = source_of(options.source)
    names = picked(source, options.tables)
    tables = largest(source, names) if options.large else [source.table(name) for name in names]
    return [table for table in tables if options.fewer_rows is None or len(table.y) < options.fewer_rows]


if __name__ == "__main__":
    main()

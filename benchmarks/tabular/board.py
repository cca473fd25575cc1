"""Tables that compare one algorithm with its peers, from stored scores."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from benchmarks.tabular.grids import Grid, listed
from benchmarks.tabular.means import METRICS, Means, half_known, means, with_best
from benchmarks.tabular.measuring import Entry
from benchmarks.tabular.opponents import OURS
from benchmarks.tabular.scores import Key
from benchmarks.tabular.seconds import fit_grid
from benchmarks.tabular.standings import costs, duel, ranks


def board(
    entries: Mapping[Key, Entry],
    tables: Sequence[str],
    algorithms: Sequence[str],
    subject: str = OURS[0],
    most_splits: int | None = None,
) -> list[Grid]:
    """Return all tables of results from the scores of some tables.

    Parameters
    ----------
    entries
        Scores by table, split and algorithm.
    tables, algorithms
        Which to speak of. Of demarcate's own presets only the subject is ranked: three of a kind would crowd the ranks.
    subject
        Who is compared with the others.
    most_splits
        Leave out further splits.

    Returns
    -------
    list of Grid
        Mean ranks; wins and ratios of the subject against each; its costliest tables; seconds of fits, if any are
        stored; and fits that raised, if any.
    """
    field = [name for name in algorithms if name == subject or name not in OURS]
    parts = means(entries, tables, field, most_splits).without_empty()
    averages = with_best(parts)
    half = [
        f"{name}: only one of its settings has scores on {listed(some)}."
        for name, some in half_known(parts).items()
        if some
    ]
    grids = [_ranks(averages, subject, half)]
    if subject in averages.algorithms:
        grids += [_duels(averages, subject), _costs(averages, subject), *_seconds(entries, parts, subject)]
    raised = list(_raised(entries, parts))
    if raised:
        grids.append(Grid("Fits with an error", ("fit", "error"), raised, n_text=2))
    return grids


def _ranks(averages: Means, subject: str, half: Sequence[str]) -> Grid:
    ranking = ranks(averages, subject)
    first = ranking.ranks.get("logloss", {})
    rows = [[name, *(f"{ranking.ranks[metric][name]:.2f}" for metric in METRICS)] for name in first]
    notes = ["Ties share a rank; an algorithm with an error on a table is last there."]
    if ranking.left_out:
        notes.append(f"Left out, because an algorithm has no score there: {listed(ranking.left_out)}.")
    if ranking.not_ranked:
        notes.append(f"Not ranked, with scores on too few tables: {listed(ranking.not_ranked)}.")
    title = f"Mean rank over {len(ranking.tables)} tables (1 is best)"
    return Grid(title, ("algorithm", *METRICS.values()), rows, [*notes, *half])


def _duels(averages: Means, subject: str) -> Grid:
    duels = [duel(averages, subject, peer) for peer in averages.algorithms if peer != subject]
    rows = [
        [
            each.peer,
            str(each.n_tables),
            f"{each.wins:g}",
            f"{each.wins / each.n_tables:.0%} [{each.wins_low:.0%}, {each.wins_high:.0%}]",
            "-" if np.isnan(each.ratio) else f"{each.ratio:.3f} [{each.ratio_low:.3f}, {each.ratio_high:.3f}]",
            "-" if np.isnan(each.median) else f"{each.median:.3f}",
            *(f"{each.wins_by[metric]:g}" for metric in METRICS if metric != "logloss"),
        ]
        for each in duels
        if each
    ]
    note = (
        "A tie is half a win, an error a loss. The ratio is the geometric mean over the tables without an error "
        f"of either, with the median of the same tables: below 1, {subject} is better. "
        "Intervals of 95%: Wilson's, and a bootstrap over tables."
    )
    more = [f"wins on {label}" for metric, label in METRICS.items() if metric != "logloss"]
    header = ("against", "tables", "wins", "share of wins", "ratio", "median", *more)
    return Grid(f"Log loss of {subject} against each", header, rows, [note])


def _costs(averages: Means, subject: str) -> Grid:
    rows = [
        [cost.table, _number(cost.loss), cost.peer, _number(cost.peer_loss), _number(cost.ratio)]
        for cost in costs(averages, subject, [name for name in averages.algorithms if name != subject])
    ]
    header = ("table", subject, "best peer", "its log loss", "ratio")
    return Grid(f"Log loss of {subject} beside the best peer of each table", header, rows)


def _seconds(entries: Mapping[Key, Entry], averages: Means, subject: str) -> list[Grid]:
    """Return the table of stored seconds, if the subject and another have any on a table."""
    stored = {
        key: entry
        for name in averages.algorithms
        for key, entry in entries.items()
        if key.algorithm == name and key.table in averages.tables and "fit_s" in entry
    }
    grid = fit_grid(stored, subject)
    return [grid] if len(grid.rows) > 1 else []


def _raised(entries: Mapping[Key, Entry], averages: Means) -> Iterator[list[str]]:
    for key, entry in entries.items():
        if "error" in entry and key.table in averages.tables and key.algorithm in averages.algorithms:
            yield [str(key), entry["error"].replace("|", "/").replace("\n", " ")]


def _number(value: float) -> str:
    return f"{value:.4f}" if np.isfinite(value) else "raised"

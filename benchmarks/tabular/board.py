"""The board: how one algorithm stands among its peers, of scores that are kept."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from benchmarks.tabular.grids import Grid, listed
from benchmarks.tabular.means import METRICS, Means, half_known, means, with_best
from benchmarks.tabular.measuring import Entry
from benchmarks.tabular.opponents import OURS
from benchmarks.tabular.scores import Key
from benchmarks.tabular.standings import costs, duel, ranks


def board(
    entries: Mapping[Key, Entry],
    tables: Sequence[str],
    algorithms: Sequence[str],
    subject: str = OURS[0],
    most_splits: int | None = None,
) -> list[Grid]:
    """Everything the scores of some tables say.

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
        Mean ranks; wins and ratios of the subject against each; its costliest tables; and fits that raised, if any.
    """
    field = [name for name in algorithms if name == subject or name not in OURS]
    parts = means(entries, tables, field, most_splits).without_empty()
    found = with_best(parts)
    half = [
        f"{name}: only one of its settings has scores on {listed(some)}."
        for name, some in half_known(parts).items()
        if some
    ]
    grids = [_ranks(found, subject, half)]
    if subject in found.algorithms:
        grids += [_duels(found, subject), _costs(found, subject)]
    raised = list(_raised(entries, parts))
    if raised:
        grids.append(Grid("Fits that raised", ("fit", "what it said"), raised, n_text=2))
    return grids


def _ranks(found: Means, subject: str, half: Sequence[str]) -> Grid:
    standing = ranks(found, subject)
    first = standing.ranks.get("logloss", {})
    rows = [[name, *(f"{standing.ranks[metric][name]:.2f}" for metric in METRICS)] for name in first]
    said = ["Ties share a rank; an algorithm with an error on a table is last there."]
    if standing.left_out:
        said.append(f"Left out, because an algorithm has no score there: {listed(standing.left_out)}.")
    if standing.not_ranked:
        said.append(f"Not ranked, with scores on too few tables: {listed(standing.not_ranked)}.")
    title = f"Mean rank over {len(standing.tables)} tables (1 is best)"
    return Grid(title, ("algorithm", *METRICS.values()), rows, [*said, *half])


def _duels(found: Means, subject: str) -> Grid:
    duels = [duel(found, subject, peer) for peer in found.algorithms if peer != subject]
    rows = [
        [
            each.peer,
            str(each.n_tables),
            f"{each.wins:g}",
            f"{each.wins / each.n_tables:.0%} [{each.wins_low:.0%}, {each.wins_high:.0%}]",
            "-" if np.isnan(each.ratio) else f"{each.ratio:.3f} [{each.ratio_low:.3f}, {each.ratio_high:.3f}]",
        ]
        for each in duels
        if each
    ]
    note = (
        "A tie is half a win, an error a loss. The ratio is the geometric mean over the tables without an error "
        f"of either: below 1, {subject} is better. Intervals of 95%: Wilson's, and a bootstrap over tables."
    )
    header = ("against", "tables", "wins", "share of wins", "ratio")
    return Grid(f"Log loss of {subject} against each", header, rows, [note])


def _costs(found: Means, subject: str) -> Grid:
    rows = [
        [cost.table, _number(cost.loss), cost.peer, _number(cost.peer_loss), _number(cost.ratio)]
        for cost in costs(found, subject, [name for name in found.algorithms if name != subject])
    ]
    header = ("table", subject, "best peer", "its log loss", "ratio")
    return Grid(f"Log loss of {subject} beside the best peer of each table", header, rows)


def _raised(entries: Mapping[Key, Entry], found: Means) -> Iterator[list[str]]:
    for key, entry in entries.items():
        if "error" in entry and key.table in found.tables and key.algorithm in found.algorithms:
            yield [str(key), entry["error"].replace("|", "/").replace("\n", " ")]


def _number(value: float) -> str:
    return f"{value:.4f}" if np.isfinite(value) else "raised"

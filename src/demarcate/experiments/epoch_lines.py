"""An epoch as a line of text: epoch, loss and accuracy of training rows and of evaluated ones."""

from collections.abc import Mapping, Sequence

from demarcate.argument_checks import require_cadence
from demarcate.engine import Member, OnEpoch, Progress
from demarcate.nn import Network


def epoch_line(values: Mapping[str, float | None]) -> str:
    """Return the line of an epoch: its number, as ``epoch``, and its values by name; a dash for those that are None.

    A training accuracy in eval mode stands behind the one of the steps.
    """
    in_eval_mode = values.get("eval_train_accuracy")
    cells = [f"epoch {values['epoch']:4.0f}"]
    for name, value in values.items():
        if name == "epoch" or name.startswith("eval_train_"):
            continue
        cells.append(f"{name.replace('_', ' ')} {'     -' if value is None else f'{value:.4f}'}")
        if name == "train_accuracy" and in_eval_mode is not None:
            cells[-1] += f" ({in_eval_mode:.4f} in eval mode)"
    return "  ".join(cells)


def shown_values(values: Mapping[str, float | None], network: Network) -> dict[str, float | None]:
    """Return the values that a line shows: those in eval mode only where they may differ from those of the steps."""
    differs = network.differs_in_eval_mode
    return {name: value for name, value in values.items() if differs or not name.startswith("eval_train_")}


def is_shown(epoch: int, every: int, *, is_last: bool) -> bool:
    """Tell whether an epoch has a line: the first, every n-th and the last."""
    return epoch % every == 0 or epoch == 1 or is_last


def epoch_reporter(
    on_epoch: OnEpoch | None,
    every: int | None,
    members: Sequence[Member],
    titles: Sequence[str],
    *,
    n_networks: int,
    on_test_rows: bool,
) -> OnEpoch | None:
    """Return the callback of a fit that prints lines of its members, and calls ``on_epoch``; None for neither.

    Members are numbered by seed, then network; of each network the first seed of a stack has lines. ``titles`` precede
    them where there are several members. ``on_test_rows`` says that the rows that are evaluated are test rows.
    """
    if every is not None:
        require_cadence("every", every)
    if on_epoch is None and every is None:
        return None
    width = max(map(len, titles)) if len(titles) > 1 else 0
    first_seeds: dict[int, set[int]] = {}  # of each stack, as seeds may train in several

    def report(progress: Progress) -> None:
        progress = progress.on_test_rows() if on_test_rows else progress
        first_seed = {member % n_networks: member for member in sorted(progress.members, reverse=True)}
        with_lines = first_seeds.setdefault(progress.population, {*first_seed.values()})
        for member in progress.members if every else ():
            if member in with_lines and is_shown(progress.epoch, every or 1, is_last=member in progress.ended):
                values = shown_values(progress.of(member), members[member].network)
                title = f"{titles[member]:{width}}  " if width else ""
                # The one line below the command line that is printed: it was asked for.
                print(title + epoch_line({"epoch": progress.epoch, **values}), flush=True)  # noqa: T201
        if on_epoch:
            on_epoch(progress)

    return report

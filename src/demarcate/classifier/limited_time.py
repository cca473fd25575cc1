"""What a fit does less, and when its training ends, so that the whole work keeps to its time budget."""

import time
from collections.abc import Sequence

from demarcate.classifier.kinds import Kind
from demarcate.evaluation.bootstrap import n_resamples
from demarcate.formatting import listed
from demarcate.phases.time_budget import current_budget, leave_out

MOST_SHARE = 0.6
"""The most of the time left that training leaves to what comes after it."""
SECONDS, SECONDS_OF_ROW, SECONDS_OF_DRAW = 2.0, 2e-5, 7e-8
"""What scoring takes on one core: of any table, of a row, and of a row and class in each draw of the intervals."""
SECONDS_OF_MEMBER_ROW = 1.2e-4
"""What two dozen epochs take on one core, of each row that each member trains on."""


def training_deadline(n_rows: int, n_scored: int, n_classes: int) -> float | None:
    """Return when training has to end, by ``time.monotonic``, to keep to the budget; None without one."""
    budget = current_budget()
    if budget is None:
        return None
    n_numbers = n_scored * n_classes
    after = SECONDS + SECONDS_OF_ROW * n_rows + SECONDS_OF_DRAW * n_numbers * n_resamples(n_numbers)
    left = budget.left()
    return time.monotonic() + left - min(MOST_SHARE * left, (after + budget.reserved) * budget.slowdown())


def kinds_in_time(kinds: Sequence[Kind], n_member_rows: float, deadline: float | None) -> list[Kind]:
    """Return the kinds of network that can be trained for two dozen epochs until a deadline; the first one always.

    ``n_member_rows`` are the rows that the members of a kind train on, counted for each member.
    """
    budget = current_budget()
    if deadline is None or budget is None:
        return list(kinds)
    seconds = SECONDS_OF_MEMBER_ROW * n_member_rows * budget.slowdown()
    n_kinds = int((deadline - time.monotonic()) / seconds)
    kept = max(1, min(n_kinds, len(kinds)))
    if kept < len(kinds):
        missing = [f"none {kind.words or f'called {kind.name}'}" for kind in kinds[kept:]]
        leave_out(f"networks of fewer kinds are trained: {listed(missing)}")
    return list(kinds[:kept])

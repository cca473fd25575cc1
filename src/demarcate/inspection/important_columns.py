"""The two most important of the columns that hold numbers, for a slice over them."""

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.evaluation.row_values import row_losses
from demarcate.inspection.estimators import predictor_of, probabilities_of
from demarcate.inspection.importance import RowGroup, permutation_importance
from demarcate.tabular import infer_schema

N_PERMUTATIONS, MAX_ROWS = 2, 1000


def two_most_important(
    estimator: Any, frame: pl.DataFrame, codes: NDArray[np.int64], like: Any = None
) -> tuple[str, str] | None:
    """Return the two columns of numbers whose shuffling raises the log loss most; None where fewer are read.

    ``frame`` and ``codes`` are rows and their classes; ``like`` is a table of the kind that the classifier takes. Two
    columns are not compared, and stay in their order.
    """
    predictor = predictor_of(estimator)
    columns = infer_schema(frame).columns if predictor is None else predictor.schema.used
    names = [column.name for column in columns if column.kind == "numerical" and column.name in frame.columns]
    if len(names) <= 2:
        return (names[0], names[1]) if len(names) == 2 else None
    rows = np.sort(np.random.default_rng(0).permutation(len(frame))[:MAX_ROWS])
    frame, codes = frame[rows], codes[rows]
    if predictor is None:
        return _by_shuffling(estimator, frame, codes, names, like)
    everyone = RowGroup(np.arange(len(rows)), tuple(range(predictor.n_members)))
    importance = permutation_importance(
        predictor, predictor.schema.parse(frame), codes, [everyone], rows="given", columns=names,
        n_permutations=N_PERMUTATIONS,
    )  # fmt: skip
    first, second = (column.column for column in importance.columns[:2])
    return first, second


def _by_shuffling(
    estimator: Any, frame: pl.DataFrame, codes: NDArray[np.int64], names: list[str], like: Any
) -> tuple[str, str]:
    """Return the same for another library's classifier, which has no encoders to shuffle behind."""
    orders = [np.random.default_rng(seed).permutation(len(frame)) for seed in range(N_PERMUTATIONS)]
    losses = {
        name: np.mean(
            [
                row_losses(codes, probabilities_of(estimator, frame.with_columns(frame[name][order]), like)).mean()
                for order in orders
            ]
        )
        for name in names
    }
    first, second = sorted(names, key=lambda name: -losses[name])[:2]
    return first, second

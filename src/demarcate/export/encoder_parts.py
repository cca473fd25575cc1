"""The parts that encoders of numbers and dates have in common, whatever else they have."""

import numpy as np
from numpy.typing import NDArray

from demarcate.encoding import ColumnEncoder, DateEncoder, NumericEncoder, PiecewiseEncoder
from demarcate.encoding.piecewise_target import PiecewiseTargetEncoder

ENCODERS_OF_QUANTITIES = (NumericEncoder, PiecewiseEncoder, PiecewiseTargetEncoder, DateEncoder)
"""The encoders whose parts are known here; those of words are tables by category (`ColumnEncoder.vocabulary`)."""


def standardising_part(encoder: ColumnEncoder) -> NumericEncoder:
    """Return what makes the first encoded column of a number or a date, and the flag that it is missing."""
    if isinstance(encoder, DateEncoder):
        return encoder.elapsed
    if isinstance(encoder, PiecewiseTargetEncoder):
        return encoder.binned.numeric
    if isinstance(encoder, PiecewiseEncoder):
        return encoder.numeric
    assert isinstance(encoder, NumericEncoder), "every number and date is standardised"
    return encoder


def bin_edges_of(encoder: ColumnEncoder) -> NDArray[np.float64]:
    """Return the edges of the bins that are encoded columns, ``(n_bins + 1,)``; empty if there are none."""
    if isinstance(encoder, PiecewiseTargetEncoder):
        encoder = encoder.binned
    edges = encoder.edges if isinstance(encoder, PiecewiseEncoder) else np.empty(0)
    return edges if len(edges) > 2 else np.empty(0)

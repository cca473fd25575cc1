"""Text, and what the classes of training rows say of its words."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from demarcate.encoding.base import NO_TARGET, ColumnEncoder, Encoded, FitContext, Floats, State
from demarcate.encoding.cross_fitting import CrossFittedEncoder
from demarcate.encoding.hashed_weights import HashedWeights
from demarcate.encoding.text_components import (
    TextEncoder,
    count_up_to,
    frequent_grams,
    training_texts,
    weighted_columns,
)
from demarcate.encoding.text_features import in_slices
from demarcate.presentation import brief_repr
from demarcate.tabular.frame_libraries import polars as pl
from demarcate.tabular.schema import Column
from demarcate.tabular.splits import stratified_folds

MAX_CLASSES = 32
"""Classes up to which there are scores: one column for each."""
MAX_NUMBERS = 1 << 18
"""Whole numbers of 16 bits that n-grams and their weights take, at most: half a megabyte in a model file."""
STRENGTHS = (0.03, 0.1, 0.3, 1.0, 3.0)
"""Inverse strengths of the penalty to choose from, as scikit-learn's ``C``."""
_MAX_TRIAL_ROWS, _TRIAL_FOLDS = 3000, 3
_MIN_TRIAL_ROWS, _USUAL_STRENGTH = 30, 0.3
_LIMIT = 20.0


@brief_repr
@dataclass(frozen=True, eq=False)
class TextScoreEncoder(CrossFittedEncoder):
    """A column of text: length, components, and scores of the classes.

    The scores are the log odds of the classes by a regularised logistic regression on the text's n-grams: one column
    for two classes, else one for each. The components are few directions in which texts differ most; which words tell
    classes apart may not be among them.
    """

    kind = "text_scores"
    reads = ("text",)
    file_format = 5
    state_fields: ClassVar = {
        **TextEncoder.state_fields,
        "n_score_grams": count_up_to(MAX_NUMBERS // 3),
        "n_scores": count_up_to(MAX_CLASSES),
    }
    max_width = TextEncoder.max_width + MAX_CLASSES

    text: TextEncoder
    odds: HashedWeights
    strength: float = _USUAL_STRENGTH  # with which weights were learned; no part of the state

    @classmethod
    def applies(cls, column: Column, context: FitContext) -> bool:  # noqa: ARG003 - any column of text
        """Return whether there is a target of not too many classes."""
        return 2 <= context.n_classes <= MAX_CLASSES

    @classmethod
    def fit(cls, cells: pl.Series, rows: NDArray[np.int64], context: FitContext = NO_TARGET) -> Self:
        """Fit on some rows of texts, null where missing, and their classes."""
        n_scores = 1 if context.n_classes == 2 else context.n_classes
        texts, places, own = training_texts(cells, rows)
        columns = frequent_grams(texts, places, MAX_NUMBERS // (2 + n_scores))
        trials = own[:: -(-len(own) // _MAX_TRIAL_ROWS) or 1]
        matrix, _ = weighted_columns(texts, places[:: -(-len(own) // _MAX_TRIAL_ROWS) or 1], columns)
        weights = HashedWeights.of(texts.ids[columns], np.zeros((len(columns), n_scores)), np.zeros(n_scores))
        unfitted = cls(TextEncoder.fit(cells, rows, context), weights, _best_strength(matrix, trials, context))
        return unfitted.refit(cells, rows, context)

    def refit(self, cells: pl.Series, rows: NDArray[np.int64], context: FitContext) -> Self:
        """Return the encoder with weights of the same n-grams, learned from some rows."""
        texts, places, own = training_texts(cells, rows)
        _, columns = texts.columns_of(self.odds.ids)
        matrix, rarity = weighted_columns(texts, places, columns)
        weights, offsets = _log_odds(matrix, own, context, self.strength)
        odds = HashedWeights.of(self.odds.ids, weights * rarity[:, np.newaxis], offsets)
        return type(self)(self.text, odds, self.strength)

    @classmethod
    def from_state(cls, array: Floats, json: Mapping[str, Any]) -> TextScoreEncoder:
        """Return the encoder with this state."""
        size = TextEncoder.state_sizes_for(json)[0]
        odds = HashedWeights.from_array(array[size:], json["n_score_grams"], json["n_scores"])
        return cls(TextEncoder.from_state(array[:size], json), odds)

    @classmethod
    def state_sizes_for(cls, json: Mapping[str, Any]) -> range:
        """Return the number of numbers of length, components and scores."""
        size = TextEncoder.state_sizes_for(json)[0]
        size += HashedWeights.n_numbers(json["n_score_grams"], json["n_scores"])
        return range(size, size + 1)

    @property
    def state(self) -> State:
        """Return the numbers of length, components and scores."""
        array, json = self.text.state
        n_grams, n_scores = self.odds.weights.shape
        return np.concatenate([array, self.odds.array]), {**json, "n_score_grams": n_grams, "n_scores": n_scores}

    @property
    def plain(self) -> ColumnEncoder:
        """Return the encoder of length and components."""
        return self.text

    def scores(self, cells: pl.Series) -> Encoded:
        """Return the scores of texts, ``(n_rows, n_scores)``."""
        scores: Encoded = np.concatenate([self.odds.sums(texts) for texts in in_slices(cells)])
        return np.clip(scores, -_LIMIT, _LIMIT, out=scores)

    def score_names(self, column: str) -> list[str]:
        """Return a name for each score."""
        n_scores = self.odds.n_columns
        return [f"{column}: log odds"] if n_scores == 1 else [f"{column}: log odds {at}" for at in range(n_scores)]


def _best_strength(matrix: Any, rows: NDArray[np.int64], context: FitContext) -> float:
    """Return the strength with the lowest log loss on a third of the rows in a matrix, learned from the others."""
    assert context.codes is not None, "scores need a target"
    if len(rows) < _MIN_TRIAL_ROWS:
        return _USUAL_STRENGTH
    codes = context.codes[rows]
    is_held = stratified_folds(codes, _TRIAL_FOLDS, 0) == 0
    learned, held = np.flatnonzero(~is_held), np.flatnonzero(is_held)
    losses = []
    for strength in STRENGTHS:
        weights, offsets = _log_odds(matrix[learned], rows[learned], context, strength)
        losses.append(_log_losses(matrix[held] @ weights + offsets, codes[held]).sum())
    return STRENGTHS[int(np.argmin(losses))]


def _log_losses(scores: Floats, codes: NDArray[np.int64]) -> Floats:
    """Return the log loss of each row, of log odds ``(n_rows, n_scores)``."""
    both = np.concatenate([np.zeros_like(scores), scores], 1) if scores.shape[1] == 1 else scores
    shifted = both - both.max(1, keepdims=True)
    losses: Floats = np.log(np.exp(shifted).sum(1)) - shifted[np.arange(len(codes)), codes]
    return losses


def _log_odds(matrix: Any, rows: NDArray[np.int64], context: FitContext, strength: float) -> tuple[Floats, Floats]:
    """Return weights ``(n_grams, n_scores)`` and offsets of the log odds of the classes of a matrix's rows."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    assert context.codes is not None, "scores need a target"
    codes, n_classes = context.codes[rows], context.n_classes
    counts = np.bincount(codes, minlength=n_classes) + 1.0
    # Classes without a row here are as likely as one row would make them, whatever the text.
    offsets, weights = np.log(counts / counts.sum()), np.zeros((matrix.shape[1], n_classes))
    present = np.flatnonzero(counts > 1)
    weights_of_rows = None if context.weights is None else context.weights[rows]
    if len(present) > 1 and matrix.shape[1]:
        model = LogisticRegression(C=strength, tol=1e-3)
        with warnings.catch_warnings():
            # Weights one iteration short of the optimum are as good.
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.fit(matrix, codes, None if weights_of_rows is None else weights_of_rows / weights_of_rows.mean())
        if len(present) == 2:
            weights[:, present[1]] = model.coef_[0]
            offsets[present[1]] = offsets[present[0]] + model.intercept_[0]
        else:
            weights[:, present] = model.coef_.T
            offsets[present] += (
                model.intercept_ - model.intercept_.mean() - (offsets[present] - offsets[present].mean())
            )
    if n_classes == 2:
        return weights[:, 1:] - weights[:, :1], offsets[1:] - offsets[:1]
    return weights, offsets

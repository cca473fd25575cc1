"""Rows made from a model's schema, on which a model in another format is compared with it.

They have what goes wrong: extremes, numbers at the edges of bins, missing cells, categories never seen, and categories,
numbers and words for yes and no in several spellings. Cells are as all formats take them: numbers, text, and dates as
ISO text, or as numbers where they were numbers in training.
"""

import math
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from demarcate.export.encoder_parts import standardising_part
from demarcate.inference import FittedModel
from demarcate.tabular.cells import TRUTH_OF_WORDS, number_spelling
from demarcate.tabular.date_formats import NUMBER_FORMATS
from demarcate.tabular.schema_column import Column

N_ROWS = 256
_EXTREMES = (0.0, -0.0, 1.0, -1.0, 1e300, -1e300, 1.7976931348623157e308, 5e-324, math.inf, -math.inf, math.nan)
_MISSING_SHARE, _ODD_SHARE, _DAY_SHARE = 0.1, 0.2, 0.5
_OLDEST, _YOUNGEST = datetime(1000, 1, 1), datetime(2999, 12, 31)
_EPOCH = datetime(1970, 1, 1)
_N_DEVIATIONS = 4
_LARGEST_LIMIT = 1e6


def made_rows(model: FittedModel, n_rows: int = N_ROWS, seed: int = 0) -> dict[str, list[Any]]:
    """Return rows that a model takes, as cells by column; None and NaN are missing.

    Examples
    --------
    >>> from demarcate import DemarcateClassifier, datasets
    >>> X, y = datasets.moons(n_samples=40)
    >>> classifier = DemarcateClassifier(preset="fast", hidden=(4,), epochs=2, n_folds=2).fit(X, y)
    >>> rows = made_rows(classifier.predictor_, n_rows=3)
    >>> {name: len(cells) for name, cells in rows.items()}
    {'x1': 3, 'x2': 3}
    """
    random = np.random.default_rng(seed)
    makers = {"numerical": _numbers, "date": _dates, "categorical": _words, "boolean": _truths, "text": _texts}
    columns = {}
    for column in model.schema.used:
        encoders = [table.encoders[table.columns.index(column.name)] for table in model.encoders]
        usual, odd = makers[column.kind](column, encoders, random)
        columns[column.name] = _drawn(usual, odd, n_rows, random)
    return columns


Cells = tuple[Callable[[], Any], Sequence[Any]]
"""What draws a usual cell, and odd cells to draw from."""


def _drawn(usual: Callable[[], Any], odd: Sequence[Any], n_rows: int, random: np.random.Generator) -> list[Any]:
    """Return usual cells, odd ones and missing ones in random order; every odd one as far as there are rows."""
    n_odd = max(min(len(odd), n_rows // 2), round(_ODD_SHARE * n_rows)) if odd else 0
    n_missing = math.ceil(_MISSING_SHARE * n_rows)
    order = random.permutation(len(odd)).tolist()
    cells = [None] * n_missing + [odd[order[at % len(order)]] for at in range(n_odd)]
    cells += [usual() for _ in range(n_rows - len(cells))]
    return [cells[at] for at in random.permutation(len(cells))[:n_rows].tolist()]


def _numbers(column: Column, encoders: Sequence[Any], random: np.random.Generator) -> Cells:  # noqa: ARG001
    knots = np.concatenate(
        [own for encoder in encoders for own in (encoder.knots, encoder.exceptions) if own is not None]
    )
    low, high = _reach(encoders)
    # Where nothing clips, large numbers have no logits: they overflow, in an order that libraries choose.
    is_clipped = all(standardising_part(encoder).limit <= _LARGEST_LIMIT for encoder in encoders)
    odd = [*(_EXTREMES if is_clipped else (0.0, -0.0, math.inf, -math.inf, math.nan)), *np.unique(knots).tolist()]
    return lambda: float(random.uniform(low, high)), odd


def _dates(column: Column, encoders: Sequence[Any], random: np.random.Generator) -> Cells:
    low, high = _reach(encoders)
    moments = [
        _EPOCH,
        _OLDEST,
        _YOUNGEST,
        datetime(2000, 2, 29),
        datetime(1900, 3, 1),
        datetime(2024, 12, 31, 23, 59, 59),
    ]
    if column.date_format in NUMBER_FORMATS:
        _, unit, zero = NUMBER_FORMATS[column.date_format]
        return lambda: (round(random.uniform(low, high)) - zero) / unit, []

    def written(moment: datetime) -> str:
        text = moment.isoformat(sep=str(random.choice(["T", " "])))
        return text[:10] if moment == datetime(moment.year, moment.month, moment.day) else text

    def usual() -> str:
        moment = _moment(random.uniform(low, high))
        return written(moment.replace(hour=0, minute=0, second=0) if random.random() < _DAY_SHARE else moment)

    return usual, [written(moment) for moment in moments]


def _words(column: Column, encoders: Sequence[Any], random: np.random.Generator) -> Cells:  # noqa: ARG001
    numbers = [word for word in column.categories if number_spelling(word)]
    odd = ["never seen", "", " ", *(f"  {word} " for word in column.categories[:16])]
    odd += [f"{word}.0" for word in numbers[:16] if word.isdecimal()]
    return lambda: _one(column.categories or ("a",), random), odd


def _truths(column: Column, encoders: Sequence[Any], random: np.random.Generator) -> Cells:  # noqa: ARG001
    spelled = [spell(word) for word in TRUTH_OF_WORDS for spell in (str.lower, str.upper)]
    return lambda: _one(("true", "false"), random), [*spelled, " Yes ", "1.0", "NA", "perhaps", ""]


def _texts(column: Column, encoders: Sequence[Any], random: np.random.Generator) -> Cells:  # noqa: ARG001
    words = ("good", "bad", "not", "Größe", "42", "a.b", "don't", "\N{SLIGHTLY SMILING FACE}")
    return lambda: " ".join(_one(words, random) for _ in range(1 + int(random.integers(8)))), ["", "x", "a" * 500]


def _one(words: Sequence[str], random: np.random.Generator) -> str:
    return words[int(random.integers(len(words)))]


def _reach(encoders: Sequence[Any]) -> tuple[float, float]:
    """Return between which numbers cells of a column are drawn: some deviations around the mean of an encoder."""
    for encoder in encoders:
        part = standardising_part(encoder)
        if math.isfinite(part.mean + _N_DEVIATIONS * part.scale):
            return part.mean - _N_DEVIATIONS * part.scale, part.mean + _N_DEVIATIONS * part.scale
    return -1.0, 1.0


def _moment(seconds: float) -> datetime:
    """Return a whole second; the first or last day that odd cells have, beyond these."""
    earliest, latest = ((each - _EPOCH).total_seconds() for each in (_OLDEST, _YOUNGEST))
    return _EPOCH + timedelta(seconds=round(min(max(seconds, earliest), latest)))

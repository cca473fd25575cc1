"""Make the golden model file of a format, and the probabilities that it must always give.

Run once for each new format: ``python scripts/make_golden_bundle.py``. Files of released formats are never made again:
a reader that no longer reads them has a bug. The model is defined here number by number; it is not trained, and
contains neither a date nor a version.
"""

import json
from dataclasses import replace
from math import prod
from pathlib import Path

import numpy as np
import polars as pl
import torch
from numpy.typing import NDArray

from demarcate.bundle import write_bundle
from demarcate.bundle.document import FORMAT_VERSION
from demarcate.encoding import TableEncoder
from demarcate.encoding.base import ColumnEncoder
from demarcate.encoding.categorical import CategoricalEncoder
from demarcate.encoding.categorical_target import CategoricalTargetEncoder
from demarcate.encoding.hashed_weights import HashedWeights
from demarcate.encoding.numeric import NumericEncoder
from demarcate.encoding.oblivious_trees import Trees
from demarcate.encoding.text_components import TextEncoder
from demarcate.encoding.text_features import hashed_texts
from demarcate.encoding.text_scores import TextScoreEncoder
from demarcate.encoding.tree_leaves import OrderedColumn, TreeLeaves
from demarcate.evaluation import Costs
from demarcate.evaluation.conformal import Conformal
from demarcate.inference.predictor import Predictor
from demarcate.nn import MemberState, Network, family_of
from demarcate.nn.heads import head_for
from demarcate.nn.residual_family import ResidualNetwork
from demarcate.tabular import Column, Schema, TrainedOn
from demarcate.tabular.number_format import NumberFormat
from demarcate.tabular.trained_range import TrainedRange

FOLDER = Path(__file__).parent.parent / "tests" / "bundle" / "golden"

SCHEMA = Schema(
    (
        Column("age", "numerical"),
        Column("thal", "categorical", categories=("fixed", "normal", "naïve ☂")),
        Column("smokes", "boolean", categories=("false", "true")),
        Column("seen", "date", date_format="%d.%m.%Y"),
        Column("unit", "categorical", dropped="constant: every cell is 'mg'", categories=("mg",)),
    )
)
CLASSES = ("absent", "mild", "sévère")
ENCODER_WORDS = [
    {"column": "age", "encoder": "numeric", "n_numbers": 4, "flag": True},
    {"column": "thal", "encoder": "categorical", "n_numbers": 4, "kept": ["fixed", "normal"]},
    {"column": "smokes", "encoder": "categorical", "n_numbers": 4, "kept": ["false", "true"]},
    {"column": "seen", "encoder": "date", "n_numbers": 4, "flag": False, "has_time": False},
]
ENCODER_NUMBERS = [
    *(55.0, 54.5, 9.25, 10.0),
    *(0.25, 0.5, 0.125, 0.125),
    *(0.75, 0.25, 0.0, 0.0),
    *(1.6e9, 1.59e9, 2.5e7, 10.0),
]
# New in format 3: a column in bins.
DOSE = Column("dose", "numerical")
DOSE_WORDS = {"column": "dose", "encoder": "piecewise", "n_numbers": 8, "flag": True}
DOSE_NUMBERS = [*(2.5, 2.75, 1.25, 10.0), *(0.5, 1.5, 2.25, 5.0)]
# New in format 4: a positive class of two, rows of prediction sets that weigh, and what is known of the training rows.
TRAINED_ON = TrainedOn(
    n_rows=8,
    ranges={
        "age": TrainedRange(7, 29.0, 34.5, 71.0, 77.0),
        "seen": TrainedRange(8, 1.55e9, 1.5625e9, 1.625e9, 1.65e9),
        "dose": TrainedRange(8, 0.25, 0.5, 3.0, 5.0),
    },
    group_columns=("patient", "ward"),
    groups=np.array([-7_000_000_000_000_000_001, -3, 0, 5_000_000_000_000_000_003]),
    time_column="seen",
    latest=1.65e9,
    gap=172800.0,
    is_date=True,
    weight_column="weight",
)
# New in format 5: cells as people write them, categories and text with scores, and labels of several spellings.
DOSE_AS_WRITTEN = replace(DOSE, number_format=NumberFormat(",", ".", "mg", "number"), missing=("n.d.",))
WARD = Column("ward", "categorical", categories=("east", "north", "west"))
NOTE = Column("note", "text")
# New in format 6: leaves of trees, here of two levels.
TREES = TreeLeaves(
    (
        OrderedColumn("age", None, np.empty(0)),
        OrderedColumn("thal", ("fixed", "normal"), np.array([-0.25, 0.375, 0.0])),
        OrderedColumn("seen", None, np.empty(0)),
    ),
    Trees(np.array([[0, 1], [2, 0], [1, 0]]), np.array([[54.5, 0.0], [1.6e9, 70.0], [-0.125, 41.5]])),
)
NOTES = ["cough and fever, since Monday", "no fever", None, "Fièvre since ☂, and a cough"]
ROWS = {
    "age": [63.0, None, 41.5, 80.0],
    "thal": ["fixed", "normal", "never seen", None],
    "smokes": ["yes", "no", None, "1"],
    "seen": ["24.12.2019", None, "2021-02-28", "01.07.2020"],
    "dose": [1.0, None, 2.25, 7.5],
}
ROWS_OF_5 = {**ROWS, "dose": ["1,0 mg", "n.d.", "2,25", "7,5"], "ward": ["north", "new", None, "east"], "note": NOTES}


def state(network: Network, d_in: int, n_outputs: int, phase: int) -> MemberState:
    """Return weights ``(d_out, d_in)`` and biases: eighths between -0.75 and 0.75, the same on every machine."""
    layers = []
    for shapes in family_of(network).shapes(network.widths(d_in, n_outputs)):
        sizes = [prod(shape) for shape in reversed(shapes)]
        numbers = torch.tensor([((5 * place + 3 * phase) % 13 - 6) / 8 for place in range(sum(sizes))])
        parts = reversed(numbers.split(sizes))
        layers.append(tuple(part.reshape(shape) for part, shape in zip(parts, shapes, strict=True)))
    return layers


def eighths(*shape: int) -> NDArray[np.float64]:
    """Return numbers of this shape, eighths between -0.75 and 0.75."""
    return ((5 * np.arange(np.prod(shape)) % 13 - 6) / 8).reshape(shape)


def score_encoders() -> list[ColumnEncoder]:
    """Return the encoders of the categories and of the text."""
    one_hot = CategoricalEncoder(("east", "north"), np.array([0.5, 0.25, 0.125, 0.125]))
    ids = hashed_texts(pl.Series(NOTES)).ids[::5]
    components, odds = (HashedWeights.of(ids, eighths(len(ids), n), eighths(n)) for n in (2, 1))
    text = TextEncoder(NumericEncoder(1.0, 1.25, 0.5, flag=True), components)
    return [CategoricalTargetEncoder(one_hot, ("east", "north"), eighths(4, 1)), TextScoreEncoder(text, odds)]


def golden(version: int = FORMAT_VERSION) -> Predictor:
    """Return a model that needs this format and no later one.

    It has every kind of column, two encoders, three classes and networks of several shapes; from format 2 on costs, a
    temperature and prediction sets; from format 3 on a column in bins and a network with input dropout; from format 4
    on two classes, one of them positive, and what is known of the training rows; from format 5 on numbers as people
    write them, categories and text with scores, and labels of several spellings; from format 6 on leaves of trees, a
    residual network, and networks that weigh, of folds that read through two encoders.
    """
    has_bins = version >= 3
    classes = CLASSES[:2] if version >= 4 else CLASSES
    schema = Schema((*SCHEMA.columns, DOSE)) if has_bins else SCHEMA
    words = [*ENCODER_WORDS, DOSE_WORDS] if has_bins else ENCODER_WORDS
    numbers = np.array([*ENCODER_NUMBERS, *DOSE_NUMBERS] if has_bins else ENCODER_NUMBERS)
    encoders = [TableEncoder.from_state({"columns": words}, each, schema) for each in (numbers, numbers * 0.96875)]
    if version >= 5:
        schema = Schema((*SCHEMA.columns, DOSE_AS_WRITTEN, WARD, NOTE))
        names = tuple(column.name for column in schema.used)
        leaves = TREES if version >= 6 else None
        encoders = [TableEncoder(names, (*each.encoders, *score_encoders()), leaves=leaves) for each in encoders]
    second = Network((4, 2), "silu", dropout=0.25, input_dropout=0.125 if has_bins else 0.0)
    networks = [Network((3,), "relu"), second, Network((), "none")]
    if version >= 6:
        networks.append(ResidualNetwork((3, 2), "tanh"))
    d_in, encoding = encoders[0].n_encoded, [0, 1, 0, 1][: len(networks)]
    plain = Predictor.of(
        schema=schema,
        encoders=encoders,
        encoding=encoding,
        networks=networks,
        states=[state(network, d_in, len(classes), phase) for phase, network in enumerate(networks)],
        head=head_for("softmax", len(classes)),
        classes=np.array(classes),
        target="disease",
        record={"n_samples": 8, "note": "made by hand"},
    )
    if version == 1:
        return plain
    if version >= 4:
        return replace(
            plain,
            costs=Costs(np.array([[0.0, 1.0], [3.0, 0.5]]), abstain=0.92),
            temperature=1.75,
            conformal=Conformal(
                np.array([*(0.125, 0.375, 0.5, 0.75), *(0.375, 0.5)]),
                (4, 2),
                weights=np.array([*(1.0, 0.5, 2.0, 1.0), *(1.5, 3.0)]),
                new_weights=(1.75, 1.125, 2.5),
            ),
            positive=1,
            trained_on=TRAINED_ON,
            merge_labels=version >= 5,
            weights=(0.5, 0.125, 0.25, 0.125) if version >= 6 else None,
            folds=(0, 1, 1, 0) if version >= 6 else None,
        )
    return replace(
        plain,
        costs=Costs(np.array([[0.0, 1.0, 2.0], [2.0, 0.0, 1.0], [3.0, 2.0, 0.5]]), abstain=0.92),
        temperature=1.75,
        conformal=Conformal(np.array([*(0.125, 0.375, 0.5, 0.75), *(0.375, 0.5), *(0.25, 1.0)]), (4, 2, 2)),
    )


def main() -> None:
    """Write the file and its predictions."""
    predictor = golden()
    FOLDER.mkdir(parents=True, exist_ok=True)
    write_bundle(predictor, FOLDER / f"format_{FORMAT_VERSION}.safetensors")
    expected = {
        "rows": ROWS_OF_5,
        "classes": predictor.classes.tolist(),
        "probabilities": predictor.predict_proba(ROWS_OF_5).tolist(),
        "labels": predictor.predict(ROWS_OF_5).tolist(),
        "sets": predictor.predict_set(ROWS_OF_5, coverage=0.5, per_class=True).tolist(),
    }
    text = json.dumps(expected, indent=1, ensure_ascii=False) + "\n"
    (FOLDER / f"format_{FORMAT_VERSION}.json").write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()

"""The scores of a card on rows that it was not trained on, and why they are what they are, in sentences."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from demarcate.checks import check_table
from demarcate.evaluation import METRICS, Score
from demarcate.evaluation.baselines import BASELINE_NAMES, logistic_probabilities, majority_probabilities
from demarcate.evaluation.intervals import score_sampled
from demarcate.evaluation.paired import compare_sampled
from demarcate.evaluation.row_values import row_hits, row_losses
from demarcate.evaluation.sampling import PLAIN
from demarcate.formatting import counted, percent, plain_text, quoted
from demarcate.inspection.confusion import ConfusionMatrix
from demarcate.phases import phase
from demarcate.studio.studio_data import StudioData
from demarcate.studio.trained_card import TrainedCard

LARGE_GAP = 0.1
"""From this difference in accuracy on, training rows and others are worlds apart."""
SURE = 0.9
"""The probability of a wrong class from which a mistake was made with confidence."""


def scores_of(trained: TrainedCard, looks: int = 0) -> dict[str, Any]:
    """Return the facts of the answer to `scores`: of the test rows, or of the validation rows where there are none.

    ``looks`` is how often the test rows were looked at before.
    """
    data = trained.data
    which = "test" if len(data.test_rows) else "validation"
    rows = data.test_rows if len(data.test_rows) else data.validation_rows
    with phase("intervals", total=4, detail=f"scores of {counted(len(rows), f'{which} row')}") as current:
        codes, probabilities = data.codes[rows], trained.predictor.probabilities(data.table.cells(rows))
        scores = score_sampled(codes, probabilities, PLAIN, rows=which)
        current.advance(detail="majority class and logistic regression")
        others = _baselines(data, rows)
        baselines = {name: score_sampled(codes, other, PLAIN, rows=which) for name, other in others.items()}
        current.advance(detail="what makes scores too good")
        table = data.table
        findings = check_table(table.schema, table.parsed, table.codes, table.classes, unused_cells=table.unused_cells)
        current.advance(detail="why these scores")
        reasons = [_about_rows(trained, which, looks), *_reasons(trained, which, codes, probabilities, others)]
    return {
        "rows": which,
        "n_rows": len(rows),
        "looks": looks + 1 if which == "test" else 0,
        "scores": [score_facts(name, score) for name, score in scores.items()],
        "baselines": [
            {"name": name, "label": BASELINE_NAMES[name], "mean": _mean(of_model["accuracy"])}
            for name, of_model in baselines.items()
        ],
        "findings": [
            {"severity": each.severity, "text": each.text, "columns": list(each.columns)} for each in findings
        ],
        "reasons": reasons,
    }


def score_facts(name: str, score: Score) -> dict[str, Any]:
    """Return a score with its interval and what it means, as a page shows it."""
    metric = METRICS[name]
    return {"name": name, "label": metric.label, "meaning": metric.meaning, "mean": _mean(score)}


def _mean(score: Score) -> dict[str, float]:
    return {"value": score.value, "low": score.low, "high": score.high}


def _baselines(data: StudioData, rows: NDArray[np.int64]) -> dict[str, NDArray[np.float64]]:
    """Return the probabilities of simple models of the training rows, ``(n_rows, n_classes)``."""
    train_codes, n_classes = data.codes[data.train_rows], len(data.classes)
    train, own = (data.encoder.encode(data.table.cells(part)) for part in (data.train_rows, rows))
    return {
        "majority": majority_probabilities(train_codes, len(rows), n_classes),
        "logistic_regression": logistic_probabilities(train, train_codes, own, n_classes),
    }


def _reasons(
    trained: TrainedCard,
    which: str,
    codes: NDArray[np.int64],
    probabilities: NDArray[np.float64],
    others: dict[str, NDArray[np.float64]],
) -> list[str]:
    """Return why these scores are what they are: simple models, training rows, classes and confidence."""
    sentences = []
    for name, other in others.items():
        comparison = compare_sampled(codes, probabilities, other, PLAIN, other=BASELINE_NAMES[name], rows=which)
        sentences.append(str(comparison))
    sentences += [
        _about_training_rows(trained, which, codes, probabilities),
        *_about_mistakes(trained.data, codes, probabilities),
        *_about_seeds(trained, which, codes),
    ]
    return sentences


def _about_rows(trained: TrainedCard, which: str, looks: int) -> str:
    """Return what these rows decided: nothing, or what one saw of them on the way."""
    n_rows = len(trained.data.test_rows if which == "test" else trained.data.validation_rows)
    counts = f"{counted(n_rows, f'{which} row')}"
    if which == "validation":
        return f"These {counts} stood beside the training, and settings were chosen by them: new rows may score lower."
    if not len(trained.data.validation_rows):
        return (
            f"These {counts} stood beside the training, as there are no validation rows: what was chosen by looking at "
            "them makes their scores too good."
        )
    if looks:
        return (
            f"These {counts} were looked at {counted(looks, 'time')} before, by a score or a report: what was chosen "
            "since then was perhaps chosen by them, which makes their scores too good."
        )
    return f"These {counts} decided nothing so far. Choosing settings by them from now on makes their scores too good."


def _about_training_rows(
    trained: TrainedCard, which: str, codes: NDArray[np.int64], probabilities: NDArray[np.float64]
) -> str:
    """Return how much better the network is on the rows that it was trained on."""
    data = trained.data
    of_train = trained.predictor.probabilities(data.table.cells(data.train_rows))
    on_train = float(row_hits(data.codes[data.train_rows], of_train).mean())
    gap = on_train - float(row_hits(codes, probabilities).mean())
    known = f"On its training rows it is right in {percent(on_train)}"
    if gap >= LARGE_GAP:
        return f"{known}, {100 * gap:.0f} points more than on {which} rows: a sign that it overfits."
    if gap <= -LARGE_GAP:
        return (
            f"{known}, {-100 * gap:.0f} points fewer than on {which} rows, which only the luck of the split explains."
        )
    return f"{known}, about as on {which} rows: no sign that it overfits."


def _about_mistakes(data: StudioData, codes: NDArray[np.int64], probabilities: NDArray[np.float64]) -> list[str]:
    """Return which classes are taken for which, and how sure the network was of its mistakes."""
    labels = [quoted(plain_text(label)) for label in data.classes.tolist()]
    matrix = ConfusionMatrix.of(codes, probabilities.argmax(1), len(labels))
    n_wrong = matrix.n_rows - matrix.n_right
    if not n_wrong:
        return [
            f"All {counted(matrix.n_rows, 'row')} are right: an interval that still has width says how few they are."
        ]
    recall = matrix.recall
    worst = matrix.mistakes[0]
    easiest, hardest = int(np.nanargmax(recall)), int(np.nanargmin(recall))
    are = "is" if n_wrong == 1 else "are"
    pair = f"{labels[worst.true]} taken for {labels[worst.predicted]} ({worst.n_rows:,})"
    sentences = [f"{counted(n_wrong, 'row')} of {matrix.n_rows:,} {are} wrong, most often {pair}."]
    if recall[easiest] > recall[hardest]:
        sentences.append(
            f"The easiest class is {labels[easiest]}, {percent(recall[easiest])} of whose rows are right, the hardest "
            f"{labels[hardest]} with {percent(recall[hardest])}."
        )
    sure = probabilities.max(1)[~row_hits(codes, probabilities)] >= SURE
    losses = row_losses(codes, probabilities)
    share = float(losses[~row_hits(codes, probabilities)].sum() / losses.sum())
    sentences.append(
        f"Of the mistakes {sure.sum():,} {'was' if sure.sum() == 1 else 'were'} made with a probability of {SURE:.0%} "
        f"or more. The mistakes are {percent(n_wrong / matrix.n_rows)} of the rows and {percent(share)} of the log "
        "loss: confident mistakes cost most."
    )
    return sentences


def _about_seeds(trained: TrainedCard, which: str, codes: NDArray[np.int64]) -> list[str]:
    """Return how far seeds differ, where there are several."""
    n_seeds = len(trained.states)
    if n_seeds == 1:
        return ["One seed says nothing of luck: set several seeds to see how far the score moves with initial weights."]
    data = trained.data
    rows = data.test_rows if which == "test" else data.validation_rows
    cells = data.table.cells(rows)
    hits = [float(row_hits(codes, trained.predictor.probabilities(cells, [seed])).mean()) for seed in range(n_seeds)]
    span = f"{min(hits):.3f} to {max(hits):.3f}"
    return [f"The accuracy of single seeds is {span}; scores are of the mean probability of all {n_seeds}."]

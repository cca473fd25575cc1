"""Scores by metric, by model and by class: mappings that show themselves as tables and give frames."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from demarcate.evaluation.baselines import BASELINE_NAMES
from demarcate.evaluation.metrics import METRICS
from demarcate.evaluation.scores import Score
from demarcate.presentation import ResultTable, ResultView, ShownAsHtml

if TYPE_CHECKING:
    import polars as pl


class Scores(dict[str, Score], ShownAsHtml):
    """Scores by metric: a dict that prints as a table.

    Examples
    --------
    >>> scores = Scores(accuracy=Score(0.832, 0.776, 0.878, n_rows=303, rows="out-of-fold"))
    >>> scores
    Scores on 303 out-of-fold rows, with 95% intervals
    <BLANKLINE>
              value  interval
    accuracy  0.832  [0.776, 0.878]
    >>> scores["accuracy"].low, scores.to_frame().columns[:4]
    (0.776, ['metric', 'value', 'low', 'high'])
    """

    def __repr__(self) -> str:
        return self.view().to_text()

    def to_frame(self) -> "pl.DataFrame":
        """Return a row for each metric: ``metric``, ``value``, ``low``, ``high``, ``n_rows``, ``rows``."""
        return _frame(score_rows(self))

    @property
    def title(self) -> str:
        """The rows that were scored, in words."""
        return _title(self.values())

    def labelled(self) -> list[tuple[str, Score]]:
        """Return each score with the name that people read."""
        return [(_label(name), each) for name, each in self.items()]

    def view(self) -> ResultView:
        """Return what a person sees of it: a title, sentences and tables."""
        rows = [(name, *each.texts) for name, each in self.labelled()]
        return ResultView(self.title, tables=[ResultTable(("", "value", "interval"), rows)])


class ScoresByModel(dict[str, Scores], ShownAsHtml):
    """Scores by model, such as those of the baselines: a dict that prints as a table with a column for each model."""

    def __repr__(self) -> str:
        return self.view().to_text()

    def to_frame(self) -> "pl.DataFrame":
        """Return a row for each model and metric: ``model`` and the columns of `Scores.to_frame`."""
        return _frame({"model": model, **row} for model, scores in self.items() for row in score_rows(scores))

    def view(self) -> ResultView:
        """Return what a person sees of it: a title, sentences and tables."""
        metrics = dict.fromkeys(name for scores in self.values() for name in scores)
        rows = [(_label(metric), *(str(scores.get(metric, "-")) for scores in self.values())) for metric in metrics]
        headings = ("", *(BASELINE_NAMES.get(name, name).removeprefix("the ") for name in self))
        every = [score for scores in self.values() for score in scores.values()]
        return ResultView(_title(every), tables=[ResultTable(headings, rows)])


class ClassScores(list[Scores], ShownAsHtml):
    """Precision, recall and F1 of each class, in the order of its labels: a list that prints as a table."""

    def __init__(self, labels: Sequence[Any] = (), scores: Iterable[Mapping[str, Score]] = ()) -> None:
        super().__init__(map(Scores, scores))
        self.labels = tuple(labels)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.labels, list(self))

    def __repr__(self) -> str:
        return self.view().to_text()

    def to_frame(self) -> "pl.DataFrame":
        """Return a row for each class and metric: ``class`` and the columns of `Scores.to_frame`."""
        return _frame({"class": label, **row} for label, scores in self._named() for row in score_rows(scores))

    def view(self) -> ResultView:
        """Return what a person sees of it: a title, sentences and tables."""
        metrics = dict.fromkeys(name for scores in self for name in scores)
        rows = [(label, *(str(scores.get(metric, "-")) for metric in metrics)) for label, scores in self._named()]
        headings = ("class", *(name.replace("f1", "F1") for name in metrics))
        title = _title([score for scores in self for score in scores.values()])
        return ResultView(title, tables=[ResultTable(headings, rows)])

    def _named(self) -> Iterator[tuple[str, Scores]]:
        return zip(map(str, self.labels), self, strict=True)


def score_rows(scores: Mapping[str, Score]) -> list[dict[str, Any]]:
    """Return a mapping for each metric: its name, its value with the interval, and the rows behind it."""
    return [
        {
            "metric": name,
            "value": each.value,
            "low": each.low,
            "high": each.high,
            "n_rows": each.n_rows,
            "rows": each.rows,
        }
        for name, each in scores.items()
    ]


def _frame(rows: Iterable[Mapping[str, Any]]) -> "pl.DataFrame":
    import polars as pl

    return pl.DataFrame(list(rows), infer_schema_length=None)


def _label(metric: str) -> str:
    return METRICS[metric].label if metric in METRICS else metric


def _title(scores: Iterable[Score]) -> str:
    first = next(iter(scores), None)
    return "No scores" if first is None else f"Scores on {first.rows_in_words}, with 95% intervals"

"""What differs, for those who ask, between a model and the one that takes its place."""

from collections.abc import Iterator, Sequence

from demarcate.formatting import listed, plain_text, quoted
from demarcate.inference.fitted_model import FittedModel


def contract_changes(before: FittedModel, after: FittedModel) -> list[str]:
    """Return what clients have to send or to read otherwise, each as words; none where nothing differs."""
    return [*_column_changes(before, after), *_answer_changes(before, after)]


def _column_changes(before: FittedModel, after: FittedModel) -> Iterator[str]:
    olds = {column.name: column.kind for column in before.schema.used}
    news = {column.name: column.kind for column in after.schema.used}
    yield from _named("needs the new column", [name for name in news if name not in olds])
    yield from _named("reads no more the column", [name for name in olds if name not in news])
    for name, kind in olds.items():
        if news.get(name, kind) != kind:
            yield f"reads {quoted(name)} as {news[name]}, not as {kind}"


def _answer_changes(before: FittedModel, after: FittedModel) -> Iterator[str]:
    if before.target != after.target:
        yield f"predicts {quoted(after.target)}, not {quoted(before.target)}"
    olds, news = ([*map(plain_text, model.classes.tolist())] for model in (before, after))
    yield from _named("has the new class", [label for label in news if label not in olds])
    yield from _named("has no more the class", [label for label in olds if label not in news])
    if sorted(olds) == sorted(news) and olds != news:
        yield "has its classes in another order"


def _named(what: str, names: Sequence[str]) -> Iterator[str]:
    """Yield one change of all these names."""
    if names:
        plural = ("s" if what.endswith("column") else "es") if len(names) > 1 else ""
        yield f"{what}{plural} {listed(names, write=quoted)}"

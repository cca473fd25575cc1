"""Precision, recall and F1, class by class."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from demarcate.evaluation import Score
from demarcate.report.evaluated_rows import Judged
from demarcate.report.sections.section import Section


@dataclass(frozen=True, eq=False)
class Classes(Section):
    """How well each class is told from the rest.

    Attributes
    ----------
    labels
        The classes.
    n_rows
        Judged rows of each.
    scores
        ``precision``, ``recall`` and ``f1`` of each, those there are.
    rows
        Which rows they are of.
    """

    key: ClassVar[str] = "classes"
    heading: ClassVar[str] = "Class by class"

    labels: Sequence[str]
    n_rows: Sequence[int]
    scores: Sequence[Mapping[str, Score]]
    rows: str

    @classmethod
    def of(cls, judged: Judged) -> "Classes":
        """The scores of each class of judged rows."""
        counts = [int((judged.codes == code).sum()) for code in range(judged.n_classes)]
        return cls(judged.labels, counts, judged.class_scores, judged.rows)

"""The report: a classifier's sections, as a page and as JSON."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from numpy.typing import ArrayLike

from demarcate.classifier import DemarcateClassifier
from demarcate.evaluation import Score
from demarcate.inference import Predictor
from demarcate.io.atomic import write_atomically
from demarcate.report.evaluated_rows import Judged, warned_before
from demarcate.report.page import render
from demarcate.report.sections.abstaining_section import Abstaining
from demarcate.report.sections.classes_section import Classes
from demarcate.report.sections.columns_section import Columns
from demarcate.report.sections.confusion_section import Confusion
from demarcate.report.sections.costs_section import CostsSection
from demarcate.report.sections.curves_section import Curves
from demarcate.report.sections.findings_section import Findings
from demarcate.report.sections.headline_section import Headline
from demarcate.report.sections.importance_section import ImportanceSection
from demarcate.report.sections.mistakes_section import Mistakes
from demarcate.report.sections.reliability_section import Reliability
from demarcate.report.sections.reproduce_section import Reproduce
from demarcate.report.sections.scores_section import Scores
from demarcate.report.sections.section import Section
from demarcate.report.sections.sets_section import Sets
from demarcate.report.sections.slice_section import Slice
from demarcate.report.sections.threshold_section import Threshold
from demarcate.report.sections.training_section import Training

FORMAT = 1


@dataclass(frozen=True, eq=False)
class Report:
    """All there is to say of a fitted classifier: what it was trained on, how good it is, where it errs, and why.

    Attributes
    ----------
    judged
        The rows that it is judged by.
    sections
        Its parts, in the order of the page.

    Examples
    --------
    >>> from demarcate import DemarcateClassifier, datasets
    >>> X, y = datasets.moons(n_samples=120, noise=0.2)
    >>> classifier = DemarcateClassifier(hidden=(8,), epochs=10, n_folds=2).fit(X, y)
    >>> report = Report.of(classifier, X, y, name="moons")
    >>> report.to_html()[:15], list(report.to_json())[:4]
    ('<!doctype html>', ['format', 'headline', 'findings', 'scores'])
    """

    judged: Judged
    sections: tuple[Section, ...]

    @classmethod
    def of(
        cls,
        classifier: DemarcateClassifier,
        X: Any,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        *,
        baselines: Mapping[str, Mapping[str, Score]] | None = None,
        target: str | None = None,
        name: str = "",
        options: Sequence[str] = (),
    ) -> "Report":
        """The report of a fit, by its out-of-fold rows.

        Parameters
        ----------
        classifier
            Fitted.
        X, y, sample_weight
            What ``fit`` was given.
        baselines
            What `DemarcateClassifier.baselines` gave, where it was asked already.
        target
            What is predicted, where ``y`` did not have a name that says so.
        name
            What the table is called.
        options
            Options of ``demarcate fit`` that say how the table was read, such as ``("--delimiter", ";")``: the command
            that the page shows has them.

        Raises
        ------
        SettingError
            If it is no `DemarcateClassifier`.
        InputError
            If these are not the rows that ``fit`` was given.
        """
        with warned_before():
            judged = Judged.out_of_fold(classifier, X, y, sample_weight, baselines, target, name, options)
        return cls._of(judged)

    @classmethod
    def from_predictor(cls, predictor: Predictor, table: Any, labels: Any, *, name: str = "") -> "Report":
        """The report of a saved classifier, by rows that it should not have been trained on.

        If they are the very rows that it was trained on, the page says so.

        Parameters
        ----------
        predictor
            The classifier.
        table
            Anything `demarcate.tabular.as_frame` takes, with the columns of the schema.
        labels
            One a row.
        name
            What the table is called.

        Raises
        ------
        InputError
            If the table or the labels are not what the classifier reads.
        """
        return cls._of(Judged.given(predictor, table, labels, name))

    @classmethod
    def _of(cls, judged: Judged) -> "Report":
        with warned_before():
            return cls(judged, tuple(section for section in _sections(judged) if section is not None))

    def to_html(self) -> str:
        """The page: one document that needs no other file and no network."""
        return render(self.sections)

    def to_json(self) -> dict[str, Any]:
        """The same content as values that JSON has, a member for each section."""
        return {"format": FORMAT, **{section.key: section.to_json() for section in self.sections}}

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the page to a file, whole or not at all.

        Raises
        ------
        OutputError
            If it cannot be written; whatever stood there before still does.
        """
        write_atomically(path, self.to_html().encode())


def _sections(judged: Judged) -> tuple[Section | None, ...]:
    """Every section, in the order of the page; None for one that has nothing to show."""
    importance = ImportanceSection.of(judged)
    return (
        Headline.of(judged),
        Findings.of(judged),
        Scores.of(judged),
        Confusion.of(judged),
        Threshold.of(judged) if judged.n_classes == 2 else Abstaining.of(judged),
        CostsSection.of(judged),
        Classes.of(judged),
        Reliability.of(judged),
        Sets.of(judged),
        Curves.of(judged),
        importance,
        Slice.of(judged, importance.names),
        Mistakes.of(judged, importance.names),
        Training.of(judged),
        Columns.of(judged),
        Reproduce.of(judged),
    )

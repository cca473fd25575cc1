"""The report of a classifier, as an HTML page and as JSON."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import ArrayLike

from demarcate.classifier import DemarcateClassifier
from demarcate.classifier.fit_arguments import label_array
from demarcate.datasets import Dataset
from demarcate.errors import InputError, Problem
from demarcate.evaluation import Score, Scores, ScoresByModel
from demarcate.evaluation.sampling import Sampling
from demarcate.experiments import Run
from demarcate.formatting import quoted
from demarcate.inference import Predictor
from demarcate.io.atomic import write_atomically
from demarcate.presentation import ResultView, ShownAsHtml
from demarcate.report.evaluated_rows import EvaluatedRows, ignore_input_warnings
from demarcate.report.page import render_page
from demarcate.report.sections.registry import build_sections
from demarcate.report.sections.section import Section
from demarcate.tabular import as_frame
from demarcate.trainingset.read_data import array_of
from demarcate.trainingset.read_dependence import RowRoles
from demarcate.trainingset.row_facts import roles_in_table, row_facts

FORMAT = 1
"""Version of the JSON."""
FRAME_HEIGHT = 600
"""Pixels of the page in a notebook."""


@dataclass(frozen=True, eq=False, repr=False)
class Report(ShownAsHtml):
    """Report of a fitted classifier: its training data, its scores, its mistakes and the columns that matter.

    Create it with `Report.of` for a classifier that was just fitted, or with `Report.from_predictor` for a saved one.

    Attributes
    ----------
    evaluated : EvaluatedRows
        The rows that the classifier is evaluated on.
    sections : tuple of Section
        The sections, in the order of the page. Each has a ``key``, a ``heading`` and ``to_json()``.

    Examples
    --------
    >>> from demarcate import DemarcateClassifier, datasets
    >>> X, y = datasets.moons(n_samples=120, noise=0.2)
    >>> classifier = DemarcateClassifier(hidden=(8,), epochs=10, n_folds=2).fit(X, y)
    >>> report = Report.of(classifier, X, y, name="moons")
    >>> report.to_html()[:15], list(report.to_json())[:4]
    ('<!doctype html>', ['format', 'headline', 'findings', 'scores'])
    """

    evaluated: EvaluatedRows
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
        """Report on a fitted classifier, evaluated on its out-of-fold rows.

        Parameters
        ----------
        classifier : DemarcateClassifier
            A fitted classifier.
        X, y, sample_weight
            The same as were passed to ``fit``.
        baselines : mapping, optional
            The result of `DemarcateClassifier.baselines`; None computes it.
        target : str, optional
            Name of the predicted column, if ``y`` has no name.
        name : str
            Name of the table, for the title and the command line that reproduces the model.
        options : sequence of str
            Options of ``demarcate fit`` that say how the table was read, such as ``("--delimiter", ";")``. The page
            shows them as part of the command line.

        Returns
        -------
        Report

        Raises
        ------
        SettingError
            If ``classifier`` is not a `DemarcateClassifier`.
        InputError
            If these are not the rows that it was fitted on.
        """
        with ignore_input_warnings():
            evaluated = EvaluatedRows.from_fit(classifier, X, y, sample_weight, baselines, target, name, options)
        return cls._of(evaluated)

    @classmethod
    def from_predictor(
        cls,
        predictor: Predictor,
        table: Any,
        labels: Any,
        *,
        name: str = "",
        groups: Any = None,
        time: Any = None,
        sample_weight: Any = None,
        part: Literal["", "test", "validation"] = "",
    ) -> "Report":
        """Report on a saved classifier, evaluated on rows that it should not have been trained on.

        The page warns if they are exactly the rows that it was trained on; there is a warning of rows of groups that it
        was trained on. Columns of groups, time and weights that the model was fitted with are used where the table has
        them and nothing else is passed.

        Parameters
        ----------
        predictor : Predictor
            The classifier, as `demarcate.load` returns it.
        table
            Anything that `demarcate.tabular.as_frame` accepts, with the columns that the classifier reads.
        labels : array-like of shape (n_rows,)
            The true class of each row.
        name : str
            Name of the table, for the title.
        groups, time : str or array-like of shape (n_rows,), optional
            The group and the time of each row, as for `DemarcateClassifier.fit`: intervals go by group, or by block of
            time.
        sample_weight : str or array-like of shape (n_rows,), optional
            What each row counts, or the column that says it. Rows of weight 0 are left out.
        part : {"", "test", "validation"}
            That of a table, where its other rows are the training rows: the page then says so, and has no doubt whether
            some of these are.

        Returns
        -------
        Report

        Raises
        ------
        InputError
            If the classifier cannot read the table or the labels.
        """
        frame, trained_on, weights = as_frame(table), predictor.trained_on, sample_weight
        if weights is not None and not isinstance(weights, str):
            weights = None
            trained_on = None if trained_on is None else replace(trained_on, weight_column=None)
        roles = roles_in_table(trained_on, RowRoles(groups, time, weights=weights), frame.columns)
        facts = row_facts(trained_on, roles, frame)
        facts.warn_of_trained_groups("Leave them out for scores of new groups")
        sampling = facts.sampling
        if sample_weight is not None and weights is None:
            sampling = replace(sampling, weights=Sampling.of(len(frame), sample_weight=sample_weight).weights)
        if facts.used is not None:
            frame, labels = frame.filter(pl.Series(facts.used)), label_array(labels)[facts.used]
        known = {column.name for column in predictor.schema.columns}
        frame = frame.drop([column for column in roles.names(frame.columns) if column not in known])
        return cls._of(replace(EvaluatedRows.from_table(predictor, frame, labels, name, sampling), part=part))

    @classmethod
    def from_run(cls, run: Run, data: Dataset | tuple[Any, Any], *, name: str = "") -> "Report":
        """Report on a network of an experiment, of whatever kind, evaluated on its test rows.

        Parameters
        ----------
        run : Run
            The trained network.
        data
            The data set, or the table and its labels, that it was trained on and tested with.
        name : str
            Name of the table, for the title.

        Returns
        -------
        Report

        Raises
        ------
        InputError
            If the test rows are not in this table.

        Examples
        --------
        >>> from demarcate import Network, Training, datasets, train
        >>> moons = datasets.moons(n_samples=120, noise=0.2)
        >>> run = train(moons, Network((8,)), Training(lr=0.03, epochs=20))["network"]
        >>> len(Report.from_run(run, moons).evaluated.codes) == len(run.test_rows)
        True
        """
        X, y = data
        frame, labels = as_frame(array_of(X)), array_of(y)
        if len(frame) <= run.test_rows.max():
            fact = (
                f"The table has {len(frame):,} rows, and the network's last test row is row {run.test_rows.max() + 1:,}"
            )
            remedy = "Give the table it was tested with: Report.from_predictor(run.predictor, X_test, y_test)"
            raise InputError([Problem(fact, remedy)])
        tested = label_array(np.asarray(labels).reshape(-1))[run.test_rows]
        history = run.history.select(pl.all().cast(pl.Float64)).to_dict(as_series=False)
        member = {"history": history, "epochs": len(run.history), "best_epoch": run.best_epoch}
        predictor = run.predictor.with_record({**run.predictor.record, "members": [member]})
        return cls.from_predictor(predictor, frame[run.test_rows], tested, name=name, part="test")

    @classmethod
    def _of(cls, evaluated: EvaluatedRows) -> "Report":
        with ignore_input_warnings():
            return cls(evaluated, build_sections(evaluated))

    def __repr__(self) -> str:
        evaluated = self.evaluated
        of = f" of {quoted(evaluated.name)}" if evaluated.name else ""
        accuracy = evaluated.scores["accuracy"]
        return f"<Report{of}: accuracy {accuracy} on {accuracy.rows_in_words}; save() writes the page>"

    def view(self) -> ResultView:
        """Return what a person sees of it: a title, sentences and tables."""
        by_model = self._by_model().view()
        evaluated = self.evaluated
        title = f"Report{f' of {quoted(evaluated.name)}' if evaluated.name else ''}: {by_model.title.lower()}"
        return replace(by_model, title=title)

    def _repr_html_(self) -> str:
        # A document of its own: neither its style nor its script reaches the notebook's.
        frame = (
            f'<iframe title="{escape(self.view().title)}" srcdoc="{escape(self.to_html())}" sandbox="allow-scripts" '
            f'style="width: 100%; height: {FRAME_HEIGHT}px; border: 1px solid rgba(128, 128, 128, 0.4)"></iframe>'
        )
        return super()._repr_html_() + frame

    def to_frame(self) -> pl.DataFrame:
        """Return the scores of the classifier and of the baselines: a row for each model and metric."""
        return self._by_model().to_frame()

    def _by_model(self) -> ScoresByModel:
        others = {name: Scores(scores) for name, scores in self.evaluated.baselines.items()}
        return ScoresByModel({"demarcate": Scores(self.evaluated.scores), **others})

    def to_html(self) -> str:
        """Return the page: one HTML document that needs no other file and no network."""
        return render_page(self.sections)

    def to_json(self) -> dict[str, Any]:
        """Return the numbers of the page as JSON values: ``format`` and a member for each section, by its key."""
        return {"format": FORMAT, **{section.key: section.to_json() for section in self.sections}}

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the page to a file.

        Parameters
        ----------
        path : str or path-like
            Where to write it. An existing file is replaced as a whole or not at all.

        Raises
        ------
        OutputError
            If the file cannot be written. An existing file is then unchanged.
        """
        write_atomically(path, self.to_html().encode())

"""Measures figures: contenders in turn, each warmed once, medians over the repeats."""

import datetime as dt
import gc
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.engine.figures import Contender, Figure, NotApplicableError, Reading, Scale
from benchmarks.engine.machine import Machine, this_machine


@dataclass(frozen=True)
class Result:
    """The result of measuring a figure.

    Attributes
    ----------
    figure
        Which.
    machine, date
        Where and when; the load is that before the run.
    values
        Each contender's, one a repeat, in the figure's unit.
    notes
        What contenders noted.
    reason
        Why there is nothing to measure, if there is nothing.
    """

    figure: Figure
    machine: Machine
    date: str
    values: Mapping[str, Sequence[float]]
    notes: Mapping[str, str]
    reason: str | None = None

    @property
    def ratio(self) -> float:
        """Return the ratio of the medians."""
        return self.figure.ratio.of({name: statistics.median(values) for name, values in self.values.items()})

    @property
    def ratios(self) -> list[float]:
        """Return the ratio of each repeat."""
        rounds = zip(*self.values.values(), strict=True)
        return [self.figure.ratio.of(dict(zip(self.values, each, strict=True))) for each in rounds]


def measure(figure: Figure, scale: Scale, repeats: int | None = None) -> Result:
    """Measure a figure: A, B, A, B and so on, ``repeats`` times or as often as the figure sets."""
    machine, date = this_machine(), dt.datetime.now(dt.UTC).date().isoformat()
    try:
        contenders = figure.contenders(scale)
    except NotApplicableError as error:
        return Result(figure, machine, date, {}, {}, str(error))
    # What is there already is not looked through again before each run.
    gc.freeze()
    try:
        for contender in contenders:
            if contender.warm:
                contender.measure()
        rounds = [[_read(contender) for contender in contenders] for _ in range(repeats or figure.repeats)]
    finally:
        gc.unfreeze()
    values = {
        contender.name: [readings[index].value for readings in rounds] for index, contender in enumerate(contenders)
    }
    notes = {name: note for readings in rounds for reading in readings for name, note in reading.notes.items()}
    return Result(figure, machine, date, values, notes)


def _read(contender: Contender) -> Reading:
    """Run a contender once, after a garbage collection."""
    gc.collect()
    return contender.measure()

"""How the rows of a request are decided: as the model does, or by the costs of the request."""

from collections import OrderedDict
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from demarcate.errors import InputWarning, Problem, SettingError, collected_warnings
from demarcate.inference import FittedModel
from demarcate.inference.coded_rows import CodedRows
from demarcate.inference.decision_choice import apply_costs
from demarcate.serving.answers import PredictedRows
from demarcate.serving.problems import RequestProblem, problems_of
from demarcate.serving.request_advice import note_for_request
from demarcate.serving.request_options import NOTHING_ASKED, PredictionOptions
from demarcate.serving.served_model import ComputeRows, ServedModel

_MAX_CHOICES = 64
"""Choices of a model that are kept ready; clients mostly ask for the same again and again."""


@dataclass(frozen=True, eq=False)
class RequestDecider:
    """A model that decides as a request asks for, and what to warn of.

    Attributes
    ----------
    model
        The model with the decisions of the request.
    options
        What the request asks for.
    notes
        Warnings about the choice.
    """

    model: FittedModel
    options: PredictionOptions
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, model: FittedModel, options: PredictionOptions) -> "RequestDecider":
        """Return what decides for a request.

        Raises
        ------
        SettingError
            If costs cannot be read, or the model cannot do what is asked for.
        """
        if options == NOTHING_ASKED:
            return cls(model, options)
        with collected_warnings() as warnings:
            deciding = apply_costs(model, options)
        if options.coverage is not None:
            # A coverage that the model has no sets of is refused here, before anything is computed.
            model.sets_of(
                np.full((model.n_members, 1, len(model.classes)), 1 / len(model.classes)),
                options.coverage,
                per_class=options.per_class,
            )
        return cls(deciding, options, tuple(str(each) for each in warnings if isinstance(each, InputWarning)))

    async def predict(
        self, served: ServedModel, coded: CodedRows, notes: tuple[str, ...], compute: ComputeRows
    ) -> PredictedRows:
        """Compute accepted rows, and decide them."""
        options, sets, spread = self.options, None, None
        if options.coverage is None and not options.spread:
            probabilities = await compute(served, coded, members=False)
        else:
            members = await compute(served, coded, members=True)
            probabilities = self.model.combined(members)
            if options.coverage is not None:
                sets = self.model.sets_of(members, options.coverage, per_class=options.per_class)
            spread = self.model.spreads_of(members) if options.spread else None
        return PredictedRows(
            self.model,
            served.name,
            served.version,
            coded,
            tuple(map(note_for_request, (*self.notes, *notes, *coded.notes))),
            probabilities,
            self._decisions(probabilities),
            options.coverage,
            sets,
            spread,
        )

    def _decisions(self, probabilities: NDArray[np.float64]) -> NDArray[np.int64]:
        return self.model.decisions(probabilities)


class Deciders:
    """What decides for requests, by model and by what is asked for; the latest choices are kept."""

    def __init__(self) -> None:
        self._kept: WeakKeyDictionary[ServedModel, OrderedDict[PredictionOptions, RequestDecider]] = WeakKeyDictionary()

    def get(self, served: ServedModel, options: PredictionOptions, problems: list[Problem]) -> RequestDecider | None:
        """Return what decides for a request; None, with the problems, if the model cannot do what it asks for."""
        kept = self._kept.setdefault(served, OrderedDict())
        decider = kept.get(options)
        if decider is None:
            try:
                decider = RequestDecider.of(served.model, options)
            except SettingError as error:
                problems += [RequestProblem(each.fact, each.remedy, _key_of(options)) for each in problems_of(error)]
                return None
            kept[options] = decider
            if len(kept) > _MAX_CHOICES:
                kept.popitem(last=False)
        return decider


def _key_of(options: PredictionOptions) -> str:
    """Return the key that a problem is about: the one that is there, in the order in which they are applied."""
    choices = {"positive": options.positive, "cost": options.cost, "abstain": options.abstain, "set": options.coverage}
    return next((name for name, value in choices.items() if value is not None), "")

import gc
import weakref

import pytest

from demarcate.serving import deciding
from demarcate.serving.deciding import Deciders
from demarcate.serving.request_options import NOTHING_ASKED, PredictionOptions
from demarcate.serving.served_model import ServedModel


@pytest.fixture
def served(mixed_model):
    return ServedModel("mixed", "1", mixed_model[0])


def test_what_asks_for_nothing_is_decided_by_the_model_itself(served):
    assert Deciders().get(served, NOTHING_ASKED, []).model is served.model


def test_the_latest_choices_of_a_model_are_kept(served, monkeypatch):
    monkeypatch.setattr(deciding, "_MAX_CHOICES", 2)
    deciders = Deciders()
    choices = [PredictionOptions(abstain=cost) for cost in (0.1, 0.2, 0.3)]
    kept = [deciders.get(served, choice, []) for choice in choices]
    assert deciders.get(served, choices[2], []) is kept[2]
    assert deciders.get(served, choices[0], []) is not kept[0]


def test_a_model_that_is_no_longer_served_is_forgotten(mixed_model):
    deciders, served = Deciders(), ServedModel("mixed", "1", mixed_model[0])
    assert deciders.get(served, PredictionOptions(abstain=0.1), [])
    gone = weakref.ref(served)
    del served
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize(
    ("options", "key", "fact"),
    [
        (PredictionOptions(cost=("low:other=2",)), "cost", "The mistake 'low:other' names no two of the classes"),
        (PredictionOptions(cost=("low",)), "cost", "The cost 'low' cannot be read"),
        (PredictionOptions(positive="low"), "positive", ""),
        (PredictionOptions(abstain=1e300), "abstain", "Abstaining costs 1e+300"),
    ],
)
def test_what_a_model_cannot_do_is_a_problem_of_its_key(served, options, key, fact):
    problems = []
    assert Deciders().get(served, options, problems) is None
    assert problems[0].key == key
    assert problems[0].fact.startswith(fact)


def test_sets_need_rows_that_the_model_was_not_trained_on(mixed_model):
    from dataclasses import replace

    served = ServedModel("mixed", "1", replace(mixed_model[0], conformal=None))
    problems = []
    assert Deciders().get(served, PredictionOptions(coverage=0.9), problems) is None
    assert (problems[0].key, "this model has none" in problems[0].fact) == ("set", True)

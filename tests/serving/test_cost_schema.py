"""The costs that the schema allows are those that the service takes."""

import itertools
import re
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from demarcate.errors import SettingError, collected_warnings
from demarcate.formatting import plain_text
from demarcate.inference.decision_choice import DecisionChoice, apply_costs
from demarcate.serving.json_schema import address_schemas, option_rules, option_schemas

sys.path.insert(0, str(Path(__file__).parent))
from schema_rules import fits

NUMBERS = ["0", "1", "2.5", "1e3", ".5", "1e-3", "0.0", "999999999999999", "1e14", "+2", "-1", "1e16", "x", ""]


class OnlyClasses:
    """What costs look at of a model."""

    costs = conformal = None

    def __init__(self, classes, positive=None):
        self.classes, self.positive = np.array(classes), positive

    def with_positive(self, code):
        return OnlyClasses(self.classes, code)

    def deciding(self, _):
        return self


MODELS = [
    OnlyClasses(["ill", "well"]),
    OnlyClasses(["ill", "well"], positive=0),
    OnlyClasses(["no", "yes"]),
    OnlyClasses([0, 1]),
    OnlyClasses([False, True]),
    OnlyClasses(["<=50K", ">50K"]),
    OnlyClasses(["a:b", "b", "a"]),
    OnlyClasses(["x, y", "(z)", "a=1,b"]),
    OnlyClasses([1.5, 2.0, 3.0]),
    OnlyClasses(["brown-spot", "2-4-d-injury", "rust", "mold", "spot"]),
    OnlyClasses([f"class {number}" for number in range(19)]),
    OnlyClasses([f"class_{number}" for number in range(25)]),
]
SCHEMAS = [{"properties": option_schemas(model), "allOf": option_rules(model)} for model in MODELS]


def is_taken(model, cost, positive=None):
    """Whether the service takes costs."""
    texts = (cost,) if isinstance(cost, str) else tuple(cost)
    choice = DecisionChoice(None if positive is None else plain_text(positive), texts)
    try:
        with collected_warnings():
            apply_costs(model, choice)
    except SettingError:
        return False
    return True


@st.composite
def texts(draw, model):
    """Costs of mistakes as people write them, right and wrong."""
    labels = [plain_text(label) for label in model.classes.tolist()]
    pairs = [f"{true}:{decided}" for true, decided in itertools.islice(itertools.permutations(labels, 2), 8)]
    names = st.sampled_from([*pairs, "false_negative", "false_positive", "nothing"])
    costs = draw(st.lists(st.tuples(names, st.sampled_from(NUMBERS)), min_size=1, max_size=3))
    written = draw(st.sampled_from(["{}={}", "{} = {}"]))
    return draw(st.sampled_from([",", ", "])).join(written.format(*each) for each in costs)


@pytest.mark.parametrize("at", range(len(MODELS)))
@settings(max_examples=25, suppress_health_check=list(HealthCheck), phases=(Phase.generate,))
@given(data=st.data())
def test_costs_fit_where_they_are_taken(at, data):
    model, schema = MODELS[at], SCHEMAS[at]
    named = [None, *model.classes.tolist()] if len(model.classes) == 2 else [None]
    positive = data.draw(st.sampled_from(named))
    chosen = {} if positive is None else {"positive": positive}
    text = data.draw(texts(model))
    assert fits(schema, {"cost": text, **chosen}) == is_taken(model, text, positive), text
    several = data.draw(st.lists(texts(model), max_size=3 if len(model.classes) <= 5 else 1))
    assert fits(schema, {"cost": several, **chosen}) == is_taken(model, several, positive), several


@pytest.mark.parametrize("at", range(len(MODELS)))
@settings(max_examples=4, suppress_health_check=list(HealthCheck), phases=(Phase.generate,))
@given(data=st.data())
def test_whatever_costs_the_schema_allows_are_taken(at, data):
    address = address_schemas(MODELS[at])["cost"]
    pattern = address["items"]["pattern"].removesuffix("$") + r"\Z"
    text = data.draw(st.from_regex(re.compile(pattern, re.ASCII)))
    assert is_taken(MODELS[at], text), text
    assert fits(address, [text])


@pytest.mark.parametrize("at", range(len(MODELS)))
def test_examples_are_taken(at):
    examples = option_schemas(MODELS[at])["cost"]["examples"]
    assert all(is_taken(MODELS[at], text) and fits(SCHEMAS[at], {"cost": text}) for text in examples)


def test_a_false_negative_needs_a_positive_class():
    ill_or_well = SCHEMAS[0]
    assert not fits(ill_or_well, {"cost": "false_negative=5"})
    assert fits(ill_or_well, {"cost": "false_negative=5", "positive": "ill"})
    assert not fits(ill_or_well, {"cost": "false_negative=5,ill:well=2", "positive": "ill"})
    assert fits(SCHEMAS[1], {"cost": ["false_negative=5", "false_positive=2"]})

import numpy as np
import pytest

from demarcate import datasets
from demarcate.studio.placed_problem import StudioError
from demarcate.studio.row_form import row_facts_of
from demarcate.studio.state import DataState, SplitState

PATIENT = {
    "age": 80,
    "sex": 0,
    "cp": 1,
    "trestbps": 124,
    "chol": 300,
    "fbs": 1,
    "restecg": 2,
    "thalach": 150,
    "exang": 0,
    "oldpeak": 2.3,
    "slope": 3,
    "ca": 0,
    "thal": "fixed",
}


@pytest.fixture(scope="module")
def heart(trained_card):
    return trained_card(DataState(source="heart"), epoch=5, seeds=3)


def test_a_patient_has_the_mean_probability_of_all_seeds_and_their_spread(heart):
    facts = row_facts_of(heart, PATIENT)
    row = datasets.heart().X.head(0).to_dict(as_series=False) | {name: [cell] for name, cell in PATIENT.items()}
    np.testing.assert_allclose(facts["probabilities"], heart.predictor.predict_proba(row)[0])
    np.testing.assert_allclose(facts["members"], heart.predictor.member_probabilities(row)[:, 0], rtol=1e-5)
    np.testing.assert_allclose(facts["spread"], np.std(facts["members"], axis=0, ddof=1))
    assert facts["prediction"] == int(np.argmax(facts["probabilities"]))
    assert (facts["card"], facts["epoch"]) == ("a", 5)


def test_the_sets_of_rows_hold_the_true_class_as_often_as_they_say(trained_card):
    trained = trained_card(DataState(n_samples=900, noise=0.4), epoch=5, split=SplitState(0.3, 0.4))
    data = trained.data
    rows = data.read.frame[data.test_rows].to_dicts()
    sets = [row_facts_of(trained, row)["set"] for row in rows[:150]]
    covered = np.mean([code in within for code, within in zip(data.codes[data.test_rows], sets, strict=False)])
    assert 0.8 < covered <= 1.0
    assert {len(within) for within in sets} > {1}


def test_few_validation_rows_give_no_set(trained_card):
    facts = row_facts_of(trained_card(split=SplitState(0.1, 0.3)), {"x1": 0.0, "x2": 0.0})
    assert (facts["set"], facts["coverage"], facts["members"], facts["spread"]) == (None, None, None, None)


def test_missing_cells_and_new_categories_are_read_and_numbers_beyond_training_are_said(heart):
    notices = row_facts_of(heart, {**PATIENT, "age": None, "thal": "purple", "chol": 5000})["notices"]
    assert notices[0].startswith("'chol' is 5000, and training rows have ")
    assert notices[1].startswith("'thal' is 'purple', which no row has ('fixed', 'normal', 'reversible')")
    assert len(notices) == 2
    assert row_facts_of(heart, {})["notices"] == []


@pytest.mark.parametrize(
    ("cells", "fields"),
    [({"age": "old", "chol": [1], "sex": {}}, ["age", "sex", "chol"]), ([1, 2], [None]), (None, [None])],
)
def test_cells_that_are_none_are_refused_all_at_once(heart, cells, fields):
    with pytest.raises(StudioError) as raised:
        row_facts_of(heart, cells)
    assert [(each.where, each.field) for each in raised.value.problems] == [("row", field) for field in fields]

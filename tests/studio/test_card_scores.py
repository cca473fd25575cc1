import pytest

from demarcate.evaluation import score
from demarcate.studio.card_scores import scores_of
from demarcate.studio.state import DataState, SplitState
from demarcate.studio.tables import Tables


def test_scores_are_those_of_the_test_rows_with_intervals_beside_simple_models(trained_card):
    trained = trained_card(DataState(n_samples=200), epoch=20, hidden=(8,), lr=0.03)
    facts, data = scores_of(trained), trained.data
    codes = data.codes[data.test_rows]
    expected = score(codes, trained.predictor.predict_proba(data.read.frame[data.test_rows]), rows="test")
    by_name = {each["name"]: each["mean"] for each in facts["scores"]}
    assert (facts["rows"], facts["n_rows"]) == ("test", 50)
    assert by_name["accuracy"] == {end: getattr(expected["accuracy"], end) for end in ("value", "low", "high")}
    assert by_name.keys() == expected.keys()
    assert [each["name"] for each in facts["baselines"]] == ["majority", "logistic_regression"]
    assert facts["baselines"][0]["mean"]["value"] == 0.5


@pytest.mark.parametrize(
    ("split", "rows", "words"),
    [
        (SplitState(0.2, 0.2), "test", "decided nothing so far"),
        (SplitState(0.0, 0.3), "test", "as there are no validation rows"),
        (SplitState(0.3, 0.0), "validation", "settings were chosen by them"),
    ],
)
def test_the_reasons_say_what_the_rows_have_decided(trained_card, split, rows, words):
    facts = scores_of(trained_card(split=split))
    assert facts["rows"] == rows
    assert words in facts["reasons"][0]


def test_the_reasons_name_overfitting_mistakes_and_seeds(trained_card):
    data = DataState(n_samples=60, noise=0.8)
    trained = trained_card(data, epoch=300, hidden=(64, 64), lr=0.03, seeds=2, split=SplitState(0.2, 0.4))
    reasons = " ".join(scores_of(trained)["reasons"])
    assert "a sign that it overfits" in reasons
    assert "most often" in reasons
    assert "of the log loss: confident mistakes cost most" in reasons
    assert "The accuracy of single seeds is" in reasons


def test_rows_that_are_all_right_are_said_to_be_few(trained_card):
    data = DataState(source="blobs", n_samples=60, centers=2, cluster_std=0.1)
    facts = scores_of(trained_card(data, epoch=30, lr=0.1))
    assert any("All 15 rows are right" in reason for reason in facts["reasons"])


def test_a_column_that_gives_the_target_away_is_found(trained_card):
    tables = Tables()
    opened = tables.add({"a": [n % 7 for n in range(60)], "b": [n % 2 for n in range(60)], "y": ["u", "v"] * 30}, "t")
    facts = scores_of(trained_card(DataState(source="table", table=opened.id, target="y"), tables=tables))
    assert (facts["findings"][0]["severity"], facts["findings"][0]["columns"]) == ("leak", ["b"])
    assert "'b'" in facts["findings"][0]["text"]

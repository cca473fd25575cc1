import pytest

from demarcate import Network, Training, sweep
from demarcate.studio.card_sweep import SweepQuestion, sweep_of
from demarcate.studio.placed_problem import StudioError
from demarcate.studio.state import DataState, SplitState

QUESTION = {"setting": "hidden", "values": [[], [8]], "seeds": 2}


def test_the_table_is_that_of_sweep_in_the_order_of_the_values(trained_card):
    trained = trained_card(DataState(n_samples=80), epochs=12, lr=0.03)
    data, tables = trained.data, []
    facts = sweep_of(trained, SweepQuestion.of(QUESTION), lambda table: tables.append(table.rows()))
    rest = sorted([*data.train_rows, *data.validation_rows])
    result = sweep(
        (data.read.frame, data.classes[data.codes]),
        {"hidden": [(), (8,)]},
        network=Network((4,), "tanh"),
        training=Training(lr=0.03, epochs=12, batch_size=32),
        split=(rest, data.test_rows),
        validation_size=20 / 60,
        seeds=2,
    )
    by_number = {row["configuration"]: row for row in result.table.to_dicts()}
    for number, row in enumerate(facts["rows"], 1):
        assert row["log_loss"]["value"] == by_number[number]["validation_log_loss"]
        assert (row["seeds"], row["best_epoch"]) == (2, 12)
    assert [row["label"] for row in facts["rows"]] == ["none", "8"]
    assert [row["n_parameters"] for row in facts["rows"]] == [3, 33]
    assert facts["best"] == result.winner.configuration.number - 1
    assert facts["sentences"][0] == f"The best mean validation log loss has {result.winner.configuration}."
    assert "40 rows and validated on 20 others" in facts["basis"]
    assert len(tables) == 24  # an epoch of each of two stacks
    assert (tables[0][0]["seeds"], tables[-1][0]["seeds"], tables[-1][1]["seeds"]) == (0, 2, 2)
    assert tables[0][1]["log_loss"] is None
    assert tables[-1][1]["log_loss"]["value"] == pytest.approx(facts["rows"][1]["log_loss"]["value"])


@pytest.mark.parametrize("split", [SplitState(0.3, 0), SplitState(0, 0.3)], ids=["no test rows", "no validation rows"])
def test_one_part_of_the_rows_may_be_empty(trained_card, split):
    trained = trained_card(split=split)
    facts = sweep_of(trained, SweepQuestion.of({"setting": "lr", "values": [0.01, 0.1], "seeds": 1}))
    assert [row["value"] for row in facts["rows"]] == [0.01, 0.1]
    assert "one seed cannot show" in facts["sentences"][1]


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"setting": "colour"}, ["setting"]),
        ({"values": [[]]}, ["values"]),
        ({"values": "all"}, ["values"]),
        ({"values": [[0], [2]]}, ["values"]),
        ({"values": [[2], [2]]}, ["values"]),
        ({"values": [["x"], [1, "y"]]}, ["values", "values"]),
        ({"setting": "lr", "values": [0, -1]}, ["values", "values"]),
        ({"seeds": 6}, ["seeds"]),
        ({"setting": None, "values": None, "seeds": None}, ["setting", "values", "seeds"]),
    ],
)
def test_a_question_that_is_none_is_refused_with_all_its_problems(change, fields):
    with pytest.raises(StudioError) as raised:
        SweepQuestion.of({**QUESTION, **change})
    assert [(each.where, each.field) for each in raised.value.problems] == [("ask", field) for field in fields]

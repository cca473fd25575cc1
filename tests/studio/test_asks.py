import queue
import threading

import pytest

from demarcate.errors import SettingError
from demarcate.studio import asks as module
from demarcate.studio.asks import Asks
from demarcate.studio.placed_problem import PlacedProblem, StudioError
from demarcate.studio.state import DataState
from demarcate.studio.tables import Tables
from demarcate.studio.take_away import take_away

OF_A_CARD = ("code", "scores", "diagnose", "sweep")
SWEEP = {"type": "ask", "what": "sweep", "card": "a", "setting": "lr", "values": [0.01, 0.1], "seeds": 1}


@pytest.fixture
def messages():
    return queue.Queue()


@pytest.fixture
def asks(trained_card, messages):
    card = trained_card(DataState(n_samples=60))

    def card_of(number):
        if number != "a":
            raise StudioError([PlacedProblem.of("card", f"There is no card {number}", "Choose another")])
        return card

    asks = Asks(card_of, messages.put, Tables())
    yield asks
    asks.close()


def _answer(messages, number):
    while True:
        message = messages.get(timeout=60)
        if message.kind != "progress" and message.facts.get("id") == number:
            message.to_bytes()
            return message


def test_a_model_file_is_drawn_and_scored_on_the_rows_of_the_card(trained_card, messages, tmp_path):
    path, tables = tmp_path / "own.safetensors", Tables()
    card = trained_card(DataState(n_samples=60))
    path.write_bytes(take_away(card, "model").data)
    asks = Asks(lambda _number: card, messages.put, tables)
    asks.take({"type": "ask", "id": "1", "what": "model", "card": "a", "model": tables.open(path).id})
    message = _answer(messages, "1")
    hits = card.predictor.predict(card.data.read.frame) == card.data.classes[card.data.codes]
    assert message.facts["scores"][0]["mean"]["value"] == pytest.approx(hits.mean())
    assert (message.facts["name"], message.facts["n_rows"]) == ("own.safetensors", 60)
    assert message.facts["about"] == "1 network for 'label'"
    assert message.arrays["picture"].tobytes().startswith(b"\x89PNG")
    asks.take({"type": "ask", "id": "2", "what": "model", "card": "a", "model": "gone"})
    assert _answer(messages, "2").facts["fact"] == "The model file is not open"
    asks.close()


def test_a_model_of_other_columns_says_which_are_missing(trained_card, messages, tmp_path):
    path, tables = tmp_path / "own.safetensors", Tables()
    path.write_bytes(take_away(trained_card(), "model").data)
    heart = trained_card(DataState(source="heart"), epoch=1)
    asks = Asks(lambda _number: heart, messages.put, tables)
    asks.take({"type": "ask", "id": "1", "what": "model", "card": "a", "model": tables.open(path).id})
    assert "'x1'" in _answer(messages, "1").facts["fact"]
    asks.close()


def test_every_question_has_its_answer(asks, messages):
    asks.take({"type": "ask", "id": "code", "what": "code", "card": "a"})
    asks.take({"type": "ask", "id": "scores", "what": "scores", "card": "a"})
    asks.take({"type": "ask", "id": "diagnose", "what": "diagnose", "card": "a"})
    asks.take({**SWEEP, "id": "sweep"})
    asks.take({"type": "row", "id": "row", "card": "a", "cells": {"x1": 0.5, "x2": 0.5}})
    waited = {}
    while len(waited) < 5:
        message = messages.get(timeout=60)
        if message.kind != "progress":
            waited[message.facts["id"]] = message
    assert {number: message.kind for number, message in waited.items()} == {
        **dict.fromkeys(OF_A_CARD, "answer"),
        "row": "row",
    }
    for what in OF_A_CARD:
        facts = waited[what].facts
        assert (facts["what"], facts["card"], facts["revision"], facts["epoch"]) == (what, "a", 0, 3)


def test_progress_comes_before_the_answer_with_the_rows_of_a_sweep(asks, messages, monkeypatch):
    monkeypatch.setattr(module, "SECONDS_BETWEEN", 0.0)
    asks.take({**SWEEP, "id": "1"})
    progress = []
    while (message := messages.get(timeout=60)).kind == "progress":
        progress.append(message.facts)
    assert message.kind == "answer"
    done = [facts["done"] for facts in progress]
    assert done == sorted(done)
    assert {facts["total"] for facts in progress} == {100}
    assert [row["value"] for row in progress[-1]["rows"]] == [0.01, 0.1]
    assert progress[0]["text"].startswith("training")


@pytest.mark.parametrize(
    "command",
    [
        {"type": "ask", "id": "1", "what": "why", "card": "a"},
        {"type": "ask", "id": 7, "what": "code", "card": "a"},
        {"type": "row", "id": "", "card": "a"},
        {"type": "ask", "id": "x" * 101, "what": "code"},
        {"type": "cancel"},
    ],
)
def test_a_command_that_is_none_is_refused_at_once(asks, command):
    with pytest.raises(StudioError):
        asks.take(command)


@pytest.mark.parametrize(
    ("command", "where"),
    [
        ({"type": "ask", "what": "code", "card": "b"}, "card"),
        ({"type": "row", "card": "a", "cells": {"x1": "wide"}}, "row"),
        ({**SWEEP, "values": [0.1]}, "ask"),
    ],
)
def test_problems_name_the_question(asks, messages, command, where):
    asks.take({**command, "id": "q"})
    facts = _answer(messages, "q").facts
    assert (facts["where"], facts["id"]) == (where, "q")
    assert facts["remedy"]


def test_a_cancelled_question_is_not_answered_and_the_next_one_is(asks, messages, monkeypatch):
    monkeypatch.setattr(module, "SECONDS_BETWEEN", 0.0)
    asks.take({**SWEEP, "id": "long", "setting": "epochs", "values": [50_000, 100_000]})
    assert messages.get(timeout=60).kind == "progress"
    asks.take({"type": "cancel", "id": "long"})
    asks.take({"type": "cancel", "id": "never asked"})
    asks.take({"type": "ask", "id": "next", "what": "scores", "card": "a"})
    while (message := messages.get(timeout=60)).facts["id"] == "long":
        assert message.kind == "progress"
    assert _answer(messages, "next").kind == "answer"


def test_rows_do_not_wait_for_a_sweep(asks, messages):
    asks.take({**SWEEP, "id": "long", "setting": "epochs", "values": [50_000, 100_000]})
    asks.take({"type": "row", "id": "row", "card": "a", "cells": {"x1": 0.0, "x2": 0.0}})
    assert _answer(messages, "row").kind == "row"


def test_a_page_has_so_many_open_questions_at_most(trained_card, messages):
    go_on = threading.Event()

    def card_of(_number):
        go_on.wait(60)
        return trained_card()

    asks = Asks(card_of, messages.put, Tables())
    for number in range(module.MAX_WAITING):
        asks.take({"type": "row", "id": str(number), "card": "a", "cells": {"x1": 0.0, "x2": 0.0}})
    with pytest.raises(StudioError, match="8 questions are open"):
        asks.take({"type": "row", "id": "more", "card": "a", "cells": {}})
    go_on.set()
    for number in range(module.MAX_WAITING):
        assert _answer(messages, str(number)).kind == "row"
    asks.close()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (SettingError("lr must be above 0. Raise it"), "lr must be above 0"),
        (TimeoutError(), "busy with a long epoch"),
        (RuntimeError("broken"), "RuntimeError: broken"),
    ],
)
def test_an_error_of_any_kind_is_a_problem_and_not_the_end(messages, error, words, caplog):
    def card_of(_number):
        raise error

    asks = Asks(card_of, messages.put, Tables())
    asks.take({"type": "ask", "id": "1", "what": "code", "card": "a"})
    assert words in _answer(messages, "1").facts["fact"]
    asks.take({"type": "ask", "id": "2", "what": "code", "card": "a"})
    assert words in _answer(messages, "2").facts["fact"]
    asks.close()
    assert ("met an error" in caplog.text) == isinstance(error, RuntimeError | SettingError)

"""A session answers commands from any thread, sends no more than its page takes, and survives whatever comes."""

import json
import queue
import subprocess
import sys
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from demarcate.studio.first_states import state_of
from demarcate.studio.frame_pace import MAX_UNACKNOWLEDGED
from demarcate.studio.placed_problem import StudioError
from demarcate.studio.session import Session

STATE = state_of({"n_samples": 60}, {}, {"hidden": [4], "epochs": 100_000})


class Page:
    """A page that keeps what it is sent, and acknowledges frames unless it is told not to."""

    def __init__(self, *, acknowledges=True):
        self.messages = queue.Queue()
        self.session = None
        self.acknowledges = acknowledges

    def __call__(self, message):
        self.messages.put(message)
        if message.kind == "frame" and self.acknowledges and self.session:
            self.session.receive({"type": "ack", "number": message.facts["number"]})

    def until(self, kind, is_wanted=lambda facts: True):
        while True:
            message = self.messages.get(timeout=60)
            if message.kind == kind and is_wanted(message.facts):
                return message

    def show(self, revision=1, state=STATE):
        self.session.receive(json.dumps({"type": "state", "revision": revision, "state": state}))


@pytest.fixture
def page():
    own = Page()
    own.session = Session(own, "first")
    yield own
    own.session.close()
    assert not own.session._thread.is_alive()


def test_a_session_welcomes_shows_a_state_and_trains_it(page):
    welcome = page.until("welcome").facts
    assert (welcome["session"], welcome["limits"]["cards"]) == ("first", 4)
    page.show(5, welcome["state"])
    assert page.until("dataset").facts["revision"] == 5
    assert page.until("frame").facts["cards"][0]["epoch"] == 0
    page.session.receive({"type": "run"})
    assert page.until("frame", lambda facts: facts["cards"][0]["epoch"] > 3).facts["running"]
    page.session.receive({"type": "pause"})
    page.until("frame", lambda facts: not facts["running"])
    page.session.receive({"type": "reset", "card": None})
    page.until("frame", lambda facts: facts["cards"][0]["epoch"] == 0)
    page.session.receive({"type": "step", "unit": "batch"})
    page.until("frame", lambda facts: facts["cards"][0]["batch"] == 1)


def test_the_welcome_comes_before_torch_is_imported():
    code = (
        "import sys, demarcate.studio.session as s; heavy = {'torch', 'polars', 'sklearn'} & set(sys.modules); "
        "seen = []; s.threading.Thread.start = lambda self: None; s.Session(lambda m: seen.append(m.kind)); "
        "assert seen == ['welcome'], seen; assert not {'torch', 'polars', 'sklearn'} & set(sys.modules), heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_page_that_acknowledges_nothing_has_two_frames_and_training_goes_on():
    page = Page(acknowledges=False)
    page.session = session = Session(page, "slow")
    page.show()
    session.receive({"type": "run"})
    epoch = page.until("frame", lambda facts: facts["number"] == MAX_UNACKNOWLEDGED).facts["cards"][0]["epoch"]
    while session.trained_card("a").epoch < epoch + 200:
        pass
    assert page.messages.empty()
    session.receive({"type": "ack", "number": 2})
    assert page.until("frame").facts["cards"][0]["epoch"] >= epoch + 200
    session.close()


def test_a_page_that_comes_later_is_welcomed_and_shown_everything(page):
    page.show()
    page.session.receive({"type": "run"})
    page.until("frame", lambda facts: facts["cards"][0]["epoch"] > 3)
    page.session.detach()
    page.session.receive({"type": "pause"})
    later = Page()
    later.session = page.session
    page.session.attach(later)
    assert [later.until(kind).kind for kind in ("welcome", "dataset")] == ["welcome", "dataset"]
    frame = later.until("frame")
    assert frame.arrays["0.epochs"].tolist() == list(range(1, frame.facts["cards"][0]["epoch"] + 1))


def test_of_states_that_come_faster_than_they_can_be_shown_the_last_is(page):
    for revision in range(1, 60):
        page.show(revision, state_of({"n_samples": 40 + revision}, {}, {"hidden": [2]}))
    assert page.until("dataset", lambda facts: facts["revision"] == 59).facts["n_rows"]["train"] == 59


@pytest.mark.parametrize(
    "command",
    [
        "nonsense",
        '{"type": "fly"}',
        '{"type": "_attached"}',
        '{"type": "state"}',
        '{"type": "state", "revision": -1, "state": {}}',
        '{"type": "state", "revision": 1, "state": []}',
        '{"type": "step", "unit": "year"}',
        '{"type": "reset", "card": "z"}',
        '{"type": "ack", "number": 99}',
        '{"type": "ack", "number": true}',
    ],
)
def test_a_bad_command_is_answered_in_words_and_the_session_goes_on(page, command):
    page.session.receive(command)
    problem = page.until("problem").facts
    assert problem["fact"]
    assert problem["remedy"]
    page.show()
    page.until("frame")


VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4) | st.just([]) | st.just({})
COMMANDS = st.fixed_dictionaries(
    {"type": st.sampled_from(["state", "run", "pause", "step", "reset", "ack", "row", "ask", "cancel"])},
    optional=dict.fromkeys(("revision", "state", "unit", "card", "number", "id", "what", "cells"), VALUES),
)


@given(st.lists(COMMANDS, max_size=20))
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_commands_end_a_session(page, commands):
    for command in commands:
        page.session.receive(command)
    page.show()
    page.until("frame")


def test_an_error_that_nobody_expected_is_reported_and_the_session_goes_on(page, monkeypatch, caplog):
    page.show()
    page.until("frame")
    monkeypatch.setattr(page.session._bench, "run", lambda: 1 / 0)
    page.session.receive({"type": "run"})
    assert "ZeroDivisionError" in page.until("problem").facts["fact"]
    page.show(2)
    assert page.until("frame").facts["revision"] == 2
    assert "met an error" in caplog.text


def test_a_page_that_cannot_be_sent_to_is_let_go(page, caplog):
    def broken(message):
        raise ConnectionError

    page.session.attach(broken)
    page.session.receive({"type": "run"})
    later = Page()
    later.session = page.session
    page.session.attach(later)
    later.until("welcome")
    assert "could not be sent" in caplog.text


def test_a_card_as_it_is_comes_from_any_thread(page):
    page.show()
    assert page.session.trained_card("a").epoch == 0
    with pytest.raises(StudioError, match="no card 'z'"):
        page.session.trained_card("z")


def test_a_page_has_its_questions_answered_and_takes_files_away_while_it_trains(page):
    page.show()
    page.session.receive({"type": "run"})
    page.until("frame", lambda facts: facts["running"])
    page.session.receive({"type": "ask", "id": "1", "what": "code", "card": "a"})
    assert "Network(hidden=(4,)" in page.until("answer").facts["demarcate"]
    page.session.receive({"type": "row", "id": "2", "card": "a", "cells": {"x1": 0.5, "x2": 0.5}})
    assert len(page.until("row").facts["probabilities"]) == 2
    assert page.session.take_away("a", "model").name.endswith(".safetensors")


def test_a_report_counts_as_a_look_at_the_test_rows(page):
    page.show(state=state_of({"n_samples": 60}, {"test": 0.2}, {"hidden": [4]}))
    page.session.take_away("a", "report")
    page.session.receive({"type": "ask", "id": "1", "what": "scores", "card": "a"})
    answer = page.until("answer").facts
    assert (answer["rows"], answer["looks"]) == ("test", 2)
    assert "were looked at 1 time before" in answer["reasons"][0]


def test_closing_ends_the_thread_while_it_trains_and_twice_does_no_harm(page):
    page.show()
    page.session.receive({"type": "run"})
    page.until("frame", lambda facts: facts["running"])
    page.session.close()
    assert not page.session._thread.is_alive()
    assert threading.current_thread() is not page.session._thread


def test_a_session_that_has_ended_has_no_cards(page):
    page.show()
    page.session.close()
    with pytest.raises(StudioError, match="has ended"):
        page.session.trained_card("a")

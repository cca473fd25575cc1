import threading

import pytest

from demarcate.studio.inbox import MAX_WAITING, Inbox, read_command
from demarcate.studio.placed_problem import StudioError


def state(revision):
    return {"type": "state", "revision": revision}


def test_commands_come_out_in_order_and_of_states_in_a_row_only_the_last():
    inbox = Inbox()
    for command in (state(1), state(2), {"type": "run"}, state(3), state(4)):
        inbox.put(command)
    assert inbox.take(0) == [state(2), {"type": "run"}, state(4)]
    assert inbox.take(0) == []


def test_more_commands_than_may_wait_are_refused_but_for_those_of_the_session():
    inbox = Inbox()
    for _ in range(MAX_WAITING):
        inbox.put({"type": "run"})
    with pytest.raises(StudioError, match="commands wait"):
        inbox.put({"type": "run"})
    inbox.put({"type": "attached"}, is_own=True)
    assert len(inbox.take(0)) == MAX_WAITING + 1


@pytest.mark.parametrize("act", [Inbox.wake, lambda inbox: inbox.put({"type": "run"})])
def test_a_wait_without_end_ends_with_a_command_or_when_it_is_woken(act):
    inbox = Inbox()
    taken = []
    thread = threading.Thread(target=lambda: taken.append(inbox.take(None)))
    thread.start()
    act(inbox)
    thread.join(10)
    assert not thread.is_alive()
    assert len(taken) == 1


@pytest.mark.parametrize("text", ["", "{", b"\xff", "[" * 100_000, "5", "[]", "null", "{}", '{"type": 5}'])
def test_what_is_no_command_is_refused_in_words(text):
    with pytest.raises(StudioError) as raised:
        read_command(text)
    assert [each.where for each in raised.value.problems] == ["connection"]


def test_a_command_is_read_from_text_and_from_bytes():
    assert read_command('{"type": "run"}') == read_command(b'{"type": "run"}') == {"type": "run"}

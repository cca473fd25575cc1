import asyncio
import threading

import pytest

from demarcate.studio.placed_problem import StudioError
from demarcate.studio.sessions import Sessions, in_thread


class Page:
    def __init__(self):
        self.received, self.was_taken_over = [], False

    def send(self, message):
        self.received.append(message)

    def take_over(self):
        self.was_taken_over = True


@pytest.fixture
def run(noted_session):
    """Runs a scenario over sessions, and closes them."""

    async def with_sessions(scenario, words):
        sessions = Sessions(noted_session, **words)
        try:
            return await scenario(sessions)
        finally:
            sessions.close()

    return lambda scenario, **words: asyncio.run(with_sessions(scenario, words))


def test_a_page_that_comes_back_finds_its_session(run):
    async def scenario(sessions):
        first, second = Page(), Page()
        session_id, session = await sessions.connect(None, first)
        sessions.disconnect(session_id, first)
        again, same = await sessions.connect(session_id, second)
        assert (again, same) == (session_id, session)
        assert session.notes == ["attached", "detached", "attached"]
        assert not first.was_taken_over

    run(scenario)


def test_a_session_without_a_page_is_closed_after_a_while(run):
    async def scenario(sessions):
        page = Page()
        session_id, session = await sessions.connect(None, page)
        sessions.disconnect(session_id, page)
        while not session.is_closed.is_set():
            await asyncio.sleep(0.01)
        with pytest.raises(StudioError, match="has ended"):
            sessions.session(session_id)
        assert (await sessions.connect(session_id, page))[0] != session_id

    run(scenario, kept_seconds=0.01)


def test_a_session_that_a_page_shows_is_not_closed(run):
    async def scenario(sessions):
        page = Page()
        session_id, session = await sessions.connect(None, page)
        sessions.disconnect(session_id, page)
        await sessions.connect(session_id, page)
        await asyncio.sleep(0.1)
        assert not session.is_closed.is_set()
        assert sessions.session(session_id) is session

    run(scenario, kept_seconds=0.05)


def test_a_page_whose_session_was_taken_over_does_not_detach_it(run):
    async def scenario(sessions):
        first, second = Page(), Page()
        session_id, session = await sessions.connect(None, first)
        await sessions.connect(session_id, second)
        assert first.was_taken_over
        sessions.disconnect(session_id, first)
        assert "detached" not in session.notes

    run(scenario)


def test_words_that_were_left_are_read_once(run):
    async def scenario(sessions):
        page = Page()
        session_id, _ = await sessions.connect(None, page)
        sessions.leave_word(session_id, "it was slow")
        sessions.leave_word("nothing", "nobody reads this")
        await sessions.connect(session_id, page)
        await sessions.connect(session_id, page)
        assert [each.facts for each in page.received if each.kind == "notice"] == [{"text": "it was slow"}]

    run(scenario)


def test_there_are_never_more_sessions_than_may_be_however_fast_pages_come(run):
    async def scenario(sessions):
        outcomes = await asyncio.gather(*(sessions.connect(None, Page()) for _ in range(10)), return_exceptions=True)
        assert sum(isinstance(each, StudioError) for each in outcomes) == 7

    run(scenario, max_sessions=3)


def test_all_sessions_are_closed_in_the_end(run):
    async def scenario(sessions):
        return [(await sessions.connect(None, Page()))[1] for _ in range(3)]

    assert all(session.is_closed.wait(60) for session in run(scenario))


def test_work_in_a_thread_gives_its_result_or_its_error_and_keeps_nothing_waiting():
    async def scenario():
        assert await in_thread(lambda: 3) == 3
        with pytest.raises(ZeroDivisionError):
            await in_thread(lambda: 1 / 0)
        released = threading.Event()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await in_thread(released.wait)
        released.set()

    asyncio.run(scenario())


def test_a_thread_that_outlives_the_loop_is_not_waited_for():
    released, done = threading.Event(), threading.Event()

    async def scenario():
        in_thread(lambda: (released.wait(), done.set()))

    asyncio.run(scenario())
    released.set()
    assert done.wait(60)

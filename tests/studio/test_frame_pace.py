import pytest

from demarcate.studio.frame_pace import MAX_FRAMES_A_SECOND, FramePace
from demarcate.studio.placed_problem import StudioError


class Clock:
    """Seconds that pass when a test says so."""

    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def processor():
    return Clock()


@pytest.fixture
def pace(clock, processor):
    return FramePace(clock, processor)


def send(pace, processor, seconds=0.0):
    with pace.sending():
        processor.now += seconds


def test_a_first_frame_is_sent_at_once_and_the_next_a_twelfth_of_a_second_later(pace, clock, processor):
    assert pace.seconds_to_next(is_running=False) == 0
    send(pace, processor)
    assert pace.seconds_to_next(is_running=False) == pytest.approx(1 / MAX_FRAMES_A_SECOND)
    clock.now = 1.0
    assert pace.seconds_to_next(is_running=False) == 0


def test_a_third_frame_waits_until_the_first_is_painted(pace, clock, processor):
    for _ in range(2):
        send(pace, processor)
    clock.now = 9.0
    assert pace.seconds_to_next(is_running=False) is None
    pace.acknowledge(1)
    assert pace.seconds_to_next(is_running=False) == 0


def test_another_page_owes_nothing(pace, clock, processor):
    for _ in range(2):
        send(pace, processor)
    clock.now = 9.0
    pace.begin_anew()
    assert pace.seconds_to_next(is_running=False) == 0


def test_frames_wait_until_training_has_had_seven_tenths_of_the_time(pace, clock, processor):
    send(pace, processor, 0.3)
    clock.now = 9.0
    assert pace.seconds_to_next(is_running=False) == 0
    for owed in (0.5, 0.2):
        assert pace.seconds_to_next(is_running=True) is None
        with pace.training():
            processor.now += owed
    assert pace.seconds_to_next(is_running=True) == pytest.approx(0)


@pytest.mark.parametrize("number", [2, -1, True, "1", None, 1.0])
def test_a_frame_that_was_never_sent_cannot_be_acknowledged(pace, processor, number):
    send(pace, processor)
    with pytest.raises(StudioError, match="1 were sent"):
        pace.acknowledge(number)


def test_a_frame_that_could_not_be_made_waits_for_no_acknowledgement(pace, clock):
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), pace.sending():
            raise ZeroDivisionError
    clock.now = 9.0
    assert pace.seconds_to_next(is_running=False) == 0

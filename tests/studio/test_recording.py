import gzip

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from demarcate.errors import InputError
from demarcate.studio.messages import Message
from demarcate.studio.recording import Recording, compressible, differences, restored, sums

MAPS = st.sampled_from(["int8", "int16"]).flatmap(lambda dtype: arrays.arrays(dtype, (2, 5, 4)))


def frame(logits):
    cards = [{"id": "a", "scale": 0.5}]
    rows = np.array([[30000, -30000]], dtype=np.int16)
    return Message("frame", {"number": 1, "cards": cards}, {"0.logits": logits, "0.monitored_logits": rows})


@given(MAPS)
def test_maps_come_back_from_their_differences(maps):
    np.testing.assert_array_equal(sums(differences(maps)), maps)


def test_a_stored_map_is_as_high_as_it_was_to_its_steps():
    logits = np.random.default_rng(0).integers(-32768, 32767, (1, 20, 30), dtype=np.int16)
    message = restored(compressible(frame(logits)))
    assert "stored" not in message.facts
    np.testing.assert_allclose(message.arrays["0.logits"].astype(float), logits, atol=32, rtol=0)
    np.testing.assert_array_equal(message.arrays["0.monitored_logits"], [[30000, -30000]])


def test_a_recording_comes_back_from_its_file(tmp_path):
    message = frame(np.full((1, 3, 3), 160, dtype=np.int16))
    recording = Recording("moons", ((0.0, Message("notice", {"text": "begins"})), (1.25, message)))
    recording.save(tmp_path / "lesson.gz")
    back = Recording.load(tmp_path / "lesson.gz")
    assert (back.title, back.seconds) == ("moons", 1.25)
    assert [(time, each.kind) for time, each in back.messages] == [(0.0, "notice"), (1.25, "frame")]
    assert (back.messages[1][1].arrays["0.logits"] == 160).all()


def test_the_same_recording_is_the_same_file():
    recording = Recording("moons", ((0.5, frame(np.zeros((1, 3, 3), dtype=np.int16))),))
    assert recording.to_bytes() == recording.to_bytes()


def test_smooth_maps_take_a_fraction_of_their_bytes():
    across, up = np.meshgrid(np.linspace(-3, 3, 100), np.linspace(-3, 3, 100))
    maps = [np.round(32767 * np.tanh(across * up + shift))[None].astype(np.int16) for shift in np.linspace(0, 1, 5)]
    recording = Recording("smooth", tuple((0.1 * time, frame(each)) for time, each in enumerate(maps)))
    assert len(recording.to_bytes()) < 0.35 * sum(each.nbytes for each in maps)


@pytest.mark.parametrize(
    "change",
    [
        lambda data: b"",
        lambda data: data[: len(data) // 2],
        lambda data: b"text of another kind",
        lambda data: gzip.compress(b"another file"),
        lambda data: gzip.compress(gzip.decompress(data)[:-8]),
        lambda data: gzip.compress(gzip.decompress(data).replace(b'"format":1', b'"format":9')),
    ],
)
def test_what_is_no_recording_is_refused_in_words(change, tmp_path):
    path = tmp_path / "lesson.gz"
    path.write_bytes(change(Recording("moons", ((0.0, Message("notice")),)).to_bytes()))
    with pytest.raises(InputError, match=r"lesson.gz' is no recording of a studio\. Make one with"):
        Recording.load(path)


def test_a_file_that_unpacks_without_end_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr("demarcate.studio.recording.MAX_BYTES", 1000)
    (tmp_path / "bomb.gz").write_bytes(gzip.compress(bytes(100_000)))
    with pytest.raises(InputError, match="no recording"):
        Recording.load(tmp_path / "bomb.gz")

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from demarcate.studio.messages import DTYPES, Message

ARRAYS = st.sampled_from(DTYPES).flatmap(
    lambda dtype: arrays.arrays(dtype, arrays.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=4))
)


@given(st.dictionaries(st.text(max_size=4), ARRAYS, max_size=3), st.text(max_size=8))
def test_a_message_comes_back_from_its_bytes(content, text):
    message = Message("frame", {"text": text, "numbers": [1, 0.5, None]}, content)
    back = Message.from_bytes(message.to_bytes())
    assert (back.kind, back.facts) == (message.kind, message.facts)
    assert [*back.arrays] == [*content]
    for name, array in content.items():
        assert back.arrays[name].dtype == array.dtype
        np.testing.assert_array_equal(back.arrays[name], array)


@given(st.dictionaries(st.text(max_size=4), ARRAYS, max_size=3))
def test_every_array_begins_where_a_browser_may_view_it(content):
    data = Message("frame", {}, content).to_bytes()
    assert (4 + int.from_bytes(data[:4], "little")) % 8 == 0
    assert len(data) % 8 == 0


def test_numbers_that_json_does_not_have_are_none():
    facts = {"loss": float("nan"), "scores": [np.float32("inf"), np.int64(3)]}
    assert Message.from_bytes(Message("frame", facts).to_bytes()).facts == {"loss": None, "scores": [None, 3]}


def test_a_type_that_a_browser_has_no_view_of_is_refused():
    with pytest.raises(TypeError, match="float32, got float64: logits"):
        Message("frame", {}, {"logits": np.zeros(2)}).to_bytes()

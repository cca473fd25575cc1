import pytest

from demarcate.bundle.rules import bundle_error, has_keys, is_count, is_float_between, is_text_list, require, shown


def test_a_condition_that_fails_raises_its_fact():
    require(True, "never raised")
    with pytest.raises(ValueError, match="two is not above three"):
        require(2 > 3, "two is not above three")


def test_values_are_told_by_type_and_range():
    assert [has_keys(value, {"a"}) for value in ({"a": 1}, {}, {"a": 1, "b": 2}, "a")] == [True, False, False, False]
    assert [is_text_list(value) for value in (["a", ""], ["a", 1], "a")] == [True, False, False]
    assert [is_count(value) for value in (0, True, -1, 1.0)] == [True, False, False, False]
    assert [is_float_between(value, 0, 1) for value in (0.5, 1, 1.5)] == [True, False, False]


def test_an_error_is_a_fact_and_a_remedy():
    assert str(bundle_error("The header has 3 bytes", "Fetch it again")) == "The header has 3 bytes. Fetch it again."


def test_a_value_is_cut_where_it_would_flood_a_message():
    assert (shown("weight"), len(shown("w" * 1_000_000))) == ("'weight'", 83)

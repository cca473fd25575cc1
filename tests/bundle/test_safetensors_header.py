import numpy as np
import pytest

from demarcate.bundle.safetensors_header import (
    TensorEntry,
    assign_offsets,
    dtype_code,
    header_bytes,
    is_canonical_header,
    is_name,
    is_shape,
    parse_header,
)

ENTRY = TensorEntry("a", "F32", (3,))


def test_the_header_is_json_padded_to_8_bytes():
    header = header_bytes("{}", "ab", [])
    assert header == b'{"__metadata__":{"demarcate":"{}","sha256":"ab"}}       '
    assert is_canonical_header(memoryview(header), "{}", "ab", [])
    assert not is_canonical_header(memoryview(header + b" "), "{}", "ab", [])


def test_a_header_is_parsed_to_what_it_was_made_of():
    assert parse_header(header_bytes("{}", "ab", [ENTRY]), 12) == ("{}", "ab", [ENTRY])


def test_wide_numbers_come_first_and_each_tensor_begins_where_the_last_one_ends():
    placed = assign_offsets([ENTRY, TensorEntry("b", "F64", (2,))])
    assert [(entry.name, entry.begin, entry.end) for entry in placed] == [("b", 0, 16), ("a", 16, 28)]


def test_dtypes_have_codes_whatever_their_byte_order():
    assert (dtype_code(np.dtype(np.float32)), dtype_code(np.dtype(">i8"))) == ("F32", "I64")


@pytest.mark.parametrize(
    ("name", "expected"), [("layers.0.weight", True), ("", False), ("__metadata__", False), ("half \ud800", False)]
)
def test_names_are_text_that_utf_8_can_encode(name, expected):
    assert is_name(name) is expected


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [([2, 3], True), ([], True), ([-1], False), ([2.0], False), ([1] * 9, False), ([0, 2**31, 2**31], False)],
)
def test_shapes_are_short_lists_of_sizes_whose_product_fits_a_file(sizes, expected):
    assert is_shape(sizes) is expected

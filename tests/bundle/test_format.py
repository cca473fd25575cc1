import hashlib
import json
import struct

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from demarcate.bundle import safetensors_header
from demarcate.bundle.format import decode, encode, sha256_of
from demarcate.errors import BundleError

REPEATABLE = settings(deadline=None, derandomize=True)
THOROUGH = settings(REPEATABLE, max_examples=300)

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3), max_leaves=8
)
DOCUMENTS = st.dictionaries(st.text(), VALUES, max_size=4)
NAMES = st.text(min_size=1, max_size=8).filter(lambda name: name != "__metadata__")
SHAPES = hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=3)
FINITE = {"allow_nan": False, "allow_infinity": False}
ARRAYS = st.one_of(
    hnp.arrays(np.float32, SHAPES, elements=st.floats(width=32, **FINITE)),
    hnp.arrays(np.float64, SHAPES, elements=st.floats(**FINITE)),
    hnp.arrays(np.int64, SHAPES),
)
TENSORS = st.dictionaries(NAMES, ARRAYS, max_size=5)

DOCUMENT = {"version": 1, "classes": ["ill", "well"], "threshold": 0.3}


def small_tensors():
    return {
        "weight": np.arange(6, dtype=np.float32).reshape(2, 3),
        "bias": np.array([0.5], dtype=np.float32),
        "mean": np.array([1.5, -2.5]),
        "codes": np.array([[3], [4]], dtype=np.int64),
    }


def craft(tensors, body, document="{}", metadata=None, padding=True):
    """Write a file by the format's description alone: `tensors` is a list of (name, description)."""
    digest = hashlib.sha256(document.encode())
    for name, description in tensors:
        content = json.dumps([name, description["dtype"], description["shape"]], separators=(",", ":"))
        begin, end = description["data_offsets"]
        digest.update(content.encode() + body[begin:end])
    if metadata is None:
        metadata = {"demarcate": document, "sha256": digest.hexdigest()}
    described = [("__metadata__", metadata), *tensors]
    # Written pair by pair, so that a name may be repeated.
    text = ",".join(f"{json.dumps(name)}:{json.dumps(value, separators=(',', ':'))}" for name, value in described)
    spelt = b"{" + text.encode() + b"}"
    if padding:
        spelt += b" " * (-len(spelt) % 8)
    return struct.pack("<Q", len(spelt)) + spelt + body


def described(dtype, shape, begin, end):
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


class TestRoundTrip:
    @REPEATABLE
    @given(DOCUMENTS, TENSORS)
    def test_what_is_written_is_read_and_written_again_the_same(self, document, tensors):
        data = encode(document, tensors)
        read_document, read_tensors = decode(data)
        assert read_document == document
        assert set(read_tensors) == set(tensors)
        for name, tensor in tensors.items():
            assert read_tensors[name].dtype == tensor.dtype
            np.testing.assert_array_equal(read_tensors[name], tensor, strict=True)
        assert encode(read_document, read_tensors) == data

    @REPEATABLE
    @given(DOCUMENTS, TENSORS)
    def test_the_safetensors_library_opens_the_file(self, document, tensors):
        opened = safetensors.numpy.load(encode(document, tensors))
        assert set(opened) == set(tensors)
        for name, tensor in tensors.items():
            np.testing.assert_array_equal(opened[name], tensor, strict=True)

    def test_the_bytes_are_the_ones_the_format_describes(self):
        tensors = {"b": np.array([1.0, 2.0], dtype=np.float32), "a": np.array([[3.0]], dtype=np.float32)}
        entries = [("a", described("F32", [1, 1], 0, 4)), ("b", described("F32", [2], 4, 12))]
        assert encode({}, tensors) == craft(entries, struct.pack("<3f", 3.0, 1.0, 2.0))

    def test_the_bytes_never_change_between_releases(self):
        digest = "038da6f3a6738822b05e6072e849e92ba5a7935d3015859431bf15acd30734ca"
        assert sha256_of(encode({**DOCUMENT, "name": "caf\u00e9"}, small_tensors())) == digest

    def test_the_order_of_keys_and_tensors_does_not_matter(self):
        tensors = small_tensors()
        backwards = dict(reversed(tensors.items()))
        assert encode(dict(reversed(DOCUMENT.items())), backwards) == encode(DOCUMENT, tensors)

    def test_how_an_array_lies_in_memory_does_not_matter(self):
        plain = np.arange(6, dtype=np.float32).reshape(2, 3)
        expected = encode({}, {"x": plain})
        assert encode({}, {"x": np.asfortranarray(plain)}) == expected
        assert encode({}, {"x": plain.astype(">f4")}) == expected
        assert encode({}, {"x": np.repeat(plain, 2, axis=1)[:, ::2]}) == expected

    def test_tensors_are_read_only_aligned_views_of_the_file(self):
        data = encode(DOCUMENT, small_tensors())
        buffer = np.frombuffer(data, dtype=np.uint8)
        for tensor in decode(memoryview(data))[1].values():
            assert np.shares_memory(tensor, buffer)
            assert not tensor.flags.writeable
            assert tensor.flags.aligned

    def test_tensors_over_a_writable_buffer_are_read_only_too(self):
        tensors = decode(memoryview(bytearray(encode(DOCUMENT, small_tensors()))))[1]
        assert not any(tensor.flags.writeable for tensor in tensors.values())


class TestDamage:
    DATA = encode(DOCUMENT, small_tensors())

    def test_every_flip_of_any_bits_in_one_byte_is_refused(self):
        damaged = bytearray(self.DATA)
        for position in range(len(damaged)):
            for flip in (0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xFF):
                damaged[position] ^= flip
                with pytest.raises(BundleError):
                    decode(bytes(damaged))
                damaged[position] ^= flip
        assert bytes(damaged) == self.DATA

    def test_every_truncation_is_refused(self):
        for length in range(len(self.DATA)):
            with pytest.raises(BundleError):
                decode(self.DATA[:length])

    def test_a_byte_too_many_is_refused(self):
        with pytest.raises(BundleError, match="tensors have 60 bytes, but 61 follow the header"):
            decode(self.DATA + b"\0")

    def test_a_changed_weight_is_refused_by_its_digest(self):
        with pytest.raises(BundleError, match=r"has the SHA-256 [0-9a-f]{64}, but the header states"):
            decode(self.DATA[:-1] + bytes([self.DATA[-1] ^ 1]))

    @THOROUGH
    @given(st.binary(max_size=200))
    def test_arbitrary_bytes_are_refused(self, data):
        with pytest.raises(BundleError):
            decode(data)

    @THOROUGH
    @given(st.binary(max_size=200))
    def test_arbitrary_headers_are_refused(self, spelt):
        with pytest.raises(BundleError):
            decode(struct.pack("<Q", len(spelt)) + spelt)

    @THOROUGH
    @given(st.dictionaries(st.sampled_from(["a", "dtype", "__metadata__"]), VALUES))
    def test_arbitrary_json_headers_are_refused(self, value):
        spelt = json.dumps(value).encode()
        with pytest.raises(BundleError):
            decode(struct.pack("<Q", len(spelt)) + spelt)


F4 = struct.pack("<f", 1.0)
ONE = ("a", described("F32", [1], 0, 4))
ATTACKS = {
    "overlap": ([ONE, ("b", described("F32", [1], 0, 4))], F4, "Tensor 'b' overlaps the one before it"),
    "gap": ([ONE, ("b", described("F32", [1], 8, 12))], F4 * 3, "Tensor 'b' leaves a gap before it"),
    "first gap": ([("a", described("F32", [1], 4, 8))], F4 * 2, "Tensor 'a' leaves a gap before it"),
    "backwards": ([("a", described("F32", [1], 0, 0))], b"", "needs 4 bytes and has 0"),
    "past the end": ([("a", described("F32", [2], 0, 8))], F4, "ends at byte 8 of the data, which has 4"),
    "bytes left over": ([ONE], F4 * 2, "tensors have 4 bytes, but 8 follow the header"),
    "too few bytes": ([("a", described("F32", [2], 0, 4))], F4, "needs 8 bytes and has 4"),
    "negative size": ([("a", described("F32", [-1], 0, 4))], F4, r"has shape \[-1\]"),
    "huge size": ([("a", described("F32", [2**62], 0, 4))], F4, "has shape"),
    "huge product": ([("a", described("F32", [2**31] * 4, 0, 4))], F4, "has shape"),
    "huge and empty": ([("a", described("F32", [0, 2**31, 2**31], 0, 0))], b"", "has shape"),
    "overflow to fit": ([("a", described("F32", [2**32, 2**32 + 1], 0, 4))], F4, "has shape"),
    "many dimensions": ([("a", described("F32", [1] * 100, 0, 4))], F4, "at most 8 dimensions"),
    "float size": ([("a", described("F32", [1.0], 0, 4))], F4, r"has shape \[1.0\]"),
    "boolean size": ([("a", described("F32", [True], 0, 4))], F4, r"has shape \[True\]"),
    "shape not a list": ([("a", described("F32", 1, 0, 4))], F4, "has shape 1"),
    "negative offset": ([("a", described("F32", [1], -4, 0))], F4, "not two positions in the file"),
    "boolean offset": ([("a", described("F32", [1], False, 4))], F4, "not two positions in the file"),
    "wrong dtype": ([("a", described("F16", [2], 0, 4))], F4, "Tensor 'a' has dtype 'F16'"),
    "pickled dtype": ([("a", described("O64", [1], 0, 8))], F4 * 2, "Tensor 'a' has dtype 'O64'"),
    "dtype not text": ([("a", described(["F32"], [1], 0, 4))], F4, r"has dtype \['F32'\]"),
    "extra key": ([("a", {**ONE[1], "code": "x"})], F4, "'a' is not described by dtype, shape and data_offsets"),
    "repeated tensor": ([ONE, ("a", described("F32", [1], 4, 8))], F4 * 2, "'a' is repeated"),
    "unsorted names": (
        [("b", described("F32", [1], 0, 4)), ("a", described("F32", [1], 4, 8))],
        F4 * 2,
        "is stored after",
    ),
    "narrow first": ([ONE, ("b", described("F64", [1], 4, 12))], F4 * 3, "8-byte numbers come before 4-byte"),
    "no name": ([("", described("F32", [1], 0, 4))], F4, "has an invalid name"),
    "half a character": ([("\ud800", described("F32", [1], 0, 4))], F4, "cannot be encoded in UTF-8"),
    "nan": ([ONE], struct.pack("<f", float("nan")), r"Tensor 'a' holds NaN or infinity at \[0\]"),
    "infinity": ([("a", described("F64", [2], 0, 16))], struct.pack("<2d", 0, float("inf")), r"infinity at \[1\]"),
}


class TestAttacks:
    def test_the_crafted_file_is_read_when_nothing_is_wrong_with_it(self):
        document, tensors = decode(craft([ONE], F4, document='{"a":1}'))
        assert document == {"a": 1}
        assert tensors["a"] == 1.0

    @pytest.mark.parametrize(("tensors", "body", "found"), ATTACKS.values(), ids=ATTACKS)
    def test_a_crafted_tensor_is_refused(self, tensors, body, found):
        with pytest.raises(BundleError, match=found):
            decode(craft(tensors, body))

    @pytest.mark.parametrize(
        ("document", "found"),
        [
            ("[]", "The document is not a JSON object"),
            ("{", "The document is not JSON"),
            ('{"b":1,"a":2}', "not spelled as demarcate writes it"),
            ('{"a": 1}', "not spelled as demarcate writes it"),
            ('{"a":1.00}', "not spelled as demarcate writes it"),
            ('{"a":"\u00e9"}', "not spelled as demarcate writes it"),
            ('{"a":1,"a":1}', "'a' is repeated"),
            ('{"a":NaN}', "holds the number 'NaN'"),
            ('{"a":1e999}', "holds the number '1e999'"),
            ('{"a":' + "[" * 100_000 + "]" * 100_000 + "}", "deeper than 64"),
        ],
        ids=lambda text: text[:20],
    )
    def test_a_crafted_document_is_refused(self, document, found):
        with pytest.raises(BundleError, match=found):
            decode(craft([ONE], F4, document=document))

    @pytest.mark.parametrize(
        ("metadata", "found"),
        [
            ("text", "no demarcate document"),
            ({}, "no demarcate document"),
            ({"format": "pt"}, "no demarcate document"),
            ({"demarcate": "{}"}, "metadata has the keys"),
            ({"demarcate": "{}", "sha256": 1}, "metadata has the keys"),
            ({"demarcate": "{}", "sha256": "", "more": ""}, "metadata has the keys"),
            ({"demarcate": "{}", "sha256": "0" * 64}, "SHA-256"),
            ({"sha256": "", "demarcate": "{}"}, "not spelled as demarcate writes it"),
        ],
    )
    def test_crafted_metadata_is_refused(self, metadata, found):
        with pytest.raises(BundleError, match=found):
            decode(craft([ONE], F4, metadata=metadata))

    def test_another_safetensors_file_is_refused_as_not_ours(self):
        with pytest.raises(BundleError, match=r"no demarcate document .*\. Use a file that demarcate saved\."):
            decode(safetensors.numpy.save({"a": np.ones(3)}))

    def test_an_unpadded_header_is_refused(self):
        with pytest.raises(BundleError, match="not spelled as demarcate writes it"):
            decode(craft([ONE], F4, document='{"a":12}', padding=False))

    def test_a_header_of_bytes_beyond_ascii_is_refused(self):
        spelt = '{"\u00e9":1}'.encode()
        with pytest.raises(BundleError, match="not ASCII"):
            decode(struct.pack("<Q", len(spelt)) + spelt)

    def test_a_header_that_nests_without_end_is_refused(self):
        spelt = b'{"a":' * 200_000
        with pytest.raises(BundleError, match="deeper than 64"):
            decode(struct.pack("<Q", len(spelt)) + spelt)

    @pytest.mark.parametrize("length", [2**63, 2**64 - 1, safetensors_header.MAX_HEADER_BYTES + 1])
    def test_a_header_too_long_is_refused_unread(self, length):
        with pytest.raises(BundleError, match=f"header has {length:,} bytes; at most 16,777,216 are allowed"):
            decode(struct.pack("<Q", length) + b"{}")

    def test_a_header_longer_than_the_file_is_refused(self):
        with pytest.raises(BundleError, match="header has 16 bytes, but only 2 are in the file"):
            decode(struct.pack("<Q", 16) + b"{}")

    def test_a_message_never_repeats_a_hostile_name_at_length(self):
        with pytest.raises(BundleError) as refusal:
            decode(craft([("a" * 1_000_000, described("X", [1], 0, 4))], F4))
        assert len(str(refusal.value)) < 500


class TestCaps:
    def test_a_file_too_large_is_neither_written_nor_read(self, monkeypatch):
        data = encode(DOCUMENT, small_tensors())
        monkeypatch.setattr(safetensors_header, "MAX_FILE_BYTES", len(data) - 1)
        with pytest.raises(BundleError, match=r"The file has .* bytes; at most"):
            decode(data)
        with pytest.raises(BundleError, match=r"The file has .* bytes; at most"):
            encode(DOCUMENT, small_tensors())

    def test_a_header_too_large_is_not_written(self):
        with pytest.raises(BundleError, match=r"The header has .* bytes; at most"):
            encode({"notes": "x" * safetensors_header.MAX_HEADER_BYTES}, {})

    def test_a_document_of_more_values_than_there_is_room_for_is_not_written(self):
        with pytest.raises(BundleError, match=r"at most 1,500,000 are allowed\. Train fewer or smaller networks"):
            encode({"notes": [0] * 1_500_001}, {})

    def test_too_many_tensors_are_neither_written_nor_read(self, monkeypatch):
        data = encode(DOCUMENT, small_tensors())
        monkeypatch.setattr(safetensors_header, "MAX_TENSORS", 3)
        with pytest.raises(BundleError, match="holds 4 tensors; at most 3 are allowed"):
            decode(data)
        with pytest.raises(BundleError, match="holds 4 tensors; at most 3 are allowed"):
            encode(DOCUMENT, small_tensors())


class TestWritingIsRefused:
    @pytest.mark.parametrize(
        "document",
        [[], {1: 2}, {"a": (1, 2)}, {"a": float("nan")}, {"a": {1}}, {"a": np.int64(1)}],
        ids=["list", "integer key", "tuple", "nan", "set", "numpy integer"],
    )
    def test_of_a_document_that_would_not_read_back(self, document):
        with pytest.raises(BundleError, match=r"cannot be stored as JSON|reads back differently from JSON|not a dict"):
            encode(document, {})

    def test_of_a_document_that_holds_itself(self):
        document = {}
        document["self"] = document
        with pytest.raises(BundleError, match="Circular"):
            encode(document, {})

    @pytest.mark.parametrize("dtype", [np.float16, np.int32, np.uint64, bool, complex, object, "U3", "M8[s]"])
    def test_of_a_dtype_the_file_does_not_hold(self, dtype):
        with pytest.raises(BundleError, match="Tensor 'x' has dtype"):
            encode({}, {"x": np.zeros(2, dtype=dtype)})

    @pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
    def test_of_numbers_that_are_not_finite(self, value):
        with pytest.raises(BundleError, match=r"Tensor 'x' holds NaN or infinity at \[1, 0\]"):
            encode({}, {"x": np.array([[0.0], [value]])})

    @pytest.mark.parametrize("name", ["", "__metadata__", "\ud800"])
    def test_of_a_name_no_file_can_hold(self, name):
        with pytest.raises(BundleError, match="has an invalid name"):
            encode({}, {name: np.zeros(1)})

    @pytest.mark.parametrize("shape", [(1,) * 9, (0, 2**40)])
    def test_of_a_shape_that_would_not_be_read(self, shape):
        with pytest.raises(BundleError, match="Tensor 'x' has shape"):
            encode({}, {"x": np.zeros(shape)})


EXPECTED = {
    "weight": (np.float32, (2, 3)),
    "bias": ("float32", (1,)),
    "mean": (np.dtype(np.float64), (np.int64(2),)),
    "codes": (np.int64, (2, 1)),
}


class TestExpectedTensors:
    DATA = encode(DOCUMENT, small_tensors())

    def test_a_file_that_holds_them_is_read(self):
        seen = []
        document, tensors = decode(self.DATA, lambda document: seen.append(document) or EXPECTED)
        assert seen == [document] == [DOCUMENT]
        assert set(tensors) == set(EXPECTED)

    @pytest.mark.parametrize(
        ("change", "found"),
        [
            (
                {"weight": (np.float32, (3, 2))},
                r"'weight' is F32 of shape \(2, 3\), but the document requires F32 of shape \(3, 2\)",
            ),
            (
                {"bias": (np.float64, (1,))},
                r"'bias' is F32 .* requires F64 of shape \(1,\)",
            ),
            ({"scale": (np.float64, ())}, r"'scale', F64 of shape \(\), is missing"),
        ],
    )
    def test_a_mismatch_is_refused_naming_what_was_expected_and_found(self, change, found):
        with pytest.raises(BundleError, match=found):
            decode(self.DATA, lambda _: {**EXPECTED, **change})

    def test_a_tensor_nobody_expects_is_refused(self):
        expected = {name: value for name, value in EXPECTED.items() if name != "mean"}
        with pytest.raises(BundleError, match="Tensor 'mean' is not expected"):
            decode(self.DATA, lambda _: expected)

    def test_a_refusal_of_the_document_comes_before_the_tensors_are_looked_at(self):
        def refuse(document):
            raise BundleError("unknown version")

        with pytest.raises(BundleError, match="unknown version"):
            decode(craft([ONE], struct.pack("<f", float("nan"))), refuse)

    def test_a_damaged_document_is_never_shown_to_the_check(self):
        damaged = self.DATA.replace(b"well", b"wall")

        def explode(document):
            raise AssertionError("called")

        with pytest.raises(BundleError, match="SHA-256"):
            decode(damaged, explode)


def test_a_fingerprint_is_the_digest_of_the_whole_file():
    data = encode(DOCUMENT, small_tensors())
    assert sha256_of(data) == sha256_of(memoryview(data)) == hashlib.sha256(data).hexdigest()

"""Bodies of requests: what kinds there are, and how each is read into coded rows of its own.

Every kind is read by the reader that the command line has for such a file, so that both refuse and accept the same.
"""

import io
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from email.message import Message
from typing import TYPE_CHECKING, Any

from demarcate.errors import InputWarning, collected_warnings
from demarcate.formatting import sized
from demarcate.inference.coded_rows import CodedRows
from demarcate.inference.row_coder import RowCoder
from demarcate.serving.json_body import check_n_columns, check_n_rows, read_json, rows_of
from demarcate.serving.problems import RequestRefusedError
from demarcate.serving.request_advice import BODY_NAME

if TYPE_CHECKING:
    import polars as pl

JSON, CSV = "application/json", "text/csv"
ARROW, PARQUET = "application/vnd.apache.arrow.stream", "application/vnd.apache.parquet"
_PACKED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")
"""The first bytes of compressed data, which could be far larger than the body."""
_DELIMITERS = (b",", b";", b"\t", b"|")
_MAX_TEXT_GAIN = 8
"""How many times its body the text of a table may be: tables name a text that repeats instead of repeating it."""


@dataclass(frozen=True, eq=False)
class BodyRows:
    """The rows of a body, checked and coded.

    Attributes
    ----------
    coded
        The rows.
    notes
        Warnings about the body, beside those about its cells.
    identifier, wanted
        What a request of the Open Inference Protocol calls itself, and the outputs that it asks for.
    """

    coded: CodedRows
    notes: tuple[str, ...] = ()
    identifier: str | None = None
    wanted: tuple[str, ...] = ()


class NotPlainError(Exception):
    """Cells are for the table reader, which takes so long that other requests would wait for it."""


@dataclass(frozen=True)
class PlainCoder:
    """Codes rows whose cells are written plainly, and no others."""

    coder: RowCoder

    @property
    def n_columns(self) -> int:
        """The number of columns of the model."""
        return self.coder.n_columns

    def code(self, rows: Sequence[Mapping[str, Any]]) -> CodedRows:
        """Return rows as `RowCoder.code` does.

        Raises
        ------
        NotPlainError
            If a cell is not written plainly.
        """
        coded = self.coder.code_plainly(rows)
        if coded is None:
            raise NotPlainError
        return coded

    def code_table(self, _: Any) -> CodedRows:
        """Refuse a table."""
        raise NotPlainError


Coder = RowCoder | PlainCoder


@dataclass(frozen=True)
class BodyKind:
    """A kind of body.

    Attributes
    ----------
    media_type
        Its name in headers; ``names`` are others for it.
    read
        Returns the rows of a body for a model, given the parameters of its header, and the most rows there may be;
        adds the other keys of a JSON body to a dictionary, also where the rows are refused.
    """

    media_type: str
    read: Callable[[bytes, Coder, Mapping[str, str], int, dict[str, Any]], BodyRows]
    names: tuple[str, ...] = ()


def read_json_rows(body: bytes, coder: Coder, _: Mapping[str, str], max_rows: int, others: dict[str, Any]) -> BodyRows:
    """Return the rows of a JSON body."""
    rows = rows_of(body, read_json(body), max_rows, others, coder.n_columns)
    return BodyRows(coder.code(rows))


def _read_csv(body: bytes, coder: Coder, parameters: Mapping[str, str], max_rows: int, _: dict[str, Any]) -> BodyRows:
    if body.startswith(_PACKED):
        fact = "The body is compressed, and its header does not say so"
        raise RequestRefusedError.of(400, fact, "Send it plain, or gzip with Content-Encoding: gzip")
    # Finding out how lines are divided takes long where they have very many cells.
    end = body.find(b"\n")
    n_columns = 1 + max(body.count(delimiter, 0, end if end >= 0 else len(body)) for delimiter in _DELIMITERS)
    check_n_columns(n_columns, coder.n_columns)
    layout: dict[str, Any] = {"encoding": parameters.get("charset")}
    if parameters.get("header", "").lower() == "absent":
        layout["header"] = False
    return _read_table(f"{BODY_NAME}.csv", body, coder, max_rows, layout)


def _read_arrow(body: bytes, coder: Coder, _: Mapping[str, str], max_rows: int, __: dict[str, Any]) -> BodyRows:
    return _read_table(f"{BODY_NAME}.arrow", body, coder, max_rows, {})


def _read_parquet(body: bytes, coder: Coder, _: Mapping[str, str], max_rows: int, __: dict[str, Any]) -> BodyRows:
    if not (body.startswith(b"PAR1") and body.endswith(b"PAR1")):
        raise RequestRefusedError.of(400, "The body is not a whole Parquet file", "Send the bytes of one")
    return _read_table(f"{BODY_NAME}.parquet", body, coder, max_rows, {})


KINDS = (
    BodyKind(JSON, read_json_rows),
    BodyKind(CSV, _read_csv, ("application/csv",)),
    BodyKind(ARROW, _read_arrow, ("application/vnd.apache.arrow.file",)),
    BodyKind(PARQUET, _read_parquet, ("application/x-parquet", "application/parquet")),
)
"""Every kind of body; an answer is of the same kind, unless the request prefers another."""
_BY_NAME = {name: kind for kind in KINDS for name in (kind.media_type, *kind.names)}


def kind_of(content_type: str) -> tuple[BodyKind, Mapping[str, str]]:
    """Return the kind of a body by its header, and the parameters of that; without a header it is JSON.

    Raises
    ------
    RequestRefusedError
        With status 415 if there is no such kind.
    """
    if content_type in ("", JSON):
        return KINDS[0], {}
    header = Message()
    header["content-type"] = content_type
    kind = _BY_NAME.get(header.get_content_type())
    if kind is None or ("/" not in content_type):
        raise unknown_kind(f"The body is of the kind {content_type[:100]!r}")
    return kind, {name.lower(): str(value) for name, value in header.get_params([])[1:]}


def unknown_kind(fact: str) -> RequestRefusedError:
    """Return the refusal of a kind of body that is not read."""
    kinds = ", ".join(_BY_NAME)
    return RequestRefusedError.of(415, fact, f"Send one of: {kinds}", {"accept-post": kinds})


def unpacked(body: bytes, encoding: str, max_bytes: int) -> bytes:
    """Return the content of a body by its ``Content-Encoding``.

    Raises
    ------
    RequestRefusedError
        With status 415 for another encoding than gzip, 413 if the content is too large, 400 if it is damaged.
    """
    match encoding.strip().lower():
        case "" | "identity":
            return body
        case "gzip" | "x-gzip":
            stream = zlib.decompressobj(16 + zlib.MAX_WBITS)
            try:
                content = stream.decompress(body, max_bytes + 1)
            except zlib.error as error:
                raise RequestRefusedError.of(400, f"The body is not gzip: {error}", "Send it plain") from None
            if len(content) > max_bytes:
                raise too_large(max_bytes)
            if not stream.eof or stream.unused_data:
                raise RequestRefusedError.of(400, "The body is not one whole gzip stream", "Send it whole")
            return content
        case _:
            fact = f"The body has the encoding {encoding[:100]!r}"
            raise RequestRefusedError.of(415, fact, "Send it plain or as gzip", {"accept-encoding": "gzip"})


def too_large(max_bytes: int) -> RequestRefusedError:
    """Return the refusal of a body that is too large."""
    fact = f"The body is larger than {sized(max_bytes)}"
    return RequestRefusedError.of(413, fact, "Send fewer rows at once")


class _NamedBody(io.BytesIO):
    """A body as a file, whose name tells messages what it is and readers how it is read."""

    def __init__(self, name: str, body: bytes) -> None:
        super().__init__(body)
        self.name = name


def _read_table(name: str, body: bytes, coder: Coder, max_rows: int, layout: Mapping[str, Any]) -> BodyRows:
    """Return the rows of a table by the reader of such files."""
    from demarcate.io.tables import stream_table

    with collected_warnings() as warnings:
        table = stream_table(_NamedBody(name, body), part_rows=max_rows + 1, **layout)
        if table.n_rows is not None:
            check_n_rows(table.n_rows, max_rows)
        check_n_columns(len(table.columns), coder.n_columns)
        first = next(iter(table))
        check_n_rows(len(first), max_rows)
        _check_text(first, _MAX_TEXT_GAIN * max(len(body), 1_000_000))
        coded = coder.code_table(first)
    return BodyRows(coded, tuple(str(warning) for warning in warnings if isinstance(warning, InputWarning)))


def _check_text(frame: "pl.DataFrame", max_bytes: int) -> None:
    """Refuse a table whose texts are far larger than its body."""
    import polars as pl

    texts = pl.selectors.by_dtype(pl.String, pl.Categorical, pl.Enum)
    sizes = frame.select(texts.cast(pl.String).str.len_bytes().cast(pl.Int64).sum())
    if sizes.width and sum(sizes.row(0)) > max_bytes:
        raise too_large(max_bytes)

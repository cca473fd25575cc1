import gzip
import io
import json
import re

import polars as pl
import pytest

from demarcate.serving.bodies import ARROW, CSV, JSON, KINDS, PARQUET, kind_of, unpacked
from demarcate.serving.problems import RequestRefusedError


def written(rows, kind):
    frame, file = pl.DataFrame(rows), io.BytesIO()
    if kind == JSON:
        return json.dumps({"rows": rows}).encode()
    {CSV: frame.write_csv, ARROW: frame.write_ipc_stream, PARQUET: frame.write_parquet}[kind](file)
    return file.getvalue()


def read(body, kind):
    file = io.BytesIO(body)
    if kind == CSV:
        return pl.read_csv(file)
    return {ARROW: pl.read_ipc_stream, PARQUET: pl.read_parquet}[kind](file)


@pytest.mark.parametrize("kind", [kind.media_type for kind in KINDS])
def test_every_kind_of_body_gets_the_same_predictions(ask, mixed_app, mixed_model, predict, kind):
    _, rows = mixed_model
    expected = predict(rows[:9])[1]["predictions"]
    body = written(rows[:9], kind)
    status, headers, answer = ask(mixed_app, "POST", "/predict", body, content_type=kind, accept=JSON)
    assert (status, headers["content-type"]) == (200, JSON)
    assert json.loads(answer)["predictions"] == expected
    packed = gzip.compress(body, mtime=0)
    again = ask(mixed_app, "POST", "/predict", packed, content_type=kind, accept=JSON, content_encoding="gzip")
    assert again[2] == answer


@pytest.mark.parametrize("kind", [CSV, ARROW, PARQUET])
def test_an_answer_is_of_the_kind_of_the_body(ask, mixed_app, mixed_model, predict, kind):
    _, rows = mixed_model
    status, headers, answer = ask(mixed_app, "POST", "/predict?set=0.9", written(rows[:9], kind), content_type=kind)
    assert (status, headers["content-type"].partition(";")[0]) == (200, kind)
    frame = read(answer, kind)
    expected = predict(rows[:9])[1]["predictions"]
    assert frame["prediction"].to_list() == [each["label"] for each in expected]
    assert frame["probability_mid"].to_list() == pytest.approx([each["probabilities"]["mid"] for each in expected])
    assert frame.columns[-1] == "set"


@pytest.mark.parametrize("kind", [CSV, ARROW, PARQUET])
def test_warnings_of_a_table_are_in_a_header(ask, mixed_app, mixed_model, kind):
    _, rows = mixed_model
    odd = [{**row, "grade": "böse\n'", "weight": 3} for row in rows[:2]]
    _, headers, _ = ask(mixed_app, "POST", "/predict", written(odd, kind), content_type=kind)
    texts = json.loads(headers["demarcate-warnings"])
    assert any("'weight'" in text for text in texts)
    assert any("böse" in text for text in texts)
    many = [{**row, "grade": f"new {number}" * 9} for number, row in enumerate(rows)]
    _, headers, _ = ask(mixed_app, "POST", "/predict", written(many, kind), content_type=kind)
    assert len(headers["demarcate-warnings"]) < 5_000
    assert json.loads(headers["demarcate-warnings"])[-1].endswith(" more")


def test_csv_says_its_encoding_and_whether_it_has_a_header(ask, mixed_app, mixed_model, predict):
    _, rows = mixed_model
    other = [{**row, "remark": "größer"} for row in rows[:3]]
    expected = predict(other)[1]["predictions"]
    latin = written(other, CSV).decode().encode("latin-1")
    asked = {"content_type": "text/csv; charset=latin-1", "accept": JSON}
    assert json.loads(ask(mixed_app, "POST", "/predict", latin, **asked)[2])["predictions"] == expected
    status, _, answer = ask(mixed_app, "POST", "/predict", latin, content_type=CSV)
    assert status == 422
    assert "not utf-8" in json.loads(answer)["detail"]
    bare = written(other, CSV).split(b"\n", 1)[1]
    status, _, answer = ask(mixed_app, "POST", "/predict", bare, content_type="text/csv; header=absent")
    assert "Missing column" in json.loads(answer)["detail"]
    assert ask(mixed_app, "POST", "/predict", latin, content_type="text/csv; charset=klingon")[0] == 422


@pytest.mark.parametrize(
    ("kind", "body", "status", "fact"),
    [
        (CSV, b"", 422, "is empty"),
        (CSV, b"age,grade\n1\n", 422, "not as wide as the header"),
        (CSV, b"age,age\n1,2\n", 422, "age"),
        (CSV, gzip.compress(b"age\n1\n", mtime=0), 400, "compressed"),
        (ARROW, b"", 422, "is empty"),
        (ARROW, b"\xff\xff\xff\xff nonsense", 422, "not a whole Arrow file"),
        (PARQUET, b"PAR1", 422, "not a whole Parquet file"),
        (PARQUET, b"nonsense", 400, "not a whole Parquet file"),
    ],
)
def test_damaged_bodies_are_refused(ask, mixed_app, kind, body, status, fact):
    found, _, answer = ask(mixed_app, "POST", "/predict", body, content_type=kind)
    assert found == status
    assert fact in json.loads(answer)["detail"]


@pytest.mark.parametrize("kind", [ARROW, PARQUET])
def test_a_table_whose_texts_repeat_beyond_measure_is_too_large(ask, mixed_app, mixed_model, kind):
    _, rows = mixed_model
    frame = pl.DataFrame([{**rows[0], "remark": None}] * 20_000)
    frame, file = frame.with_columns(remark=pl.lit("long " * 1_000).cast(pl.Categorical)), io.BytesIO()
    (frame.write_ipc_stream if kind == ARROW else frame.write_parquet)(file)
    assert len(file.getvalue()) < 2_000_000
    status, _, answer = ask(mixed_app, "POST", "/predict", file.getvalue(), content_type=kind)
    assert (status, json.loads(answer)["status"]) == (413, 413)


@pytest.mark.parametrize("kind", [kind.media_type for kind in KINDS])
def test_far_more_columns_than_the_model_has_are_refused_before_they_are_read(ask, mixed_app, mixed_model, kind):
    _, rows = mixed_model
    others = {f"other {number}": "odd 1,5" for number in range(1000)}
    body = written([{**rows[0], **others}], kind)
    status, _, answer = ask(mixed_app, "POST", "/predict", body, content_type=kind, accept=JSON)
    assert status == 200
    body = written([{**rows[0], **others, "one more": "odd"}], kind)
    status, _, answer = ask(mixed_app, "POST", "/predict", body, content_type=kind, accept=JSON)
    said = json.loads(answer)
    assert (status, said["n_problems"]) == (413, 1)
    assert said["problems"][0]["fact"] == "The rows have 1,006 columns, and the model has 5"


def test_an_arrow_file_is_read_as_a_stream_is(ask, mixed_app, mixed_model, predict):
    _, rows = mixed_model
    file = io.BytesIO()
    pl.DataFrame(rows[:3]).write_ipc(file)
    asked = {"content_type": "application/vnd.apache.arrow.file", "accept": JSON}
    status, _, answer = ask(mixed_app, "POST", "/predict", file.getvalue(), **asked)
    assert (status, json.loads(answer)["predictions"]) == (200, predict(rows[:3])[1]["predictions"])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"age,grade\n",
        b"age,grade\n1\n",
        b"grade\na\n",
        b"age\n\xff\n",
        b"age,grade,smokes,seen,remark\n1.5.5,a,no,soon,x\n",
        b"a\nb,c\nd,e\nf,g\n" * 20,
        b'age,grade\n"1,2\n',
        b"PK\x03\x04 a workbook",
    ],
)
def test_a_refusal_speaks_of_the_request_and_of_no_command(ask, mixed_app, body):
    status, _, answer = ask(mixed_app, "POST", "/predict", body, content_type=CSV)
    said = json.loads(answer)
    assert status in (400, 422)
    for problem in said["problems"]:
        text = f"{problem['fact']}. {problem['remedy']}"
        assert not re.search(r"--[a-z]|in Python|\bbody\.csv|[Gg]ive a file|[a-z]=\)", text), text
        assert len(problem["remedy"]) > 5


def test_headers_name_kinds_in_several_ways():
    assert kind_of("")[0].media_type == JSON
    assert kind_of("Application/JSON; charset=utf-8")[0].media_type == JSON
    assert kind_of('text/csv; Charset="utf-8"') == (kind_of(CSV)[0], {"charset": "utf-8"})
    assert kind_of("application/vnd.apache.arrow.file")[0].media_type == ARROW
    assert kind_of("application/x-parquet")[0].media_type == PARQUET
    for other in ("text/html", "json", "multipart/form-data; boundary=x", ";", "a" * 500):
        with pytest.raises(RequestRefusedError) as caught:
            kind_of(other)
        assert (caught.value.status, JSON in caught.value.headers["accept-post"]) == (415, True)


@pytest.mark.parametrize(
    ("body", "encoding", "status"),
    [
        (b"plain", "br", 415),
        (b"plain", "gzip", 400),
        (gzip.compress(b"x" * 101, mtime=0), "gzip", 413),
        (gzip.compress(b"x", mtime=0)[:-1], "gzip", 400),
        (gzip.compress(b"x", mtime=0) + b"more", "gzip", 400),
    ],
)
def test_bodies_that_cannot_be_unpacked_are_refused(body, encoding, status):
    with pytest.raises(RequestRefusedError) as caught:
        unpacked(body, encoding, 100)
    assert caught.value.status == status

import gc
import http.client
import tempfile
from pathlib import Path

import pytest

from demarcate.studio import uploads
from demarcate.studio.uploads import Uploads

TABLE = b"width,kind\n" + b"1,a\n2,b\n" * 10


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The folder of temporary files, which is empty when a test ends."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    yield tmp_path
    assert list(tmp_path.iterdir()) == []


def test_a_file_larger_than_may_be_is_refused_before_it_is_sent(start):
    studio = start()
    studio.server.uploads = Uploads(max_file_bytes=100)
    with studio.page() as (_, session_id, _):
        status, facts = studio.upload(session_id, "large.csv", b"x" * 101)
        assert status == 400
        assert facts["fact"] == "large.csv is larger than 100 bytes, the most that a page can send"


def test_a_file_that_does_not_say_how_large_it_is_is_refused_where_it_becomes_too_large(start):
    studio = start()
    studio.server.uploads = Uploads(max_file_bytes=1000)
    with studio.page() as (_, session_id, _):
        parts = (b"x" * 100 for _ in range(100))
        status, facts = studio.upload(session_id, "large.csv", parts)
    assert status == 400
    assert facts["fact"] == "large.csv is larger than 1.0 kB, the most that a page can send"


def test_all_files_of_a_page_together_are_bounded(start):
    studio = start()
    studio.server.uploads = Uploads(max_session_bytes=len(TABLE) + 10)
    with studio.page() as (_, session_id, _), studio.page() as (_, other, _):
        assert studio.upload(session_id, "one.csv", TABLE)[0] == 200
        status, facts = studio.upload(session_id, "two.csv", TABLE)
        assert status == 400
        assert "together" in facts["fact"]
        assert studio.upload(other, "two.csv", TABLE)[0] == 200


def test_the_files_of_all_pages_together_are_bounded_while_the_pages_are_there(start):
    studio = start(kept_seconds=0.01)
    studio.server.uploads = Uploads(max_all_bytes=len(TABLE) + 10)
    with studio.page() as (_, session_id, session):
        assert studio.upload(session_id, "one.csv", TABLE)[0] == 200
        with studio.page() as (_, other, _):
            status, facts = studio.upload(other, "two.csv", TABLE)
            fact = f"With two.csv the files of all pages are more than {len(TABLE) + 10} bytes together"
            assert (status, facts["fact"]) == (400, fact)
    assert session.is_closed.wait(60)
    studio.opened.clear()
    del session
    with studio.page() as (_, other, _):
        gc.collect()
        assert studio.upload(other, "two.csv", TABLE)[0] == 200


def test_a_file_that_ends_too_early_is_no_table(start, monkeypatch):
    monkeypatch.setattr(uploads, "CHUNK_SECONDS", 0.05)
    studio = start()
    with studio.page() as (_, session_id, session):
        connection = http.client.HTTPConnection("127.0.0.1", studio.port, timeout=60)
        connection.putrequest("POST", f"/tables?session={session_id}&name=a.csv")
        connection.putheader("Authorization", f"Bearer {studio.token}")
        connection.putheader("Content-Length", "1000")
        connection.endheaders(TABLE[:50])
        answer = connection.getresponse()
        assert answer.status == 400
        assert b"a.csv did not arrive whole: it ended after 50 bytes" in answer.read()
        connection.close()
        assert session.tables.facts() == []


def test_files_are_read_by_their_names_without_folders(start):
    studio = start()
    with studio.page() as (_, session_id, _):
        status, facts = studio.upload(session_id, "..%2F..%2Fsecret%2Ftable.csv", TABLE)
    assert (status, facts["name"]) == (200, "table.csv")
    assert not Path("/secret/table.csv").exists()

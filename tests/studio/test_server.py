import json
import subprocess
import sys
import threading

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

HEADERS = {
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


def test_the_shell_needs_no_token_and_is_asked_for_again_each_time(studio):
    status, headers, body = studio.get("/")
    assert (status, headers["content-type"], headers["cache-control"]) == (200, "text/html; charset=utf-8", "no-cache")
    assert b"<title>demarcate studio</title>" in body


def test_with_the_first_script_begins_what_sessions_need(start):
    studio, calls, is_called = start(), [], threading.Event()
    studio.server.prepare = lambda: (calls.append("once"), is_called.set())
    studio.get("/")
    studio.get("/web/x/page.css")
    assert not calls
    for _ in range(3):
        studio.get("/web/x/page.js")
    assert is_called.wait(60)
    assert calls == ["once"]


def test_a_file_under_its_version_is_kept_for_good_and_under_another_one_is_not(studio):
    status, headers, _ = studio.get(f"/web/{studio.server.files.version}/main.js")
    assert (status, headers["content-type"]) == (200, "text/javascript; charset=utf-8")
    assert "immutable" in headers["cache-control"]
    status, headers, _ = studio.get("/web/0000/main.js")
    assert (status, headers["cache-control"]) == (200, "no-cache")


@pytest.mark.parametrize(
    "path",
    ["/web/x/../server.py", "/web/x/%2e%2e%2fserver.py", "/web/x/..%5cserver.py", "/web/../../../../etc/passwd",
     "/web/x/y/z", "/web/x//etc/passwd", "/web", "/favicon.ico", "/tables/x", "/%00", "/web/x/main.js%00"],
)  # fmt: skip
def test_there_is_nothing_else(studio, path):
    status, headers, body = studio.get(path)
    assert status in (404, 405)
    assert headers["content-type"].startswith("text/plain")
    assert b"<" not in body


@pytest.mark.parametrize("path", ["/", "/web/x/main.js", "/nothing", "/tables"])
def test_every_answer_says_what_a_browser_may_do_with_it(studio, path):
    for host in (studio.host, "example.org"):
        _, headers, _ = studio.get(path, Host=host)
        assert {name: headers[name] for name in HEADERS} == HEADERS
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; ")
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "set-cookie" not in headers
        assert "server" not in headers


@pytest.mark.parametrize("path", ["/", "/web/x/main.js", "/socket", "/tables", "/nothing"])
def test_a_foreign_host_or_origin_is_refused_on_every_route(studio, path):
    status, _, body = studio.get(path, Host="example.org")
    assert status == 421
    assert b"names of its own machine" in body
    assert studio.get(path, Origin="http://example.org")[0] == 403


def test_a_socket_of_another_page_is_not_opened(studio):
    before = len(studio.opened)
    with pytest.raises(InvalidStatus) as error, studio.socket(origin="http://example.org"):
        pass
    assert error.value.response.status_code == 403
    head = "GET /socket HTTP/1.1\r\nHost: example.org\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    head += "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
    assert studio.raw(f"{head}Sec-WebSocket-Protocol: token.{studio.token}\r\n\r\n".encode()).startswith(
        b"HTTP/1.1 403"
    )
    assert len(studio.opened) == before


@pytest.mark.parametrize(
    ("token", "fact"), [(None, "This page has no token"), ("false", "This page has no valid token")]
)
def test_a_page_without_the_token_is_told_so_and_gets_no_session(studio, token, fact):
    before = len(studio.opened)
    with studio.socket(token=token) as page:
        message = studio.received(page)
        assert (message.kind, message.facts["where"], message.facts["fact"]) == ("problem", "connection", fact)
        with pytest.raises(ConnectionClosed) as error:
            page.recv(timeout=60)
    assert error.value.rcvd.code == 1008
    assert len(studio.opened) == before


def test_the_subprotocol_is_taken_and_the_token_is_not_sent_back(studio):
    with studio.socket() as page:
        assert page.subprotocol == "demarcate"
        assert studio.token not in str(page.response.headers)


def test_two_tabs_have_two_sessions(studio):
    with studio.page() as (_, one, _), studio.page() as (_, other, _):
        assert one != other


def test_a_page_of_a_session_that_another_one_takes_over_is_told_so(studio):
    with studio.page() as (former, session_id, session):
        with studio.page(session_id) as (present, again, _):
            assert again == session_id
            with pytest.raises(ConnectionClosed) as error:
                former.recv(timeout=60)
            assert error.value.rcvd.code == 4001
            present.send("still here")
            assert studio.received(present).facts["text"] == "still here"
        assert session.notes[:2] == ["attached", "attached"]


def test_more_pages_than_there_may_be_are_refused_in_words(start):
    studio = start(max_sessions=2)
    with studio.page(), studio.page(), studio.socket() as third:
        facts = studio.received(third).facts
        assert facts["fact"] == "This studio has 2 pages open, as many as it can"
        assert facts["remedy"] == "Close one of them and load this page again"
        with pytest.raises(ConnectionClosed) as error:
            third.recv(timeout=60)
        assert error.value.rcvd.code == 1008


def test_a_session_that_no_page_shows_makes_room_for_a_new_one(start):
    studio = start(max_sessions=1)
    with studio.page() as (_, former, session):
        pass
    with studio.page() as (_, present, _):
        assert present != former
    assert session.is_closed.wait(60)


def test_an_upload_becomes_a_table_of_the_session(studio):
    with studio.page() as (_, session_id, session):
        status, facts = studio.upload(session_id, "iris.csv", b"width,kind\n" + b"1,a\n2,b\n" * 10)
        assert status == 200
        assert (facts["name"], facts["n_rows"], facts["target"]) == ("iris.csv", 20, "kind")
        assert session.tables.table(facts["id"]).name == "iris.csv"


def test_a_file_that_is_no_table_is_refused_in_words(studio):
    with studio.page() as (_, session_id, _):
        status, facts = studio.upload(session_id, "broken.csv", b'a,b\n1,"2\n')
    assert status == 400
    assert "broken.csv" in facts["fact"]
    assert "/tmp" not in json.dumps(facts)
    assert (facts["where"], facts["field"]) == ("data", "table")


def test_an_upload_needs_the_token_and_a_session(studio):
    assert studio.request("POST", "/tables?name=a.csv", b"a\n1\n")[0] == 403
    status, facts = studio.upload("nothing", "a.csv", b"a\n1\n")
    assert (status, facts["fact"]) == (400, "The session of this page has ended")


def test_a_card_is_taken_away_as_a_file_of_its_name(studio):
    with studio.page() as (_, session_id, _):
        authorised = {"Authorization": f"Bearer {studio.token}"}
        status, headers, body = studio.get(f"/cards/{session_id}/a/model", **authorised)
        assert (status, body, headers["content-type"]) == (200, b"the weights", "application/octet-stream")
        assert headers["content-disposition"] == 'attachment; filename="a.safetensors"'
        assert studio.get(f"/cards/{session_id}/a/model")[0] == 403
        for what, fact in (
            ("song", "There is no song"),
            ("song+dance", "2 problems: There is no song; There is no dance"),
            ("busy", "The session is busy and did not answer"),
        ):
            status, _, body = studio.get(f"/cards/{session_id}/a/{what}", **authorised)
            facts = json.loads(body)
            assert (status, facts["where"], facts["card"], facts["fact"]) == (400, "card", "a", fact)


def test_an_error_that_nothing_expects_is_said_and_harms_nobody(studio):
    with studio.page() as (page, session_id, _):
        authorised = {"Authorization": f"Bearer {studio.token}"}
        status, _, body = studio.get(f"/cards/{session_id}/a/broken", **authorised)
        facts = json.loads(body)
        assert (status, facts["where"]) == (500, "connection")
        assert facts["fact"].endswith("did not expect: ZeroDivisionError: of nothing")
        page.send("still here")
        assert studio.received(page).facts["text"] == "still here"


@pytest.mark.parametrize(
    ("modules", "heavy"),
    [
        (["launch", "server", "server_loop"], ["numpy", "torch", "polars", "sklearn", "matplotlib"]),
        (["session"], ["torch", "polars", "sklearn", "matplotlib"]),
        (["recorded_page"], ["torch", "polars", "sklearn", "matplotlib"]),
    ],
)
def test_what_answers_first_is_imported_without_what_takes_long(modules, heavy):
    names = ", ".join(f"demarcate.studio.{name}" for name in modules)
    code = f"import {names}, sys; print([name for name in {heavy} if name in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


def test_a_page_of_ones_own_takes_the_place_of_the_studios(start):
    studio = start()
    studio.server.page = b"<!doctype html><title>recorded</title>"
    status, headers, body = studio.get("/")
    assert (status, body) == (200, studio.server.page)
    assert headers["content-security-policy"] == "frame-ancestors 'none'"

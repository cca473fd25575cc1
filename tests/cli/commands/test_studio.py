import gzip
import signal
import socket
import sys
import urllib.request
from importlib import util

import pytest

from demarcate.cli import process
from demarcate.cli.commands import studio as command
from demarcate.studio import launch
from demarcate.studio.messages import Message
from demarcate.studio.recording import Recording

TABLE = "width,height,code,kind\n" + "1,2,7,a\n2,1,8,b\n3,3,7,a\n4,1,8,b\n5,2,7,c\n" * 12


@pytest.fixture
def opened(monkeypatch):
    """What the command asks the server for, without one."""
    asked = {}

    def run_studio(open_session, **words):
        asked.update(words, open_session=open_session)

    monkeypatch.setattr(launch, "run_studio", run_studio)
    monkeypatch.setattr(process, "end_without_cleanup", lambda code: asked.update(code=code))
    return asked


def first_message(asked):
    """The welcome of a session that the server would have opened."""
    messages = []
    session = asked["open_session"]("the-id")
    session.attach(messages.append)
    session.close()
    return messages[0].facts


def test_without_a_table_the_page_begins_as_it_does(demarcate, opened):
    outcome = demarcate("studio", "--no-browser", "--port", "0")
    assert (outcome.code, outcome.out) == (0, "")
    assert (opened["host"], opened["port"], opened["opens_browser"], opened["page"]) == ("127.0.0.1", 0, False, None)
    facts = first_message(opened)
    assert (facts["session"], facts["state"]["data"]["source"]) == ("the-id", "moons")


def test_a_built_in_data_set_begins_as_its_example(demarcate, opened):
    assert demarcate("studio", "blobs").code == 0
    facts = first_message(opened)
    assert facts["state"] == next(each["state"] for each in facts["presets"] if each["name"] == "blobs")


def test_a_table_is_read_before_the_page_is_served_and_each_session_has_it(demarcate, opened, tmp_path):
    path = tmp_path / "plants.csv"
    path.write_text(TABLE)
    assert demarcate("studio", path, "--target", "kind", "--categorical", "code", "--drop", "height").code == 0
    one, other = first_message(opened), first_message(opened)
    data = one["state"]["data"]
    assert (data["source"], data["target"]) == ("table", "kind")
    assert (data["categorical"], data["drop"]) == (["code"], ["height"])
    assert [each["id"] for each in one["tables"]] == [data["table"]] == [each["id"] for each in other["tables"]]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [("none.csv", None, "none.csv"), ("empty.csv", "", "empty"), ("odd.csv", 'a,b\n1,"', "odd")],
)
def test_a_table_that_cannot_be_read_is_refused_at_once(demarcate, opened, tmp_path, name, content, words):
    if content is not None:
        (tmp_path / name).write_text(content)
    outcome = demarcate("studio", tmp_path / name)
    assert outcome.code == 1
    assert outcome.err.startswith("Error: ")
    assert words in outcome.err
    assert "PlacedProblem" not in outcome.err
    assert opened == {}


def test_a_recording_is_played(demarcate, opened, tmp_path):
    path = tmp_path / "lesson.json.gz"
    Recording("moons, recorded", ((0.0, Message("notice", {"text": "begins"})),)).save(path)
    assert demarcate("studio", path).code == 0
    assert b"<title>moons, recorded</title>" in opened["page"]


def test_a_compressed_table_is_no_recording(demarcate, opened, tmp_path):
    path = tmp_path / "plants.csv.gz"
    path.write_bytes(gzip.compress(TABLE.encode()))
    assert demarcate("studio", path).code == 0
    assert first_message(opened)["tables"][0]["n_rows"] == 60


def test_without_the_servers_packages_one_sentence_says_what_to_install(demarcate, opened, monkeypatch):
    found = util.find_spec
    monkeypatch.setattr(command, "find_spec", lambda name: None if name == "uvicorn" else found(name))
    outcome = demarcate("studio")
    assert outcome.code == 2
    assert outcome.err == "Usage: The studio needs packages that are not installed. pip install 'demarcate[studio]'.\n"
    assert opened == {}


@pytest.mark.parametrize("port", [-1, 65_536])
def test_a_port_that_is_none_is_refused(demarcate, opened, port):
    outcome = demarcate("studio", "--port", port)
    assert outcome.code == 2
    assert f"--port is {port}. Give a number from 0 to 65535" in outcome.err


@pytest.mark.parametrize("name", ["lesson.json.gz", "lesson.html"])
def test_a_recording_is_written_without_a_page(demarcate, opened, tmp_path, monkeypatch, name):
    from demarcate.studio import recorder

    asked = []
    recording = Recording("moons", ((0.0, Message("notice", {"text": "begins"})),))
    monkeypatch.setattr(recorder, "record_state", lambda state, tables: asked.append(state) or recording)
    outcome = demarcate("studio", "circles", "--record", tmp_path / name)
    assert (outcome.code, outcome.err) == (0, f"Recorded to {tmp_path / name}\n")
    assert asked[0]["data"]["source"] == "circles"
    assert (tmp_path / name).stat().st_size > 0
    assert opened == {}


def test_a_recording_of_another_ending_is_refused_before_the_work(demarcate, tmp_path):
    outcome = demarcate("studio", "--record", tmp_path / "lesson.mp4")
    assert outcome.code == 2
    assert ".gz, .html" in outcome.err


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_it_in_order_also_while_a_client_hangs(start, number):
    running = start("studio", "--no-browser", "--port", "0")
    address = running.stdout.readline().decode().strip()
    assert urllib.request.urlopen(address, timeout=60).status == 200
    port = int(address.split(":")[2].split("/")[0])
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(b"GET /socket HTTP/1.1\r\nHost: localhost\r\n")
        running.send_signal(number)
        out, err = running.communicate(timeout=60)
    assert (running.returncode, out, err) == (0, b"", b"The studio is open. Ctrl-C closes it.\nThe studio is closed.\n")

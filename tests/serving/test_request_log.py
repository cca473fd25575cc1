import json
import logging
import os

from demarcate.serving.request_log import ServiceLog


def lines_of(write):
    """The lines that a log writes to a pipe."""
    reading, writing = os.pipe()
    try:
        write(writing)
    finally:
        os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as file:
        return file.read().splitlines()


def test_a_line_is_a_json_object_with_its_time():
    (line,) = lines_of(lambda pipe: ServiceLog(descriptor=pipe).event("loaded", "Version b is loaded.", model="heart"))
    facts = json.loads(line)
    assert facts.pop("time").endswith("Z")
    assert facts == {"level": "info", "event": "loaded", "text": "Version b is loaded.", "process": os.getpid(),
                     "model": "heart"}  # fmt: skip


def test_text_has_the_same_for_people():
    def write(pipe):
        log = ServiceLog(as_json=False, descriptor=pipe)
        log.event("loaded", "Version b is loaded.")
        log.request({"status": 200, "ms": 1.5})

    first, second = lines_of(write)
    assert first.endswith("Z info: Version b is loaded.")
    assert second.endswith("Z info: status=200 ms=1.5")


def test_requests_are_logged_if_they_are_to_be():
    assert lines_of(lambda pipe: ServiceLog(logs_requests=False, descriptor=pipe).request({"status": 200})) == []


def test_an_error_has_its_type_and_place_and_nothing_that_it_says():
    def write(pipe):
        log = ServiceLog(descriptor=pipe)
        log.take_over("tests.some.library")
        try:
            int("secret-cell")
        except ValueError:
            logging.getLogger("tests.some.library").exception("failed with %s", "secret-cell")
        logging.getLogger("tests.some.library").error("secret-cell")
        logging.getLogger("tests.some.library").warning("nothing")

    first, second = lines_of(write)
    assert "secret" not in first + second
    assert json.loads(first)["error"] == "ValueError"
    assert json.loads(first)["place"].startswith("test_request_log.py:")
    assert json.loads(second)["level"] == "error"


def test_a_log_that_nobody_reads_stops_nothing_and_counts_what_it_lost():
    reading, writing = os.pipe()
    log = ServiceLog(descriptor=writing)
    n_lines = 0
    while not log.n_dropped:
        log.event("busy", "x" * 1000)
        n_lines += 1
    log.event("busy", "lost, too")
    assert log.n_dropped == 2
    os.read(reading, 20_000)
    log.event("end", "this one has room")
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as file:
        rest = [json.loads(line) for line in file.read().splitlines()[1:]]
    assert "2 lines of the log were dropped" in rest[-2]["text"]
    assert rest[-1]["event"] == "end"

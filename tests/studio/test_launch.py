import logging
import socket

import pytest

from demarcate.errors import InputError
from demarcate.studio import launch
from demarcate.studio.launch import listening_socket, page_address


def test_a_port_that_is_taken_is_answered_with_the_next_one_and_said():
    lines = []
    with listening_socket("127.0.0.1", 0, lines.append) as taken:
        port = taken.getsockname()[1]
        assert lines == []
        with listening_socket("127.0.0.1", port, lines.append) as other:
            found = other.getsockname()[1]
            assert port < found < port + launch.N_PORTS
            assert lines == [f"Port {port} is taken, so this is port {found}."]


def test_if_all_ports_are_taken_that_is_said(monkeypatch):
    monkeypatch.setattr(launch, "N_PORTS", 1)
    with listening_socket("127.0.0.1", 0, print) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=rf"Ports {port} to {port} are taken\. Name a free one with --port"):
            listening_socket("127.0.0.1", port, print)


@pytest.mark.parametrize("host", ["192.0.2.1", "no such host", "999.1.1.1"])
def test_a_host_that_is_not_this_machine_is_refused(host):
    with pytest.raises(InputError, match=r"Nothing can listen on .* Name an address of this machine"):
        listening_socket(host, 0, print)


def test_an_address_with_colons_stands_in_brackets_and_every_address_has_the_machines_name():
    assert page_address("::1", 80, "t") == "http://[::1]:80/?token=t"
    assert page_address("0.0.0.0", 80, "t") == f"http://{socket.gethostname()}:80/?token=t"


def test_an_error_that_nothing_expects_is_one_line_at_the_terminal():
    names = ("uvicorn.error", "asyncio", "demarcate.studio")
    before = [(logging.getLogger(name), logging.getLogger(name).handlers) for name in names]
    lines = []
    try:
        launch._report_errors(lines.append)
        error = ValueError("no such thing")
        logging.getLogger("demarcate.studio.session").error("A studio session met an error", exc_info=error)
        logging.getLogger("uvicorn.error").warning("Invalid HTTP request received.")
    finally:
        for logger, handlers in before:
            logger.handlers, logger.propagate = handlers, True
    assert lines == ["Error: A studio session met an error (ValueError: no such thing)."]

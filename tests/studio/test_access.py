import socket

import pytest
from starlette.datastructures import Headers

from demarcate.studio.access import Access, security_headers

ACCESS = Access("secret")


def refused(access, **headers):
    return access.refusal(Headers(headers)) is not None


@pytest.mark.parametrize("host", ["localhost", "localhost:8642", "LOCALHOST:1", "127.0.0.1:9", "[::1]:8642"])
def test_names_of_the_machine_itself_are_names_of_the_server_on_any_port(host):
    assert not refused(ACCESS, host=host)


@pytest.mark.parametrize(
    "host",
    ["example.org", "localhost.example.org", "127.0.0.1.example.org", "localhost@example.org", "", "localhost:0x1",
     "[::1", "localhost:999999", "localhost/", "::1", "0.0.0.0", "192.168.0.7", "localhost\n", "[::1].org"],
)  # fmt: skip
def test_any_other_host_is_refused(host):
    assert refused(ACCESS, host=host)


def test_a_request_without_a_host_or_with_two_is_refused():
    assert ACCESS.refusal(Headers({})) is not None
    assert ACCESS.refusal(Headers(raw=[(b"host", b"localhost"), (b"host", b"localhost")])) is not None


@pytest.mark.parametrize("origin", ["http://localhost:8642", "https://localhost:8642"])
def test_the_page_itself_may_ask(origin):
    assert not refused(ACCESS, host="localhost:8642", origin=origin)


@pytest.mark.parametrize(
    "origin", ["null", "", "http://example.org", "http://localhost:8643", "http://127.0.0.1:8642", "localhost:8642"]
)
def test_another_page_may_not(origin):
    assert refused(ACCESS, host="localhost:8642", origin=origin)


def test_a_host_that_was_named_is_a_name_of_the_server_and_no_other_is():
    access = Access("secret", "192.168.0.7")
    assert access.has_name("192.168.0.7:8642")
    assert access.has_name("localhost:8642")
    assert not access.has_name("192.168.0.8:8642")


def test_on_every_address_the_server_has_all_numbers_and_the_names_of_the_machine():
    access = Access("secret", "0.0.0.0")
    assert access.has_name("192.168.0.8:8642")
    assert access.has_name("[fe80::1]:8642")
    assert access.has_name(socket.gethostname())
    assert not access.has_name("example.org")


@pytest.mark.parametrize("text", ["Bearer secret", "bearer secret", "Bearer  secret "])
def test_a_request_with_the_token_is_admitted(text):
    assert ACCESS.admits_request(Headers({"authorization": text}))


@pytest.mark.parametrize(
    "text", ["", "secret", "Basic secret", "Bearer", "Bearer secret2", "Bearer secre", "Bearer \xe9"]
)
def test_a_request_with_anything_else_is_not(text):
    assert not ACCESS.admits_request(Headers({"authorization": text}))


def test_sockets_are_allowed_to_the_host_that_was_asked_for_and_not_to_one_that_is_none():
    assert "ws://localhost:8642" in security_headers("localhost:8642")["content-security-policy"]
    assert "ws:" not in security_headers("localhost; script-src *")["content-security-policy"]

import socket

import pytest

from demarcate.errors import InputError
from demarcate.serving.host_names import is_own_name, open_listener, server_address


def test_where_every_address_is_listened_on_numbers_and_the_machines_own_name_are_its_names():
    own = socket.gethostname()
    names = (own, f"{own}.local:80", "10.1.2.3", "[fe80::1]:8000", "localhost", "example.org", "10.1.2.3.example.org")
    assert [is_own_name(name, "0.0.0.0") for name in names] == [True] * 5 + [False] * 2
    assert is_own_name("10.1.2.3", "10.1.2.3")
    assert not is_own_name("10.1.2.3", "127.0.0.1")


def test_a_taken_port_is_none_and_a_foreign_host_is_refused():
    with open_listener("127.0.0.1", 0) as listener:
        assert open_listener("127.0.0.1", listener.getsockname()[1]) is None
    with pytest.raises(InputError, match="Nothing can listen on '192\\.0\\.2\\.1'"):
        open_listener("192.0.2.1", 0)


def test_the_address_of_a_server_on_every_address_has_the_machines_name():
    assert server_address("https", "0.0.0.0", 1) == f"https://{socket.gethostname()}:1"

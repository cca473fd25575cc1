"""The studio's server bears a small share of every attack; how many it bears, the whole benchmark shows."""

import sys

import pytest

from benchmarks import studio_attack

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the memory of the server is read from /proc")


def test_an_honest_page_goes_on_through_every_attack_and_the_server_closes_in_order(capsys):
    studio_attack.main(0.006)
    shown = capsys.readouterr().out
    assert all(attack.__name__.replace("_", " ") in shown for attack in studio_attack.ATTACKS)
    assert shown.endswith("with exit code 0.\n")

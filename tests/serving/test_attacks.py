"""A small share of the attacks of the benchmarks, on a service in processes of its own."""

import random
import sys
from collections import Counter

import pytest
from benchmarks.serving import attack, odd_bodies, odd_connections, poison
from benchmarks.serving.service import Service, heart_rows

from demarcate import DemarcateClassifier, datasets

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are counted in /proc")


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """A service of two processes with a small model of the built-in table."""
    folder = tmp_path_factory.mktemp("service")
    heart = datasets.heart()
    DemarcateClassifier(hidden=(4,), epochs=2, n_folds=2).fit(heart.X, heart.y).save(folder / "heart.safetensors")
    with Service.started([folder / "heart.safetensors"], folder, "--workers", "2") as service:
        yield service


@pytest.fixture
def honest(service):
    """Another client, which gets the same bytes all the time, and no traceback in the log."""
    with attack.honest_client(service) as found:
        yield found
    assert found["right"]
    attack.look_through_log(service.log)


def test_odd_bodies_are_answered_or_refused_in_words(service, honest):
    statuses = attack.odd_bodies(service, 80, random.Random(1))
    assert statuses[200]
    assert statuses[400]
    assert statuses[415]
    assert statuses[422]


def test_odd_requests_are_refused_and_their_connections_end(service, honest):
    assert attack.odd_requests(service, 80, random.Random(2))[400]


def test_requests_that_do_not_wait_for_answers_are_answered_in_order(service, honest):
    assert attack.pipelines(service, 2, random.Random(3)) == {200: 40}


def test_poison_in_shared_batches_changes_no_neighbour(service, honest):
    figures = poison.poisoned(service, 60)
    assert figures.n_right
    assert not figures.n_wrong
    assert figures.poison[422]
    assert set(figures.poison) <= {200, 422}
    assert service.metric("demarcate_batch_rows_sum") > service.metric("demarcate_batch_rows_count")


def test_rows_together_are_answered_as_each_alone(service):
    assert poison.together(service)


def test_odd_bodies_are_of_every_kind():
    dice = random.Random(0)
    kinds = Counter(make(heart_rows(), dice)[0] for make in odd_bodies.SMALL for _ in range(10))
    assert {"application/json", "text/csv", odd_bodies.ARROW, odd_bodies.PARQUET} <= set(kinds)


def test_answers_are_counted_by_what_they_say():
    came = odd_connections.Exchange(b"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 422 X\r\n\r\n", is_ended=True)
    assert came.statuses() == [200, 422]

"""What is said of the kinds of network in a model."""

from types import SimpleNamespace

import pytest

from demarcate.bundle.network_kinds import network_kinds, networks_in_words
from demarcate.nn import Network, ResidualNetwork

WIDE, NARROW, LINEAR = Network((256, 128)), Network((1024,)), Network(())


def model_of(*networks, trees=(0,), encoding=None, weights=None):
    """A model of these networks; without ``encoding`` all read through the first encoder."""
    leaves = [SimpleNamespace(n_trees=n_trees) if n_trees else None for n_trees in trees]
    encoders = tuple(SimpleNamespace(leaves=own) for own in leaves)
    return SimpleNamespace(
        networks=networks, encoders=encoders, encoding=encoding or (0,) * len(networks), weights=weights
    )


def test_members_of_one_specification_that_read_the_same_are_a_kind():
    model = model_of(WIDE, NARROW, NARROW, WIDE, NARROW, trees=(0, 24), encoding=(0, 0, 1, 0, 1))
    kinds = [(kind.network, kind.n_trees, kind.n_members) for kind in network_kinds(model)]
    assert kinds == [(WIDE, 0, 2), (NARROW, 0, 1), (NARROW, 24, 2)]
    assert [kind.share for kind in network_kinds(model)] == pytest.approx([0.4, 0.2, 0.4])


def test_a_kind_weighs_what_its_members_do():
    model = model_of(WIDE, NARROW, WIDE, weights=(0.125, 0.5, 0.375))
    assert [kind.share for kind in network_kinds(model)] == [0.5, 0.5]


def test_one_kind_is_said_in_one_clause():
    assert networks_in_words(model_of(WIDE, WIDE)) == "2 networks of 256-128 hidden units"
    assert networks_in_words(model_of(LINEAR), "trained in 1 s") == "1 network without hidden layers, trained in 1 s"
    with_leaves = networks_in_words(model_of(WIDE, WIDE, trees=(24,)), "trained in 1 s")
    assert with_leaves == "2 networks of 256-128 hidden units that read the leaves of 24 trees, trained in 1 s"


def test_several_kinds_are_said_with_what_they_weigh():
    model = model_of(WIDE, WIDE, NARROW, trees=(0, 24), encoding=(0, 0, 1), weights=(0.135, 0.135, 0.73))
    assert networks_in_words(model, "trained in 7.3 s") == (
        "3 networks trained in 7.3 s: 2 of 256-128 hidden units, which weigh 27%, "
        "and 1 of 1024 hidden units that read the leaves of 24 trees, 73%"
    )
    assert networks_in_words(model_of(WIDE, NARROW, LINEAR, LINEAR)) == (
        "4 networks: 1 of 256-128 hidden units, which weigh 25%, 1 of 1024 hidden units, 25%, "
        "and 2 without hidden layers, 50%"
    )


def test_kinds_of_the_same_widths_are_told_apart_by_their_settings():
    text = networks_in_words(model_of(Network((8,), dropout=0.5), ResidualNetwork((8,), input_dropout=0.1)))
    assert "of 8 hidden units (mlp, relu, dropout 0.5), which weigh 50%" in text
    assert "of 8 hidden units (residual, relu, dropout 0, input dropout 0.1), 50%" in text

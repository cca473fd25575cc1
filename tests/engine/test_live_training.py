"""Live training is a plain loop of torch that is stopped and changed anywhere, and `fit` where nothing is changed."""

import itertools
import math
from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from demarcate.engine import Member, Samples, Training, fit
from demarcate.engine.backend import Backend
from demarcate.engine.live_training import LiveTraining
from demarcate.engine.trainer import Trainer
from demarcate.nn import Network
from demarcate.nn.dropout import Dropout
from demarcate.nn.layout import Layout

N_ROWS, N_TRAIN, D_IN, HIDDEN = 60, 44, 3, (7, 5)
PLAIN = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam, "adamw": torch.optim.AdamW}


def samples_of(dtype=torch.float64, n_rows=N_ROWS):
    generator = torch.Generator().manual_seed(3)
    x = torch.randn(n_rows, D_IN, generator=generator).to(dtype)
    return Samples.of([x], ((x[:, 0] + x[:, 1] * x[:, 2]) > 0).long(), 2)


def members_of(training, seeds=(0,), dropout=0.0, n_rows=N_ROWS, hidden=HIDDEN):
    network, cut = Network(hidden, "tanh", dropout), n_rows * N_TRAIN // N_ROWS
    rows = torch.arange(n_rows)
    return [Member(network, training, seed, rows[:cut], rows[cut:]) for seed in seeds]


class PlainNetwork:
    """One member as a lesson trains it: modules, autograd and torch's own optimizer; dropout by the engine's masks."""

    def __init__(self, samples, training, seed, dropout):
        torch.manual_seed(seed)
        widths = (D_IN, *HIDDEN, 1)
        self.linears = [nn.Linear(*pair, dtype=torch.float64) for pair in itertools.pairwise(widths)]
        self.x, self.y = samples.encoded(0), samples.codes.double()
        self.parameters = [each for linear in self.linears for each in linear.parameters()]
        self.optimizer = PLAIN[training.optimizer](self.parameters, lr=training.lr, weight_decay=training.weight_decay)
        self.generator = torch.Generator()
        self.generator.set_state(torch.get_rng_state())
        self.layout, self.seed, self.batch_size = Layout((widths,)), seed, training.batch_size
        self.drop, self.dropout = None, dropout
        self.n_steps, self.batches = 0, []

    def change(self, lr, weight_decay, dropout):
        self.optimizer.param_groups[0].update(lr=lr, weight_decay=weight_decay)
        self.dropout = dropout

    def step(self):
        if not self.batches:
            self._begin_epoch()
        rows = self.batches.pop(0)
        masks = self.masks.pop(0) if self.masks else [torch.ones(1)] * len(HIDDEN)
        x = self.x[rows]
        for linear, mask in zip(self.linears, masks, strict=False):
            x = linear(x).tanh() * (mask[0, : len(rows)] if mask.dim() == 3 else mask)
        loss = nn.functional.binary_cross_entropy_with_logits(self.linears[-1](x)[:, 0], self.y[rows])
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        self.n_steps += 1

    def _begin_epoch(self):
        order = torch.arange(N_TRAIN)
        if self.batch_size:
            order = torch.randperm(N_TRAIN, generator=self.generator)
        self.batches = list(order.split(self.batch_size or N_TRAIN))
        self.masks = []
        if self.dropout:
            like = torch.empty(0, dtype=torch.float64)
            self.drop = self.drop or Dropout([self.dropout], self.layout, [self.seed], like)
            self.drop.change([self.dropout])
            size = self.batch_size or N_TRAIN
            self.masks = self.drop.masks(len(self.batches), size, [size])


ACTIONS = st.lists(
    st.one_of(
        st.just(("step",)),
        st.tuples(st.just("epochs"), st.integers(1, 4)),
        st.just(("moment",)),
        st.tuples(
            st.just("change"),
            st.sampled_from([0.003, 0.02]),
            st.sampled_from([0.0, 0.01]),
            st.sampled_from([0.0, 0.2, 0.5]),
        ),
    ),
    min_size=2,
    max_size=7,
)


@given(ACTIONS, st.sampled_from([*PLAIN]), st.sampled_from([None, 16]), st.sampled_from([0.0, 0.3]))
@settings(max_examples=15, deadline=None)
def test_training_that_is_stopped_and_changed_anywhere_is_a_plain_loop(actions, optimizer, batch_size, dropout):
    training = Training(optimizer=optimizer, lr=0.01, weight_decay=0.0, batch_size=batch_size, epochs=5)
    samples = samples_of()
    live = LiveTraining(members_of(training, (0, 1), dropout), samples)
    plains = [PlainNetwork(samples, training, seed, dropout) for seed in (0, 1)]
    for kind, *values in actions:
        if kind == "step":
            live.step()
        elif kind == "epochs":
            live.train(live.epoch + values[0])
        elif kind == "moment":
            live.train(live.epoch + 50, 0.0)
        else:
            live.change(**dict(zip(("lr", "weight_decay", "dropout"), values, strict=True)))
            for plain in plains:
                plain.change(*values)
        for plain in plains:
            while plain.n_steps < live.epoch * live.batches + live.batch:
                plain.step()
    for state, plain in zip(live.states(), plains, strict=True):
        for tensor, parameter in zip(itertools.chain.from_iterable(state), plain.parameters, strict=True):
            torch.testing.assert_close(tensor, parameter.detach(), rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize(
    ("training", "n_rows", "dropout"),
    [
        (Training(batch_size=None, lr=0.01), N_ROWS, 0.2),
        (Training(batch_size=16, lr=0.01, optimizer="adamw", weight_decay=0.01), N_ROWS, 0.2),
        (Training(batch_size=8, lr=0.01, schedule="cosine"), 9000, 0.0),
    ],
    ids=["full batch", "short epochs", "long epochs"],
)
def test_without_changes_it_has_the_bits_of_a_fit_however_it_is_stopped(training, n_rows, dropout):
    samples, n_epochs = samples_of(torch.float32, n_rows), 6
    # A cosine falls over the epochs of the training.
    members = members_of(replace(training, epochs=n_epochs), (4, 5, 6), dropout, n_rows)
    live = LiveTraining(members, samples)
    live.step()
    live.train(2)
    live.train(n_epochs, 0.0)
    live.step()
    live.train(n_epochs, 0.01)
    live.train(n_epochs)
    assert (live.epoch, live.batch) == (n_epochs, 0)
    for index, (fitted, state) in enumerate(zip(fit(members, samples, device="cpu"), live.states(), strict=True)):
        for expected, tensor in zip(
            itertools.chain.from_iterable(fitted.state), itertools.chain.from_iterable(state), strict=True
        ):
            assert torch.equal(expected, tensor)
        history = live.history()[:, :, index]
        columns = ("train_loss", "train_accuracy", "validation_loss", "validation_accuracy")
        for column, name in enumerate(columns):
            assert torch.equal(history[:, column], getattr(fitted.history, name)), name


def test_history_is_read_from_any_epoch_on():
    live = LiveTraining(members_of(Training(batch_size=None)), samples_of())
    for _ in range(5):
        live.train(live.epoch + 3)
    assert torch.equal(live.history(4), live.history()[4:])
    assert live.history(15).shape == (0, 4, 1)


def test_after_its_epochs_a_cosine_begins_again():
    training = Training(batch_size=None, schedule="cosine", epochs=4, optimizer="sgd", lr=0.1)
    live = LiveTraining(members_of(training), samples_of())
    live.train(8)
    plain = PlainNetwork(samples_of(), training, 0, 0.0)
    for step in range(8):
        plain.change(0.1 * 0.5 * (1 + math.cos(math.pi * (step % 4) / 4)), 0.0, 0.0)
        plain.step()
    torch.testing.assert_close(live.states()[0][0][0], plain.parameters[0].detach())


def test_patience_pauses_where_a_fit_stops_and_is_counted_again_when_it_goes_on():
    training = Training(batch_size=None, lr=0.05, patience=5, epochs=1000)
    members = members_of(training, hidden=(64,))
    (fitted,) = fit(members, samples_of(), device="cpu")
    assert 5 < fitted.history.n_epochs < 1000
    live = LiveTraining(members, samples_of())
    live.train(1000)
    assert live.is_out_of_patience
    assert live.epoch == fitted.history.n_epochs
    assert live.best_epochs() == live.weight_epochs == [fitted.best_epoch]
    assert all(map(torch.equal, live.states()[0][0], fitted.state[0]))
    assert torch.equal(live.population().flat, live.population().layout.pack([fitted.state]))
    live.train(1000)
    assert live.epoch == fitted.history.n_epochs
    live.go_on()
    assert live.weight_epochs == [live.epoch]
    last = [replace(each, training=replace(training, patience=None, epochs=live.epoch)) for each in members]
    assert all(map(torch.equal, live.states()[0][0], fit(last, samples_of(), device="cpu")[0].state[0]))
    live.train(1000)
    assert live.epoch >= fitted.history.n_epochs + 5


def test_with_several_seeds_patience_lasts_until_that_of_each_is_over():
    training = Training(batch_size=8, lr=0.02, patience=3, epochs=1000)
    members = members_of(training, (0, 1, 2, 3))
    alone = [each.history.n_epochs for each in fit(members, samples_of(), device="cpu")]
    assert len(set(alone)) > 1
    live = LiveTraining(members, samples_of())
    live.train(1000)
    assert live.epoch >= max(alone)


def test_a_network_whose_loss_is_no_longer_finite_ends_with_the_weights_of_a_fit():
    training = Training(batch_size=None, optimizer="sgd", lr=1e6, weight_decay=10.0, epochs=20)
    members = members_of(training, (0, 1), hidden=())
    live = LiveTraining(members, samples_of(torch.float32))
    live.train(20)
    assert live.has_ended
    epoch = live.epoch
    live.step()
    live.train(30)
    live.change(lr=0.1, weight_decay=0.0, dropout=0.0)
    assert live.epoch == epoch
    assert not live.is_out_of_patience
    for index, fitted in enumerate(fit(members, samples_of(torch.float32), device="cpu")):
        assert live.divergences[index] == fitted.divergence
        assert torch.equal(live.states()[index][0][0], fitted.state[0][0])
    assert live.population().flat.isfinite().all()


def test_the_others_go_on_when_one_network_ends():
    samples = samples_of(torch.float32)
    members = members_of(Training(batch_size=None, epochs=20), (0, 1))
    huge = [tuple(torch.full_like(each, 1e38) for each in layer) for layer in members[0].begin(samples)[0]]
    live = LiveTraining([members[0], replace(members[1], initial=huge)], samples)
    live.train(3)
    assert [*live.divergences] == [1]
    assert not live.has_ended
    live.step()
    live.train(6, 0.001)
    live.train(6)
    (alone,) = fit([replace(members[0], training=Training(batch_size=None, epochs=6))], samples, device="cpu")
    assert torch.equal(live.states()[0][0][0], alone.state[0][0])


def test_a_rate_out_of_its_range_changes_nothing():
    live = LiveTraining(members_of(Training(batch_size=None)), samples_of())
    with pytest.raises(ValueError, match="lr must be above 0"):
        live.change(lr=-1.0, weight_decay=0.0, dropout=0.5)
    assert (live.training.lr, live.dropout) == (1e-3, 0.0)


def test_time_that_is_over_ends_inside_a_long_epoch():
    live = LiveTraining(members_of(Training(batch_size=1), n_rows=N_ROWS), samples_of())
    live.train(5, 0.0)
    assert (live.epoch, live.batch) == (0, 1)


def test_epochs_of_few_steps_have_the_same_bits_however_many_are_prepared_together():
    # Functions of numbers that lie otherwise in memory round otherwise.
    members, samples = members_of(Training(batch_size=16, lr=0.01, epochs=6), (4, 5, 6)), samples_of(torch.float32)
    flats = []
    for cuts in ([6], [1, 2, 3, 4, 5, 6]):
        trainer = Trainer(members, samples, Backend(torch.device("cpu")), is_endless=True)
        for until in cuts:
            trainer.advance(until)
        flats.append(trainer.flat)
    assert torch.equal(*flats)

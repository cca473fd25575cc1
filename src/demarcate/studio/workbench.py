"""The workbench: the data and cards that a state asks for, made of those that are there, and their training in turn."""

import time
from collections.abc import Sequence
from typing import Any

from demarcate.engine.threads import use_threads
from demarcate.studio.card import Card
from demarcate.studio.frames import Frames, RefusedCard
from demarcate.studio.map_arrays import MapPlaces
from demarcate.studio.messages import Message
from demarcate.studio.placed_problem import PlacedProblem, StudioError
from demarcate.studio.state import CardState, State, ViewState
from demarcate.studio.studio_data import StudioData
from demarcate.studio.tables import Tables
from demarcate.studio.value_rules import shown

MAX_ROUND = 1024
"""Epochs that each card trains at most before the next card has its turn."""
SLICE_SECONDS = 0.04
"""How long cards train, on a processor, between two looks at the commands that wait; a round of all takes as long."""


class Workbench:
    """Data and cards, and what of them is new to the page. One thread alone uses it.

    Cards train in lockstep: each trains the same number of epochs, then the next card has its turn. The number is such
    that a round of all of them takes about as long as the session trains between two looks at its commands.
    """

    def __init__(self, tables: Tables | None = None) -> None:
        self.tables = Tables() if tables is None else tables
        self.revision = 0
        self.is_running = False
        self.has_news = False
        self._places: MapPlaces | None = None
        self._cards: list[Card | RefusedCard] = []
        self._frames = Frames()
        self._was_refused = False
        self._round: list[tuple[Card, int]] = []
        self._is_one_round = False
        self._round_epochs, self._round_seconds = 1, 0.0

    @property
    def cards(self) -> list[Card]:
        """The cards that can be trained."""
        return [card for card in self._cards if isinstance(card, Card)]

    @property
    def data(self) -> StudioData | None:
        """The rows; None before a state could be shown."""
        return None if self._places is None else self._places.data

    def card(self, card_id: Any) -> Card:
        """Return a card by its id; StudioError for one that is not there or was refused."""
        for card in self._cards:
            if card.settings.id == card_id:
                if isinstance(card, RefusedCard):
                    raise StudioError(card.problems)
                return card
        fact = f"There is no card {shown(card_id)}"
        raise StudioError([PlacedProblem.of("card", fact, "Choose one of those on the page")])

    def show(self, value: Any, revision: int) -> list[Message]:
        """Take a state of JSON over; return what the page has to know of it beside the next frame.

        What cannot be shown leaves what there is as it is, and problems say why. The next state that can be shown is
        sent whole, because the page may have shown something else in the meantime.
        """
        self.revision, self.has_news = revision, self.data is not None
        messages: list[Message] = []
        try:
            state = State.of(value)
            data = self._data_of(state)
            is_other = data is not self.data
            if self._was_refused:
                self._frames.forget_sent()
            if is_other or self._was_refused or self._places is None or not same_view(self._places.view, state.view):
                messages.append(data.message(state.view, revision))
                self._places = MapPlaces(data, state.view)
            problems = self._take_cards(state.cards, data, anew=is_other)
            self.has_news, self._was_refused = True, False
        except StudioError as error:
            problems, self._was_refused = list(error.problems), True
        return messages + [each.message(revision=revision) for each in problems]

    def show_again(self) -> list[Message]:
        """Return what a page has to know that comes later; the next frame has everything."""
        self._frames.forget_sent()
        self.has_news = self._places is not None
        return [] if self._places is None else [self._places.data.message(self._places.view, self.revision)]

    def run(self) -> None:
        """Train all cards; those that are finished go on only if all are."""
        if not any(card.can_advance for card in self.cards):
            for card in self.cards:
                card.go_on()
        self.is_running, self._is_one_round = any(card.can_advance for card in self.cards), False
        self.has_news = self._places is not None

    def pause(self) -> None:
        """Stop training, perhaps inside an epoch."""
        self.is_running = self._is_one_round = False
        self.has_news = self._places is not None
        self._round.clear()

    def step(self, *, whole_epoch: bool) -> None:
        """Train each card one batch or the rest of an epoch; finished ones only if all are.

        An epoch that takes long goes on in `train`, so that it can be paused.
        """
        self.pause()
        able = [card for card in self.cards if card.can_advance] or self.cards
        if not whole_epoch:
            for card in able:
                card.step()
            return
        self._round = [(card, card.one_epoch_more()) for card in able]
        self.is_running = self._is_one_round = bool(able)
        self.train(SLICE_SECONDS)

    def reset(self, card_id: Any) -> None:
        """Begin anew with the same seeds: one card, or all with None."""
        if card_id is not None:
            self.card(card_id)
        data = self.data
        if data is None:
            return
        self._round.clear()
        self._cards = [
            self._built(card.settings, data, card.begin + 1)
            if isinstance(card, Card) and card_id in (None, card.settings.id)
            else card
            for card in self._cards
        ]
        self.has_news = True

    def train(self, seconds: float = SLICE_SECONDS) -> None:
        """Train the cards in turn for about so long on a processor; `is_running` ends with the last that can go on."""
        ends = time.thread_time() + seconds
        while self.is_running:
            if not self._round and self._is_one_round:
                self.pause()
                return
            if not self._round:
                self._begin_round()
            begin = time.thread_time()
            card, until = self._round[0]
            card.advance(until, ends - begin)
            self.has_news = True
            if card.live.epoch >= until or not card.can_advance:
                del self._round[0]
            now = time.thread_time()
            self._round_seconds += now - begin
            is_over = not self._round and self._is_one_round
            if is_over or not any(each.can_advance for each in self.cards):
                self.pause()
            if now >= ends:
                return

    def frame(self) -> Message:
        """Return all cards as they are."""
        assert self._places is not None
        self.has_news = False
        # Several threads would wait for each other as soon as another session, or the browser, wants a processor.
        with use_threads(1):
            return self._frames.frame(self._cards, self._places, self.revision, is_running=self.is_running)

    def _begin_round(self) -> None:
        """Give each card its epochs: as many as took about so long in the last round."""
        if self._round_seconds:
            wanted = int(self._round_epochs * SLICE_SECONDS / self._round_seconds)
            self._round_epochs = max(1, min(wanted, 2 * self._round_epochs, MAX_ROUND))
        self._round_seconds = 0.0
        able = [card for card in self.cards if card.can_advance]
        self._round = [(card, min(card.live.epoch + self._round_epochs, card.pauses_after)) for card in able]

    def _data_of(self, state: State) -> StudioData:
        """Return the rows of a state: those that are there, if they are the same."""
        data = self.data
        if data is not None and (data.data, data.split) == (state.data, state.split):
            return data
        return StudioData.of(state.data, state.split, self.tables, data)

    def _take_cards(self, cards: Sequence[CardState], data: StudioData, *, anew: bool) -> list[PlacedProblem]:
        """Take other cards over: those that only need to change go on, all others are built; return their problems."""
        before = {card.settings.id: card for card in self._cards}
        taken = [self._taken(before.get(each.id), each, data, anew=anew) for each in cards]
        self._cards = [card for card, _ in taken]
        self._round = [(card, until) for card, until in self._round if card in self._cards]
        if self.is_running and not any(card.can_advance for card in self.cards):
            self.pause()
        return [problem for _, problems in taken for problem in problems]

    def _taken(
        self, card: Card | RefusedCard | None, settings: CardState, data: StudioData, *, anew: bool
    ) -> tuple[Card | RefusedCard, Sequence[PlacedProblem]]:
        """Return the card of some settings, and their problems; one that cannot take them stays as it is."""
        if isinstance(card, Card) and not anew:
            try:
                if card.settings == settings or card.take(settings):
                    return card, ()
            except StudioError as error:
                return card, error.problems
        built = self._built(settings, data, card.begin + 1 if card is not None else 1)
        return built, built.problems if isinstance(built, RefusedCard) else ()

    @staticmethod
    def _built(settings: CardState, data: StudioData, begin: int) -> Card | RefusedCard:
        try:
            return Card(settings, data, begin)
        except StudioError as error:
            return RefusedCard(settings, error.problems, begin)


def same_view(one: ViewState, other: ViewState) -> bool:
    """Whether two views show the same places."""
    return (one.columns, dict(one.held)) == (other.columns, dict(other.held))

"""The cards: their settings, what is shown of them, one more, one less."""

import pytest
from playwright.sync_api import expect

SLIDERS = [("Learning rate", 0.1, "lr"), ("Dropout", 0.5, "dropout"), ("Weight decay", 0.01, "weight_decay")]
CHOICES = [
    ("Activation", "relu", "activation", "relu"),
    ("Head", "softmax", "head", "softmax"),
    ("Optimizer", "sgd", "optimizer", "sgd"),
    ("Rows in a batch", "64", "batch_size", 64),
    ("Rows in a batch", "", "batch_size", None),
    ("Schedule", "cosine", "schedule", "cosine"),
    ("Stop when not better for", "20", "patience", 20),
    ("Networks (seeds)", "5", "seeds", 5),
]


@pytest.fixture
def card(tab):
    """The first card, with all its settings unfolded."""
    card = tab.card("tiny")
    card.locator("details").evaluate_all("(each) => each.forEach((details) => (details.open = true))")
    return card


def trained(tab, facts=None):
    """Train an epoch and return the frame."""
    tab.get("button", "One epoch").click()
    return tab.frame_where(lambda facts: facts["cards"][0]["epoch"] == 1, "an epoch")


def test_rate_dropout_and_decay_act_at_once(tab, card):
    before = trained(tab)["cards"][0]["begin"]
    for label, value, setting in SLIDERS:
        tab.slide(label, value, card)
        tab.holds(value, "cards", 0, setting)
    facts = tab.settled()["cards"][0]
    assert (facts["epoch"], facts["begin"], facts["changed"]) == (1, before, True)


@pytest.mark.parametrize(
    ("label", "option", "setting", "value"), CHOICES, ids=[f"{each[0]} {each[1]}" for each in CHOICES]
)
def test_any_other_setting_begins_anew(tab, card, label, option, setting, value):
    before = trained(tab)["cards"]
    card.get_by_role("combobox", name=label).select_option(option)
    tab.holds(value, "cards", 0, setting)
    facts = tab.settled()["cards"]
    if setting != "patience":
        assert (facts[0]["epoch"], facts[0]["begin"]) == (0, before[0]["begin"] + 1)
    assert (facts[1]["epoch"], facts[1]["begin"]) == (1, before[1]["begin"])
    assert facts[0]["status"] != "refused"


def test_five_seeds_are_five_networks_with_a_map_each(tab, card):
    card.get_by_role("combobox", name="Networks (seeds)").select_option("5")
    tab.holds(5, "cards", 0, "seeds")
    facts = tab.settled()
    frame = next(each for each in reversed(tab.messages) if each.facts is facts)
    assert frame.arrays["0.member_logits"].shape[0] == 5
    assert len(facts["cards"][0]["seeds_monitored"]) == 5


def test_epochs_and_seed_are_typed_or_drawn(tab, card):
    tab.slide("Epochs", 3, card)
    tab.slide("Seed", 9, card)
    tab.holds(3, "cards", 0, "epochs")
    tab.holds(9, "cards", 0, "seed")
    card.get_by_role("button", name="Another seed").click()
    tab.holds(10, "cards", 0, "seed")
    tab.run()
    tab.frame_where(lambda facts: facts["cards"][0]["status"] == "finished", "an end after 3 epochs")


TYPED = [
    ("Dropout", "-1", "-1 is no number from 0 to 0.9: 0 stays.", "0"),
    ("Learning rate", "0", "0 is no number from 0.000001 to 1000: 0.01 stays.", "0.01"),
    ("Weight decay", "1e999", "This is no number from 0 to 1000: 0 stays.", "0"),
    ("Epochs", "", "This is no whole number from 1 to 100000: 500 stays.", "500"),
    ("Seed", "2.5", "2.5 is no whole number from 0 to 2147483638: 0 stays.", "0"),
    ("Units in layer 1", "300", "300 is no whole number from 1 to 256: 2 stays.", "2"),
]


@pytest.mark.parametrize(("label", "typed", "said", "shown"), TYPED, ids=[each[0] for each in TYPED])
def test_a_number_that_cannot_be_taken_is_said_and_the_one_in_force_shown(tab, card, label, typed, said, shown):
    before = tab.state
    box = card.get_by_role("spinbutton", name=label, exact=True)
    for _ in range(2):
        box.click()
        box.press("Control+a")
        tab.page.keyboard.press("Delete")
        tab.page.keyboard.type(typed)
        box.press("Enter")
        card.get_by_role("alert").filter(has_text=said).wait_for()
        assert box.input_value() == shown
    assert tab.state == before
    box.fill("1")
    box.press("Enter")
    card.get_by_role("alert").filter(has_text=said).wait_for(state="hidden")


def test_layers_are_added_widened_narrowed_typed_and_removed(tab, card):
    card.get_by_role("button", name="Layer", exact=True).click()
    tab.holds([2, 2], "cards", 0, "hidden")
    card.get_by_role("button", name="More units in layer 1").click()
    tab.holds([3, 2], "cards", 0, "hidden")
    card.get_by_role("button", name="Fewer units in layer 2").click()
    tab.holds([3, 1], "cards", 0, "hidden")
    tab.slide("Units in layer 2", 20, card)
    tab.holds([3, 20], "cards", 0, "hidden")
    assert tab.settled()["cards"][0]["widths"] == [2, 3, 20, 1]
    for _ in range(2):
        card.get_by_role("button", name="Remove layer 1").click()
    tab.holds([], "cards", 0, "hidden")
    card.get_by_text("None: a linear model.").wait_for()


def test_cards_are_named_copied_added_and_removed(tab):
    page = tab.page
    card = tab.card("tiny")
    card.get_by_role("textbox", name="Name of the network").fill("small")
    page.keyboard.press("Tab")
    tab.holds("small", "cards", 0, "name")
    tab.card("small").get_by_role("button", name="Copy this network").click()
    page.get_by_role("button", name="Add a network").click()
    tab.until(lambda: len(tab.state["cards"]) == 4, "four cards")
    expect(page.get_by_role("button", name="Add a network")).to_be_disabled()
    assert len({each["id"] for each in tab.state["cards"]}) == 4
    assert len(tab.settled()["cards"]) == 4
    for _ in range(3):
        page.get_by_role("button", name="Remove this network").first.click()
    tab.until(lambda: len(tab.state["cards"]) == 1, "one card")
    expect(page.get_by_role("button", name="Remove this network")).to_be_disabled()


def test_one_card_begins_again_alone(tab):
    trained(tab)
    tab.card("good").get_by_role("button", name="Start this network again").click()
    facts = tab.frame_where(lambda facts: facts["cards"][1]["epoch"] == 0, "the second card at epoch 0")
    assert facts["cards"][0]["epoch"] == 1


def test_what_is_shown_of_all_cards_is_switched(tab):
    page = tab.page
    for name, heading in {
        "settings": "Settings",
        "curves": "Loss and accuracy by epoch",
        "network": "What each unit sees",
        "confusion": "Confusion matrix",
    }.items():
        headings = page.get_by_role("heading", name=heading)
        assert headings.count() == 2
        page.get_by_role("button", name=name, exact=True).click()
        assert headings.count() == 0
        page.get_by_role("button", name=name, exact=True).click()
        assert headings.count() == 2
    axis = page.get_by_role("button", name="log loss axis")
    axis.click()
    assert axis.get_attribute("aria-pressed") == "true"


def test_maps_show_regions_probabilities_and_parts_of_the_rows(tab):
    tab.choose("Regions")
    tab.holds("regions", "view", "kind")
    tab.choose("Probabilities")
    tab.holds("probability", "view", "kind")
    tab.page.get_by_role("combobox", name="Probability of").select_option("1")
    tab.holds(1, "view", "probability_of")
    for part in ("train", "validation", "test"):
        tab.get("button", part, exact=True).click()
        tab.holds(False, "view", "points", part)


def test_the_map_is_read_with_the_mouse_and_with_keys(tab):
    card = tab.card("good")
    plot = card.get_by_role("application").first
    plot.focus()
    tab.page.keyboard.press("Home")
    tab.page.keyboard.press("ArrowRight")
    card.get_by_text("predicts").wait_for()
    plot.hover(position={"x": 60, "y": 60})
    card.get_by_text("predicts").wait_for()


def test_a_rate_at_which_it_diverges_is_said_in_words(tab, card):
    card.get_by_role("combobox", name="Optimizer").select_option("sgd")
    tab.slide("Learning rate", 1000, card)
    tab.slide("Weight decay", 1, card)
    tab.holds(1, "cards", 0, "weight_decay")
    tab.run()
    tab.frame_where(lambda facts: facts["cards"][0]["status"] == "diverged", "divergence")
    card.get_by_text("Lower the rate").wait_for()

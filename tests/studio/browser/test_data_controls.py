"""The data panel: sources and their knobs, split, axes, tables of one's own, points set by hand."""

import numpy as np
import pytest
from playwright.sync_api import expect

KNOBS = [
    ("Moons", "Rows", 100, "n_samples"),
    ("Moons", "Noise", 0.1, "noise"),
    ("Circles", "Inner ring's radius", 0.7, "factor"),
    ("Blobs", "Classes", 3, "centers"),
    ("Blobs", "Spread", 2.5, "cluster_std"),
    ("Moons", "Seed of the rows", 7, "random_state"),
]


def newest(tab):
    """The data set of the newest state, and its arrays."""
    revision = tab.settled()["revision"]
    return next(
        each for each in reversed(tab.messages) if each.kind == "dataset" and each.facts["revision"] <= revision
    )


@pytest.mark.parametrize(("source", "knob", "value", "setting"), KNOBS, ids=[each[1] for each in KNOBS])
def test_a_knob_makes_other_rows(tab, source, knob, value, setting):
    tab.choose(source)
    before = newest(tab).arrays["points"]
    tab.slide(knob, value)
    tab.holds(value, "data", setting)
    after = newest(tab).arrays["points"]
    assert before.shape != after.shape or not np.array_equal(before, after)


def test_a_slider_moves_with_the_arrow_keys(tab):
    tab.page.get_by_role("slider", name="Noise").focus()
    tab.page.keyboard.press("ArrowRight")
    tab.holds(0.31, "data", "noise")


def test_rows_are_drawn_and_split_anew(tab):
    before = tab.state
    tab.get("button", "Draw other rows").click()
    tab.get("button", "Split in another way").click()
    tab.until(lambda: tab.state["data"]["random_state"] != before["data"]["random_state"], "another seed of the rows")
    tab.until(lambda: tab.state["split"]["seed"] != before["split"]["seed"], "another seed of the split")


def test_the_split_says_how_many_rows_each_part_has(tab):
    tab.slide("Validation rows, %", 30)
    tab.slide("Test rows, %", 10)
    tab.until(lambda: newest(tab).facts["n_rows"] == {"train": 180, "validation": 90, "test": 30}, "the new split")
    tab.page.get_by_role("img", name="180 train, 90 validation and 30 test rows").wait_for()
    tab.slide("Seed of the split", 5)
    tab.holds(5, "split", "seed")


def test_a_split_that_leaves_nothing_is_refused_at_its_field(tab):
    tab.slide("Validation rows, %", 80)
    tab.slide("Test rows, %", 40)
    tab.page.get_by_text("120% of the rows together").first.wait_for()


def test_columns_are_standardised_or_not(tab):
    tab.page.get_by_role("checkbox", name="Standardise columns").uncheck()
    tab.holds(False, "data", "standardise")


def test_every_example_is_shown_as_it_is_described(tab):
    examples = tab.page.get_by_role("combobox", name="Examples")
    for preset in tab.received("welcome")[0]["presets"]:
        examples.select_option(preset["title"])
        tab.until(lambda state=preset["state"]: tab.state == state, preset["title"])
        facts = tab.settled()
        assert len(facts["cards"]) == len(preset["state"]["cards"])
        assert {card["status"] for card in facts["cards"]} == {"ready"}
        for card in preset["state"]["cards"]:
            tab.card(card["name"]).wait_for()


def test_two_of_many_columns_are_the_axes_and_others_are_held(tab):
    tab.choose("Heart")
    facts = newest(tab).facts
    assert len(facts["columns"]) == 13
    view = tab.page.get_by_role("region", name="View")
    view.get_by_role("combobox", name="Across").select_option("age")
    view.get_by_role("combobox", name="Up").select_option("chol")
    tab.holds(["age", "chol"], "view", "columns")
    assert newest(tab).facts["axes"] == ["age", "chol"]
    view.get_by_text("The other 11 columns are held").click()
    tab.slide("thalach", 120, view)
    tab.holds(120, "view", "held", "thalach")
    view.get_by_role("combobox", name="thal", exact=True).select_option("fixed")
    tab.holds("fixed", "view", "held", "thal")
    assert newest(tab).facts["held"] | {"thalach": 120, "thal": "fixed"} == newest(tab).facts["held"]
    view.get_by_role("button", name="Back to typical values").click()
    tab.holds({}, "view", "held")


def drop(tab, name, text):
    """Drop a file on the page, as a person does."""
    data = tab.page.evaluate_handle(
        """([name, text]) => {
            const carried = new DataTransfer();
            carried.items.add(new File([text], name));
            return carried;
        }""",
        [name, text],
    )
    for event in ("dragover", "drop"):
        tab.page.dispatch_event("main", event, {"dataTransfer": data})


def five_classes(n_rows=200):
    """A CSV of five classes, four numbers and a category."""
    rng = np.random.default_rng(0)
    lines = ["width,height,depth,age,colour,kind"]
    for row in range(n_rows):
        kind = row % 5
        width, height, depth = rng.normal([kind, kind % 3, 0], 0.4)
        lines.append(f"{width:.3f},{height:.3f},{depth:.3f},{row},{'red' if depth > 0 else 'blue'},{'abcde'[kind]}")
    return "\n".join(lines)


def test_a_dropped_csv_with_five_classes_is_trained_on(tab):
    drop(tab, "plants.csv", five_classes())
    tab.until(lambda: tab.state["data"]["source"] == "table", "the table")
    dataset = newest(tab).facts
    assert dataset["classes"] == ["a", "b", "c", "d", "e"]
    assert dataset["target"] == "kind"
    assert "plants.csv" in dataset["title"]
    tab.run()
    frame = tab.frame_where(lambda facts: min(card["epoch"] for card in facts["cards"]) >= 2, "two epochs")
    assert [card["widths"][-1] for card in frame["cards"]] == [5, 5]
    tab.pause()


def test_the_columns_of_a_table_are_chosen(tab):
    drop(tab, "plants.csv", five_classes())
    tab.until(lambda: tab.state["data"]["source"] == "table", "the table")
    tab.settled()
    tab.page.get_by_text("Columns: 5 of 5 used").click()
    tab.page.get_by_role("checkbox", name="Use depth").uncheck()
    tab.holds(["depth"], "data", "drop")
    tab.page.get_by_role("checkbox", name="Read the numbers of age as categories").check()
    tab.holds(["age"], "data", "categorical")
    tab.page.get_by_role("combobox", name="Column to predict").select_option("colour")
    tab.holds("colour", "data", "target")
    assert newest(tab).facts["classes"] == ["blue", "red"]


@pytest.mark.parametrize(
    ("text", "message"),
    [("a,b\n1,2\n3\n", "row"), ("", "plants.csv"), ("a,kind\n1,x\n2,x\n", "class")],
    ids=["ragged", "empty", "one class"],
)
def test_a_bad_table_is_refused_in_words_and_the_page_goes_on(tab, shared_tab, text, message):
    shared_tab[0].watched.expected = "status of 400"
    before = tab.state["data"]["source"]
    drop(tab, "plants.csv", text)
    tab.page.locator(".problem:visible").filter(has_text=message).first.wait_for()
    tab.choose("Circles")
    tab.holds("circles", "data", "source")
    assert newest(tab).facts["title"].startswith("circles")
    assert before == "moons"


def test_points_are_added_with_mouse_and_keys_erased_and_removed(tab):
    page = tab.page
    page.get_by_role("button", name="Add points of class 1").click()
    box = page.get_by_role("application").first.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    tab.until(lambda: len(tab.state["data"]["added"]) == 1, "a point")
    assert tab.state["data"]["added"][0][2] == 1
    page.get_by_role("application").first.focus()
    for key in ("Home", *["Shift+ArrowRight"] * 3, "Enter"):
        page.keyboard.press(key)
    tab.until(lambda: len(tab.state["data"]["added"]) == 2, "a point by keys")
    tab.settled()
    assert newest(tab).facts["n_rows"]["train"] + 0 == sum(newest(tab).facts["n_rows"].values()) - 120
    page.get_by_role("button", name="Erase added points").click()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    tab.until(lambda: len(tab.state["data"]["added"]) == 1, "one point less")
    page.get_by_role("button", name="Remove all").click()
    tab.holds([], "data", "added")


def test_a_drawing_has_only_points_of_one_s_own(tab):
    tab.choose("Draw")
    page = tab.page
    box = page.get_by_role("application").first.bounding_box()
    # The brush of the first class is chosen already.
    for code, share in ((0, 0.3), (1, 0.7)):
        if code:
            page.get_by_role("button", name=f"Add points of class {code}").click()
        for step in range(8):
            page.mouse.click(box["x"] + box["width"] * share + step, box["y"] + box["height"] * (0.3 + 0.05 * step))
    tab.until(lambda: len(tab.state["data"]["added"]) == 16, "sixteen points")
    assert len(newest(tab).facts["classes"]) == 2


def test_a_page_without_usable_data_shows_nothing_of_the_last_and_trains_only_when_asked(tab):
    tab.run()
    tab.frame_where(lambda facts: facts["cards"][0]["epoch"] >= 2, "two epochs")
    drop(tab, "plants.csv", "a,b,kind\n" + "".join(f"{row},{row % 7},same\n" for row in range(30)))
    tab.until(lambda: tab.state["data"]["source"] == "table", "the table")
    card = tab.card("tiny")
    card.get_by_text("no data", exact=True).wait_for()
    for found in (".card-numbers", ".confusion caption"):
        assert card.locator(found).locator("visible=true").count() == 0
    run = tab.get("button", "Run", exact=True)
    expect(run).to_be_disabled()
    tab.page.locator("main").press(" ")
    tab.page.get_by_text("There is nothing to train on yet").wait_for()
    tab.choose("Circles")
    tab.until(lambda: newest(tab).facts["title"].startswith("circles"), "circles")
    assert {each["epoch"] for each in tab.settled()["cards"]} == {0}
    expect(run).to_be_enabled()


def test_data_that_take_a_while_are_said_to_be_read(tab):
    tab.page.evaluate(
        """() => {
            window.said = new Set();
            new MutationObserver(() => {
                window.said.add(document.querySelector(".data-title").textContent);
                window.said.add(document.querySelector(".connection").textContent);
                window.said.add(document.querySelector(".cards").className);
            }).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
        }"""
    )
    tab.choose("Heart")
    tab.until(lambda: newest(tab).facts["title"].startswith("heart"), "heart")
    said = set(tab.page.evaluate("[...window.said]"))
    assert {"Reading Heart …", "cards is-awaiting", "cards", newest(tab).facts["title"]} <= said

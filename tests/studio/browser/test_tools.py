"""The tools beside the networks: decide, ask, a new row, what is taken away, and the lesson."""

import re

import pytest


@pytest.fixture
def open_tool(tab):
    """Opens a tool by its name, and returns it."""

    def opened(name):
        tab.page.get_by_role("tab", name=name).click()
        return tab.page.get_by_role("tabpanel", name=name)

    return opened


def trained(tab, n_epochs=30):
    """Train both networks for a while."""
    tab.run()
    tab.frame_where(lambda facts: min(card["epoch"] for card in facts["cards"]) >= n_epochs, f"{n_epochs} epochs")
    return tab.pause()


def test_a_threshold_is_moved_and_follows_the_costs_without_asking_the_session(tab, open_tool):
    trained(tab)
    tool = open_tool("Decide")
    asked = len(tab.messages)
    tab.slide("Threshold", 0.9, tool)
    tab.holds(0.9, "decision", "threshold")
    tool.get_by_role("checkbox", name="The costs decide").check()
    tab.holds(None, "decision", "threshold")
    tab.slide("Cost of a miss (false negative)", 9, tool)
    tab.slide("Cost of a false alarm (false positive)", 1, tool)
    tab.holds(9, "decision", "false_negative")
    assert float(tool.get_by_role("spinbutton", name="Threshold").input_value()) == pytest.approx(0.1)
    tool.get_by_role("combobox", name="Positive class").select_option("0")
    tab.holds(0, "decision", "positive")
    tab.settled()
    assert {each.kind for each in tab.messages[asked:]} <= {"frame"}


def test_the_confusion_matrix_follows_the_threshold(tab, open_tool):
    trained(tab)
    tool = open_tool("Decide")
    matrix = tab.card("good").locator(".part-confusion")
    tab.slide("Threshold", 0, tool)
    tab.until(lambda: "0 false negatives" in matrix.inner_text(), "no misses at threshold 0")
    tab.slide("Threshold", 1, tool)
    tab.until(lambda: "0 false positives" in matrix.inner_text(), "no false alarms at threshold 1")


def test_the_threshold_in_force_decides_everywhere_and_each_card_says_so(tab, open_tool):
    trained(tab)
    card = tab.card("good")
    assert card.get_by_text("of the likeliest class").count() == 0
    row = open_tool("New row")
    row.get_by_text("with probability").wait_for()
    tool = open_tool("Decide")
    for threshold, name in ((0.001, "1"), (0.999, "0")):
        tab.slide("Threshold", threshold, tool)
        card.get_by_text(f"Threshold {threshold} for 1: validation accuracy").wait_for()
        row = open_tool("New row")
        row.get_by_text(f"(threshold {threshold} for 1)").filter(has_text=f"{name}, with probability").wait_for()
        tool = open_tool("Decide")


def test_a_threshold_ends_with_what_it_was_set_for(tab, open_tool):
    trained(tab)
    tool = open_tool("Decide")
    tab.slide("Cost of a miss (false negative)", 2, tool)
    follow = tool.get_by_role("checkbox", name="The costs decide")
    follow.check()
    tab.holds(None, "decision", "threshold")
    follow.uncheck()
    tab.holds(0.5, "decision", "threshold")
    tab.slide("Threshold", 0.3, tool)
    tab.holds(0.3, "decision", "threshold")
    tab.choose("Circles")
    tab.holds({"threshold": 0.5, "false_negative": 1, "false_positive": 1, "positive": 1}, "decision")


def test_a_diagnosis_says_what_would_help(tab, open_tool):
    tab.slide("Epochs", 20, unfolded(tab.card("tiny")))
    tool = open_tool("Ask")
    tool.get_by_role("button", name="Diagnose").click()
    answer = tab.until(lambda: tab.received("answer"), "a diagnosis", 10 * 12_000)[0]
    assert answer["what"] == "diagnose"
    tool.get_by_text(answer["headline"]).first.wait_for()
    tool.get_by_role("button", name="Remove this answer").click()
    assert tool.get_by_text(answer["headline"]).count() == 0


def unfolded(card):
    """A card with all its settings unfolded."""
    card.locator("details").evaluate_all("(each) => each.forEach((details) => (details.open = true))")
    return card


def test_a_sweep_fills_a_table_and_its_best_value_is_taken(tab, open_tool):
    tab.slide("Epochs", 10, unfolded(tab.card("tiny")))
    tool = open_tool("Ask")
    tool.get_by_role("combobox", name="Setting").select_option("hidden")
    tool.get_by_role("textbox", name="Values").fill("1, 8")
    tool.get_by_role("combobox", name="Seeds").select_option("1")
    tool.get_by_role("button", name="Sweep").click()
    answer = tab.until(lambda: tab.received("answer"), "a sweep", 10 * 12_000)[0]
    assert [row["label"] for row in answer["rows"]] == ["1", "8"]
    tool.get_by_role("button", name="Take hidden units 8").click()
    tab.until(lambda: [8] in [card["hidden"] for card in tab.state["cards"]], "a card of 8 units")


def test_a_sweep_of_no_values_is_refused_and_one_under_way_is_cancelled(tab, open_tool):
    tool, n_asked = open_tool("Ask"), len(tab.sent("ask"))
    tool.get_by_role("textbox", name="Values").fill("many")
    tool.get_by_role("button", name="Sweep").click()
    tool.get_by_text("many is no value of this setting").wait_for()
    assert not [each for each in tab.sent("ask")[n_asked:] if each["what"] == "sweep"]
    tool.get_by_role("textbox", name="Values").fill("4, 8, 16")
    tool.get_by_role("button", name="Sweep").click()
    tool.get_by_role("button", name="Cancel").click()
    tab.until(lambda: tab.sent("cancel"), "the cancel command")
    tool.get_by_role("button", name="Sweep").wait_for()


def test_test_rows_are_scored_when_asked(tab, open_tool):
    trained(tab)
    tool = open_tool("Ask")
    tool.get_by_role("button", name="Score on the test rows").click()
    answer = tab.until(lambda: tab.received("answer"), "scores", 10 * 12_000)[0]
    assert (answer["rows"], answer["n_rows"]) == ("test", 60)
    tool.get_by_text("On 60 test rows").wait_for()


def test_the_lesson_s_patient_gets_a_probability(tab, open_tool):
    tab.choose("Heart")
    tab.settled()
    trained(tab, 5)
    tool = open_tool("New row")
    tool.get_by_role("button", name="Patient of the lesson").click()
    tab.until(lambda: tab.sent("row")[-1:] and tab.sent("row")[-1]["cells"]["age"] == 80, "the patient")
    tab.until(lambda: tab.received("row") and tab.received("row")[-1]["id"] == tab.sent("row")[-1]["id"], "an answer")
    assert sum(tab.received("row")[-1]["probabilities"]) == pytest.approx(1)
    tool.get_by_text("A probability, not a diagnosis.").wait_for()
    before = len(tab.received("row"))
    tool.get_by_role("spinbutton", name="age").fill("40")
    tool.get_by_role("spinbutton", name="age").press("Tab")
    tab.until(lambda: len(tab.received("row")) > before and tab.sent("row")[-1]["cells"]["age"] == 40, "another answer")
    tool.get_by_role("button", name="Typical row").click()
    tab.until(lambda: tab.sent("row")[-1]["cells"]["age"] not in (40, 80), "a typical row")


@pytest.mark.parametrize(
    ("button", "begins"),
    [("Model", None), ("PyTorch folder", b"pk"), ("Report", b"<!doctype html>"), ("PNG", b"\x89PNG"), ("SVG", b"<svg")],
    ids=["model", "pytorch", "report", "png", "svg"],
)
def test_files_are_taken_away(tab, open_tool, tmp_path, button, begins):
    trained(tab, 5)
    tool = open_tool("Take away")
    with tab.page.expect_download() as download:
        tool.get_by_role("button", name=button, exact=True).click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    assert path.stem == "tiny"
    if begins is None:
        from demarcate import load

        assert load(path).target == "label"
    else:
        assert path.read_bytes().lstrip().lower().startswith(begins.lower())


def test_the_code_of_a_card_is_shown_copied_and_runs(tab, open_tool):
    tab.slide("Epochs", 3, unfolded(tab.card("tiny")))
    tab.run()
    tab.frame_where(lambda facts: facts["cards"][0]["status"] == "finished", "three epochs")
    tab.pause()
    tool = open_tool("Take away")
    tab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    for kind, word in (("demarcate", "from demarcate import"), ("PyTorch", "import torch")):
        tab.choose(kind)
        tool.get_by_text(word).first.wait_for()
    tool.get_by_role("button", name="Copy", exact=True).click()
    tool.get_by_text("The code is copied.").or_(tab.page.get_by_text("The code is copied.")).first.wait_for()
    code = tab.page.evaluate("navigator.clipboard.readText()")
    assert re.search(r"^import torch$", code, re.MULTILINE)
    compile(code, "card.py", "exec")


def test_every_step_of_the_lesson_sets_itself_up(tab, open_tool):
    tool = open_tool("Lesson")
    steps = tool.get_by_role("list", name="All steps").get_by_role("button")
    assert steps.count() == 16
    for position in range(steps.count()):
        steps.nth(position).click()
        tool.get_by_text(f"Step {position + 1} of 16").wait_for()
        tool.get_by_role("button", name="Set it up").click()
        facts = tab.settled()
        assert "refused" not in {card["status"] for card in facts["cards"]}, position + 1


def test_a_step_is_done_by_training_and_the_right_answer_and_is_remembered(tab, open_tool):
    tool = open_tool("Lesson")
    steps = tool.get_by_role("list", name="All steps").get_by_role("button")
    steps.nth(0).click()
    tool.get_by_role("button", name="Set it up").click()
    tab.settled()
    for classes in (3, 6):
        tab.slide("Classes", classes)
        tab.settled()
    tab.choose("Moons")
    tab.settled()
    tool.get_by_role("radio", name="5", exact=True).check(force=True)
    tool.get_by_text("1 of 16 steps done").wait_for()
    tool.get_by_role("button", name="Next").click()
    tool.get_by_text("Step 2 of 16").wait_for()
    tool.get_by_role("button", name="Back").click()
    tool.get_by_role("button", name="Begin again").click()
    tool.get_by_text("0 of 16 steps done").wait_for()


def test_the_teacher_s_page_has_plan_claims_and_answers(tab, open_tool):
    tool = open_tool("Lesson")
    tool.get_by_role("button", name="For the teacher").click()
    dialog = tab.page.get_by_role("dialog", name="For the teacher")
    for heading in ("The plan", "Claims, and what was measured", "Answers"):
        dialog.get_by_role("heading", name=heading).wait_for()
    dialog.get_by_role("button", name=re.compile(r"^3\. ")).click()
    tool.get_by_text("Step 3 of 16").wait_for()

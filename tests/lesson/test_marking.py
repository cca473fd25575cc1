"""Wrong solutions, marked: each gets a sentence that names its mistake."""

import json

import pytest

from demarcate.lesson import EXERCISES, Solution, mark
from demarcate.lesson.run_solution import run_file

WRONG = {
    "softmax before cross-entropy": (
        "blobs",
        ("nn.Linear(8, 4))", "nn.Linear(8, 4), nn.Softmax(dim=1))"),
        ("last_loss", "leave yours out"),
    ),
    "no optimizer step": ("blobs", ("    optimizer.step()\n", ""), ("test_accuracy", "step()")),
    "a share in percent": (
        "blobs",
        ("test_accuracy = accuracy", "test_accuracy = 100 * accuracy"),
        ("test_accuracy", "not in percent"),
    ),
    "one output for four classes": (
        "blobs",
        ("n_outputs = model(X[:1]).shape[1]", "n_outputs = 1"),
        ("n_outputs", "each class"),
    ),
    "sigmoid of four logits": (
        "logits",
        ("torch.softmax(logits, dim=1)", "torch.sigmoid(logits)"),
        ("sum_of_probabilities", "softmax"),
    ),
    "softmax twice": ("logits", ("cross_entropy(logits,", "cross_entropy(probabilities,"), ("loss", "taken twice")),
    "logits against one half": (
        "circles",
        ("logit_threshold = 0.0", "logit_threshold = 0.5"),
        ("logit_threshold", "sigmoid"),
    ),
    "no activation": ("circles", ("nn.ReLU(), ", ""), ("test_accuracy", "ReLU")),
    "sigmoid before the loss": (
        "circles",
        ("nn.Linear(16, 1))", "nn.Linear(16, 1), nn.Sigmoid())"),
        ("last_loss", "leave yours out"),
    ),
    "rows compared with columns": ("circles", (".squeeze(1)", ""), ("test_accuracy", "(200, 1) == (200,)")),
    "scaler before the split": (
        "scaler",
        ("= train_ages.mean(), train_ages.std()", "= ages.mean(), ages.std()"),
        ("train_mean", "before the split"),
    ),
    "scaler fitted on test rows": (
        "scaler",
        ("(test_ages - mean) / std", "(test_ages - test_ages.mean()) / test_ages.std()"),
        ("test_mean", "fit nothing on them"),
    ),
    "the threshold upside down": ("costs", ("1 / (1 + 2)", "2 / (1 + 2)"), ("threshold", "other way round")),
    "costs swapped": ("costs", ("2 * missed.sum() + 1 *", "1 * missed.sum() + 2 *"), ("cost_at_half", "swapped")),
}
"""A mistake: its exercise, what it changes in the answer, the number that it spoils, and words of the remark."""


def marking_of(source, folder):
    path = folder / "learner.py"
    path.write_text(source, encoding="utf-8")
    return mark(Solution("learner.py", **run_file(str(path))))


def edited(name, old, new):
    source = EXERCISES[name].answer()
    assert old in source
    return source.replace(old, new)


@pytest.mark.parametrize("mistake", WRONG)
def test_a_wrong_solution_is_marked_with_what_to_look_at(mistake, tmp_path):
    name, edit, (number, words) = WRONG[mistake]
    marking = marking_of(edited(name, *edit), tmp_path)
    assert not marking.is_right
    wrong = {each.expected.name: each.look_at for each in marking.marks if not each.is_right}
    assert words in wrong[number]
    assert marking.n_right == len(marking.marks) - len(wrong)


def test_numbers_that_are_missing_open_or_no_numbers_say_so():
    solution = Solution("x.py", "activations", {"rings_relu": 1.0}, {"rings_none": "NoneType", "clouds_relu": "Score"})
    looked = {each.expected.name: each.look_at for each in mark(solution).marks}
    assert looked["rings_relu"] == ""
    assert looked["rings_none"].startswith("It is still None. Set it to one number: test accuracy on the rings")
    assert looked["clouds_relu"].endswith(", which is its .value.")
    assert looked["clouds_none"].startswith("There is no variable of this name.")
    assert "clouds_relu - clouds_none" not in looked


def test_a_loss_that_is_not_finite_is_wrong_and_has_no_value_in_json():
    numbers = {"n_outputs": 4.0, "untrained_accuracy": 0.3, "last_loss": float("nan"), "test_accuracy": 0.99}
    marking = mark(Solution("x.py", "blobs", numbers))
    (wrong,) = [each for each in marking.marks if not each.is_right]
    assert "Lower the learning rate" in wrong.look_at
    document = json.loads(json.dumps(marking.to_json(), allow_nan=False))
    assert [each["value"] for each in document["numbers"] if not each["is_right"]] == [None]


def test_an_error_is_one_sentence_with_its_line_and_what_to_look_at(tmp_path):
    marking = marking_of(edited("blobs", "nn.Linear(2, 8)", "nn.Linear(3, 8)"), tmp_path)
    assert marking.marks == ()
    assert marking.problem.startswith("Line ")
    assert "cannot be multiplied" in marking.problem
    assert "compare in_features with X.shape[1]" in marking.problem


def test_a_file_that_names_no_exercise_is_told_the_names():
    marking = mark(Solution("final_v2.py", "final_v2"))
    assert "'final_v2'" in marking.problem
    assert all(name in marking.problem for name in EXERCISES)

import pytest

from demarcate.tabular.column_names import similar_names


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("age", "Age"),
        ("due_date", "Due Date"),
        ("due_date", "due-date"),
        ("dueDate", "due_date"),
        ("price (€)", "price €"),
        ("balance", "balence"),
        ("straße", "STRASSE"),
    ],
)
def test_another_spelling_is_found(name, other):
    assert similar_names([name], ["shoe size", other]) == {name: other}


def test_another_word_is_not():
    assert similar_names(["age"], ["sex", "stage of life", ""]) == {}


def test_each_name_is_used_once():
    assert similar_names(["amount", "amounts"], ["amout"]) == {"amount": "amout"}


def test_of_very_many_names_only_letters_are_compared():
    many = [f"column {number}" for number in range(1000)]
    assert similar_names([*many, "balance"], ["Column_7", "balence"]) == {"column 7": "Column_7"}

"""Classes with few scored rows."""

from demarcate.evaluation.scored_rows import few_scored_rows


def test_classes_with_fewer_than_a_hundred_rows_are_named_rarest_first():
    sentence = few_scored_rows(["well", "ill", "rare"], [900, 99, 4])
    assert sentence == "Classes with fewer than 100 scored rows, whose scores are rough: rare 4, ill 99."


def test_a_hundred_rows_of_each_class_are_enough():
    assert few_scored_rows([0, 1], [100, 4000]) == ""

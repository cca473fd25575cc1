from demarcate.evaluation import Score
from demarcate.evaluation.positive_scores import positive_in_words


def test_a_class_of_which_one_row_is_missed_is_not_found_to_100_percent():
    score = Score(299 / 300, 0.981, 0.9996, 300, "test")
    sentence = positive_in_words("ill", {"recall": score, "precision": score})
    assert "99.67% [98.10, 99.96]" in sentence

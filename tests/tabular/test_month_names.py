import pytest

from demarcate.tabular.month_names import MONTH_OF, in_english, plain_day


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("31. Okt 2024", "31 Oct 2024"),
        ("30-abr.-24", "30 Apr 24"),
        ("mar. 30 avr. 2024", "30 Apr 2024"),
        ("12 mar 2024", "12 Mar 2024"),
        ("Di, 30.04.2024", "30.04.2024"),
        ("30. 4. 2024", "30.4.2024"),
        ("1st of May 2024", "1 May 2024"),
        ("30 de abril de 2024", "30 Apr 2024"),
        ("MÄRZ 2024", "Mar 2024"),
    ],
)
def test_a_day_is_spelled_in_english(text, english):
    assert in_english(text) == english


@pytest.mark.parametrize("text", ["room 12", "30 foo 2024", "Apr May 2024", "12 * 3"])
def test_other_words_make_no_day(text):
    assert in_english(text) is None


def test_every_language_has_twelve_months():
    languages = [
        "january february march april may june july august september october november december",
        "januar februar marz april mai juni juli august september oktober november dezember",
        "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
        "janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro",
        "januari februari maart april mei juni juli augustus september oktober november december",
    ]
    for names in languages:
        assert [MONTH_OF[name] for name in names.split()] == list(range(1, 13))


@pytest.mark.parametrize("text", ["30/04/2024", "30-Apr-24", "12-3456", "2024-W60", "2024Q5", "99999999", "soon"])
def test_what_needs_a_format_or_is_no_day_is_left(text):
    assert plain_day(text) is None

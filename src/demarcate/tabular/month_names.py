"""Names of months and weekdays in seven languages, and days whose spelling leaves no doubt as ISO 8601."""

import re
import unicodedata
from datetime import date
from functools import lru_cache

_MONTHS = {
    1: "january jan januar jänner jän janvier janv enero ene gennaio gen janeiro januari",
    2: "february feb februar feber février févr fév febrero febbraio fevereiro fev februari",
    3: "march mar märz mär mrz mars marzo março maart mrt maerz",
    4: "april apr avril avr abril abr aprile",
    5: "may mai mayo maggio mag maio mei",
    6: "june jun juni juin junio giugno giu junho",
    7: "july jul juli juillet juil julio luglio lug julho",
    8: "august aug août aoû agosto ago augustus",
    9: "september sep sept septembre septiembre settembre set sett setembro setiembre",
    10: "october oct oktober okt octobre octubre ottobre ott outubro out",
    11: "november nov novembre noviembre novembro",
    12: "december dec dezember dez décembre déc diciembre dic dicembre dezembro",
}
_WEEKDAYS = (
    "monday mon tuesday tue tues wednesday wed thursday thu thur thurs friday fri saturday sat sunday sun "
    "montag mo dienstag di mittwoch mi donnerstag do freitag fr samstag sonnabend sa sonntag so "
    "lundi lun mardi mar mercredi mer jeudi jeu vendredi ven samedi sam dimanche dim "
    "lunes martes miércoles mié jueves jue viernes vie sábado sáb domingo dom "
    "lunedì martedì mercoledì giovedì gio venerdì sabato sab domenica "
    "segunda terça quarta quinta sexta feira seg ter qua qui sex "
    "maandag ma dinsdag woensdag wo donderdag vrijdag vr zaterdag za zondag zo"
)
_FILLERS = "de del di do da of the le el il den der om um am at on à às alle ore las uhr kl gmt utc"
_ORDINALS = "st nd rd th er º ª"


@lru_cache(maxsize=10_000)
def _plain(word: str) -> str:
    """Return a word in lower case without accents: people leave them out."""
    letters = unicodedata.normalize("NFD", word.lower())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


MONTH_OF = {_plain(name): number for number, names in _MONTHS.items() for name in names.split()}
"""The number of a month by its name, whole or shortened, in English, German, French, Spanish, Italian, Portuguese and
Dutch; in lower case, without accents."""
_WEEKDAY_NAMES = frozenset(_plain(name) for name in _WEEKDAYS.split())
_SKIPPED = _WEEKDAY_NAMES | {_plain(name) for name in _FILLERS.split()}
_ENGLISH = ("", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_TOKEN = re.compile(r"[0-9]+|[^\W\d_]+|[ºª]|[-/.,'\u2019 \u00a0\u202f]+|.", re.DOTALL)
_QUARTER = re.compile(r"(?P<year>[0-9]{4})[ /-]?[qQ](?P<quarter>[1-4])|[qQ](?P<first>[1-4])[ /-]?(?P<last>[0-9]{4})")
_WEEK = re.compile(r"([0-9]{4})-?[wW]([0-9]{2})(?:-?([1-7]))?")
_YEAR = "1[89][0-9]{2}|2[01][0-9]{2}"
_CHINESE = re.compile(r"([0-9]{4}) ?年 ?([0-9]{1,2}) ?[月월] ?([0-9]{1,2}) ?[日일]")
_SPELLINGS = (
    re.compile(rf"(?P<year>{_YEAR})(?P<month>[0-9]{{2}})(?P<day>[0-9]{{2}})"),
    re.compile(r"(?P<year>[0-9]{4})([-/. ])(?P<month>[0-9]{1,2})\2(?P<day>[0-9]{1,2})"),
    re.compile(r"(?P<day>[0-9]{1,2}) (?P<month>[A-Z][a-z]{2}) (?P<year>[0-9]{4})"),
    re.compile(r"(?P<month>[A-Z][a-z]{2}) (?P<day>[0-9]{1,2}) (?P<year>[0-9]{4})"),
    re.compile(r"(?P<year>[0-9]{4}) (?P<month>[A-Z][a-z]{2}) (?P<day>[0-9]{1,2})"),
    re.compile(rf"(?P<year>{_YEAR})[-/](?P<month>[0-9]{{1,2}})"),
    re.compile(rf"(?P<month>[0-9]{{1,2}})[-/.](?P<year>{_YEAR})"),
    re.compile(r"(?P<month>[A-Z][a-z]{2}) (?P<year>[0-9]{4})"),
    re.compile(r"(?P<year>[0-9]{4}) (?P<month>[A-Z][a-z]{2})"),
)
_SPACED = re.compile(r"\s*([./-])\s*")
SEASON = re.compile(r"([0-9]{4})[-/]([0-9]{2})")
"""A month as ISO 8601 has it, or a season: 2010/11."""


def in_english(text: str) -> str | None:
    """Return a day with English short month names and single spaces (``30 Apr 24``), or None if it has other words.

    Weekdays, ordinal endings and words such as *de* are left out; a day without a month's name keeps its separators.
    """
    words, has_month, after_digits = [], False, False
    tokens = _TOKEN.findall(text)
    months = [token for token in tokens if _plain(token) in MONTH_OF]
    for place, token in enumerate(tokens):
        plain = _plain(token)
        if token.isdigit():
            words.append(token)
        elif plain in MONTH_OF and not (len(months) > 1 and plain in _WEEKDAY_NAMES and token is months[0]):
            if has_month:
                return None
            words.append(_ENGLISH[MONTH_OF[plain]])
            has_month = True
        elif plain in _SKIPPED or (after_digits and plain in _ORDINALS.split()):
            pass
        elif token[0].isalpha() or token[0] not in "-/.,'\u2019 \u00a0\u202f":
            return None
        elif place:
            words.append(token)
        after_digits = token.isdigit()
    if has_month:
        return " ".join(word for word in words if word[0].isalnum())
    return _SPACED.sub(r"\1", "".join(words).strip(" ,.-"))


def plain_day(text: str) -> str | None:
    """Return a day, month or quarter that is spelled beyond doubt as ``2024-04-30``, or None.

    Months and quarters are their first day, weeks their Monday.

    Examples
    --------
    >>> [plain_day(text) for text in ("31. Okt 2024", "Tue, 1st of May 2024", "2024Q2", "30/04/24")]
    ['2024-10-31', '2024-05-01', '2024-04-01', None]
    """
    spelled = text if text.isascii() and not any(map(str.isalpha, text)) else in_english(text)
    if spelled is None:
        return _part_of_year(text)
    spelled = _SPACED.sub(r"\1", spelled).rstrip(".")
    for pattern in _SPELLINGS:
        if match := pattern.fullmatch(spelled):
            parts = match.groupdict()
            month = parts["month"] if parts["month"].isdigit() else str(_ENGLISH.index(parts["month"]))
            return f"{parts['year']}-{month:0>2}-{parts.get('day', '1'):0>2}"
    return None


def _part_of_year(text: str) -> str | None:
    """Return the first day of a quarter or a week, or a day with Chinese signs."""
    if match := _QUARTER.fullmatch(text):
        year, quarter = match["year"] or match["last"], int(match["quarter"] or match["first"])
        return f"{year}-{3 * quarter - 2:02d}-01"
    if match := _CHINESE.fullmatch(text):
        return f"{match[1]}-{match[2]:0>2}-{match[3]:0>2}"
    match = _WEEK.fullmatch(text)
    try:
        return match and date.fromisocalendar(int(match[1]), int(match[2]), int(match[3] or 1)).isoformat()
    except ValueError:
        return None

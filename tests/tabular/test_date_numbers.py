import numpy as np
import pytest

from demarcate.tabular.date_numbers import count_format, dates_in_numbers, is_named

DAYS = np.arange(40)
SECONDS = 1_714_435_200.0 + 86_400 * DAYS + 60 * DAYS


@pytest.mark.parametrize(
    ("name", "values", "date_format", "is_certain"),
    [
        ("x", 20240401.0 + np.arange(30), "%Y%m%d", True),
        ("x", 20240401.0 + np.arange(3), "%Y%m%d", False),
        ("x", 20240430000000.0 + np.arange(0, 200000, 10000), "%Y%m%d%H%M%S", True),
        ("x", SECONDS, "epoch", False),
        ("created_time", SECONDS, "epoch", True),
        ("createdTimestamp", SECONDS * 1000, "epoch_ms", True),
        ("x", SECONDS * 1e6, "epoch_us", False),
        ("x", 45412 + DAYS + DAYS % 24 / 24, "excel", False),
        ("Datum", 45412.0 + DAYS, "excel", True),
        ("x", 45412.0 + DAYS, "excel", False),
        ("x", np.concatenate([202401.0 + np.arange(12), 202301.0 + np.arange(12)]), "%Y%m", False),
        ("x", 1012024.0 + 1_000_000 * np.arange(28), "%d%m%Y", False),
    ],
)
def test_numbers_that_look_like_dates(name, values, date_format, is_certain):
    found = dates_in_numbers(name, np.append(values, np.nan))
    assert (found.date_format, found.is_certain) == (date_format, is_certain)


@pytest.mark.parametrize(
    "values",
    [
        DAYS * 1.0,
        45410.0 + 10 * DAYS,
        32900.0 + 451 * DAYS,
        np.linspace(20_000, 60_000, 50),
        np.linspace(30_000, 50_000, 50).round(2),
        1e9 + np.arange(1000.0),
        np.geomspace(1e8, 1e11, 50).round(),
        10_000_000.0 + 37 * np.arange(50.0),
        np.array([np.nan, np.nan]),
        -SECONDS,
    ],
)
def test_numbers_that_are_only_large_do_not(values):
    assert dates_in_numbers("amount", values) is None


def test_a_few_numbers_may_stand_for_no_date():
    values = np.append(20240401.0 + np.arange(30), [0.0])
    assert dates_in_numbers("x", values).missing == ("0",)
    assert dates_in_numbers("x", np.append(values, [0.0] * 10)) is None


@pytest.mark.parametrize(
    ("values", "excel", "date_format"),
    [(SECONDS, False, "epoch"), (SECONDS * 1e9, False, "epoch_ns"), (DAYS + 45412.0, True, "excel"),
     (DAYS + 45412.0, False, ""), (20240401.0 + np.arange(30), False, "%Y%m%d"), (DAYS, True, "")],
)  # fmt: skip
def test_the_size_of_known_dates_says_what_they_count(values, excel, date_format):
    assert count_format(values, excel=excel) == date_format


def test_names_of_times():
    assert all(
        map(is_named, ["time", "event_time", "Date", "OrderDate", "unix_ts", "Bestelldatum", "createdTimestamp"])
    )
    assert not any(map(is_named, ["sometimes", "update", "amount", "x1", "candidate_no", ""]))

"""Moments as seconds since 1970-01-01 UTC: their range, and their text."""

from datetime import datetime, timedelta

SECONDS_OF_A_DAY = 86400
FIRST_DATE, LAST_DATE = -62_135_596_800.0, 253_402_300_799.999999
"""The first and the last moment that Python has a calendar for, in seconds since 1970-01-01: the years 1 to 9999."""


def format_timestamp(seconds: float) -> str:
    """Write seconds since 1970-01-01 as ISO 8601, without the time of day at midnight."""
    return str(datetime(1970, 1, 1) + timedelta(seconds=seconds)).removesuffix(" 00:00:00")

"""Numbers, and values that look like them."""

import math

from cases import boolean, category, cells, number, words

_CODES = "too large to be exact quantities"


CASES = (
    cells(
        "one number in many spellings",
        ["3", "3.0", " 3 ", "3e0", "+3", "3e+0", "3.", "0.3e1"],
        number(*[3] * 8, dropped="constant: every cell is '3'"),
    ),
    cells("halves without a digit before or after the point", [".5", "5.", "-.5", "+.5"], number(0.5, 5, -0.5, 0.5)),
    cells("exponents", ["1e5", "1E5", "1e-5", "1e+05"], number(1e5, 1e5, 1e-5, 1e5)),
    words("the exponent of Fortran", ["1d5", "2d5", "1d5", "2"]),
    words("underscores between digits", ["1_000", "2_000", "1000", "1_000"]),
    words("hexadecimals", ["0x10", "0x1F", "0x10", "0x1F"]),
    cells(
        "thousands separators",
        ["1,234", "2,345", "1,234", "999"],
        number(1234, 2345, 1234, 999, note="could be thousands or decimals: the comma is read between thousands"),
    ),
    cells(
        "points between thousands, or decimal ones",
        ["1.234", "2.345", "1.234", "999"],
        number(1234, 2345, 1234, 999, note="could be thousands or decimals: the point is read between thousands"),
    ),
    cells(
        "three decimals, or points between thousands",
        ["1.234", "2.345", "1.234", "9.990"],
        number(
            1.234,
            2.345,
            1.234,
            9.99,
            note="the point is read as decimal separator. --decimal . (decimal in Python) confirms it",
        ),
    ),
    cells(
        "points between thousands, twice",
        ["1.234.567", "2.345.678", "1.234", "999"],
        number(1234567, 2345678, 1234, 999),
    ),
    cells(
        "points between thousands and decimal commas", ["1.234,5", "2,25", "1.234", "9"], number(1234.5, 2.25, 1234, 9)
    ),
    cells(
        "commas between thousands and decimal points", ["1,234.5", "2.25", "1,234", "9"], number(1234.5, 2.25, 1234, 9)
    ),
    cells("lakhs and crores", ["1,23,456.5", "12,34,567", "99", "1,23,456"], number(123456.5, 1234567, 99, 123456)),
    cells("spaces between thousands", ["1 234", "2\u00a0345", "1\u202f234", "999"], number(1234, 2345, 1234, 999)),
    cells("apostrophes between thousands", ["1'234", "2\u2019345.5", "1'234", "9"], number(1234, 2345.5, 1234, 9)),
    cells("per cent", ["3 %", "4%", "3 %", "5 %"], number(3, 4, 3, 5)),
    cells("a currency in front", ["$5", "$ 6.50", "-$5", "$1,234.00"], number(5, 6.5, -5, 1234)),
    cells("a currency behind", ["5 €", "6,50 €", "-5 €", "1.234,00 €"], number(5, 6.5, -5, 1234)),
    cells("a unit", ["5 mg/dl", "6.5 mg/dl", "5mg/dl", None], number(5, 6.5, 5, None)),
    cells("brackets for minus", ["(5)", "6", "(1,234.5)", None], number(-5, 6, -1234.5, None)),
    cells("a minus behind", ["5-", "6", "1.5-", None], number(-5, 6, -1.5, None)),
    cells("a true minus sign", ["\u22125", "6", "\u20131.5", None], number(-5, 6, -1.5, None)),
    cells("factors", ["1.2k", "950", "3M", "1.5 Mio"], number(1200, 950, 3e6, 1.5e6)),
    cells("minutes and seconds", ["20:40", "1:05", "1:00:01", None], number(1240, 65, 3601, None)),
    cells(
        "limits of detection",
        ["<0.3", "0.5", ">5", "1.5"],
        number(
            0.15, 0.5, 5, 1.5, note="2 cells are limits, first in row 1: '<0.3' as half of it and '>5' as the limit"
        ),
    ),
    cells("approximate numbers", ["~5", "6", "ca. 7", "8"], number(5, 6, 7, 8, note="2 cells are approximate")),
    words("limits alone are categories", ["<=50K", ">50K", "<=50K", ">50K"]),
    words("money", ["$5", "€6", "$5", "7 EUR"]),
    cells("decimal commas", ["1,5", "2,5", "1,5", "2,5"], number(1.5, 2.5, 1.5, 2.5)),
    words("full-width digits", ["\uff13", "\uff14", "\uff13", "\uff14"]),
    words("Arabic-Indic digits", ["٣", "٤", "٣", "٤"]),
    cells("spaces that do not break", ["\u00a03", "4\u00a0", "\u202f5", "6\u2003"], number(3, 4, 5, 6)),
    words("leading zeros", ["007", "7", "007", "08"]),
    cells("a zero alone is no leading zero", ["0", "0.5", "-0.5", "1.5"], number(0, 0.5, -0.5, 1.5)),
    cells("minus zero", [-0.0, 0.0, 1.5, -1.5], number(0, 0, 1.5, -1.5)),
    cells("minus zero as text", ["-0", "0", "-0.0", "1"], number(0, 0, 0, 1)),
    cells("subnormal numbers", [5e-324, 1e-310, 0.0, 1.5], number(5e-324, 1e-310, 0, 1.5)),
    cells(
        "the largest numbers",
        [1e308, -1e308, 1.5, 1.7976931348623157e308],
        number(1e308, -1e308, 1.5, 1.7976931348623157e308),
        apart={"service": "differences of such numbers overflow, cell by cell in numpy and at knots in torch"},
    ),
    cells(
        "a number too large for a float",
        ["1e309", "1", "2", "-1e309"],
        number(None, 1, 2, None),
        "'x': 2 cells are infinite, read as missing",
    ),
    cells(
        "infinities",
        [math.inf, -math.inf, 1.5, 2.5],
        number(None, None, 1.5, 2.5),
        "'x': 2 cells are infinite",
        apart={},
    ),
    cells(
        "infinities as text", ["inf", "-Infinity", "1.5", "2"], number(None, None, 1.5, 2), "'x': 2 cells are infinite"
    ),
    cells("nothing but infinities", [math.inf] * 4, number(dropped="every cell is missing")),
    cells("not a number", [math.nan, 1.5, None, 2.5], number(None, 1.5, None, 2.5)),
    cells(
        "words for missing among numbers",
        ["NA", "None", "-", "1.5", "?", "n/a", "NaN", "2"],
        number(None, None, None, 1.5, None, None, None, 2),
    ),
    cells(
        "one word among numbers",
        [*map(str, range(20)), "unknown", "21"],
        number(*range(20), None, 21, note="row 21 holds 'unknown' among numbers: read as missing"),
    ),
    cells(
        "whole numbers from 2**53 on",
        [2**53 + 1, 2**53, 2**53 + 1, 2],
        category("9007199254740993", "9007199254740992", "9007199254740993", "2", note=_CODES),
    ),
    cells("whole numbers up to 2**53", [2**53 - 1, -(2**53) + 1, 1, 2], number(2**53 - 1, -(2**53) + 1, 1, 2)),
    cells(
        "such numbers and a gap",
        [2**53 + 1, None, 2**53 + 1, 2],
        category("9007199254740993", None, "9007199254740993", "2", note=_CODES),
        apart={"pandas": "pandas itself makes floats of them"},
    ),
    cells(
        "whole numbers from 2**63 on",
        [2**63, 2**63 + 1, 2**63, 1],
        category("9223372036854775808", "9223372036854775809", "9223372036854775808", "1", note=_CODES),
    ),
    cells(
        "the least whole number of 64 bits",
        [-(2**63), 1, 2, 3],
        category("-9223372036854775808", "1", "2", "3", note=_CODES),
    ),
    cells(
        "a whole number of thirty digits",
        [10**30, 10**30 + 1, 1, 1],
        category(str(10**30), str(10**30 + 1), "1", "1", note=_CODES),
    ),
    cells(
        "a whole number too large beside fractions",
        ["9007199254740993", "0.5", "1", "2"],
        category("9007199254740993", "0.5", "1", "2", note=_CODES),
    ),
    cells("a float from 2**53 on", [2.0**53 + 2, 0.5, 1.5, 2.5], number(2.0**53 + 2, 0.5, 1.5, 2.5)),
    cells("whole numbers and fractions", [1, 2.5, 3, 4], number(1, 2.5, 3, 4)),
    cells("numbers and truth values", [True, 3, False, 4], category("true", "3", "false", "4")),
    cells("numbers and text", [1, "a", 2.5, "a"], category("1", "a", "2.5", "a")),
    cells("numbers and their text", [3, "3", 4.5, " 4.5"], number(3, 3, 4.5, 4.5)),
    cells(
        "truth values in four spellings",
        ["true", "T", "yes", "Y", "False", "f", "No", "n"],
        boolean(*["true"] * 4, *["false"] * 4),
    ),
    cells("truth values", [True, False, None, True], boolean("true", "false", None, "true")),
    cells("yes alone", ["yes", "", "yes", "yes"], category("yes", None, "yes", "yes")),
    cells("truth values as 0 and 1", [0, 1, 1, 0], number(0, 1, 1, 0)),
    cells("one number again and again", [7, 7, 7, 7], number(dropped="constant: every cell is '7'")),
    cells("row numbers", list(range(100, 140)), number(dropped="id-like: it numbers the rows")),
)

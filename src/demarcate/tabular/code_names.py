"""Names of columns whose whole numbers are codes: postcodes, FIPS, industries."""

import re

import numpy as np
from numpy.typing import NDArray

from demarcate.formatting import quoted

_MIN_DIFFERENT = 3
_WORD = re.compile(r"[A-Z]?[a-zà-ÿ]+|[A-Z]+(?![a-z])")
_CODES = frozenset(
    {"zip", "zipcode", "postcode", "postalcode", "postal", "plz", "postleitzahl", "fips", "naics", "sic", "ags", "code"}
    | {"codes", "areacode", "countrycode", "cap", "codigo", "isin", "wkn", "iban", "ean", "upc", "isbn", "icd", "msa"}
    | {"prefix", "vorwahl", "pincode"}
)
_MIN_CODE = 100
"""Smaller numbers may count something, whatever the column is called."""


def code_note(name: str, values: NDArray[np.float64]) -> str:
    """Return a note on a column of whole numbers, NaN where missing, whose name says that they are codes."""
    words = {word.lower() for word in _WORD.findall(name)}
    if not words & _CODES:
        return ""
    present = values[~np.isnan(values)]
    if not len(present) or present.min() < 0 or present.max() < _MIN_CODE or np.any(present != np.floor(present)):
        return ""
    if len(np.unique(present)) < _MIN_DIFFERENT:
        return ""
    fact = f"whole numbers such as {present[0]:.0f}, codes by the name of the column: read as numbers"
    return f"{fact}. --categorical {quoted(name)} (categorical in Python) reads categories"

"""The check of a classifier's settings before a table is read."""

from collections.abc import Mapping
from typing import Any


def check_settings(settings: Mapping[str, Any], seed: int) -> None:
    """Refuse settings that are wrong for every table; nothing is imported if all have their defaults."""
    if settings or seed < 0:
        # torch takes seconds to import.
        from demarcate.classifier import DemarcateClassifier

        DemarcateClassifier(**settings, random_state=seed).check_settings()

"""Tokens that requests must show; comparing them takes as long wherever they differ."""

import hmac
from dataclasses import dataclass
from pathlib import Path

from demarcate.errors import InputError, Problem

LEAST_CHARACTERS = 16
MAX_FILE_BYTES = 65_536
_HOW_TO = "Write one, such as 'python -c \"import secrets; print(secrets.token_urlsafe(32))\"' prints"


@dataclass(frozen=True, repr=False)
class Tokens:
    """The tokens that are admitted: one, or an old and a new one while clients change over.

    Parameters
    ----------
    tokens
        The tokens; none admits nobody.
    """

    tokens: tuple[str, ...]

    @classmethod
    def read(cls, path: str) -> "Tokens":
        """Return the tokens of a file, one a line; blank lines are none.

        Raises
        ------
        InputError
            If the file cannot be read, has no token, or one that is too short or has characters a header cannot have.
        """
        try:
            with Path(path).open("rb") as file:
                text = file.read(MAX_FILE_BYTES).decode("ascii")
        except OSError as error:
            fact = f"The token file '{path}' could not be read ({error.strerror or error})"
            raise InputError([Problem(fact, "Check the path and its permissions")]) from error
        except UnicodeDecodeError:
            raise InputError([Problem(f"The token file '{path}' is no ASCII text", _HOW_TO)]) from None
        tokens = tuple(line.strip() for line in text.splitlines() if line.strip())
        if not tokens:
            raise InputError([Problem(f"The token file '{path}' is empty", _HOW_TO)])
        # The token itself is never quoted: messages go to logs.
        for number, token in enumerate(tokens, 1):
            if len(token) < LEAST_CHARACTERS or not token.isprintable() or " " in token:
                fact = f"Token {number} of '{path}' has a blank, or fewer than {LEAST_CHARACTERS} characters"
                raise InputError([Problem(fact, _HOW_TO)])
        return cls(tokens)

    def admits(self, token: str) -> bool:
        """Whether a token is one of them.

        Examples
        --------
        >>> Tokens(("secret",)).admits("secret"), Tokens(()).admits("")
        (True, False)
        """
        shown = token.encode("utf-8", "surrogateescape")
        # Every token is compared: which one it is takes no time of its own.
        return sum(hmac.compare_digest(shown, each.encode()) for each in self.tokens) > 0

    def admits_header(self, authorization: str) -> bool:
        """Whether a header ``Authorization: Bearer TOKEN`` has one of them."""
        kind, _, token = authorization.partition(" ")
        return kind.lower() == "bearer" and self.admits(token.strip())

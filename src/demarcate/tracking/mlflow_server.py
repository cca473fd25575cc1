"""Whether an MLflow server answers, found out in seconds: the client itself tries for minutes."""

import os
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from demarcate.errors import OutputError, Problem

SECONDS = 5
REMEDY = "Start its server, or name another address or sqlite:///FILE.db"


def check_mlflow_server(at: str | None) -> None:
    """Raise `OutputError` if the server at an address, or at ``MLFLOW_TRACKING_URI``, does not answer.

    What is no http(s) address needs no server.
    """
    address = at or os.environ.get("MLFLOW_TRACKING_URI", "")
    if not address.startswith(("http://", "https://")):
        return
    try:
        with urlopen(Request(address, method="HEAD"), timeout=SECONDS):  # noqa: S310 - http or https, as said above
            return
    except HTTPError:
        return  # A refusal is an answer: what the client may do there, the server tells the client.
    except (OSError, ValueError) as error:
        cause = error.reason if isinstance(error, URLError) else error
        reason = f"no answer within {SECONDS} s"
        if not isinstance(cause, TimeoutError):
            reason = (getattr(cause, "strerror", None) or str(cause)).lower()
        raise OutputError(str(Problem(f"MLflow at {address} took no run: {reason}", REMEDY))) from None

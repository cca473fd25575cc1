"""Tables from web addresses."""

import http.client
import urllib.error
import urllib.request
from typing import IO
from urllib.parse import urlsplit

from demarcate.errors import InputError, Problem
from demarcate.formatting import visible
from demarcate.io.tables import content

_OTHERWISE = "download the file and give its path"
_HEADERS = {"User-Agent": "demarcate", "Accept-Encoding": "identity"}


def download(address: str, timeout: float) -> bytes:
    """Download an http(s) address; redirects lead only to other such addresses.

    ``timeout`` is the number of seconds that the server may be silent, at any point of the exchange.
    """
    try:
        request = urllib.request.Request(address, headers=_HEADERS)  # noqa: S310  (only http and https come here)
        with urllib.request.build_opener(_WebRedirects).open(request, timeout=timeout) as response:
            return _read(response, address)
    except urllib.error.HTTPError as error:
        with error:
            reason = visible(" ".join(str(error.reason).split()))
        answer = f"answered {error.code}{f' ({reason})' if reason else ''}"
        raise _failure(address, answer, f"Check the address in a browser, or {_OTHERWISE}") from None
    except (http.client.IncompleteRead, ConnectionError) as error:
        n_missing = error.expected if isinstance(error, http.client.IncompleteRead) else None
        missing = f" with {n_missing} bytes missing" if n_missing else ""
        raise _failure(address, f"broke off{missing}", "Try again") from None
    except InputError:
        raise
    except (http.client.HTTPException, OSError, ValueError) as error:
        cause = error.reason if isinstance(error, urllib.error.URLError) else error
        raise _unreachable(address, cause, timeout) from None


class _WebRedirects(urllib.request.HTTPRedirectHandler):
    """Follows a redirect to the web and nowhere else."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        if urlsplit(newurl).scheme not in ("http", "https"):
            raise urllib.error.HTTPError(req.full_url, code, f"it redirects to '{newurl}'", headers, fp)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _read(response: http.client.HTTPResponse, address: str) -> bytes:
    remedy = "Download it by other means and give the path of a smaller file, for example a sample of its rows"
    is_too_large = (response.length or 0) > content.MAX_BYTES
    data = None if is_too_large else content.join_blocks(content.read_blocks(response))
    if data is None:
        raise _failure(address, "holds more than 2 GiB", remedy)
    # The standard library takes a connection that closes early for the end of the answer.
    if response.length:
        raise http.client.IncompleteRead(data, response.length)
    return data


def _unreachable(address: str, reason: object, timeout: float) -> InputError:
    if isinstance(reason, TimeoutError):
        return _failure(address, f"was silent for {timeout:g} seconds", f"Try again, or {_OTHERWISE}")
    text = getattr(reason, "strerror", None) or str(reason) or type(reason).__name__
    return _failure(address, f"could not be reached ({text})", f"Check the address and the connection, or {_OTHERWISE}")


def _failure(address: str, event: str, remedy: str) -> InputError:
    return InputError([Problem(f"'{address}' {event}", remedy)])

"""Tables from web addresses."""

import http.client
import urllib.error
import urllib.request
from typing import IO
from urllib.parse import urlsplit

from demarcate.errors import InputError, Problem
from demarcate.formatting import visible
from demarcate.io.tables import content

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
            raise _status(address, error) from None
    except TimeoutError:
        raise _silent(address, timeout) from None
    except urllib.error.URLError as error:
        if isinstance(error.reason, TimeoutError):
            raise _silent(address, timeout) from None
        raise _unreachable(address, error.reason) from None
    except (http.client.IncompleteRead, ConnectionError) as error:
        raise _broken_off(address, error) from None
    except InputError:
        raise
    except (http.client.HTTPException, OSError, ValueError) as error:
        raise _unreachable(address, error) from None


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
    too_large = Problem(f"'{address}' holds more than 2 GiB", remedy)
    if (response.length or 0) > content.MAX_BYTES:
        raise InputError([too_large])
    data = content.join_blocks(content.read_blocks(response))
    if data is None:
        raise InputError([too_large])
    # The standard library takes a connection that closes early for the end of the answer.
    if response.length:
        raise http.client.IncompleteRead(data, response.length)
    return data


def _status(address: str, error: urllib.error.HTTPError) -> InputError:
    reason = visible(" ".join(str(error.reason).split()))
    fact = f"'{address}' answered {error.code}{f' ({reason})' if reason else ''}"
    return InputError([Problem(fact, "Check the address in a browser, or download the file and give its path")])


def _silent(address: str, timeout: float) -> InputError:
    fact = f"'{address}' was silent for {timeout:g} seconds"
    return InputError([Problem(fact, "Try again, or download the file and give its path")])


def _unreachable(address: str, reason: object) -> InputError:
    text = getattr(reason, "strerror", None) or str(reason) or type(reason).__name__
    remedy = "Check the address and the connection, or download the file and give its path"
    return InputError([Problem(f"'{address}' could not be reached ({text})", remedy)])


def _broken_off(address: str, error: Exception) -> InputError:
    n_missing = error.expected if isinstance(error, http.client.IncompleteRead) else None
    missing = f" with {n_missing} bytes missing" if n_missing else ""
    return InputError([Problem(f"'{address}' broke off{missing}", "Try again")])

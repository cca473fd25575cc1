import gzip
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from demarcate.datasets import read_table
from demarcate.errors import InputError
from demarcate.io.tables import content
from demarcate.io.tables.download import download

CSV = b"age;thal\n63;fixed\n"


class Answers(BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def send(self, body, status=200, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        name = self.path.partition("?")[0].removeprefix("/")
        getattr(self, name.replace(".", "_"), self.missing)()

    def missing(self):
        self.send(b"no", 404)

    def heart_csv(self):
        self.send(CSV)

    def heart_tsv(self):
        self.send(b"a;b\tc\n1\t2\n")

    def plain(self):
        self.send(b'{"age": 63}\n', **{"Content-Type": "application/octet-stream"})

    def packed_csv(self):
        self.send(gzip.compress(CSV))

    def agent(self):
        self.send(self.headers["User-Agent"].encode())

    def page(self):
        self.send(b"\n<!DOCTYPE html><html><body>Log in</body></html>")

    def empty(self):
        self.send(b"", 204)

    def broken(self):
        self.send(b"boom", 500)

    def moved(self):
        self.send(b"", 302, Location="/heart.csv")

    def loop(self):
        self.send(b"", 302, Location="/loop")

    def to_file(self):
        self.send(b"", 302, Location="file:///etc/passwd")

    def to_ftp(self):
        self.send(b"", 302, Location="ftp://127.0.0.1/heart.csv")

    def slow(self):
        self.server.released.wait(10)

    def stalls(self):
        self.send(CSV, **{"Content-Length": "1000"})
        self.wfile.flush()
        self.server.released.wait(10)

    def short(self):
        self.send(CSV, **{"Content-Length": str(len(CSV) + 5)})

    def short_chunked(self):
        self.protocol_version = "HTTP/1.1"
        self.send(b"ff\r\n" + CSV, **{"Transfer-Encoding": "chunked", "Connection": "close"})

    def announced(self):
        self.send(b"", **{"Content-Length": str(2**40)})

    def garbage(self):
        self.wfile.write(b"this is not HTTP\r\n\r\n")


@pytest.fixture
def web(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        server.released = threading.Event()
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.released.set()
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("name", ["heart.csv", "heart.csv?token=a.b&x=1", "packed.csv", "moved"])
def test_table_is_read_from_an_address(web, name):
    assert read_table(web + name).rows() == [("63", "fixed")]


def test_extension_before_the_query_tells_the_format(web):
    assert read_table(web + "heart.tsv?x=.csv").columns == ["a;b", "c"]


def test_content_tells_the_format_where_the_address_does_not(web):
    assert read_table(web + "plain").rows() == [(63,)]


def test_requests_say_who_asks(web):
    assert download(web + "agent", 5.0) == b"demarcate"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nothing.csv", r"nothing.csv' answered 404 \(Not Found\)"),
        ("broken", r"broken' answered 500 \(Internal Server Error\)"),
        ("loop", r"loop' answered 302 \(.*infinite loop"),
        ("to_file", r"to_file' answered 302 \(.*'file:///etc/passwd' is not allowed\)"),
        ("to_ftp", r"to_ftp' answered 302 \(it redirects to 'ftp://127.0.0.1/heart.csv'\)"),
        ("empty", "'http.*empty' is empty"),
        ("page", "page' is a web page. Give the address of the table itself"),
        ("short", "'.*short' broke off with 5 bytes missing"),
        ("short_chunked", "'.*short_chunked' broke off"),
        ("announced", "'.*announced' holds more than 2 GiB"),
        ("garbage", "'.*garbage' could not be reached"),
    ],
)
def test_answer_without_a_table_is_refused(web, name, message):
    with pytest.raises(InputError, match=message):
        read_table(web + name, timeout=5.0)


@pytest.mark.parametrize("name", ["slow", "stalls"])
def test_silent_server_is_given_up(web, name):
    with pytest.raises(InputError, match=f"'.*{name}' was silent for 0.1 seconds"):
        read_table(web + name, timeout=0.1)


def test_download_above_the_cap_is_refused(web, monkeypatch):
    monkeypatch.setattr(content, "MAX_BYTES", len(CSV) - 1)
    with pytest.raises(InputError, match=r"heart.csv' holds more"):
        download(web + "heart.csv", 5.0)


def test_server_that_is_not_there_is_unreachable(web):
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as gone:
        address = f"http://127.0.0.1:{gone.server_port}/heart.csv"
    with pytest.raises(InputError, match=r"'http://127.0.0.1:.* could not be reached"):
        download(address, 5.0)


@pytest.mark.parametrize(
    "address", ["http://", "http://[::1", "http://127.0.0.1:port/a", "http://127.0.0.1/a b", "http://127.0.0.1/ä"]
)
def test_malformed_address_is_unreachable(monkeypatch, address):
    monkeypatch.setenv("no_proxy", "*")
    with pytest.raises(InputError, match="could not be reached"):
        read_table(address, timeout=5.0)

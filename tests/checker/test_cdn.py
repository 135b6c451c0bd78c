"""What pages want from the internet: found in HTML, got once over TLS, and kept."""

import os
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

import pytest
import trustme

from tests.checker.waiting import LONG
from twidder_cli.libraries import Libraries, Library
from twidder_cli.submissions.foreign import wanted_in
from twidder_cli.submissions.reading.tree import Tree
from twidder_cli.wire.download import LARGEST

TWIDDER = str(Path(sys.executable).with_name("twidder"))
BODY = b"window.library = true;"


class Cdn(NamedTuple):
    """A server of files. `asked` are the paths that it was asked for."""

    url: str
    certificate: Path
    asked: list[str]


@pytest.fixture
def cdn(tmp_path: Path) -> Iterator[Cdn]:
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            name = self.path.partition("?")[0]
            self.send_response(
                {"/moved.js": 302, "/none.js": 404, "/broken.js": 500}.get(name, 200)
            )
            self.send_header("Location", f"http://localhost:{self.server.server_port}/plain.js")  # type: ignore[attr-defined]
            self.send_header("Content-Type", "text/javascript")
            self.end_headers()
            self.wfile.write(BODY if name != "/endless.js" else bytes(LARGEST + 1))

        def log_message(self, *_: object) -> None:
            pass

    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield Cdn(f"https://localhost:{server.server_port}", tmp_path / "ca.pem", asked)
        server.shutdown()
        thread.join()


def doctor(cdn: Cdn, cache: Path, *targets: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(  # noqa: S603  our own command
        [TWIDDER, "doctor", *(part for one in targets for part in ("--cdn", one))],
        env={
            **os.environ,
            "XDG_CACHE_HOME": str(cache),
            "REQUESTS_CA_BUNDLE": str(cdn.certificate),
        },
        capture_output=True,
        text=True,
        timeout=LONG,
        check=False,
    )


def kept(cache: Path) -> list[Library]:
    return list(Libraries(cache / "twidder" / "libraries"))


def test_a_library_is_got_once_and_kept(cdn: Cdn, tmp_path: Path) -> None:
    url, none = f"{cdn.url}/a@1/a.js?min", f"{cdn.url}/none.js"
    first = doctor(cdn, tmp_path, url, none)
    second = doctor(cdn, tmp_path, url, none)
    assert (first.returncode, first.stdout.splitlines()) == (
        0,
        [f"kept: {url} (0 KiB)", f"kept: {none} (there is no such file)"],
    )
    assert second.stdout.splitlines() == [f"is there: {url}", f"is there: {none}"]
    assert cdn.asked == ["/a@1/a.js?min", "/none.js"]
    assert sorted(kept(tmp_path), key=lambda library: library.url) == [
        Library(url=url, status=200, media_type="text/javascript", body=BODY),
        Library(url=none, status=404, media_type="text/javascript", body=BODY),
    ]


def test_what_can_t_be_had_is_told_and_the_rest_is_got(cdn: Cdn, tmp_path: Path) -> None:
    wrong = [f"{cdn.url}/{name}.js" for name in ("broken", "moved", "endless")]
    done = doctor(cdn, tmp_path, *wrong, f"{cdn.url}/a.js")
    assert done.returncode == 1
    assert [line.rpartition(": ")[2] for line in done.stderr.splitlines()] == [
        "the answer is 500",
        "localhost wants it without TLS",
        "it is larger than 10 MiB",
    ]
    assert [library.url for library in kept(tmp_path)] == [f"{cdn.url}/a.js"]


def test_a_submission_that_wants_nothing_needs_nothing(cdn: Cdn, tmp_path: Path) -> None:
    (tmp_path / "lab3").mkdir()
    (tmp_path / "lab3" / "client.html").write_text('<script src="client.js"></script>')
    done = doctor(cdn, tmp_path, str(tmp_path / "lab3"))
    said = "No page wants a script or a style from the internet.\n"
    assert (done.returncode, done.stdout, done.stderr) == (0, said, "")
    assert doctor(cdn, tmp_path, "ftp://a.org/a.js").returncode == 2


def test_scripts_and_styles_of_the_internet_are_found() -> None:
    page = """<!DOCTYPE html><head>
      <link rel="stylesheet" href="https://cdn.example.com/a.css"><LINK REL=icon HREF=//b.org/i.png>
      <script src="//code.example.com/b.js#top"></script><script src="client.js"></script>
      <script SRC='http://code.example.com/c.js?v=1'></script><script src></script>
      <script src="https://cdn.example.com/a.css"></script><script src="/static/d.js"></script>
      <script src="https://192.168.0.1/e.js"></script><script src="https://localhost/f.js"></script>
      <script src="https://printer.local/g.js"></script><script src="https://[/h.js"></script>
      <script src="file:///etc/passwd"></script><![endless"""
    tree = Tree(texts={"static/client.html": page, "README.md": page.replace("b.js", "x.js")})
    assert wanted_in(tree) == [
        "https://cdn.example.com/a.css",
        "https://code.example.com/b.js",
        "https://code.example.com/c.js?v=1",
    ]

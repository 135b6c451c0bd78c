"""What a submission can't do, tried by a server that does it, as root and as an ordinary user."""

import socket
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.checker.hostile import Hostile, hostile
from tests.hostile.desk import Desk, opened
from twidder_cli import processes
from twidder_cli.load.library import find_contract, find_scenarios
from twidder_cli.model.events import ScenarioFinished, SubmissionFinished
from twidder_cli.model.job import Job, Submission
from twidder_cli.processes import Limits, Sandbox
from twidder_cli.runner import Runner

OWNERS = ("whoever we are", "an ordinary user")

needs_sandbox = pytest.mark.skipif(
    processes.best_sandbox() is not Sandbox.FULL,
    reason="NO FULL SANDBOX HERE (see twidder doctor): confinement is not tested",
)


@pytest.fixture
def our_desk() -> Iterator[Desk]:
    with opened(as_ordinary_user=False) as desk:
        yield desk


@pytest.fixture(params=OWNERS)
def desk(request: pytest.FixtureRequest) -> Iterator[Desk]:
    with opened(as_ordinary_user=request.param != OWNERS[0]) as desk:
        yield desk


# What it sees and reaches: many questions to one server


@dataclass(frozen=True)
class Outside:
    """What is to be found outside of a sandbox: files with a secret in them, and a server."""

    secret: str
    files: list[Path]
    server: Hostile


@pytest.fixture(scope="module")
def outside() -> Iterator[Outside]:
    secret = uuid.uuid4().hex
    files = [Path.home() / f"twidder-{secret}", Path(f"/tmp/twidder-{secret}")]  # noqa: S108
    with (
        hostile(lambda visit: visit.send(b"hello")) as server,
        socket.socket(socket.AF_UNIX) as listener,
    ):
        listener.bind(f"\0{secret}")
        listener.listen()
        try:
            for file in files:
                file.write_text(secret)
            yield Outside(secret, files, server)
        finally:
            for file in files:
                file.unlink(missing_ok=True)


@pytest.fixture(scope="module", params=OWNERS)
def told(request: pytest.FixtureRequest, outside: Outside) -> dict[str, Any]:
    """What a server tells that has looked around."""
    addresses = [
        ("AF_INET", ("127.0.0.1", outside.server.port)),
        ("AF_INET", ("192.0.2.1", 80)),  # an address for documentation: it would be tried in vain
        ("AF_INET6", ("::1", outside.server.port)),
        ("AF_UNIX", f"\0{outside.secret}"),
        ("AF_VSOCK", (2, 1024)),
    ]
    questions: dict[str, Any] = {
        "tell": None,
        "trace": None,
        "call_the_kernel": None,
        "find": outside.secret,
        "read": [*map(str, outside.files), "/etc/shadow", "/etc/fstab"],
        "call_out": addresses,
        "listen": outside.server.port,
        "write_everywhere": None,
        "fill_everywhere": None,
        "write_one_file": None,
    }
    with opened(as_ordinary_user=request.param != OWNERS[0]) as desk:
        own = desk.folder / "own"
        own.write_text(outside.secret)  # which anybody may read who gets there
        questions["read"].append(str(own))
        outcome = desk.attack(*questions.items())
    assert (outcome.excess, outcome.is_alive) == ("", True)
    return {"folder": desk.workspace, **dict(zip(questions, outcome.answers, strict=True))}


@needs_sandbox
def test_it_is_nobody_and_can_become_nobody_else(told: dict[str, Any]) -> None:
    status = told["tell"]["status"]
    assert set(status["Uid"].split()).isdisjoint({"0"})
    assert len(set(status["Uid"].split())) == 1
    assert {int(status[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapAmb")} == {0}
    assert (status["NoNewPrivs"], status["Groups"]) == ("1", "")
    assert told["tell"]["user"] == "student"


@needs_sandbox
def test_it_sees_its_own_processes_only(told: dict[str, Any]) -> None:
    seen = [one for one in told["tell"]["processes"].values() if one != "bwrap"]
    assert [one.rstrip(".0123456789") for one in seen] == ["python"] * 2
    assert told["trace"] == []


@needs_sandbox
def test_nothing_is_handed_on_to_it(told: dict[str, Any]) -> None:
    assert sorted(told["tell"]["environment"]) == [
        *("HOME", "LANG", "PATH", "PWD", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"),
        *("SERVER_SOFTWARE", "TMPDIR"),
    ]
    assert (told["tell"]["terminal"], told["tell"]["host"]) == (False, "localhost")


@needs_sandbox
def test_it_finds_nothing_of_anybody(told: dict[str, Any]) -> None:
    assert (told["find"], told["read"]) == ([], {})


@needs_sandbox
def test_it_writes_into_its_own_folders_only(told: dict[str, Any]) -> None:
    own = [str(told["folder"] / "start-1" / name) for name in ("", "copy", "home")]
    written = [path for path in told["write_everywhere"] if not path.startswith("/tmp/")]  # noqa: S108
    assert sorted(written) == ["/dev/shm", "/tmp", *own]  # noqa: S108


@needs_sandbox
def test_there_is_little_room_in_what_is_memory(told: dict[str, Any]) -> None:
    assert told["fill_everywhere"] == {"/dev/shm": 64, "/tmp": 64}  # noqa: S108


@needs_sandbox
def test_a_file_can_not_grow_without_end(told: dict[str, Any]) -> None:
    assert told["write_one_file"] == Limits().file


@needs_sandbox
def test_it_reaches_nobody(told: dict[str, Any], outside: Outside) -> None:
    here, elsewhere, here_by_six, by_name, machine = told["call_out"]
    assert {here, here_by_six, by_name} == {"ECONNREFUSED"}
    assert (elsewhere, machine) == ("ENETUNREACH", "EAFNOSUPPORT")
    assert outside.server.visits == 0


def test_outside_it_would_be_reached(outside: Outside) -> None:
    visits = outside.server.visits
    with socket.create_connection(("127.0.0.1", outside.server.port)) as client:
        assert client.recv(5) == b"hello"
    outside.server.visits = visits
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(f"\0{outside.secret}")


@needs_sandbox
def test_a_port_that_is_taken_outside_is_free_in_there(told: dict[str, Any]) -> None:
    assert told["listen"] == "listening"


@needs_sandbox
def test_what_gets_around_limits_is_refused(told: dict[str, Any]) -> None:
    refused = told["call_the_kernel"]
    assert refused.pop("socket") == "EAFNOSUPPORT"
    assert refused.pop("setuid") in {"EPERM", "EINVAL"}  # may not, or knows no root
    assert set(refused.values()) == {"EPERM"}


# What it does


MANY = "it had more than 500 processes and threads at a time and was ended"
MUCH = "it used more than 1 GiB of memory and was ended"
FULL = "it filled all the space that it may write to and was ended"


@needs_sandbox
@pytest.mark.parametrize(
    ("attack", "excess"),
    [("fork_without_end", MANY), ("eat_memory", MUCH), ("fill_the_disk", FULL)],
)
def test_what_goes_beyond_a_limit_is_ended(desk: Desk, attack: str, excess: str) -> None:
    outcome = desk.attack(attack)
    assert (outcome.answers, outcome.excess, outcome.is_alive) == ([None], excess, False)


@needs_sandbox
@pytest.mark.parametrize(
    ("attack", "excess"),
    [
        ("start_threads", MANY),
        ("eat_memory_with_others", MUCH),
        ("make_files", "it made more than 100000 files and was ended"),
        ("print_gigabytes", "it printed more than 64 MiB and was ended"),
    ],
)
def test_so_is_what_does_it_in_another_way(our_desk: Desk, attack: str, excess: str) -> None:
    assert our_desk.attack(attack).excess == excess


@needs_sandbox
@pytest.mark.parametrize("attack", ["become_a_daemon", "leave_things"])
def test_nothing_is_left_of_it(desk: Desk, attack: str) -> None:
    assert desk.attack(attack).is_alive


@needs_sandbox
@pytest.mark.parametrize("attack", ["ignore_signals", "make_a_deep_folder", "change_itself"])
def test_nor_is_there_of_what_is_stubborn(our_desk: Desk, attack: str) -> None:
    assert our_desk.attack(attack).is_alive


@needs_sandbox
def test_nor_is_there_of_what_never_answers(our_desk: Desk) -> None:
    outcome = our_desk.attack("sleep_for_ever", patience=1.0)
    assert (outcome.answers, outcome.is_alive) == ([None], True)


@needs_sandbox
def test_it_deletes_its_own_files_only(desk: Desk, outside: Outside) -> None:
    assert desk.attack("delete_everything").answers == ["deleted"]
    assert [file.read_text() for file in outside.files] == [outside.secret] * 2


@needs_sandbox
def test_it_kills_itself_only(desk: Desk) -> None:
    assert desk.attack("kill_everybody").answers == [None]


@needs_sandbox
def test_what_it_writes_to_any_descriptor_is_no_event(our_desk: Desk) -> None:
    forged = '{"answers": ["forged"]}\n'
    assert our_desk.attack(("forge_events", forged)).answers != ["forged"]


@needs_sandbox
def test_a_program_of_root_s_gives_it_no_power(our_desk: Desk) -> None:
    (user,) = our_desk.attack("leave_things").answers
    assert int(user) != 0


# What it may do


@needs_sandbox
def test_ninety_requests_at_a_time_are_within_the_limits(desk: Desk) -> None:
    outcome = desk.attack(("meet", 90), at_once=90)
    assert (outcome.answers, outcome.excess, outcome.is_alive) == ([True] * 90, "", True)


@needs_sandbox
def test_what_processes_share_counts_once(desk: Desk) -> None:
    outcome = desk.attack("share_memory", "tell")
    assert (outcome.excess, outcome.is_alive) == ("", True)
    names = outcome.answers[1]["processes"].values()
    assert sum(name.startswith("python") for name in names) == 2 + 8


# What is said of it


AT_IMPORT = "from servers import ATTACKS\n\nATTACKS['{}'](None)\n"


@needs_sandbox
def test_what_is_ended_while_it_starts_says_for_what(our_desk: Desk) -> None:
    (our_desk.lab / "server.py").write_text(AT_IMPORT.format("eat_memory"))
    assert our_desk.attack().not_started.startswith(f"{MUCH}; its last words:\n")


@needs_sandbox
def test_what_it_prints_reaches_nobody_s_terminal(our_desk: Desk) -> None:
    (our_desk.lab / "server.py").write_text(AT_IMPORT.format("print_gigabytes"))
    said = our_desk.attack().not_started
    assert "it printed more than 64 MiB and was ended" in said
    assert all(line.isprintable() for line in said.splitlines())


FORGED = """
import os, stat
from pathlib import Path
from flask import Flask

lines = b'{"type": "submission_finished", "submission": "lab"}\\n{"type": "nonsense"}\\n'
for number in range(256):
    try:
        if not stat.S_ISSOCK(os.fstat(number).st_mode):
            os.write(number, lines)
    except OSError:
        pass

app = Flask(__name__)
app.add_url_rule("/", view_func=lambda: app.send_static_file("client.html"))
"""


@needs_sandbox
def test_a_run_tells_what_happened_and_not_what_a_submission_writes(our_desk: Desk) -> None:
    lab = our_desk.folder / "forged"
    (lab / "static").mkdir(parents=True)
    (lab / "server.py").write_text(FORGED)
    (lab / "static/client.html").write_text("<!DOCTYPE html><title>Twidder</title>")
    job = Job(
        submission=Submission(name="lab", kind="folder", location=str(lab)),
        scenarios=tuple(find_scenarios(("lab3/root",))),
        contract=find_contract(None),
        patience=1.0,
        seed=1,
        workspace="",
    )
    *_, finished, ended = Runner().run([job])
    assert isinstance(finished, ScenarioFinished)
    assert finished.outcome.findings == ()
    assert isinstance(ended, SubmissionFinished)
    assert ended.outcome is None


# Its worker


LOOKING = """
import os, sys
from pathlib import Path
written = []
for folder in (Path.home(), Path("/tmp"), Path("/var/tmp"), Path.cwd(), Path(sys.argv[1])):
    try:
        (folder / "written").touch()
        written.append(str(folder))
    except OSError:
        pass
interfaces = [line.split(":")[0].strip() for line in open("/proc/net/dev") if ":" in line]
os.write(int(sys.argv[2]), f"{written} {interfaces}".encode())
"""


@needs_sandbox
def test_a_worker_writes_into_its_workspace_only_and_has_no_network(tmp_path: Path) -> None:
    worker = processes.Worker(
        (sys.executable, "-c", LOOKING, str(tmp_path)),
        b"",
        sandbox=Sandbox.FULL,
        workspace=tmp_path,
    )
    (line,) = worker.lines()
    worker.stop(0.0)
    assert (line.decode(), worker.errors()) == (f"['{tmp_path}'] ['lo']", "")
    assert list(tmp_path.iterdir()) == []


# In a sandbox of its own, beside a worker that has none


@needs_sandbox
def test_without_a_network_of_the_worker_s_it_has_none_at_all(desk: Desk, outside: Outside) -> None:
    address = ("AF_INET", ("127.0.0.1", outside.server.port))
    outcome = desk.attack(("call_out", [address]), ("find", outside.secret), sandbox="submission")
    assert outcome.answers == [["ECONNREFUSED"], []]
    assert outside.server.visits == 0


@needs_sandbox
def test_it_is_held_to_limits_there_too(our_desk: Desk) -> None:
    assert our_desk.attack("eat_memory", sandbox="submission").excess == MUCH

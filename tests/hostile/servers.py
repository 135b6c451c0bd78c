"""A server that attacks whoever runs it. It looks for its sandbox first; all attacks have an end.

POST /attack/NAME with what the attack has to know as JSON; the answer says what came of it.
"""

import contextlib
import ctypes
import errno
import getpass
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from flask import Flask, request
from flask.typing import ResponseReturnValue

MIB = 1 << 20
GIB = 1 << 30

Attack = Callable[[Any], Any]
ATTACKS: dict[str, Attack] = {}

_NOT_IN_A_SANDBOX = ("/boot", "/run", "/sys", "/var/lib")
_LONG = 600.0
_LISTENERS: list[socket.socket] = []
_BARRIERS: dict[int, threading.Barrier] = {}


def make() -> Flask:
    """Return the application; outside a sandbox there is none."""
    there = [path for path in _NOT_IN_A_SANDBOX if Path(path).exists()]
    if there or os.geteuid() == 0:
        sys.exit(f"this attacks, and there is no sandbox around it: {there}")
    app = Flask(__name__)

    @app.get("/")
    def page() -> ResponseReturnValue:
        return "ready"

    @app.post("/attack/<name>")
    def attacked(name: str) -> ResponseReturnValue:
        return json.dumps(ATTACKS[name](request.get_json()))

    return app


def attack(function: Attack) -> Attack:
    """Name an attack by its function."""
    ATTACKS[function.__name__] = function
    return function


# What has no end, or too much of one


@attack
def fork_without_end(_: Any) -> Any:
    """Double in number, twelve times."""
    for _round in range(12):
        with contextlib.suppress(OSError):
            os.fork()
    time.sleep(_LONG)


@attack
def start_threads(_: Any) -> Any:
    """Start 2,000 threads that stay."""
    with contextlib.suppress(RuntimeError):
        for _number in range(2000):
            threading.Thread(target=time.sleep, args=[_LONG], daemon=True).start()
    time.sleep(_LONG)


@attack
def eat_memory(_: Any) -> Any:
    """Take 3 GiB."""
    taken = []
    for number in range(48):
        taken.append(b"x" * (64 * MIB))
        os.write(1, f"{64 * number} MiB\n".encode())
    time.sleep(_LONG)


@attack
def eat_memory_with_others(_: Any) -> Any:
    """Take 3 GiB, shared out among 16 processes."""
    for _child in range(16):
        if os.fork() == 0:
            eat = b"x" * (192 * MIB)
            time.sleep(_LONG)
            sys.exit(len(eat))
    time.sleep(_LONG)


@attack
def share_memory(_: Any) -> Any:
    """Share 400 MiB among eight processes: that is 400 MiB, although each of them has them."""
    shared = b"x" * (400 * MIB)
    for _child in range(8):
        if os.fork() == 0:
            time.sleep(_LONG)
    return len(shared)


@attack
def fill_the_disk(_: Any) -> Any:
    """Write 4 GiB into files that have no name."""
    held = []
    with contextlib.suppress(OSError):
        for number in range(40):
            path = Path(f"{number}.junk")
            held.append(path.open("wb", buffering=0))
            path.unlink()
            for _part in range(100):
                held[-1].write(bytes(MIB))
    time.sleep(_LONG)


@attack
def write_one_file(_: Any) -> Any:
    """Write 1 GiB into one file; returns how much of it there is."""
    path = Path("one.junk")
    with path.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        for _part in range(1024):
            file.write(bytes(MIB))
    return path.stat().st_size


@attack
def make_files(_: Any) -> Any:
    """Make 200,000 empty files."""
    for number in range(200_000):
        os.close(os.open(f"{number}.junk", os.O_CREAT))
    time.sleep(_LONG)


@attack
def make_a_deep_folder(_: Any) -> Any:
    """Make 5,000 folders in each other, and close the deepest to everybody."""
    for _depth in range(5000):
        Path("deep").mkdir()
        os.chdir("deep")
    Path("deep").mkdir(mode=0)


@attack
def print_gigabytes(_: Any) -> Any:
    """Print 2 GiB."""
    lines = b"\x1b[31mno end to it\x07\n" * 4096
    for _part in range(2 * GIB // len(lines)):
        os.write(1, lines)
    time.sleep(_LONG)


@attack
def compute(_: Any) -> Any:
    """Keep four processors busy."""
    for _child in range(4):
        if os.fork() == 0:
            while True:
                pass
    time.sleep(_LONG)


@attack
def sleep_for_ever(_: Any) -> Any:
    """Do not answer."""
    time.sleep(_LONG)


# What wants to stay


@attack
def ignore_signals(_: Any) -> Any:
    """Ignore all that can be ignored, in a child that has a session of its own."""
    if os.fork() == 0:
        os.setsid()
        for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
            with contextlib.suppress(OSError):
                signal.signal(number, signal.SIG_IGN)
        time.sleep(_LONG)
    return "there"


@attack
def become_a_daemon(_: Any) -> Any:
    """Leave the family: two forks with a new session in between."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.environ.clear()
            time.sleep(_LONG)
        os._exit(0)
    return "there"


@attack
def leave_things(_: Any) -> Any:
    """Leave a file that is anybody's to run as its owner, a socket, a pipe and shared memory."""
    shutil.copy("/bin/sh", "shell")
    Path("shell").chmod(0o6755)
    os.mkfifo("pipe")
    for folder in ("/dev/shm", "/tmp", os.environ["HOME"]):  # noqa: S108  they are its own
        Path(folder, "left").write_text("here")
    return subprocess.run(["./shell", "-c", "id -u"], capture_output=True, text=True).stdout  # noqa: PLW1510


# What reaches for others


@attack
def kill_everybody(_: Any) -> Any:
    """Kill every process that can be seen, the group, and at last everybody at once."""
    for pid in _pids():
        if pid != os.getpid():
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
    os.killpg(0, signal.SIGKILL)
    os.kill(-1, signal.SIGKILL)


@attack
def forge_events(lines: Any) -> Any:
    """Write lines to every descriptor of every process that can be seen."""
    for pid in _pids():
        with contextlib.suppress(OSError):
            for descriptor in Path(f"/proc/{pid}/fd").iterdir():
                _write(descriptor, lines)
    for number in range(256):
        with contextlib.suppress(OSError):
            os.write(number, lines.encode())
    return "written"


def _write(descriptor: Path, lines: str) -> None:
    if not descriptor.is_file() and not descriptor.is_fifo():
        return
    with contextlib.suppress(OSError):
        opened = os.open(descriptor, os.O_WRONLY | os.O_NONBLOCK)
        os.write(opened, lines.encode())
        os.close(opened)


@attack
def delete_everything(_: Any) -> Any:
    """Delete all files there are, down to its own."""
    for path in [*Path("/usr/bin").iterdir(), *_outside_the_system()]:
        with contextlib.suppress(OSError):
            path.unlink()
    return "deleted"


@attack
def change_itself(_: Any) -> Any:
    """Write over its own files while it runs."""
    for path in Path.cwd().glob("*.py"):
        path.write_text("raise SystemExit('changed')\n")
    return sorted(path.name for path in Path.cwd().iterdir())


@attack
def trace(_: Any) -> Any:
    """Attach to every process that can be seen; returns those that were none of its own."""
    ptrace = ctypes.CDLL(None, use_errno=True).ptrace
    own = {os.getpid(), os.getppid()}
    return [pid for pid in _pids() if pid not in own and ptrace(16, pid, 0, 0) == 0]


@attack
def find(secret: Any) -> Any:
    """Open every file that is not the system's; returns where a secret stands."""
    found = []
    for path in filter(Path.is_file, _outside_the_system()):
        with contextlib.suppress(OSError), path.open("rb") as file:
            if secret.encode() in file.read(MIB):
                found.append(str(path))
    return found


@attack
def read(paths: Any) -> Any:
    """Return what is in files, by what they are called outside."""
    there = {}
    for path in paths:
        with contextlib.suppress(OSError):
            there[path] = Path(path).read_text(errors="replace")
    return there


@attack
def write_everywhere(_: Any) -> Any:
    """Make a file in every folder there is; returns the folders where that went well."""
    written = []
    for folder in (Path("/"), *_outside_the_system(), *Path("/usr").glob("*")):
        with contextlib.suppress(OSError):
            if folder.is_dir():
                (folder / "written").touch()
                written.append(str(folder))
    return written


@attack
def fill_everywhere(_: Any) -> Any:
    """Write 300 MiB where anybody may write; returns how much of it got there, in MiB."""
    return {folder: _filled(Path(folder, "junk")) for folder in ("/tmp", "/dev/shm")}  # noqa: S108


def _filled(path: Path) -> int:
    with path.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        for _part in range(300):
            file.write(bytes(MIB))
    return path.stat().st_size // MIB


@attack
def call_out(addresses: Any) -> Any:
    """Connect to addresses, each with its family; returns how that ended."""
    return [_called(getattr(socket, family), address) for family, address in addresses]


def _called(family: int, address: Any) -> str:
    where = tuple(address) if isinstance(address, list) else address
    try:
        with socket.socket(family) as client:
            client.settimeout(5.0)
            client.connect(where)
    except OSError as error:
        return errno.errorcode[error.errno] if error.errno else str(error)
    return "answered"


@attack
def listen(port: Any) -> Any:
    """Take a port, and keep it."""
    _LISTENERS.append(socket.create_server(("127.0.0.1", port)))
    return "listening"


@attack
def meet(number: Any) -> Any:
    """Wait until so many requests are being handled at once."""
    return _BARRIERS.setdefault(number, threading.Barrier(number)).wait(_LONG) >= 0


@attack
def call_the_kernel(_: Any) -> Any:
    """Ask for what gets around limits; returns how each call ended."""
    c = ctypes.CDLL(None, use_errno=True)
    new_user, new_network = 0x10000000, 0x40000000
    calls: dict[str, Callable[[], int]] = {
        "unshare": lambda: c.unshare(new_user),
        "clone": lambda: c.syscall(56, new_user | signal.SIGCHLD, 0, 0, 0, 0),
        "setns": lambda: c.setns(os.open("/proc/self/ns/net", os.O_RDONLY), new_network),
        "memfd_create": lambda: c.memfd_create(b"", 0),
        "shmget": lambda: c.shmget(0, GIB, 0o1600),
        "keyctl": lambda: c.syscall(250, 0, -3, 1),
        "mount": lambda: c.mount(b"none", b"/tmp", b"tmpfs", 0, None),
        "socket": lambda: c.socket(socket.AF_ALG, socket.SOCK_SEQPACKET, 0),
        "setuid": lambda: c.setuid(0),
    }
    return {name: _ended(call()) for name, call in calls.items()}


def _ended(result: int) -> str:
    return errno.errorcode[ctypes.get_errno()] if result == -1 else "done"


@attack
def tell(_: Any) -> Any:
    """Tell what it is, and what it sees of others."""
    lines = Path("/proc/self/status").read_text().splitlines()
    try:
        terminal = bool(os.open("/dev/tty", os.O_RDWR))
    except OSError:
        terminal = False
    return {
        "status": {name: value.strip() for name, _, value in (ln.partition(":") for ln in lines)},
        "processes": {pid: Path(f"/proc/{pid}/comm").read_text().strip() for pid in _pids()},
        "environment": dict(os.environ),
        "terminal": terminal,
        "user": getpass.getuser(),
        "host": socket.gethostname(),
        "processors": len(os.sched_getaffinity(0)),
    }


def _pids() -> list[int]:
    return sorted(int(path.name) for path in Path("/proc").glob("[0-9]*"))


def _outside_the_system() -> Iterator[Path]:
    """Yield all files and folders but for those of the kernel and in /usr."""
    libraries = (
        f"{prefix}/{lib}" for prefix in (sys.prefix, sys.base_prefix) for lib in ("lib", "lib64")
    )
    system = {"/proc", "/usr", *libraries}
    for folder, folders, files in os.walk("/"):
        folders[:] = [name for name in folders if str(Path(folder, name)) not in system]
        yield from (Path(folder, name) for name in (*folders, *files))
    for pid in _pids():
        yield from (Path(f"/proc/{pid}/{name}") for name in ("cmdline", "environ", "mountinfo"))

"""What a submission may use: decided without looking at anything."""

from dataclasses import dataclass

MIB = 1 << 20
GIB = 1 << 30

_LEFT = 1 * MIB


@dataclass(frozen=True)
class Limits:
    """Bytes, unless said otherwise: some ten times what a usual submission needs.

    `tasks` are processes and threads together. `processors` is how many may be
    busy on the average, once `cpu_seconds` are used up: a thread that never
    rests makes a poor server, but one that can be graded.
    """

    memory: int = 1 * GIB
    tasks: int = 500
    cpu_seconds: float = 60.0
    processors: float = 1.5
    log: int = 64 * MIB
    file: int = 256 * MIB
    files: int = 100_000
    open_files: int = 4096


@dataclass(frozen=True)
class Usage:
    """What a process and all that it has started use, after so many `seconds`.

    `files` are those made since its start; `room` is what it may still write,
    None where others write there too.
    """

    seconds: float = 0.0
    memory: int = 0
    tasks: int = 0
    cpu_seconds: float = 0.0
    log: int = 0
    files: int = 0
    room: int | None = None


def excess(usage: Usage, limits: Limits) -> str:
    """Return what was too much, such as "it used more than 1 GiB of memory"; empty if nothing."""
    may_compute = limits.cpu_seconds + limits.processors * usage.seconds
    exceeded = {
        f"it had more than {limits.tasks} processes and threads at a time": (
            usage.tasks > limits.tasks
        ),
        f"it used more than {_size(limits.memory)} of memory": usage.memory > limits.memory,
        f"it used {usage.cpu_seconds:.0f} s of processor time in {usage.seconds:.0f} s": (
            usage.cpu_seconds > may_compute
        ),
        f"it printed more than {_size(limits.log)}": usage.log > limits.log,
        f"it made more than {limits.files} files": usage.files > limits.files,
        "it filled all the space that it may write to": (
            usage.room is not None and usage.room < _LEFT
        ),
    }
    return next((what for what, is_so in exceeded.items() if is_so), "")


def _size(size: int) -> str:
    return f"{size / GIB:g} GiB" if size >= GIB else f"{size / MIB:g} MiB"

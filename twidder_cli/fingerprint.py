"""What decides a verdict, in short: a submission's own files, and how it is graded."""

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import msgspec

from twidder_cli.model.events import encode
from twidder_cli.model.job import Job, Submission
from twidder_cli.submissions.belongs import ENVIRONMENT, belongs

_OF_A_RUN = {"lanes": 1, "limit": 0.0, "seed": 0, "workspace": "", "notes": ()}
"""What a Job holds that does not decide the verdict.

`salt` stays: of a server that somebody else runs, nobody knows whether it is the same.
"""


def of_work(submission: Submission) -> str:
    """Return a hash of what was handed in: names and contents of its own files, or its URL."""
    hashed = hashlib.sha256()
    if submission.kind not in {"folder", "archive"}:
        hashed.update(submission.location.encode())
    for name, path in _own_files(Path(submission.location)):
        try:
            with path.open("rb") as content:
                digest = hashlib.file_digest(content, "sha256").digest()
        except OSError:
            continue
        hashed.update(name.encode("utf-8", "surrogateescape") + b"\0" + digest)
    return hashed.hexdigest()


def of_grading(job: Job, work: str, version: str) -> str:
    """Return a hash of all that decides a verdict; `work` is that of what was handed in."""
    anybodys = msgspec.structs.replace(job.submission, name="", location="")
    same = msgspec.structs.replace(
        job,
        **_OF_A_RUN,
        submission=anybodys,
        scenarios=tuple(sorted(job.scenarios, key=lambda source: source.id)),
    )
    return hashlib.sha256(b"\0".join([version.encode(), work.encode(), encode(same)])).hexdigest()


def _own_files(place: Path) -> Iterator[tuple[str, Path]]:
    """Yield the files of a folder by their names in it, or the archive; no pipes, no links."""
    paths = [place]
    if place.is_dir():
        paths = []
        for folder, folders, files in os.walk(place):
            own = [n for n in (*folders, *files) if belongs(n, in_environment=ENVIRONMENT in files)]
            folders[:] = [name for name in folders if name in own]
            paths += [Path(folder, name) for name in files if name in own]
    for path in sorted(paths):
        try:
            is_file = stat.S_ISREG(path.lstat().st_mode)
        except OSError:
            continue
        if is_file:
            yield str(path.relative_to(place)), path

"""Writes whole submissions, as students hand them in, and says what the right answers are."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import msgspec
import yaml

from tests.submissions import layout, names, page_source, server_source
from tests.submissions.axes import NONE, Combination, drawn
from tests.submissions.mistakes import HINDRANCES, MISTAKES, Failure, Mistake
from twidder_cli.model.contract import Contract
from twidder_cli.model.submission import Database

__all__ = ["Combination", "Mistake", "Truth", "contract_file", "drawn", "truth", "unpack", "write"]


@dataclass(frozen=True)
class Truth:
    """The right answers about one submission. Paths are relative to what it unpacks to."""

    target: str
    """The file or folder that is handed in, in the folder it was written to."""

    folder: str
    """The working folder: `gunicorn --chdir FOLDER APPLICATION`."""

    application: str
    """`module:target`; empty where there is none."""

    options: tuple[str, ...]
    """What gunicorn has to be told besides, for the page to work (not for the contract)."""

    databases: tuple[Database, ...]
    """The set-ups with which it works, any of them."""

    imports: tuple[str, ...]
    """The packages it imports, by the names it imports them under."""

    contract: Contract
    secret: frozenset[str]
    """What only its own page can do, functions and "connect": no contract can say how."""

    origin: str
    """Where its page looks for its server; empty where that is wherever the page is from."""

    notice: str | None
    """What the first client is told; None where its socket is only closed."""

    wants_dns: bool
    """Whether it refuses all addresses unless it can ask for their domain."""

    mistake: Mistake | None
    failure: Failure | None
    """Why gunicorn can't start it, so that it can't be graded; None where it can."""


def write(combination: Combination, folder: Path) -> Truth:
    """Write a submission into a folder, and return the truth about it."""
    return truth(combination, layout.lay_out(combination, folder))


def truth(c: Combination, target: str) -> Truth:
    """Return the truth about a combination that is handed in as a file or folder."""
    is_missing = c.hindrance == "no-application"
    return Truth(
        target=target,
        folder=layout.folder(c),
        application="" if is_missing else server_source.FORMS[c.form].application,
        options=("--header-map", "dangerous") if c.token_sent == "underscore" else (),
        databases=layout.databases(c),
        imports=server_source.imported(c),
        contract=names.contract(c),
        secret=names.secret(c),
        origin=page_source.ORIGINS.get(c.dials, ""),
        notice=None if c.notice == NONE else c.notice,
        wants_dns=c.package == "email_validator",
        mistake=MISTAKES.get(c.mistake),
        failure=HINDRANCES[c.hindrance].failure if c.hindrance != NONE else None,
    )


def unpack(truth: Truth, folder: Path, into: Path) -> Path:
    """Return a fresh copy of the submission that was written to a folder, unpacked."""
    source = folder / truth.target
    if source.is_dir():
        shutil.copytree(source, into)
    elif source.suffix == ".zip":
        shutil.unpack_archive(source, into)
    else:
        shutil.unpack_archive(source, into, filter="data")
    return into


def contract_file(truth: Truth) -> str:
    """Return the truth's contract as `--contract FILE` takes it."""
    words = msgspec.to_builtins(truth.contract)
    operations = {
        function: {key: value for key, value in operation.items() if value}
        for function, operation in words["operations"].items()
    }
    parts = {"operations": operations, "token": words["token"], "socket": words["socket"]}
    return yaml.safe_dump(parts, sort_keys=False)

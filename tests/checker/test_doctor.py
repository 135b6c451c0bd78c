"""What `twidder doctor` says of a machine, and what `twidder check --sandbox` makes of it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.checker.waiting import LONG
from twidder_cli import processes
from twidder_cli.processes import Sandbox

TWIDDER = str(Path(sys.executable).with_name("twidder"))

needs_sandbox = pytest.mark.skipif(
    processes.best_sandbox() is not Sandbox.FULL, reason="no full sandbox here: see twidder doctor"
)


def twidder(*arguments: str, **env: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(  # noqa: S603  our own command
        [TWIDDER, *arguments],
        env={**os.environ, "COLUMNS": "80", **env},
        capture_output=True,
        text=True,
        timeout=LONG,
        check=False,
    )


@pytest.fixture
def bare(tmp_path: Path) -> str:
    """Where commands are looked for on a machine that has none."""
    return str(tmp_path)


@needs_sandbox
def test_what_confines_is_there() -> None:
    document = json.loads(twidder("doctor", "--json").stdout)
    missing = {one["name"]: one["missing"] for one in document["abilities"]}
    names = {"bubblewrap", "limits", "network namespaces", "nested sandboxes"}
    assert {name: missing[name] for name in names} == dict.fromkeys(names, "")
    assert document["sandbox"] == "full"


def test_it_is_ready_when_nothing_that_is_needed_is_missing() -> None:
    done = twidder("doctor", "--json")
    document = json.loads(done.stdout)
    needed = [one for one in document["abilities"] if one["is_needed"]]
    assert document["ready"] is not any(one["missing"] for one in needed)
    assert done.returncode == (0 if document["ready"] else 1)


def test_what_is_missing_is_1_and_says_how_to_get_it(bare: str) -> None:
    done = twidder("doctor", PATH=bare)
    assert (done.returncode, done.stderr) == (1, "")
    lines = [line.split() for line in done.stdout.splitlines()]
    assert ["there", "is", "no", "bwrap"] in lines
    assert ["get", "it:", "sudo", "apt", "install", "bubblewrap"] in lines
    assert done.stdout.endswith("Submissions may do all that you may.\n")


def test_what_is_a_second_best_only_is_not_needed(bare: str) -> None:
    document = json.loads(twidder("doctor", "--json", PATH=bare).stdout)
    spared = {one["name"] for one in document["abilities"] if one["missing"]} - {
        one["name"] for one in document["abilities"] if one["is_needed"]
    }
    assert spared == {"unshare", "Chromium"}


def test_it_keeps_to_80_columns(bare: str) -> None:
    for done in (twidder("doctor"), twidder("doctor", PATH=bare)):
        assert max(len(line) for line in done.stdout.splitlines()) <= 80


ROOT_ONLY = ("--scenario", "lab3/root")


def test_to_require_a_sandbox_where_there_is_none_is_2(bare: str) -> None:
    done = twidder("check", "--sandbox", "require", *ROOT_ONLY, PATH=bare)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "twidder: --sandbox require: submissions can't be fully confined here, for lack of "
        "bubblewrap (there is no bwrap); see twidder doctor\n"
    )


@needs_sandbox
def test_to_require_a_sandbox_where_there_is_one_changes_nothing() -> None:
    done = twidder("check", "--sandbox", "require", *ROOT_ONLY)
    assert done.returncode == 0
    assert "WARNING" not in done.stderr


def test_who_has_no_sandbox_is_warned(bare: str) -> None:
    done = twidder("check", *ROOT_ONLY, PATH=bare)
    assert done.returncode == 0
    assert "WARNING: a submission is not fully confined here: it runs as you do" in done.stderr


def test_who_wants_no_sandbox_is_warned() -> None:
    done = twidder("check", "--sandbox", "off", *ROOT_ONLY)
    assert done.returncode == 0
    assert "WARNING: a submission is not fully confined here: it runs as you do" in done.stderr

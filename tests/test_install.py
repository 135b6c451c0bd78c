"""Installed from a wheel or in place, `twidder` works in any folder."""

import os
import subprocess
import sys
import sysconfig
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LONG = 300.0


def run(*argv: str | Path, folder: Path) -> str:
    """Return what a command prints, in an environment that knows nothing of this repository."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(  # noqa: S603  our own commands
        [str(word) for word in argv],
        cwd=folder,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LONG,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this working tree."""
    folder = tmp_path_factory.mktemp("wheel")
    isolation = ["--no-build-isolation"] if find_spec("hatchling") else []
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check")
    run(*pip, "wheel", "--no-deps", *isolation, "-w", folder, ROOT, folder=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel in it; what it needs is borrowed from ours."""
    folder = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "venv", "--without-pip", folder, folder=folder)
    (packages,) = folder.glob("lib/python*/site-packages")
    # Linked one by one: a .pth file in a borrowed folder would bring the working tree along.
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if entry.suffix != ".pth" and not entry.name.startswith(("twidder", "__editable__")):
            (packages / entry.name).symlink_to(entry)
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--python")
    run(*pip, folder / "bin/python", "install", "--no-deps", wheel, folder=folder)
    return folder / "bin/twidder"


def scenario_files(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.suffix in {".yaml", ".json"}
    }


def test_scenarios_and_contracts_travel_inside_the_wheel(wheel: Path) -> None:
    prefix = "twidder_cli/scenarios/"
    with zipfile.ZipFile(wheel) as archive:
        inside = {
            name.removeprefix(prefix): archive.read(name).decode()
            for name in archive.namelist()
            if name.startswith(prefix)
        }
    assert inside == scenario_files(ROOT / "scenarios")


def test_the_wheel_holds_the_two_packages_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"twidder", "twidder_cli"}
    assert {"twidder/static/client.html", "twidder/store/schema.sql"} <= set(names)


def test_the_installed_command_does_not_see_the_working_tree(installed: Path) -> None:
    where = "import twidder, twidder_cli; print(twidder.__file__); print(twidder_cli.__file__)"
    said = run(installed.with_name("python"), "-c", where, folder=installed.parent)
    environment = installed.parent.parent
    assert all(Path(line).is_relative_to(environment) for line in said.splitlines())


def test_the_installed_command_lists_the_scenarios_in_any_folder(
    installed: Path, tmp_path: Path
) -> None:
    said = run(installed, "scenario", "list", folder=tmp_path)
    ids = {line.split()[-1] for line in said.splitlines()[1:] if " lab3/" in line}
    assert {"lab3/root", "lab3/targeted"} <= ids


def test_the_installed_command_checks_the_reference_in_any_folder(
    installed: Path, tmp_path: Path
) -> None:
    said = run(installed, "check", "--scenario", "lab3/root", folder=tmp_path)
    assert "reference: passed, " in said
    assert list(tmp_path.iterdir()) == []


def test_the_installed_command_is_not_misled_by_the_current_folder(
    installed: Path, tmp_path: Path
) -> None:
    for name in ("twidder.py", "twidder_cli.py", "flask.py"):
        (tmp_path / name).write_text("raise SystemExit('the wrong one')\n")
    assert "lab3/root" in run(installed, "scenario", "list", folder=tmp_path)


@pytest.fixture
def in_place(tmp_path: Path) -> Path:
    """The command of this environment, which is installed in place."""
    command = Path(sys.executable).with_name("twidder")
    where = "import twidder_cli; print(twidder_cli.__file__)"
    if Path(run(sys.executable, "-c", where, folder=tmp_path).strip()).parents[1] != ROOT:
        pytest.skip("twidder is not installed in place here")
    return command


def test_installed_in_place_it_sees_the_scenarios_of_the_working_tree(
    in_place: Path, tmp_path: Path
) -> None:
    where = "from twidder_cli.load.library import bundled; print(bundled())"
    assert run(sys.executable, "-c", where, folder=tmp_path).strip() == str(ROOT / "scenarios")
    assert "lab3/root" in run(in_place, "scenario", "list", folder=tmp_path)

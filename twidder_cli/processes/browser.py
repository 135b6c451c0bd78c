"""How a browser of ours is confined: the pages that it shows are not trusted."""

import os
import shlex
import zlib
from pathlib import Path

from twidder_cli.processes import view
from twidder_cli.processes.limits import MIB
from twidder_cli.processes.sandbox import USERS, Sandbox, without_power

_HOME = "/browser"
_ROOM = 512 * MIB
_READ = ("/etc/fonts", "/var/cache/fontconfig", "/etc/chromium", "/etc/chromium.d")


def confined_browser(program: Path, sandbox: Sandbox, folder: Path) -> Path | None:
    """Write a script into `folder` that starts a browser in a small system, and return it.

    The browser has processes, a home and a profile of its own, gone with it, and as
    root another user; its descriptors go through, so that it is driven by pipes.
    None where such a system can't be had.
    """
    if not sandbox.has_own_system:
        return None
    command = [
        *("bwrap", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--hostname", "localhost"),
        *("--new-session", "--die-with-parent"),
        *view.system(),
        *view.read_only(map(Path, _READ)),
        *view.read_only(_beside(program)),
        *("--perms", "1777", "--size", str(_ROOM), "--tmpfs", _HOME, "--remount-ro", "/"),
        *("--clearenv", "--setenv", "HOME", _HOME, "--setenv", "TMPDIR", _HOME),
        *("--setenv", "PATH", os.defpath, "--chdir", _HOME),
        *without_power(USERS[zlib.crc32(os.fsencode(folder)) % len(USERS)]),
        str(program),
    ]
    script = folder / "browser.sh"
    # The last folder that is named is the one that counts.
    profile = f"--user-data-dir={_HOME}/profile"
    script.write_text(f'#!/bin/sh\nexec {shlex.join(command)} "$@" {profile}\n')
    script.chmod(0o755)
    return script


def _beside(program: Path) -> list[Path]:
    """Return what a browser needs that is not part of the system: the folder it is in."""
    folder = program.resolve().parent
    return [] if folder.is_relative_to("/usr") else [folder, program]

"""What in a submission's folder is its own work, and what only came along."""

ENVIRONMENT = "pyvenv.cfg"
"""The file that makes a folder a virtual environment."""

_CAME_ALONG = frozenset({
    ".DS_Store", ".git", ".hg", ".idea", ".svn", ".venv", ".vscode", "__MACOSX", "__pycache__",
    "node_modules", "site-packages", "venv",
})  # fmt: skip
_IN_ENVIRONMENT = frozenset({
    ENVIRONMENT, ".gitignore", "CACHEDIR.TAG", "Include", "Lib", "Scripts", "bin", "etc",
    "include", "lib", "lib64", "share",
})  # fmt: skip


def belongs(name: str, *, in_environment: bool) -> bool:
    """Whether what a folder holds under this name may be a submission's own work.

    In a virtual environment that is what the environment did not bring: some
    make it in the folder they work in. A `._name` is what macOS knows of `name`.
    """
    return not (
        name in _CAME_ALONG or name.startswith("._") or (in_environment and name in _IN_ENVIRONMENT)
    )

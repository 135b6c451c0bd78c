"""What reading a submission's source tells: what to start, with what data and packages."""

from typing import Literal

from twidder_cli.model import Noun


class Application(Noun):
    """A Flask application, as gunicorn is told of it: `gunicorn --chdir FOLDER MODULE:TARGET`.

    `folder` and `file` are relative to the submission's root, with slashes; `why` is for people.
    """

    folder: str
    module: str
    target: str
    file: str
    why: str


class Database(Noun):
    """What a server may find as its data before its first start.

    `schema`: `source` is a file of SQL, run into `file` (which is removed before).
    `committed`: `file` as it was handed in. `initialise`: `source` names a function
    `module:function` to be called once in the working folder. `nothing`: `file` is removed.
    Paths are relative to the submission's root.
    """

    kind: Literal["schema", "committed", "initialise", "nothing"]
    file: str = ""
    source: str = ""
    why: str = ""


class Note(Noun):
    """Something in the source that explains what may happen: `app.run()` at import, eventlet."""

    file: str
    line: int
    kind: str
    says: str

    @property
    def place(self) -> str:
        """File and line, as editors write them; the file alone where the line is unknown."""
        return f"{self.file}:{self.line}" if self.line else self.file


class Inspection(Noun):
    """All that the source tells; applications and databases are in the order to try them.

    `imports`: top-level modules that are neither standard library nor the submission's own.
    `requirements`: name or name==version, from requirements files, of what is plain.
    `keys` and `headers`: the JSON keys and the header names that the source reads anywhere.
    `left_out`: relative path -> why it was not looked at.
    `modules`: the names of all its own modules, wherever they are, in small letters.
    """

    applications: tuple[Application, ...] = ()
    databases: tuple[Database, ...] = ()
    imports: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    left_out: dict[str, str] = {}
    notes: tuple[Note, ...] = ()
    modules: tuple[str, ...] = ()

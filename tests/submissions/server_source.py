"""The Python and SQL of a submission, as students write it."""

from dataclasses import dataclass
from textwrap import indent
from typing import Any

from tests.submissions import names
from tests.submissions.axes import NONE, Combination
from tests.submissions.imports import with_imports
from tests.submissions.rendering import rendered
from tests.submissions.wording import Wording

_WITH_WERKZEUG = {"flask_cors", "jwt"}
"""Beside these packages, passwords are hashed as Flask's own documentation does it."""

_CONFLICT = """\
<<<<<<< HEAD
LIMIT = 20
=======
LIMIT = 50
>>>>>>> 3f1c2ab (last changes before the deadline)
"""


@dataclass(frozen=True)
class Form:
    """Where the application is: in a package or not, in which file, under which name."""

    package: str
    main: str
    app: str
    application: str


FORMS = {
    "module": Form("", "server.py", "app", "server:app"),
    "app": Form("", "app.py", "app", "app:app"),
    "other-name": Form("", "server.py", "twidder", "server:twidder"),
    "package": Form("twidder", "__init__.py", "app", "twidder:app"),
    "package-server": Form("Twidder", "server.py", "app", "Twidder.server:app"),
    "factory": Form("twidder_app", "__init__.py", "app", "twidder_app:create_app()"),
    "runserver": Form("app", "__init__.py", "app", "runserver:app"),
}

_RUN = """\
if __name__ == "__main__":
    {app}.run(debug=True, port=5000)
"""

_RUN_AT_IMPORT = """\
{app}.run(host="0.0.0.0", port=5000)
"""


def imported(c: Combination) -> tuple[str, ...]:
    """Return the packages that a submission imports, by the names it imports them under."""
    if c.hindrance == "no-application":
        return ()
    packages = {"flask", "flask_sock", *({c.package} - {NONE})}
    if c.package in _WITH_WERKZEUG:
        packages.add("werkzeug")
    if c.database == "sqlalchemy":
        packages.add("flask_sqlalchemy")
    if c.secrecy == "encrypted":
        packages.add("cryptography")
    if c.hindrance == "postgresql":
        packages.add("psycopg2")
    if c.hindrance == "missing-package":
        packages.add("tddd97_mailer_2019")
    return tuple(sorted(packages))


def schema(c: Combination, *, is_older: bool = False, unless: str = "") -> str:
    """Return the tables; older ones lack what was added last."""
    return _rendered("schema", c, is_older=is_older, unless=unless)


def files(c: Combination) -> dict[str, str]:
    """Return the modules by their paths in the working folder."""
    form = FORMS[c.form]
    source = {"database_helper.py": _database(c)}
    if c.hindrance != "no-application":
        source |= _server(c, form) | _cryptography(c)
    hashing = "flask_bcrypt" if c.package == "flask_bcrypt" else "werkzeug.security"
    source = {
        name: with_imports(body, hashing=hashing, relative=bool(form.package))
        for name, body in source.items()
    }
    if c.hindrance == "syntax-error":
        source["database_helper.py"] += f"\n\n{_CONFLICT}"
    if not form.package:
        return source
    source.setdefault("__init__.py", "")
    source = {f"{form.package}/{name}": body for name, body in source.items()}
    if c.form == "runserver":
        source["runserver.py"] = f"from {form.package} import app\n\n{_RUN.format(app='app')}"
    return source


def _server(c: Combination, form: Form) -> dict[str, str]:
    if c.style == "blueprints":
        return _blueprints(c, form)
    setup, root = _rendered("setup", c, app=form.app), _rendered("root", c, app=form.app)
    state = [_rendered(name, c) for name in ("common", "secrets", "live")]
    views = [_rendered(name, c) for name in ("accounts", "profiles", "messages", "socket")]
    if c.form == "factory":
        return {form.main: _module(*state, _factory(setup, root, *views))}
    return {form.main: _module(setup, *state, root, *views, *_start(c, form))}


def _blueprints(c: Combination, form: Form) -> dict[str, str]:
    setup, root = _rendered("setup", c, app=form.app), _rendered("root", c, app=form.app)
    main = [_factory(setup, root)] if c.form == "factory" else [setup, root, *_start(c, form)]
    groups = {
        name: _module(
            f'{name} = Blueprint("{name}", __name__)',
            _rendered("secrets", c) if name == "accounts" else "",
            _rendered(name, c),
        )
        for name in ("accounts", "profiles", "messages")
    }
    return {
        form.main: _module(*main),
        "common.py": _module(_rendered("common", c)),
        "live.py": _module("sock = Sock()", _rendered("live", c), _rendered("socket", c)),
        **{f"{name}.py": body for name, body in groups.items()},
    }


def _cryptography(c: Combination) -> dict[str, str]:
    match c.secrecy:
        case "signed" | "signed-greeting":
            return {"signatures.py": _module(_rendered("signatures", c))}
        case "encrypted":
            return {"encryption.py": _module(_rendered("encryption", c))}
        case _:
            return {}


def _factory(*parts: str) -> str:
    body = indent("\n\n".join((*map(_closer, parts), "return app")), "    ")
    return f"def create_app():\n{body}"


def _closer(part: str) -> str:
    """Return code with one empty line between functions, as it is inside a function."""
    return part.strip("\n").replace("\n\n\n", "\n\n")


def _start(c: Combination, form: Form) -> list[str]:
    if c.hindrance == "server-at-import":
        return [_RUN_AT_IMPORT.format(app=form.app)]
    return [] if form.package else [_RUN.format(app=form.app)]


def _database(c: Combination) -> str:
    if c.database == "sqlalchemy":
        return _module(_rendered("database_sqlalchemy", c))
    unless = "IF NOT EXISTS " if c.database == "at-import" else ""
    return _module(_rendered("database_sql", c, schema=schema(c, unless=unless)))


def _module(*parts: str) -> str:
    return "\n\n\n".join(filter(None, (part.strip("\n") for part in parts))) + "\n"


def _rendered(template: str, c: Combination, **values: Any) -> str:
    text = rendered(f"{template}.jinja", _words(c) | values)
    return text.strip("\n").replace("):\n\n", "):\n")


def _words(c: Combination) -> dict[str, Any]:
    """Return what all templates may use."""
    wording = Wording(c)
    return {
        "c": c,
        "live": "live." if c.style == "blueprints" else "",
        "route": wording.route,
        "view": lambda function: names.view_name(c, function),
        "read": wording.read,
        "refuse": wording.refuse,
        "answer": wording.answer,
        "begin": wording.begin,
        "me": wording.me,
        "my_token": wording.my_token,
        "sent_token": wording.sent_token,
        "yes": wording.yes,
        "no": wording.no,
        "refusal_status": 200 if wording.always_200 else 400,
        "email_parameter": "email" if c.email_place == "path" else "",
        "uses_werkzeug": c.package in _WITH_WERKZEUG,
        "repeated": names.REPEATED_FIELD,
        "cookie": names.COOKIE,
        "new_field": names.NEW_FIELD[c.old_field],
        "notice": _text(names.notice(c)),
        "acknowledgement": _text({"type": "welcome"} if c.notice.startswith("{") else "welcome"),
        "socket_rule": f"{c.socket_path}/<token>" if c.greeting == "path" else c.socket_path,
        "socket_parameters": "ws, token" if c.greeting == "path" else "ws",
        "keeps_connection": c.style == "plain" and c.database != "sqlalchemy",
        "session_key": "token" if c.mistake in {"old-token", "ends-late"} else "email",
        "equals": "LIKE" if c.mistake == "like" else "=",
        "beside": lambda name: _beside(c, name),
        "unless": "",
    }


def _text(message: Any) -> str:
    """Return a message as students write it in Python: a text, or an object to be dumped."""
    written = repr(message).replace("'", '"')
    return f"json.dumps({written})" if isinstance(message, dict) else written


def _beside(c: Combination, name: str) -> str:
    """Return where a file is: beside the modules, which a package is not started from."""
    if FORMS[c.form].package:
        return f'os.path.join(os.path.dirname(__file__), "{name}")'
    return f'"{name}"'

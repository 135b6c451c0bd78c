"""Puts the imports in front of a module that needs them."""

import ast
import sys
from collections import defaultdict
from collections.abc import Iterable

_MODULES = {
    *("base64", "bcrypt", "hashlib", "hmac", "json", "jwt", "os", "psycopg2", "re", "sqlite3"),
    *("tddd97_mailer_2019", "threading", "time", "uuid"),
}

_NAMES = {
    "Blueprint": "flask",
    "CORS": "flask_cors",
    "EmailNotValidError": "email_validator",
    "Flask": "flask",
    "RealDictCursor": "psycopg2.extras",
    "SQLAlchemy": "flask_sqlalchemy",
    "Sock": "flask_sock",
    "g": "flask",
    "hashes": "cryptography.hazmat.primitives",
    "jsonify": "flask",
    "padding": "cryptography.hazmat.primitives.asymmetric",
    "request": "flask",
    "rsa": "cryptography.hazmat.primitives.asymmetric",
    "serialization": "cryptography.hazmat.primitives",
    "validate_email": "email_validator",
    "wraps": "functools",
}

_OWN_MODULES = {"database_helper", "encryption", "live", "signatures"}

_OWN_NAMES = {
    "accounts": "accounts",
    "current_user": "common",
    "failure": "common",
    "messages": "messages",
    "profiles": "profiles",
    "read_fields": "common",
    "read_token": "common",
    "success": "common",
}


def with_imports(body: str, *, hashing: str, relative: bool) -> str:
    """Return a module with what it uses imported.

    `hashing` is the package that hashes passwords; `relative` whether its neighbours are imported
    as such.
    """
    used = _unbound(ast.parse(body))
    names = _NAMES | dict.fromkeys(("check_password_hash", "generate_password_hash"), hashing)
    outside = [f"import {name}" for name in sorted(used & _MODULES)]
    outside += _from(names, used, "")
    standard = [line for line in outside if line.split()[1] in sys.stdlib_module_names]
    packages = [line for line in outside if line not in standard]
    dot = "." if relative else ""
    own = [
        f"from . import {name}" if relative else f"import {name}" for name in _OWN_MODULES & used
    ]
    own = [*sorted(own), *_from(_OWN_NAMES, used, dot)]
    head = "\n\n".join("\n".join(group) for group in (standard, packages, own) if group)
    gap = "\n\n\n" if body.startswith(("def ", "class ", "@")) else "\n\n"
    return f"{head}{gap}{body}" if head else body


def _from(modules: dict[str, str], used: Iterable[str], dot: str) -> list[str]:
    wanted = defaultdict(list)
    for name in sorted(used):
        if name in modules:
            wanted[modules[name]].append(name)
    return [
        f"from {dot}{module} import {', '.join(names)}" for module, names in sorted(wanted.items())
    ]


def _unbound(tree: ast.Module) -> set[str]:
    """Return the names that a module uses and does not make itself."""
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    return (
        {name.id for name in names if isinstance(name.ctx, ast.Load)}
        - functions
        - {name.id for name in names if isinstance(name.ctx, ast.Store)}
    )

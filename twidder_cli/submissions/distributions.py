"""Which package to ask an index for when a module is missing.

Anybody can publish a package under any name, also under the name of a
student's module that was not handed in (`config`, `utils`) or of a slip
(`flask_corss`). So a package is asked for only if it is known here to bring
the module, or if the submission names it twice: it imports the module, and a
requirements file has a package of that name.
"""

import re
from collections.abc import Iterable
from importlib import metadata

_PLAIN = re.compile(
    r"([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)(?:==([0-9](?:[A-Za-z0-9.+!-]*[A-Za-z0-9])?))?"
)
_OTHERWISE = {
    "Crypto": "pycryptodome",
    "Cryptodome": "pycryptodomex",
    "MySQLdb": "mysqlclient",
    "OpenSSL": "pyopenssl",
    "PIL": "pillow",
    "argon2": "argon2-cffi",
    "bs4": "beautifulsoup4",
    "bson": "pymongo",
    "cv2": "opencv-python-headless",
    "dateutil": "python-dateutil",
    "decouple": "python-decouple",
    "dns": "dnspython",
    "dotenv": "python-dotenv",
    "engineio": "python-engineio",
    "geventwebsocket": "gevent-websocket",
    "jose": "python-jose",
    "jwt": "pyjwt",
    "magic": "python-magic",
    "mysql": "mysql-connector-python",
    "nacl": "pynacl",
    "paho": "paho-mqtt",
    "pkg_resources": "setuptools",
    "psycopg2": "psycopg2-binary",
    "serial": "pyserial",
    "sklearn": "scikit-learn",
    "slugify": "python-slugify",
    "socketio": "python-socketio",
    "validate_email": "py3-validate-email",
    "websocket": "websocket-client",
    "yaml": "pyyaml",
    "zmq": "pyzmq",
}
"""Modules whose package has another name."""

_ALIKE = frozenset({
    "aiohttp", "alembic", "apscheduler", "arrow", "authlib", "bcrypt", "bleach", "cachetools",
    "celery", "certifi", "cffi", "colorama", "cryptography", "email_validator", "eventlet", "faker",
    "flask_admin", "flask_babel", "flask_bcrypt", "flask_caching", "flask_compress", "flask_cors",
    "flask_debugtoolbar", "flask_httpauth", "flask_jwt_extended", "flask_limiter", "flask_login",
    "flask_mail", "flask_marshmallow", "flask_migrate", "flask_moment", "flask_mysqldb",
    "flask_pymongo", "flask_restful", "flask_restx", "flask_session", "flask_smorest", "flask_sock",
    "flask_socketio", "flask_sockets", "flask_sqlalchemy", "flask_talisman", "flask_wtf", "geopy",
    "gevent", "greenlet", "gunicorn", "html5lib", "httpx", "humanize", "itsdangerous", "jinja2",
    "jsonschema", "loguru", "lxml", "markdown", "markupsafe", "marshmallow", "matplotlib",
    "mongoengine", "numpy", "orjson", "pandas", "passlib", "peewee", "phonenumbers", "psutil",
    "psycopg", "pycountry", "pydantic", "pymongo", "pymysql", "pyotp", "pytz", "qrcode", "redis",
    "requests", "rsa", "schedule", "scipy", "simple_websocket", "simplejson", "six", "sqlalchemy",
    "tabulate", "termcolor", "tornado", "tqdm", "tzlocal", "ujson", "unidecode", "validators",
    "waitress", "websockets", "werkzeug", "wsproto", "wtforms", "xmltodict", "zxcvbn",
})  # fmt: skip
"""Modules whose package has their name."""


def normalised(name: str) -> str:
    """Return the one spelling of a package's name, as indexes compare them (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def distribution(module: str) -> str:
    """Return the package that brings a top-level module, as far as is known."""
    return _OTHERWISE.get(module, normalised(module))


def installed_version(module: str) -> str:
    """Return the version of the package that brings a top-level module here; '' for none."""
    try:
        return metadata.version(distribution(module))
    except metadata.PackageNotFoundError:
        return ""


def requirement(module: str, requirements: Iterable[str] = ()) -> str:
    """Return what to ask an index for, `name` or `name==version`; empty where nothing is known.

    `requirements` are the submission's own; what is not plain in them is passed over.
    """
    named = dict(filter(None, map(_plain, requirements)))
    known = _OTHERWISE.get(module, normalised(module) if module in _ALIKE else "")
    name = known or normalised(module)
    version = named.get(name)
    if not known and version is None:
        return ""
    return f"{name}=={version}" if version else name


def _plain(text: str) -> tuple[str, str] | None:
    found = _PLAIN.fullmatch(text)
    return (normalised(found[1]), found[2] or "") if found else None


def common() -> frozenset[str]:
    """Return the names of the packages that `twidder[common]` brings."""
    try:
        lines = metadata.requires("twidder") or []
    except metadata.PackageNotFoundError:
        return frozenset()
    extra = re.compile(r"([\w.-]+).*;.*\bextra == .common.")
    return frozenset(normalised(found[1]) for found in map(extra.match, lines) if found)

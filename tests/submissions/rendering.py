"""The templates that submissions are written from."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

FOLDER = Path(__file__).with_name("templates")

_TEMPLATES = Environment(
    loader=FileSystemLoader(FOLDER),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    autoescape=False,  # noqa: S701  Python, SQL and JavaScript are written, not HTML
)


def rendered(name: str, words: dict[str, Any]) -> str:
    """Return a template's text, filled in."""
    text: str = _TEMPLATES.get_template(name).render(words)
    return text

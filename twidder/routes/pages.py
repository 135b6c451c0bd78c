"""The one page; `/static/client.html` is served by Flask itself."""

from flask import Blueprint, Response, current_app

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
def client() -> Response:
    """Serve the page."""
    return current_app.send_static_file("client.html")

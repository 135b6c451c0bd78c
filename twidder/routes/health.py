"""Whether the application can do its work, for those who watch over it."""

from flask import Blueprint, Response

from twidder.errors import BusyError
from twidder.parts import Parts
from twidder.routes.edge import answer

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """Answer if the database does."""
    if not Parts.of().database_answers():
        raise BusyError("The database does not answer.")
    return answer("The server and its database answer.")

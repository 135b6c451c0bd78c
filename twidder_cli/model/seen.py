"""What a submission's own page was seen to send: requests to try, as it writes them."""

from twidder_cli.model import Noun
from twidder_cli.model.contract import Operation, SocketPlace, TokenPlace
from twidder_cli.model.timeline import Exchange


class Seen(Noun):
    """Requests of a page by what they may be for, the likeliest first.

    `tokens` are the ways in which the token was sent, `sockets` those in which a
    WebSocket was opened. `spoken` says by which method and path the page itself was seen to do
    what a function is for; it is None where nobody got in by it. `refused` are requests that
    the server did not accept from the page, by function. `secrets` says of what nobody but the
    page can make again: what changes from request to request, or is encrypted.
    """

    operations: dict[str, tuple[Operation, ...]] = {}
    tokens: tuple[TokenPlace, ...] = ()
    sockets: tuple[SocketPlace, ...] = ()
    spoken: dict[str, Operation] | None = None
    refused: dict[str, Exchange] = {}
    secrets: tuple[str, ...] = ()


NOTHING_SEEN = Seen()

"""What a function of the submission reads from a request or a socket, and what it answers."""

from twidder_cli.model import Noun


class Reading(Noun):
    """The names that a view function reads, by where in the request they are, and its replies.

    `socket`: it opens a WebSocket. `message` are keys of what comes on it,
    `heard` the names of variables that hold it whole, `choices` the texts
    that a key is compared with. `bearer`: the word Bearer occurs. `replies`
    are keys, `statuses` numbers of replies.
    """

    json: tuple[str, ...] = ()
    form: tuple[str, ...] = ()
    query: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    cookies: tuple[str, ...] = ()
    socket: bool = False
    message: tuple[str, ...] = ()
    heard: tuple[str, ...] = ()
    choices: dict[str, tuple[str, ...]] = {}
    bearer: bool = False
    replies: tuple[str, ...] = ()
    statuses: tuple[int, ...] = ()

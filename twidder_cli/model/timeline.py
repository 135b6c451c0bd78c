"""What happened: everything sent, received or lost while a scenario was played.

Times are seconds on one monotonic clock that starts with the scenario.
`step` is the number of the step under way ("4", or "4.1" inside a trigger).
Captured values are written by name: `{anna@laptop.token.1}`.
"""

from typing import Literal

from twidder_cli.model import Noun
from twidder_cli.model.page import PageView


class Entry(Noun, tag_field="entry"):
    """One thing that happened, to whom, during which step."""

    step: str
    actor: str
    sent: float
    received: float


class Request(Noun):
    """What was sent: the path with its query, and the body as text."""

    method: str
    path: str
    headers: dict[str, str] = {}
    body: str | None = None

    @property
    def sends(self) -> bool:
        """Whether its method says that something is to be done, rather than read."""
        return self.method not in {"GET", "HEAD", "OPTIONS"}


class Reply(Noun):
    """What came back, after redirects; `body` is cut at 1 MiB."""

    status: int
    headers: dict[str, str] = {}
    body: str = ""
    redirects: int = 0


class Exchange(Entry, tag="exchange"):
    """A request with its reply, or its loss in words.

    `understood`: the function has worked as the contract names it, or the
    operator vouches for the contract. `differs`: the answer is unlike those
    that the function gave in this run when it worked, so it is a refusal
    whatever its status: it hands nothing over, or does not say what they said.
    `is_left`: the page that asked went to another document before an answer came, so
    that nobody knows of one.
    """

    operation: str
    request: Request
    reply: Reply | None = None
    loss: str = ""
    understood: bool = True
    differs: bool = False
    is_left: bool = False


class Connection(Entry, tag="connection"):
    """An opening handshake; `refusal` is empty when the socket opened.

    `token` is the token's name. `own` is false when it was sent on purpose as
    somebody's who may not have it: expired, made up, borrowed. `understood`: the
    server is known to take it that a socket is opened so, or the operator
    vouches for the contract.
    """

    socket: int
    path: str
    token: str
    own: bool = True
    refusal: str = ""
    understood: bool = True


class Sent(Entry, tag="sent"):
    """A text message from us."""

    socket: int
    text: str


class Frame(Entry, tag="frame"):
    """A message, a close or a lost connection, as it arrived on a socket.

    `size` is the payload's length in bytes, of which `text` shows the
    beginning. A close has a `code`; `lost` is an end without a close.
    """

    socket: int
    kind: Literal["text", "binary", "close", "lost", "flood"]
    text: str = ""
    size: int = 0
    code: int = 0

    @property
    def ends(self) -> bool:
        """Whether nothing can follow on this socket."""
        return self.kind in {"close", "lost", "flood"}


class Left(Entry, tag="left"):
    """We closed a socket, as a page does that is left."""

    socket: int


class Probe(Entry, tag="probe"):
    """A Ping, and whether its Pong came: all that was written before it has arrived."""

    socket: int
    answered: bool


class Quiet(Entry, tag="quiet"):
    """A quiet point: the grace, in seconds, that had passed since the trigger before its Pings.

    `notices` are the shapes of the logouts that this run has seen so far.
    """

    grace: float
    notices: tuple[str, ...] = ()


class Together(Entry, tag="together"):
    """Calls made at the same time: the first was released at `sent`, the last at `received`."""

    calls: int


class Taken(Entry, tag="taken"):
    """The next message was asked for on a socket; `is_message` is false where none came."""

    socket: int
    text: str
    is_message: bool


class Guessed(Entry, tag="guessed"):
    """Tokens were looked at: `made_of` says how they can be guessed, empty where nobody knows.

    `is_certain` is false where they could be something better.
    """

    made_of: str
    is_certain: bool


class Loaded(Entry, tag="loaded"):
    """A document began to load in an actor's tab; `by_us` is false where the page did it itself.

    `by_form`: the browser sent a form there, as it does unless a script tells it not to.
    """

    path: str
    by_us: bool
    by_form: bool = False


class Shown(Entry, tag="shown"):
    """The view that an actor's page shows from now on."""

    view: PageView


class Noted(Entry, tag="noted"):
    """Something else that a page did, in words.

    `elsewhere`: it has looked for its server at another origin than it was opened at.
    `missing`: it wants a script or a style of the internet that is not kept here.
    """

    kind: Literal[
        "dialog",
        "console",
        "failed",
        "synchronous",
        "stub",
        "leftover",
        "fetch",
        "unconfined",
        "elsewhere",
        "missing",
    ]
    text: str


class Died(Entry, tag="died"):
    """The submission's process has ended; `excess` says what it was ended for using too much of."""

    excess: str = ""


class Crash(Entry, tag="crash"):
    """A thread of ours failed, so that something may be missing here."""

    text: str


class Stall(Entry, tag="stall"):
    """This machine stood still, or was overloaded when a time ran out.

    What was late meanwhile may not be the submission's fault. `load` is how many
    processes wanted to run for each core, where that is why.
    """

    load: float = 0.0


class Played(Entry, tag="played"):
    """A step from begin to end. `cause` says why it could not be played, and ends the scenario.

    `concerns` is the earlier step that it is about, `function` what did not work.

    `understood`: the function concerned has worked as the contract names it,
    or the operator vouches for the contract.
    """

    kind: str
    line: int
    cause: str = ""
    concerns: str = ""
    function: str = ""
    understood: bool = True
    ours: bool = False


AnyEntry = (
    Exchange
    | Connection
    | Sent
    | Frame
    | Left
    | Probe
    | Quiet
    | Together
    | Taken
    | Guessed
    | Loaded
    | Shown
    | Noted
    | Stall
    | Crash
    | Died
    | Played
)


class Timeline(Noun):
    """All entries of one scenario, in the order in which they were completed."""

    entries: tuple[AnyEntry, ...] = ()

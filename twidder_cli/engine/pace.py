"""How long to wait: every number of `check` about time stands here, in seconds.

`docs/timing.md` tells what each rests on.
"""

HTTP = 10.0
"""For an answer to a request, or to a handshake."""

START = 20.0
"""For a submission to answer after it was started."""

TABLE = 10.0
"""For a submission's application to be imported and to tell its routes."""

PREPARING = 120.0
"""For finding out how a submission is started; what is under way then is still finished."""

SCENARIO = 60.0
"""For a whole scenario."""

LEARNING = 90.0
"""For learning a submission's contract."""

NOTICE = 2.0
"""For a first client to be told, while its contract is learned."""

PONG = 5.0
"""For a Pong."""

BARRIER = 5.0
"""For all calls that are made together to be ready."""

TOKEN_PAUSE = 1.1
"""Between sign-ins of one user, where the same moment gives the same token."""

STRANGER = 1.0
"""At most for a server to answer a socket that greets with a token it may refuse."""

JITTER = 0.02
"""At most between two calls that are made together; which of them comes first varies."""

GOODBYE = 1.0
"""For the other side to end a connection that we left."""

ECHO = 0.2
"""From a push to the same message at the control actor, where it goes to everybody."""

RHYTHM = 12.0
"""For a message to come again by itself, where that is in question."""

NAP = 0.1
"""Between two attempts at something that holds eventually."""

BROWSER = 30.0
"""For a browser to start in one of the ways that are tried."""

PAGE = 30.0
"""For a page to do one thing; some never come to an end."""

PICTURE = 3.0
"""For a picture of a page, some of which stand still for ever."""

APPEARS = 2.0
"""For a form to appear on a page, after it was loaded or after a click."""

REACH = 2.0
"""For something to be in nobody's way, and to stand still."""

OPENS = 0.3
"""For a tab or a menu to open."""

AFTERTHOUGHT = 0.3
"""After a sign-up by a page: some begin to sign in by themselves."""

STEADY = 0.3
"""A view that is shown for less is none that anybody sees."""

BURST = 1.0
"""For ten sockets of a page, which nobody can sign in so often as to need."""

OVERLOAD = 5.0
"""Processes that want to run, for each core, above which a time that ran out says little."""

CONTROL = 1.0
"""For a server on such a machine to show that it answers at once, each time within a stall."""

STALL = 0.5
"""A thread of ours that oversleeps by more shows that the machine stood still."""


class Pace:
    """The times of one run: the basic ones, scaled by patience and by what this run measured.

    `token_pause` is how long sign-ins of a user have to be apart to get
    different tokens, as far as this run has seen.
    """

    def __init__(self, patience: float = 1.0) -> None:
        self.patience = patience
        self.token_pause = 0.0
        self._slowest_push = 0.0
        self._slowest_pong = 0.0

    def saw_push(self, seconds: float) -> None:
        """Take note of how long a due push took."""
        self._slowest_push = max(self._slowest_push, seconds)

    def saw_pong(self, seconds: float) -> None:
        """Take note of a round trip on a socket."""
        self._slowest_pong = max(self._slowest_pong, seconds)

    def scaled(self, seconds: float) -> float:
        """Return a limit as the operator's patience stretches it."""
        return seconds * self.patience

    @property
    def grace(self) -> float:
        """From a trigger's end to the proof of silence: a handler may still be sending."""
        return self.scaled(min(max(0.75, 3 * self._slowest_push), 3.0))

    @property
    def settle(self) -> float:
        """After a handshake's Pong: the greeting may not have been read yet."""
        return self.scaled(min(max(0.2, 4 * self._slowest_pong), 2.0))

    @property
    def farewell(self) -> float:
        """After a close: the handler's clean-up comes later than the TCP close."""
        return self.scaled(min(max(0.4, 4 * self._slowest_pong), 2.0))

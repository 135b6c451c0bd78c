"""What the signed-in do: look each other up, write, change passwords, sign out."""

from twidder_cli.learn.answers import shows
from twidder_cli.learn.draft import Draft, Evidence, is_about
from twidder_cli.learn.entrance import evidence_of
from twidder_cli.learn.options import Options, settle
from twidder_cli.learn.probe import Person
from twidder_cli.model.contract import MESSAGES, READING, Operation
from twidder_cli.model.replies import is_accepted
from twidder_cli.model.timeline import Exchange

_OWN_WALL, _WALL_BY_EMAIL = MESSAGES

Tried = tuple[Evidence, Exchange]


def look_up(draft: Draft, options: Options, anna: Person, bob: Person) -> None:
    """Learn get_user_data_by_email."""

    def attempt(operation: Operation) -> Tried:
        exchange = draft.ask(operation, anna, email=bob.email)
        return Evidence.PROVED if is_about(exchange, bob) else evidence_of(exchange), exchange

    settle(draft, options, READING[1], attempt)


class Walls:
    """Learns the functions about messages: none of them can be proved without another."""

    def __init__(self, draft: Draft, options: Options, anna: Person, bob: Person) -> None:
        self._draft = draft
        self._options = options
        self._anna = anna
        self._bob = bob
        self._reader = draft.newcomer()  # whose own wall is empty
        self._text = ""

    def learn(self) -> None:
        """Learn post_message by looking at the wall, and then the ways to look at it."""
        settle(self._draft, self._options, "post_message", self._post)
        settle(self._draft, self._options, _OWN_WALL, self._read_own)
        settle(self._draft, self._options, _WALL_BY_EMAIL, self._read_other)

    def _post(self, operation: Operation) -> Tried:
        self._text = self._anna.message()
        message = {"email": self._bob.email, "message": self._text}
        exchange = self._draft.ask(operation, self._anna, **message)
        is_posted = is_accepted(exchange) and self._is_on_wall()
        return Evidence.PROVED if is_posted else evidence_of(exchange), exchange

    def _is_on_wall(self) -> bool:
        """Whether the text is on bob's wall, in any way that may show it."""
        for function, attempt in ((_OWN_WALL, self._read_own), (_WALL_BY_EMAIL, self._read_other)):
            for option in self._options.of(function, self._draft):
                if attempt(option.variant.operation)[0] is Evidence.PROVED:
                    return True
        return False

    def _read_own(self, operation: Operation) -> Tried:
        return self._seen(self._draft.ask(operation, self._bob))

    def _read_other(self, operation: Operation) -> Tried:
        return self._seen(self._draft.ask(operation, self._reader, email=self._bob.email))

    def _seen(self, exchange: Exchange) -> Tried:
        is_seen = bool(self._text) and shows(exchange, self._text)
        return Evidence.PROVED if is_seen else evidence_of(exchange), exchange


def sign_out(draft: Draft, options: Options) -> None:
    """Learn sign_out, each try with a user of its own."""

    def attempt(operation: Operation) -> Tried:
        person = draft.newcomer()
        exchange = draft.ask(operation, person)
        is_out = is_accepted(exchange) and not draft.is_signed_in(person)
        return Evidence.PROVED if is_out else evidence_of(exchange), exchange

    settle(draft, options, "sign_out", attempt)


def change_password(draft: Draft, options: Options) -> None:
    """Learn change_password, each try with a user of its own."""

    def attempt(operation: Operation) -> Tried:
        person = draft.newcomer()
        old, new = person.values["password"], person.new_password()
        exchange = draft.ask(operation, person, old=old, new=new)
        if not is_accepted(exchange):
            return evidence_of(exchange), exchange
        if "sign_out" in draft.proved:  # or a second sign-in is a test of its own
            draft.ask(draft.operations["sign_out"], person)
        is_changed = draft.sign_in(person, password=new) and not draft.sign_in(person, password=old)
        return Evidence.PROVED if is_changed else Evidence.ACCEPTED, exchange

    settle(draft, options, "change_password", attempt)

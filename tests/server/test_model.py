"""Whatever people do in whatever order, the server does what a model of ten lines says."""

from dataclasses import dataclass, field
from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from tests.server.support import LOGOUT, PASSWORD, Close, Person, Server, Socket, sign_up_fields

EXPIRED = Close(4000, "signed in from elsewhere")
REFUSED = Close(4001, "not the token of a valid session")
SIGNED_OUT = Close(4003, "signed out")

OFTEN_ENOUGH = 10
"""Wrong passwords that are looked at; then only time helps, of which the model knows nothing."""


@dataclass(eq=False)
class Account:
    """What the model knows of somebody."""

    email: str
    password: str = PASSWORD
    token: str = ""
    wall: list[dict[str, str]] = field(default_factory=list)
    sockets: list[Socket] = field(default_factory=list)
    wrong: int = 0


class Twidder(RuleBasedStateMachine):
    """People who sign up, in and out, write, look, and open sockets with any token of old."""

    server: Server

    people = Bundle("people")
    tokens = Bundle("tokens")

    def __init__(self) -> None:
        super().__init__()
        self.owners: dict[str, Account] = {}

    @initialize(target=people)
    def two_people_there_are(self) -> Any:
        return multiple(self._new_account(), self._new_account())

    @initialize(target=tokens)
    def a_token_that_nobody_gave(self) -> str:
        return "nonsense"

    @rule(target=people)
    def sign_up(self) -> Account:
        return self._new_account()

    @rule(who=people)
    def sign_up_again(self, who: Account) -> None:
        reply = self.server.call("POST", "/sign_up", json=sign_up_fields(who.email))
        assert reply.status_code == 409

    @rule(target=tokens, who=people)
    def sign_in(self, who: Account) -> str:
        credentials = {"username": who.email, "password": who.password}
        reply = self.server.call("POST", "/sign_in", json=credentials)
        assert reply.status_code == 200
        self._end(who, [LOGOUT, EXPIRED])
        who.token = reply.json()["data"]
        self.owners[who.token] = who
        return who.token

    @rule(who=people)
    def sign_in_with_a_wrong_password(self, who: Account) -> None:
        if who.wrong == OFTEN_ENOUGH:
            return
        who.wrong += 1
        credentials = {"username": who.email, "password": who.password + "?"}
        assert self.server.call("POST", "/sign_in", json=credentials).status_code == 401

    @rule(token=tokens)
    def sign_out(self, token: str) -> None:
        who = self._owner(token)
        assert self._call("DELETE", "/sign_out", token) == (200 if who else 401)
        if who:
            self._end(who, [SIGNED_OUT])
            who.token = ""

    @rule(token=tokens, new=st.sampled_from(["correct horse", "battery staple"]))
    def change_password(self, token: str, new: str) -> None:
        who = self._owner(token)
        change = {"oldpassword": who.password if who else PASSWORD, "newpassword": new}
        assert self._call("PUT", "/change_password", token, change) == (200 if who else 401)
        if who:
            who.password = new

    @rule(token=tokens, to=people, text=st.text(min_size=1, max_size=20).filter(str.strip))
    def post(self, token: str, to: Account, text: str) -> None:
        who = self._owner(token)
        message = {"email": to.email, "message": text}
        assert self._call("POST", "/post_message", token, message) == (201 if who else 401)
        if who:
            to.wall.insert(0, {"writer": who.email, "content": text})

    @rule(token=tokens, whose=people)
    def read_a_wall(self, token: str, whose: Account) -> None:
        path = f"/get_user_messages_by_email/{whose.email}"
        reply = Person(self.server, "", token).call("GET", path)
        if self._owner(token):
            assert reply.json()["data"] == whose.wall
        else:
            assert (reply.status_code, "data" in reply.json()) == (401, False)

    @rule(token=tokens)
    def open_a_socket(self, token: str) -> None:
        opened = Person(self.server, "", token).open_socket()
        if who := self._owner(token):
            who.sockets.append(opened)
        else:
            assert opened.next() == REFUSED

    @rule(who=people)
    def leave_a_socket(self, who: Account) -> None:
        if who.sockets:
            who.sockets.pop().connection.close()

    @invariant()
    def nobody_hears_what_is_not_for_them(self) -> None:
        for who in set(self.owners.values()):
            assert [opened.all_so_far() for opened in who.sockets] == [[]] * len(who.sockets)

    @invariant()
    def exactly_the_newest_token_of_each_is_valid(self) -> None:
        for token, who in self.owners.items():
            person = Person(self.server, who.email, token)
            assert person.is_signed_in() == (token == who.token)

    def teardown(self) -> None:
        for who in self.owners.values():
            for opened in who.sockets:
                opened.connection.close()

    def _new_account(self) -> Account:
        return Account(self.server.new_person().email)

    def _owner(self, token: str) -> Account | None:
        """Return who is signed in with this token."""
        who = self.owners.get(token)
        return who if who and who.token == token else None

    def _call(self, method: str, path: str, token: str, body: Any = None) -> int:
        return Person(self.server, "", token).call(method, path, json=body).status_code

    def _end(self, who: Account, last_words: list[Any]) -> None:
        for opened in who.sockets:
            assert [opened.next() for _ in last_words] == last_words
        who.sockets.clear()


def test_the_server_does_what_the_model_says(server: Server) -> None:
    class Here(Twidder):
        pass

    Here.server = server
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=12,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

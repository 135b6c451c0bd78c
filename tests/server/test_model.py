"""Whatever people do in whatever order, the server does what a small model says."""

from dataclasses import dataclass, field
from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, Phase, settings
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

AGES = st.sampled_from([0, 0, 0, 1, 2])
"""How many sign-ins ago a token was given; mostly it is the newest."""

OFTEN_ENOUGH = 10
"""Wrong passwords that are looked at; then only time helps, of which the model knows nothing."""


@dataclass(eq=False)
class Account:
    """What the model knows of somebody."""

    email: str
    password: str = PASSWORD
    tokens: list[str] = field(default_factory=lambda: ["nonsense"])
    signed_in: bool = False
    wall: list[dict[str, str]] = field(default_factory=list)
    sockets: list[Socket] = field(default_factory=list)
    wrong: int = 0

    def holding(self, age: int, server: Server) -> Person:
        """Be somebody with a token of so many sign-ins ago."""
        return Person(server, self.email, self.tokens[-1 - min(age, len(self.tokens) - 1)])

    def is_signed_in_with(self, age: int) -> bool:
        return self.signed_in and age == 0


class Twidder(RuleBasedStateMachine):
    """People who sign up, in and out, write, look, and open sockets with any token of old."""

    server: Server

    people = Bundle("people")

    def __init__(self) -> None:
        super().__init__()
        self.accounts: list[Account] = []

    @initialize(target=people)
    def two_people_there_are(self) -> Any:
        accounts = [self._new_account(), self._new_account()]
        for account in accounts:
            self.sign_in(account)
            self.open_a_socket(account, 0)
        return multiple(*accounts)

    @rule(target=people)
    def sign_up(self) -> Account:
        return self._new_account()

    @rule(who=people)
    def sign_up_again(self, who: Account) -> None:
        reply = self.server.call("POST", "/sign_up", json=sign_up_fields(who.email))
        assert reply.status_code == 409

    @rule(who=people)
    def sign_in(self, who: Account) -> None:
        credentials = {"username": who.email, "password": who.password}
        reply = self.server.call("POST", "/sign_in", json=credentials)
        assert reply.status_code == 200
        self._end(who, [LOGOUT, EXPIRED])
        who.tokens.append(reply.json()["data"])
        who.signed_in = True

    @rule(who=people)
    def sign_in_with_a_wrong_password(self, who: Account) -> None:
        if who.wrong == OFTEN_ENOUGH:
            return
        who.wrong += 1
        credentials = {"username": who.email, "password": who.password + "?"}
        assert self.server.call("POST", "/sign_in", json=credentials).status_code == 401

    @rule(who=people, age=AGES)
    def sign_out(self, who: Account, age: int) -> None:
        if self._does(who, age, "DELETE /sign_out"):
            self._end(who, [SIGNED_OUT])
            who.signed_in = False

    @rule(who=people, age=AGES, new=st.sampled_from(["correct horse", "battery staple"]))
    def change_password(self, who: Account, age: int, new: str) -> None:
        change = {"oldpassword": who.password, "newpassword": new}
        if self._does(who, age, "PUT /change_password", change):
            who.password = new

    @rule(who=people, age=AGES, to=people, text=st.text(min_size=1, max_size=9).filter(str.strip))
    def post(self, who: Account, age: int, to: Account, text: str) -> None:
        message = {"email": to.email, "message": text}
        if self._does(who, age, "POST /post_message", message):
            to.wall.insert(0, {"writer": who.email, "content": text})

    @rule(who=people, age=AGES)
    def open_a_socket(self, who: Account, age: int) -> None:
        opened = who.holding(age, self.server).open_socket()
        if who.is_signed_in_with(age):
            who.sockets.append(opened)
        else:
            assert opened.next() == REFUSED

    @rule(who=people)
    def leave_a_socket(self, who: Account) -> None:
        if who.sockets:
            who.sockets.pop().connection.close()

    @invariant()
    def nobody_hears_what_is_not_for_them(self) -> None:
        for who in self.accounts:
            assert [opened.all_so_far() for opened in who.sockets] == [[]] * len(who.sockets)

    @invariant()
    def who_is_signed_in_sees_every_wall_as_it_is(self) -> None:
        readers = [who.holding(0, self.server) for who in self.accounts if who.signed_in]
        for whose in self.accounts:
            for reader in readers[:1]:
                reply = reader.call("GET", f"/get_user_messages_by_email/{whose.email}")
                assert reply.json()["data"] == whose.wall

    @invariant()
    def of_all_tokens_the_newest_may_be_valid(self) -> None:
        for who in self.accounts:
            valid = [
                Person(self.server, who.email, token).is_signed_in() for token in who.tokens[-3:]
            ]
            assert valid == [False] * (len(valid) - 1) + [who.signed_in]

    def teardown(self) -> None:
        for who in self.accounts:
            for opened in who.sockets:
                opened.connection.close()

    def _new_account(self) -> Account:
        self.accounts.append(Account(self.server.new_person().email))
        return self.accounts[-1]

    def _does(self, who: Account, age: int, what: str, body: Any = None) -> bool:
        """Ask with one of somebody's tokens; whether it was the one that counts."""
        reply = who.holding(age, self.server).call(*what.split(), json=body)
        assert reply.status_code in ((200, 201) if who.is_signed_in_with(age) else (401,))
        return who.is_signed_in_with(age)

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
            phases=[Phase.generate],  # to shrink what fails takes minutes on a real server
            suppress_health_check=list(HealthCheck),
        ),
    )

"""What is made of a page's requests, on literal timelines."""

from typing import Any

import msgspec
import pytest

from twidder_cli.learn.watched import corrected, seen_in, told
from twidder_cli.model.contract import FUNCTIONS, Contract, Operation, SocketPlace, TokenPlace
from twidder_cli.model.learned import Learned
from twidder_cli.model.seen import Seen
from twidder_cli.model.timeline import (
    AnyEntry,
    Connection,
    Exchange,
    Reply,
    Request,
    Sent,
    Timeline,
)

TOKEN = "{anna@page.token.1}"
JSON = {"Content-Type": "application/json", "User-Agent": "Chromium"}
SIGN_UP = '{"mail":"{anna.email}","pw":"{anna.password}","n1":"{anna.firstname}","age":7}'
SIGN_IN = '{"mail":"{anna.email}","pw":"{anna.password}"}'
DATA = '{"data":{"first":"{anna.firstname}","email":"{anna.email}"}}'
OTHERS = '{"data":{"first":"{bob.firstname}"}}'


def asked(
    step: str,
    request: str,
    body: str | None = None,
    answer: str = '{"success":true}',
    *,
    status: int = 200,
    headers: dict[str, str] = JSON,
    actor: str = "anna@page",
) -> Exchange:
    """A request of the page, sent while a function was used."""
    method, path = request.split(" ", 1)
    return Exchange(
        step=step,
        actor=actor,
        sent=0,
        received=0,
        operation="xhr",
        request=Request(method=method, path=path, headers=headers, body=body),
        reply=Reply(status=status, body=answer),
    )


def signed_in(*more: AnyEntry, token: str = TOKEN) -> Seen:
    """Return what is seen of a page that signs up and in, and then does more."""
    entries = (
        asked("sign_up", "POST /a", SIGN_UP, actor="bob@page"),
        asked("sign_up", "POST /a", SIGN_UP),
        asked("sign_in", "POST /b", SIGN_IN, f'{{"data":{{"key":"{token}"}}}}'),
        *more,
    )
    return seen_in(Timeline(entries=entries))


def sent(token: str = TOKEN, header: str = "X-Key") -> dict[str, str]:
    return {**JSON, header: token}


def requests(seen: Seen, function: str) -> list[tuple[str, Any]]:
    return [
        (one.request, one.json if one.form is None else one.form)
        for one in seen.operations[function]
    ]


def test_values_become_placeholders_and_all_else_stays() -> None:
    seen = signed_in()
    whole = {"mail": "{email}", "pw": "{password}", "n1": "{firstname}", "age": 7}
    assert requests(seen, "sign_up") == [("POST /a", whole)]
    assert requests(seen, "sign_in") == [("POST /b", {"mail": "{email}", "pw": "{password}"})]
    assert seen.secrets == ()


PART = '--x\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
PARTS = PART.format("mail", "{anna.email}") + PART.format("pw", "{anna.password}") + "--x--\r\n"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded", "mail={anna.email}&pw={anna.password}"),
        ("multipart/form-data; boundary=x", PARTS),
    ],
    ids=["form", "multipart"],
)
def test_a_form_is_a_form_however_it_is_sent(kind: str, body: str) -> None:
    seen = seen_in(
        Timeline(entries=(asked("sign_in", "POST /b", body, headers={"Content-Type": kind}),))
    )
    assert requests(seen, "sign_in") == [("POST /b", {"mail": "{email}", "pw": "{password}"})]
    assert seen.operations["sign_in"][0].json is None


def test_the_token_is_what_the_sign_in_handed_over_and_is_sent_again() -> None:
    seen = signed_in(asked("sign_in", "GET /me", None, DATA, headers=sent(f"Bearer {TOKEN}")))
    assert seen.tokens == (TokenPlace(header="X-Key", value="Bearer {token}"),)
    assert requests(seen, "get_user_data_by_token") == [("GET /me", None)]
    assert seen.operations["get_user_data_by_token"][0].headers == {}


def test_a_token_in_an_address_is_part_of_the_request() -> None:
    seen = signed_in(asked("sign_in", f"GET /me?key={TOKEN}", None, DATA))
    assert seen.tokens == ()
    assert requests(seen, "get_user_data_by_token") == [("GET /me?key={token}", None)]


def test_a_token_that_has_no_name_yet_is_found_as_well() -> None:
    seen = signed_in(asked("sign_in", "GET /me", None, DATA, headers=sent("r4w0")), token="r4w0")
    assert seen.tokens == (TokenPlace(header="X-Key"),)


def test_who_a_message_is_from_and_to_is_tried_both_ways() -> None:
    body = '{"who":"{anna.email}","what":"{anna.message.1}"}'
    seen = signed_in(asked("post_message", "POST /m", body, headers=sent()))
    assert requests(seen, "post_message") == [
        ("POST /m", {"who": "{email}", "what": "{message}"}),
        ("POST /m", {"who": "{own}", "what": "{message}"}),
    ]


def test_somebody_else_s_data_and_wall_are_told_apart() -> None:
    seen = signed_in(
        asked("get_user_data_by_email", "GET /u/{bob.email}", None, OTHERS, headers=sent()),
        asked("get_user_data_by_email", "GET /w/{bob.email}", None, "[]", headers=sent()),
    )
    assert requests(seen, "get_user_data_by_email") == [("GET /u/{email}", None)]
    assert requests(seen, "get_user_messages_by_email") == [("GET /w/{email}", None)]


def test_the_old_password_is_told_from_the_new_one() -> None:
    body = '{"a":"{anna.password}","b":"{anna.password.2}","c":"{anna.password.2}"}'
    seen = signed_in(asked("change_password", "PUT /p", body, headers=sent()))
    wanted = {"a": "{old}", "b": "{new}", "c": "{new}"}
    assert requests(seen, "change_password") == [("PUT /p", wanted)]


@pytest.mark.parametrize(
    ("path", "said", "place"),
    [
        ("/ws", [TOKEN], SocketPlace(path="/ws", greeting="{token}")),
        (
            "/ws",
            [f'{{"p":{{"key":"{TOKEN}","v":1}}}}', "later"],
            SocketPlace(path="/ws", greeting={"p": {"key": "{token}", "v": 1}}),
        ),
        ("/ws", [f"login:{TOKEN}"], SocketPlace(path="/ws", greeting="login:{token}")),
        (f"/ws?t={TOKEN}", [], SocketPlace(path="/ws?t={token}")),
        ("/ws/{anna.email}", [], SocketPlace(path="/ws/{email}")),
    ],
)
def test_a_socket_is_opened_and_greeted_as_the_page_does(
    path: str, said: list[str], place: SocketPlace
) -> None:
    at: dict[str, Any] = {"step": "sign_in", "actor": "anna@page", "sent": 0, "received": 0}
    frames = [Sent(**at, socket=1, text=text) for text in said]
    refused = Connection(**at, socket=2, path="/no", token="", refusal="404")
    elsewhere = Connection(**at, socket=3, path="ws://elsewhere/ws", token="")
    opened = Connection(**at, socket=1, path=path, token="")
    assert signed_in(opened, *frames, refused, elsewhere).sockets == (place,)


def test_a_socket_that_is_not_greeted_where_others_are_is_nobody_s() -> None:
    at: dict[str, Any] = {"step": "sign_in", "actor": "anna@page", "sent": 0, "received": 0}
    early, later = (Connection(**at, socket=number, path="/ws", token="") for number in (1, 2))
    greeting = Sent(**at, socket=2, text=TOKEN)
    places = signed_in(early, later, greeting).sockets
    assert places == (SocketPlace(path="/ws", greeting="{token}"),)


def test_who_asks_may_be_named_in_every_request() -> None:
    who = {**sent(), "X-Who": "{anna.email}"}
    own = asked("sign_in", "GET /me", None, DATA, headers=who)
    look_up = asked("get_user_data_by_email", "GET /u/{bob.email}", None, OTHERS, headers=who)
    seen = signed_in(own, look_up)
    for function in ("get_user_data_by_token", "get_user_data_by_email"):
        assert seen.operations[function][0].headers == {"X-Who": "{own}"}


def test_what_changes_with_every_request_can_t_be_made_again() -> None:
    seen = signed_in(
        asked("sign_in", "GET /me", None, DATA, headers={**sent(), "X-Signature": "a1"}),
        asked("sign_in", "GET /wall", None, "[]", headers={**sent(), "X-Signature": "b2"}),
    )
    assert seen.operations["get_user_data_by_token"][0].headers == {}
    assert seen.secrets == ("the header X-Signature is another one in every request",)
    words = list(told(seen, Learned()))
    assert words == [f"only its own page can speak to it: {seen.secrets[0]}"]
    whole = Learned(proved=frozenset({*FUNCTIONS, "connect"}))
    assert list(told(seen, whole)) == []


def test_a_word_that_says_what_is_asked_for_is_part_of_the_request() -> None:
    seen = signed_in(
        asked("sign_in", "GET /do", None, DATA, headers={**sent(), "X-Action": "me"}),
        asked("sign_in", "GET /do", None, "[]", headers={**sent(), "X-Action": "wall"}),
    )
    assert seen.secrets == ()
    assert seen.operations["get_user_data_by_token"][0].headers == {"X-Action": "me"}


def test_what_is_asked_of_others_is_no_part_of_the_contract() -> None:
    seen = signed_in(asked("sign_in", "GET https://else.where/me", None, DATA, headers=sent()))
    assert "get_user_data_by_token" not in seen.operations


@pytest.mark.parametrize(
    "body", ['{"blob":"x9=="}', '{"mail":"{anna.email}","n":"{anna.firstname}","hash":"5f4d"}']
)
def test_who_hides_the_password_can_t_be_spoken_for(body: str) -> None:
    signing_in = asked("sign_in", "POST /b", '{"mail":"{anna.email}","hash":"5f4d"}')
    seen = seen_in(Timeline(entries=(asked("sign_up", "POST /a", body), signing_in)))
    assert seen.operations.keys().isdisjoint({"sign_up", "sign_in"})
    assert seen.secrets == ("a password is not sent as it is written",)


HIDDEN = '{"blob":"x9=="}'
GETS_IN = asked("sign_up", "POST /a", HIDDEN), asked("sign_in", "POST /b", HIDDEN)


def spoken(*entries: AnyEntry) -> dict[str, str]:
    """Return by which method and path a page was seen to do what a function is for."""
    said = seen_in(Timeline(entries=entries)).spoken
    return {} if said is None else {name: one.request for name, one in said.items()}


def test_what_a_page_hides_is_known_by_when_it_is_sent() -> None:
    key = asked("sign_in", "GET /public_key")
    assert spoken(key, *GETS_IN, asked("sign_out", "DELETE /c")) == {
        "sign_up": "POST /a",
        "sign_in": "POST /b",
        "sign_out": "DELETE /c",
    }


def test_a_page_that_signs_in_after_the_sign_up_does_so_in_its_step() -> None:
    at_once = asked("sign_up", "POST /b", HIDDEN)
    assert spoken(GETS_IN[0], at_once) == {"sign_up": "POST /a", "sign_in": "POST /b"}


def test_a_token_is_known_though_the_password_is_hidden() -> None:
    token = "f3a91c57d2e84b60"
    sign_in = asked("sign_in", "POST /b", HIDDEN, f'{{"data":"{token}"}}')
    wall = asked("post_message", "GET /me", None, DATA, headers=sent(token))
    seen = seen_in(Timeline(entries=(GETS_IN[0], sign_in, wall)))
    assert seen.tokens == (TokenPlace(header="X-Key", value="{token}"),)
    assert token not in repr(seen.operations)
    assert "get_user_messages_by_token" not in seen.operations  # the sign-in reads nothing


def test_who_signs_in_has_no_token_to_send() -> None:
    hello = asked("sign_in", "POST /hello", '{"n":1}', headers=sent("f3a91c57d2e84b60"))
    assert spoken(*GETS_IN, hello)["sign_in"] == "POST /b"
    challenge = asked("sign_in", "POST /challenge", HIDDEN)
    assert spoken(GETS_IN[0], challenge, GETS_IN[1])["sign_in"] == "POST /b"


def test_where_nobody_gets_in_a_page_says_nothing() -> None:
    refused = asked("sign_in", "POST /b", HIDDEN, "", status=401)
    entries = (GETS_IN[0], refused, asked("sign_out", "DELETE /c"))
    assert seen_in(Timeline(entries=entries)).spoken is None
    assert seen_in(Timeline()).spoken is None


def test_what_one_request_is_for_several_functions_has_no_name() -> None:
    same = [asked(step, "POST /api", HIDDEN) for step in ("sign_up", "sign_in")]
    said = seen_in(Timeline(entries=(*same, asked("sign_out", "DELETE /c")))).spoken
    assert said == {"sign_out": Operation(request="DELETE /c")}


def test_what_a_page_reads_is_known_by_what_it_shows() -> None:
    wall = '{"data":[{"content":"{anna.message.1}"}]}'
    read = (
        asked("sign_in", "GET /key", None, '{"data":"MIIB"}'),
        asked("sign_in", "GET /me", None, DATA),
        asked("post_message", "GET /wall", None, wall),
    )
    said = spoken(*GETS_IN, *read)
    assert said["get_user_data_by_token"] == "GET /me"
    assert said["get_user_messages_by_token"] == "GET /wall"


def test_a_refused_request_that_may_be_either_of_two_is_held_against_none() -> None:
    by_email = "get_user_data_by_email"
    seen = signed_in(asked(by_email, "GET /u/{bob.email}", None, "", status=404, headers=sent()))
    assert seen.refused == {}


def test_where_page_and_server_do_not_agree_both_are_told() -> None:
    seen = signed_in(asked("sign_out", "POST /out", None, "", status=405, headers=sent()))
    known = Contract(operations={"sign_out": Operation(request="DELETE /sign_out")})
    proved = Learned(contract=known, proved=frozenset({"sign_out"}))
    (words,) = (one for one in told(seen, proved) if "agree" in one)
    assert words == (
        "its page and its server do not agree on sign_out: POST /out -> 405, "
        "where DELETE /sign_out works"
    )
    unproved = Learned(contract=known)
    assert not [one for one in told(seen, unproved) if "agree" in one]


def test_the_right_path_by_another_method_is_no_agreement() -> None:
    seen = signed_in(asked("sign_out", "POST /sign_out", None, "", status=405, headers=sent()))
    known = Contract(operations={"sign_out": Operation(request="DELETE /sign_out")})
    proved = Learned(contract=known, proved=frozenset({"sign_out"}))
    assert [one for one in told(seen, proved) if "agree" in one] != []


def test_a_request_that_was_left_without_an_answer_is_not_refused_and_may_be_tried() -> None:
    out = asked("sign_out", "POST /out", None, headers=sent())
    seen = signed_in(msgspec.structs.replace(out, reply=None, is_left=True))
    assert seen.refused == {}
    assert requests(seen, "sign_out") == [("POST /out", None)]


def learned(request: str, found: str, *proved: str) -> Learned:
    return Learned(
        contract=Contract(operations={"sign_out": Operation(request=request)}),
        found={"sign_out": found},
        proved=frozenset(proved),
    )


def test_what_works_by_the_page_alone_is_no_fault_of_the_server() -> None:
    named = "its route table, by its name; not proved: DELETE /sign_out -> 404"
    before = learned("DELETE /sign_out", named)
    after = learned("POST /bye", "its page; proved", "sign_out")
    (words,) = corrected(before, after)
    assert words == (
        "sign_out works as its page asks for it, POST /bye, so that its server is not broken; "
        f"without the page: {named}"
    )
    assert list(corrected(after, after)) == []
    assert list(corrected(learned("POST /bye", named), after)) == []
    assert list(corrected(Learned(), after)) == []

"""The nine functions, over HTTP."""

import pytest

from tests.server.support import PASSWORD, Person, Server, sign_up_fields

ODD_TEXTS = [
    "åäö 漢字 🙂 \u202e",
    "O'Brien\"; DROP TABLE user; --",
    "<script>alert('x')</script> &amp; <b>",
    "  spaces \t and\nlines  ",
    "a\x00b",
    "%s {0} \\n \\",
]


def wall(reader: Person, owner: Person) -> list[tuple[str, str]]:
    reply = reader.call("GET", f"/get_user_messages_by_email/{owner.email}")
    return [(message["writer"], message["content"]) for message in reply.json()["data"]]


def test_sign_up_makes_an_account_that_can_sign_in(server: Server) -> None:
    assert server.new_person().sign_in().is_signed_in()


def test_sign_up_says_created(server: Server) -> None:
    reply = server.call("POST", "/sign_up", json=sign_up_fields("created@example.org"))
    assert (reply.status_code, reply.json()["success"]) == (201, True)


def test_sign_up_refuses_a_taken_address(server: Server) -> None:
    email = server.new_person().email
    reply = server.call("POST", "/sign_up", json=sign_up_fields(email, firstname="Eve"))
    assert (reply.status_code, reply.json()["success"]) == (409, False)


@pytest.mark.parametrize("name", list(sign_up_fields("")))
@pytest.mark.parametrize("value", ["", "  ", None, 7, ["x"], {"x": 1}, "\ud800"])
def test_sign_up_refuses_a_field_that_is_no_text(server: Server, name: str, value: object) -> None:
    fields = sign_up_fields("field@example.org") | {name: value}
    assert server.call("POST", "/sign_up", json=fields).status_code == 400


@pytest.mark.parametrize("name", list(sign_up_fields("")))
def test_sign_up_refuses_a_missing_field(server: Server, name: str) -> None:
    fields = sign_up_fields("missing@example.org")
    del fields[name]
    assert server.call("POST", "/sign_up", json=fields).status_code == 400


@pytest.mark.parametrize("email", ["anna", "@example.org", "anna@", "a b@example.org", "a@b@c"])
def test_sign_up_refuses_an_ill_formed_address(server: Server, email: str) -> None:
    assert server.call("POST", "/sign_up", json=sign_up_fields(email)).status_code == 400


def test_sign_up_refuses_a_password_of_seven_characters(server: Server) -> None:
    fields = sign_up_fields("short@example.org", password="1234567")
    reply = server.call("POST", "/sign_up", json=fields)
    assert (reply.status_code, "8 characters" in reply.json()["message"]) == (400, True)


def test_sign_in_hands_over_a_random_token(server: Server) -> None:
    person = server.new_person()
    first, second = person.sign_in().token, person.sign_in().token
    assert first != second
    assert len(first) > 40


def test_sign_in_says_the_same_to_a_stranger_as_to_a_wrong_password(server: Server) -> None:
    wrong = {"username": server.new_person().email, "password": "wrong password"}
    unknown = wrong | {"username": "nobody@example.org"}
    replies = [server.call("POST", "/sign_in", json=who) for who in (wrong, unknown)]
    assert [reply.status_code for reply in replies] == [401, 401]
    assert replies[0].content == replies[1].content


def test_a_wrong_password_leaves_the_session_alone(server: Server, anna: Person) -> None:
    wrong = {"username": anna.email, "password": "wrong password"}
    server.call("POST", "/sign_in", json=wrong)
    assert anna.is_signed_in()


def test_sign_out_ends_the_session(anna: Person) -> None:
    assert anna.call("DELETE", "/sign_out").json()["success"]
    assert not anna.is_signed_in()


def test_sign_out_leaves_others_signed_in(anna: Person, bob: Person) -> None:
    anna.call("DELETE", "/sign_out")
    assert bob.is_signed_in()


def test_change_password_replaces_the_password(server: Server, anna: Person) -> None:
    change = {"oldpassword": PASSWORD, "newpassword": "another password"}
    assert anna.call("PUT", "/change_password", json=change).status_code == 200
    tries = [{"username": anna.email, "password": p} for p in (PASSWORD, "another password")]
    statuses = [server.call("POST", "/sign_in", json=who).status_code for who in tries]
    assert statuses == [401, 200]


def test_change_password_keeps_the_session(anna: Person) -> None:
    change = {"oldpassword": PASSWORD, "newpassword": "another password"}
    anna.call("PUT", "/change_password", json=change)
    assert anna.is_signed_in()


def test_change_password_refuses_a_wrong_old_one(anna: Person) -> None:
    change = {"oldpassword": "wrong password", "newpassword": "another password"}
    reply = anna.call("PUT", "/change_password", json=change)
    assert (reply.status_code, reply.json()["success"]) == (403, False)
    assert anna.sign_in().is_signed_in()


def test_change_password_refuses_a_short_new_one(anna: Person) -> None:
    change = {"oldpassword": PASSWORD, "newpassword": "1234567"}
    assert anna.call("PUT", "/change_password", json=change).status_code == 400


def test_user_data_by_token_is_all_but_the_password(anna: Person) -> None:
    expected = sign_up_fields(anna.email)
    del expected["password"]
    assert anna.call("GET", "/get_user_data_by_token").json()["data"] == expected


def test_user_data_by_email_is_the_others(anna: Person, bob: Person) -> None:
    mine = anna.call("GET", "/get_user_data_by_token").json()
    assert bob.call("GET", f"/get_user_data_by_email/{anna.email}").json() == mine


def test_a_new_wall_is_empty(anna: Person) -> None:
    assert anna.call("GET", "/get_user_messages_by_token").json()["data"] == []


def test_post_message_says_created(anna: Person) -> None:
    message = {"email": anna.email, "message": "hello"}
    reply = anna.call("POST", "/post_message", json=message)
    assert (reply.status_code, reply.json()["success"]) == (201, True)


def test_a_wall_has_the_newest_message_first(anna: Person, bob: Person) -> None:
    anna.call("POST", "/post_message", json={"email": anna.email, "message": "first"})
    bob.call("POST", "/post_message", json={"email": anna.email, "message": "second"})
    assert wall(anna, anna) == [(bob.email, "second"), (anna.email, "first")]


def test_own_wall_is_the_same_by_token_and_by_email(anna: Person) -> None:
    anna.call("POST", "/post_message", json={"email": anna.email, "message": "hello"})
    by_token = anna.call("GET", "/get_user_messages_by_token").json()["data"]
    assert by_token == [{"writer": anna.email, "content": "hello"}]
    assert wall(anna, anna) == [(anna.email, "hello")]


def test_the_writer_is_the_tokens_user_whatever_the_request_says(anna: Person, bob: Person) -> None:
    forged = {"email": anna.email, "message": "hi", "writer": anna.email, "from": anna.email}
    bob.call("POST", "/post_message", json=forged)
    assert wall(anna, anna) == [(bob.email, "hi")]


def test_a_message_for_nobody_is_refused(anna: Person) -> None:
    message = {"email": "nobody@example.org", "message": "hello"}
    assert anna.call("POST", "/post_message", json=message).status_code == 404


@pytest.mark.parametrize("text", ODD_TEXTS)
def test_a_message_is_kept_exactly(anna: Person, text: str) -> None:
    anna.call("POST", "/post_message", json={"email": anna.email, "message": text})
    assert wall(anna, anna) == [(anna.email, text)]


@pytest.mark.parametrize("text", ODD_TEXTS)
def test_a_name_is_kept_exactly(server: Server, text: str) -> None:
    person = server.new_person()
    fields = sign_up_fields(f"odd-{person.email}", firstname=text)
    server.call("POST", "/sign_up", json=fields)
    odd = Person(server, fields["email"]).sign_in()
    assert odd.call("GET", "/get_user_data_by_token").json()["data"]["firstname"] == text


@pytest.mark.parametrize("email", ["o'brien/x@example.org", "a+b%c@example.org", "å@exämple.org"])
def test_an_odd_address_can_be_looked_up(server: Server, anna: Person, email: str) -> None:
    server.call("POST", "/sign_up", json=sign_up_fields(email))
    path = "/get_user_data_by_email/" + email.replace("%", "%25")
    assert anna.call("GET", path).json()["data"]["email"] == email

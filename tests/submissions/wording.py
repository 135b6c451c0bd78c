"""The statements that a view is made of, in the words of one submission."""

from tests.submissions import names
from tests.submissions.axes import Combination

_CREATING = {"sign_up", "post_message"}
_HTTP_STYLES = {"helpers", "decorator"}


class Wording:
    """How one submission writes routes, reads requests, and answers."""

    def __init__(self, c: Combination) -> None:
        self._c = c
        self.always_200 = c.statuses in {"always-200", "words"}
        self.yes = '"True"' if c.statuses == "words" else "True"
        self.no = '"False"' if c.statuses == "words" else "False"
        self.me = "g.email" if c.style == "decorator" else "me"
        self.my_token = {"plain": "token", "decorator": "g.token"}.get(c.style, "read_token()")

    # What comes in

    def route(self, function: str) -> str:
        """Return the decorators of a view."""
        c = self._c
        on = "app"
        if c.style == "blueprints":
            on = _BLUEPRINTS[function]
        elif c.form == "other-name":
            on = "twidder"
        path = names.path(c, function).replace("{email}", "<email>")
        if c.style == "blueprints" and c.routes == "prefix":
            path = path.removeprefix("/user")
        method = names.method(c, function)
        if c.style in _HTTP_STYLES:
            decorator = f'@{on}.{method.lower()}("{path}")'
        else:
            decorator = f'@{on}.route("{path}", methods=["{method}"])'
        is_signed = c.style == "decorator" and function not in {"sign_up", "sign_in"}
        return f"{decorator}\n@signed_in" if is_signed else decorator

    def read(self, function: str) -> str:
        """Return what reads and checks the fields of a body."""
        return "\n".join([self._read(function), *self._decrypt(function)])

    def _read(self, function: str) -> str:
        keys = ", ".join(f'"{key}"' for key in names.fields(self._c, function))
        if self._c.style != "plain":
            return _lines(
                f"data = read_fields({keys})",
                "if data is None:",
                f"    {self.refuse('There are fields missing, empty, or too many.', 400)}",
            )
        extra = [
            f"if set(data) != {{{keys}}}:",
            f"    {self.refuse('There are fields too many.', 400)}",
        ]
        return _lines(
            "data = request.get_json(silent=True)",
            "if not isinstance(data, dict):",
            f"    {self.refuse('This is not JSON.', 400)}",
            f"for field in [{keys}]:",
            '    if not isinstance(data.get(field), str) or data[field].strip() == "":',
            f"        {self.refuse('Something is missing.', 400)}",
            *(extra if self._c.extra_fields == "refused" else []),
        )

    def _decrypt(self, function: str) -> list[str]:
        secret = names.encrypted_fields(self._c, function)
        if not secret:
            return []
        keys = ", ".join(f'"{key}"' for key in secret)
        return [
            _lines(
                "try:",
                f"    for field in [{keys}]:",
                "        data[field] = encryption.decrypted(data[field])",
                "except ValueError:",
                f"    {self.refuse('This was not encrypted with our key.', 400)}",
            )
        ]

    def begin(self, function: str) -> str:
        """Return what finds out who is calling, refuses nobody, and gets who is asked for."""
        asked = self._asked(function) if function in names.BY_EMAIL else []
        return "\n".join([*self._authenticate(), *asked])

    def _authenticate(self) -> list[str]:
        if self._c.style == "decorator":
            return []
        finding = ["me = current_user()"]
        if self._c.style == "plain":
            finding = [
                f"token = {self.sent_token}",
                "me = database_helper.get_email_by_token(token)",
            ]
        refusal = self.refuse("You are not signed in.", 401)
        return [_lines(*finding, "if me is None:", f"    {refusal}")]

    def _asked(self, function: str) -> list[str]:
        match self._c.email_place:
            case "query":
                return [_lines('email = request.args.get("email", "")')]
            case "header":
                return [_lines('email = request.headers.get("email", "")')]
            case "body":
                return [self.read(function), _lines('email = data["email"]')]
            case _:
                return []

    @property
    def sent_token(self) -> str:
        """The expression for the token that came with a request."""
        if self._c.token_sent == "signature":
            return "signatures.read_token()"
        if self._c.token_sent == "cookie":
            return f'request.cookies.get("{names.COOKIE}")'
        header = names.TOKEN_HEADER[self._c.token_sent]
        if self._c.token_sent == "bearer":
            return f'request.headers.get("{header}", "").replace("Bearer ", "")'
        return f'request.headers.get("{header}")'

    # What goes out

    def refuse(self, message: str, status: int) -> str:
        """Return the statement that refuses."""
        if self._c.style != "plain":
            return f'return failure("{message}"{"" if self.always_200 else f", {status}"})'
        reply = f'jsonify({{"success": {self.no}, "message": "{message}"}})'
        return f"return {reply}" if self.always_200 else f"return {reply}, {status}"

    def answer(self, function: str, message: str, data: str = "") -> str:
        """Return the statements that answer; `data` is an expression."""
        status = self._status(function)
        if function == "sign_in" and self._c.token_reply != "data":
            return self._hand_over(message, status)
        if self._c.style != "plain":
            arguments = [f'"{message}"', *([data] if data else [])]
            if status != 200:
                arguments.append(f"status={status}")
            return f"return success({', '.join(arguments)})"
        if self._c.statuses == "no-content" and not data:
            return 'return "", 204'
        body = f'"success": {self.yes}, "message": "{message}"' + (f', "data": {data}' * bool(data))
        return f"return jsonify({{{body}}})" + (f", {status}" if status != 200 else "")

    def _status(self, function: str) -> int:
        if function == "sign_in":
            return 201 if self._c.statuses == "created" else 200
        return 201 if function in _CREATING and not self.always_200 else 200

    def _hand_over(self, message: str, status: int) -> str:
        said = f'"success": {self.yes}, "message": "{message}"'
        code = f", {status}" if status != 200 else ""
        match self._c.token_reply:
            case "bare":
                return f"return jsonify(token){code}"
            case "header":
                head = '{"Authorization": token}'
                return f"return jsonify({{{said}}}), {status}, {head}"
            case "cookie":
                only = ", httponly=True" if self._c.session == "http-only" else ""
                return (
                    f"response = jsonify({{{said}}})\n"
                    f'    response.set_cookie("{names.COOKIE}", token{only})\n'
                    f"    return response{code}"
                )
            case "nested":
                return f'return jsonify({{{said}, "data": {{"token": token}}}}){code}'
            case key:
                return f'return jsonify({{{said}, "{key}": token}}){code}'


_BLUEPRINTS = {
    "sign_up": "accounts",
    "sign_in": "accounts",
    "sign_out": "accounts",
    "change_password": "accounts",
    "get_user_data_by_token": "profiles",
    "get_user_data_by_email": "profiles",
    "get_user_messages_by_token": "messages",
    "get_user_messages_by_email": "messages",
    "post_message": "messages",
}


def _lines(*lines: str) -> str:
    return "\n".join(f"    {line}" for line in lines)

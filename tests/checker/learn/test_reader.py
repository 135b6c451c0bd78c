"""What a view function reads is found in its source, in the ways in which students write it."""

import textwrap

import pytest

from twidder_cli.learn.reader import readings
from twidder_cli.learn.reading import Reading
from twidder_cli.model.routes import Route, RouteTable


def read(source: str, *, websocket: bool = False, **others: str) -> Reading:
    """Return what the function `view` reads."""
    text = textwrap.dedent(source)
    line = next(n for n, line in enumerate(text.splitlines(), 1) if "def view(" in line)
    while line > 1 and text.splitlines()[line - 2].startswith("@"):
        line -= 1
    route = Route(rule="/view", websocket=websocket, file="server.py", line=line)
    files = {f"{name}.py": textwrap.dedent(other) for name, other in others.items()}
    return readings(RouteTable(routes=(route,)), {"server.py": text, **files})[route]


@pytest.mark.parametrize(
    "source",
    [
        'def view():\n data = request.get_json()\n return data["a"], data.get("b")',
        'def view():\n data = flask.request.json or {}\n if "a" in data: x = data.pop("b")',
        "def view():\n a, b = request.json['a'], request.get_json(force=True)['b']",
        "def view():\n x = json.loads(request.data)\n return x['a'] + x['b']",
        "def view():\n x = json.loads(request.get_data(as_text=True).strip())\n x['a'], x['b']",
        "def view():\n if (d := request.json) and not all(k in d for k in ['a', 'b']): return 1",
        "def view():\n d = request.get_json()\n for k in ('a', 'b'):\n  if k not in d: return 1",
        "def view():\n d = request.get_json()\n n = ['a', 'b']\n return [d[k] for k in n]",
        "KEYS = ('a', 'b')\ndef view():\n d = request.get_json()\n return {k: d[k] for k in KEYS}",
        """
        def fields(*names):
            body = request.get_json(silent=True)
            return [text(body, name) for name in names]
        def text(body, name):
            return body.get(name)
        def view():
            fields("a", "b")
        """,
        """
        def body():
            return dict(request.get_json())
        def view():
            data = body()
            data["a"]; data["b"]
        """,
        """
        def check(data, names=None):
            return all(name in data for name in names)
        def view():
            check(request.get_json(), names=["a", "b"])
        """,
        """
        def view():
            try:
                data = request.get_json() if request.is_json else {}
                with lock:
                    while True:
                        a, (b) = data["a"], data["b"]
            except KeyError:
                pass
        """,
    ],
)
def test_keys_of_a_json_body(source: str) -> None:
    assert read(source).json == ("a", "b")


@pytest.mark.parametrize(
    ("expression", "where", "name"),
    [
        ('request.form["x"]', "form", "x"),
        ('request.form.to_dict().get("x")', "form", "x"),
        ('request.values.get("x")', "form", "x"),
        ('request.args.get("x", "")', "query", "x"),
        ('request.args.getlist("x")', "query", "x"),
        ('request.headers["X-Token"]', "headers", "X-Token"),
        ('request.headers.get(key="auth")', "headers", "auth"),
        ("request.authorization.token", "headers", "Authorization"),
        ('request.cookies.get("sid")', "cookies", "sid"),
    ],
)
def test_where_a_name_is_read(expression: str, where: str, name: str) -> None:
    assert getattr(read(f"def view():\n x = {expression}"), where) == (name,)


@pytest.mark.parametrize(
    "source",
    [
        """
        def token_of(request):
            return request.headers.get("Authorization").replace("Bearer ", "")
        def view():
            token = token_of(request)
        """,
        """
        def needs_token(view):
            @wraps(view)
            def wrapper(*args):
                header = request.headers["Authorization"]
                if not header.startswith("Bearer"):
                    return "no", 401
                return view(*args)
            return wrapper
        @app.get("/view")
        @needs_token
        def view():
            pass
        """,
        """
        @app.before_request
        def look():
            g.token = request.authorization.token
        def view():
            pass
        """,
    ],
)
def test_a_header_is_found_in_helpers_decorators_and_hooks(source: str) -> None:
    reading = read(source)
    assert (reading.headers, reading.bearer) == (("Authorization",), True)


def test_a_helper_in_another_file_is_followed() -> None:
    reading = read(
        "def view():\n auth.check()", auth='def check():\n return request.headers["token"]'
    )
    assert reading.headers == ("token",)


def test_a_helper_that_may_be_one_of_two_is_not() -> None:
    helper = 'def check():\n return request.headers["token"]'
    assert read("def view():\n check()", one=helper, two=helper).headers == ()


def test_a_helper_that_calls_itself_is_read_once() -> None:
    assert read("def view():\n a()\ndef a():\n request.json['x']\n a()").json == ("x",)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def view(ws):\n token = ws.receive()", Reading(socket=True, heard=("token",))),
        (
            "def view(ws):\n m = json.loads(ws.receive())\n m['token']",
            Reading(socket=True, message=("token",)),
        ),
        (
            """
            def view(ws, room):
                while True:
                    data = ws.receive(timeout=1)
                    data = json.loads(data)
                    kind = data.get("type")
                    if kind == "hello":
                        start(data["token"])
                    elif data["type"] in ("bye", "end"):
                        stop()
            """,
            Reading(
                socket=True,
                heard=("data",),
                message=("type", "token"),
                choices={"type": ("hello", "bye", "end")},
            ),
        ),
        (
            "def view(ws):\n t = request.args['t']",
            Reading(socket=True, query=("t",)),
        ),
    ],
)
def test_what_is_read_from_a_socket(source: str, expected: Reading) -> None:
    assert read(source, websocket=True) == expected


@pytest.mark.parametrize("call", ["Server(request.environ)", "Server.accept(request.environ)"])
def test_a_function_that_makes_a_socket_of_its_request(call: str) -> None:
    reading = read(f"def view():\n ws = simple_websocket.{call}\n mail = ws.receive()")
    assert (reading.socket, reading.heard) == (True, ("mail",))


def test_what_is_answered() -> None:
    reading = read(
        """
        def no(message):
            return jsonify({"success": False, "message": message}), 401
        def view():
            if not request.json["a"]:
                return no("No.")
            return make_response(jsonify(data={"token": 1}), 201)
        """
    )
    assert reading.replies == ("success", "message", "data", "token")
    assert reading.statuses == (401, 201)


@pytest.mark.parametrize("source", ["def view(", "def view():\n x = '\0'", "(" * 10_000])
def test_what_is_no_python_is_not_read(source: str) -> None:
    route = Route(rule="/view", file="server.py", line=1)
    assert readings(RouteTable(routes=(route,)), {"server.py": source}) == {}


def test_a_function_that_is_somewhere_else_is_not_read() -> None:
    route = Route(rule="/view", file="/usr/lib/python3/x.py", line=1)
    assert readings(RouteTable(routes=(route,)), {"server.py": "def view():\n pass"}) == {}


def test_calls_without_end_are_not_followed_without_end() -> None:
    chain = "\n".join(f"def f{n}():\n f{n + 1}()\n request.json['k{n}']" for n in range(99))
    assert read(f"def view():\n f0()\n{chain}").json == ("k2", "k1", "k0")


def test_calls_that_multiply_are_not_all_followed() -> None:
    level = "\n".join(f"def f{n}():\n" + f" f{n + 1}()\n" * 99 for n in range(9))
    assert read(f"{level}\ndef view():\n request.json['x']\n f0()\n").json == ("x",)


def test_what_is_nested_too_deeply_is_not_read() -> None:
    deep = "+".join(["a"] * 600)
    route = Route(rule="/view", file="server.py", line=1)
    source = {"server.py": f"def view():\n x = {deep}"}
    assert readings(RouteTable(routes=(route,)), source) == {}

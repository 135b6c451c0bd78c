"""What a submission's application says of itself: its routes. Untrusted, and so bounded."""

from typing import Annotated

from msgspec import Meta

from twidder_cli.model import Noun

Name = Annotated[str, Meta(max_length=500)]
Names = Annotated[tuple[Name, ...], Meta(max_length=50)]


class Route(Noun):
    """One rule of the application's `url_map`, and the function behind it.

    `arguments` stand in the rule's path. `file` (from the working folder) and `line` are
    where the function begins, its decorators included; unknown where they are empty.
    """

    rule: Annotated[str, Meta(max_length=500, pattern="^/")]
    methods: Names = ()
    endpoint: Name = ""
    arguments: Names = ()
    websocket: bool = False
    function: Name = ""
    file: Annotated[str, Meta(max_length=4096)] = ""
    line: int = 0


class RouteTable(Noun):
    """An application's routes, or the `problem` that kept it from telling them.

    `behind` is the class of a WSGI application around this one, which may
    answer at more paths than the table says.
    """

    routes: Annotated[tuple[Route, ...], Meta(max_length=1000)] = ()
    behind: Name = ""
    problem: Annotated[str, Meta(max_length=2000)] = ""

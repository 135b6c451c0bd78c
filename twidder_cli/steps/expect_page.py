"""`expect_page`: the one page is where the lab wants it."""

from collections.abc import Iterator
from typing import ClassVar

from twidder_cli.model.actors import Actor
from twidder_cli.model.drawing import Arrow
from twidder_cli.model.step import Stage, Step
from twidder_cli.model.timeline import Exchange
from twidder_cli.model.verdicts import Finding
from twidder_cli.model.view import View
from twidder_cli.model.words import answered


class ExpectPage(Step):
    """`- expect_page: {by: anna@laptop, at: [/, /static/client.html]}`.

    Every path answers 200 with the same HTML page.
    """

    kinds: ClassVar = ("expect_page",)

    by: Actor
    at: tuple[str, ...]

    def arrows(self) -> Iterator[Arrow]:
        for path in self.at:
            yield Arrow(actor=self.by, label=f"GET {path}: the page", kind="asks")

    def play(self, stage: Stage) -> None:
        for path in self.at:
            stage.fetch(self.by, path)

    def judge(self, view: View) -> Iterator[Finding]:
        fetched = list(view.mine(Exchange))
        wrong = [exchange for exchange in fetched if not _is_page(exchange)]
        if wrong:
            yield self._finding(
                view, wrong, "The page is not served", "status 200 and an HTML page at each path"
            )
        elif len({exchange.reply.body for exchange in fetched if exchange.reply}) > 1:
            yield self._finding(view, fetched, "The paths serve different pages", "the same page")

    def _finding(self, view: View, wrong: list[Exchange], title: str, expected: str) -> Finding:
        return Finding(
            title=title,
            expected=expected,
            actual="\n".join(answered(exchange) for exchange in wrong),
            hint='Put client.html into the static folder, and let "/" return '
            'app.send_static_file("client.html").',
            who=(self.by,),
            line=self.line,
            evidence=view.evidence(*wrong),
        )

    def mistakes(self) -> Iterator[str]:
        for path in self.at:
            if not path.startswith("/"):
                yield f"a path begins with '/', got {path!r}"
            elif not path.isprintable():
                yield f"a path has no control characters, got {path!r}"

    @property
    def actors(self) -> tuple[Actor, ...]:
        return (self.by,)


def _is_page(exchange: Exchange) -> bool:
    if exchange.reply is None or exchange.reply.status != 200:
        return False
    start = exchange.reply.body[:4096].lower()
    return any(mark in start for mark in ("<!doctype html", "<html", "<head", "<body", "<script"))

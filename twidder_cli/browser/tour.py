"""Uses everything on a page once, so that what it sends can be learned from."""

from collections.abc import Mapping
from contextlib import suppress

from twidder_cli.browser.person import InBrowser, Runs
from twidder_cli.engine.cast import Cast
from twidder_cli.engine.people import Scene
from twidder_cli.engine.recorder import Recorder
from twidder_cli.engine.server import Server
from twidder_cli.model.actors import Actor
from twidder_cli.model.step import CannotPlay
from twidder_cli.model.timeline import Timeline


def tour(browser: Runs, server: Server, seed: str) -> Timeline:
    """Have anna use a page from her sign-up to her sign-out, and look up bob, who has signed up.

    Each step is named by the function that is meant. What the page does not
    have is left out: never raises for what a page does.
    """
    recorder = Recorder()
    cast = Cast(("anna", "bob"), recorder.symbols, f"{seed}/page")
    scene = Scene(server, recorder, cast)
    anna, bob = (InBrowser(Actor(f"{user}@page"), scene, browser) for user in ("anna", "bob"))
    for field in ("gender", "city", "country"):
        recorder.symbols.define(f"anna.{field}", cast.profile("anna")[field])
    new = {"old": cast.password("anna"), "new": cast.new_password("anna")}
    deeds: tuple[tuple[InBrowser, str, Mapping[str, str]], ...] = (
        (bob, "sign_up", {}),
        (anna, "sign_up", {}),
        (anna, "sign_in", {}),
        (anna, "post_message", {"message": cast.message("anna")}),
        (anna, "get_user_data_by_email", {"email": cast.profile("bob")["email"]}),
        (anna, "change_password", new),
        (anna, "sign_out", {}),
    )
    try:
        for somebody, function, inputs in deeds:
            recorder.step = function
            with suppress(CannotPlay):  # what comes after it may work all the same
                if function == "sign_up":
                    somebody.browse("open")
                somebody.try_out(function, inputs)
    finally:
        for somebody in (anna, bob):
            with suppress(CannotPlay):
                somebody.close()
    return recorder.timeline()

"""Uses everything on a page once, so that what it sends can be learned from."""

from collections.abc import Mapping
from contextlib import suppress

from twidder_cli.browser.person import InBrowser, Runs
from twidder_cli.engine.cast import Cast
from twidder_cli.engine.pace import APPEARS
from twidder_cli.engine.people import Scene
from twidder_cli.engine.recorder import Recorder
from twidder_cli.engine.server import Server
from twidder_cli.model.actors import Actor
from twidder_cli.model.step import CannotPlay
from twidder_cli.model.timeline import Timeline
from twidder_cli.model.view import View


def tour(browser: Runs, server: Server, seed: str) -> Timeline:
    """Have anna use a page from her sign-up to her sign-out, and look up bob, who has posted.

    Each step is named by the function that is meant. What the page does not
    have is left out; raises CannotPlay where nobody can sign up, though the page looks for
    its server where it is.
    """
    recorder = Recorder()
    cast = Cast(("anna", "bob"), recorder.symbols, f"{seed}/page")
    scene = Scene(server, recorder, cast)
    anna, bob = (InBrowser(Actor(f"{user}@page"), scene, browser) for user in ("anna", "bob"))
    for field in ("gender", "city", "country"):
        recorder.symbols.define(f"anna.{field}", cast.profile("anna")[field])
    new = {"old": cast.password("anna"), "new": cast.new_password("anna")}
    deeds: tuple[tuple[str, Mapping[str, str]], ...] = (
        ("sign_up", {}),
        ("sign_in", {}),
        ("post_message", {"message": cast.message("anna")}),
        ("get_user_data_by_email", {"email": cast.profile("bob")["email"]}),
        ("change_password", new),
        ("sign_out", {}),
    )
    try:
        bob.browse("open")
        bob.try_out("sign_up", {})
        with suppress(CannotPlay):  # a wall with nothing on it looks like anything else
            bob.try_out("sign_in", {})
            bob.try_out("post_message", {"message": cast.message("bob")})
        anna.browse("open")
        for function, inputs in deeds:
            recorder.step = function
            try:
                anna.try_out(function, inputs)
            except CannotPlay:
                # It may have been loading itself; and what comes after may work all the same.
                recorder.sleep_until(recorder.now() + server.pace.scaled(APPEARS))
                with suppress(CannotPlay):
                    anna.try_out(function, inputs)
    except CannotPlay:
        if not View(recorder.timeline().entries).elsewhere:
            raise
    finally:
        for somebody in (anna, bob):
            with suppress(CannotPlay):
                somebody.close()
    return recorder.timeline()

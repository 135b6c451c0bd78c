"""Judges a recording. Pure: the same scenario and Timeline give the same outcome."""

from collections import Counter
from collections.abc import Iterator
from itertools import accumulate

import msgspec

from twidder_cli.engine.blame import faults
from twidder_cli.engine.pace import BURST
from twidder_cli.model.replies import symbols_in
from twidder_cli.model.scenario import Scenario
from twidder_cli.model.step import Step
from twidder_cli.model.timeline import (
    Connection,
    Crash,
    Died,
    Exchange,
    Frame,
    Loaded,
    Played,
    Stall,
    Timeline,
)
from twidder_cli.model.verdicts import Finding, Outcome, Verdict
from twidder_cli.model.view import View
from twidder_cli.model.words import NOT_UNDERSTOOD, TOO_MUCH, described, loaded, printable

_CONTROL = "carol, whom nothing here concerns, can sign up, sign in and open a socket"

_BY_HAND = "Play the scenario against a server of your own: twidder check http://127.0.0.1:5000"
_LOG = "Look for the request in the server's log."
_DEAD = "A send to a socket whose client has gone raises an error, and must not break the sign-in."
_CLOSED = (
    "Does the function behind the socket's route go on receiving while the client is there? When "
    "it returns, the socket is closed."
)

_HANDED_OUT_TWICE = (
    "Two sign-ins were given the same token, so the old one stays valid with the new one: make a "
    "new token for each, with secrets.token_hex()."
)

_MANY = 10
"""Sockets of a page within `BURST` that nothing done by hand can explain."""

_Judged = tuple[Step, list[Finding]]


def judge(scenario: Scenario, timeline: Timeline) -> Outcome:
    """Return what became of a scenario, from what was recorded of it."""
    crashes = [entry for entry in timeline.entries if isinstance(entry, Crash)]
    if crashes:
        return Outcome.of([_crashed(crashes[0])])
    endless = [*_endless(timeline), *_restless(timeline)]
    findings = endless or list(_died(timeline)) or _of_page(timeline) or list(_unplayed(timeline))
    played = {entry.step for entry in timeline.entries if _was_played(entry)}
    judged = [
        (step, list(step.judge(View(timeline.entries, number))))
        for number, step in _numbered(scenario.steps)
        if number in played
    ]
    told = _over_rounds(_without_strays(judged))
    findings += [_hinted(finding, scenario, timeline) for finding in told]
    stalls = [entry for entry in timeline.entries if isinstance(entry, Stall)]
    if stalls:
        findings = [_doubted(finding, stalls[-1]) for finding in findings]
    missing = View(timeline.entries).missing
    if missing:
        findings = [_without(missing[0], finding) for finding in findings]
    return Outcome.of(findings)


def _hinted(finding: Finding, scenario: Scenario, timeline: Timeline) -> Finding:
    """Return a finding with the likeliest cause: what is known of its tokens comes first."""
    if finding.verdict is not Verdict.FAILED:
        return finding
    evidence = [timeline.entries[i] for i in finding.evidence]
    used = {
        name
        for call in evidence
        if isinstance(call, Exchange)
        for name in symbols_in(" ".join([call.request.path, *call.request.headers.values()]))
    }
    hint = (
        _HANDED_OUT_TWICE if used & _handed_out_twice(timeline) else scenario.hint or finding.hint
    )
    return msgspec.structs.replace(finding, hint=hint)


def _handed_out_twice(timeline: Timeline) -> set[str]:
    """Return the tokens that more than one sign-in was answered with."""
    answers = [
        " ".join([entry.reply.body, *entry.reply.headers.values()])
        for entry in timeline.entries
        if isinstance(entry, Exchange) and entry.operation == "sign_in" and entry.reply
    ]
    counts = Counter(name for text in answers for name in symbols_in(text) if ".token." in name)
    return {name for name, count in counts.items() if count > 1}


def _without_strays(judged: list[_Judged]) -> list[_Judged]:
    """Tell once of a push that went to another: by who missed it, not by who should be silent."""
    triggers = list(accumulate(step.kind == "trigger" for step, _ in judged))
    missed = {
        trigger
        for trigger, (step, found) in zip(triggers, judged, strict=True)
        if step.kind == "expect_push" and found
    }
    return [
        (step, [] if step.kind == "expect_silence" and trigger in missed else found)
        for trigger, (step, found) in zip(triggers, judged, strict=True)
    ]


def has_stalled(timeline: Timeline) -> bool:
    """Whether this machine stood still while the scenario was played."""
    return any(isinstance(entry, Stall) for entry in timeline.entries)


def _over_rounds(judged: list[_Judged]) -> Iterator[Finding]:
    """Tell once what is wrong in several rounds of a `repeat`, and in how many of them."""
    rounds: dict[int, set[int]] = {}
    for step, _ in judged:
        rounds.setdefault(step.line, set()).add(step.round)
    told: dict[tuple[int, str], list[int]] = {}
    firsts: dict[tuple[int, str], Finding] = {}
    for step, found in judged:
        for finding in found:
            if not step.round:
                yield finding
                continue
            what = (step.line, finding.title)
            firsts.setdefault(what, finding)
            told.setdefault(what, []).append(step.round)
    for what, first in firsts.items():
        wrong = f"wrong in {len(set(told[what]))} of {len(rounds[what[0]])} rounds"
        yield msgspec.structs.replace(first, actual=f"{wrong}; the first time:\n{first.actual}")


def _numbered(steps: tuple[Step, ...], prefix: str = "") -> Iterator[tuple[str, Step]]:
    for number, step in enumerate(steps, 1):
        yield f"{prefix}{number}", step
        yield from _numbered(step.inner, f"{prefix}{number}.")


def _was_played(entry: object) -> bool:
    return isinstance(entry, Played) and not entry.cause


def _crashed(crash: Crash) -> Finding:
    return Finding(
        title="Our own code failed",
        expected="a recording of all that happened",
        actual=crash.text,
        hint="This is a mistake in twidder. Please report it with the output of -v.",
        verdict=Verdict.UNCLEAR,
    )


def _died(timeline: Timeline) -> Iterator[Finding]:
    death = next((entry for entry in timeline.entries if isinstance(entry, Died)), None)
    if death is None:
        return
    if death.excess:
        title, actual = "The server used more than it may", f"{death.excess} while this was played"
        hint = f"{TOO_MUCH} {_BY_HAND}"
    else:
        title, actual = "The server died", "its process ended while this was played"
        hint = f"Its last words are in the output of gunicorn. {_BY_HAND}"
    yield Finding(
        title=title,
        expected="it goes on, whatever its clients do",
        actual=actual,
        hint=hint,
        evidence=View(timeline.entries).evidence(death),
    )


def _stopped(timeline: Timeline) -> Played | None:
    return next((e for e in timeline.entries if isinstance(e, Played) and e.cause), None)


def _of_page(timeline: Timeline) -> list[Finding]:
    """What is certainly wrong with the page that a step could not be played with."""
    stopped = _stopped(timeline)
    return list(faults(View(timeline.entries), stopped)) if stopped else []


def _unplayed(timeline: Timeline) -> Iterator[Finding]:
    """The first step that could not be played is the cause; what follows it was not played."""
    stopped = _stopped(timeline)
    if stopped is None:
        return
    about = next(
        (e for e in timeline.entries if isinstance(e, Played) and e.step == stopped.concerns),
        stopped,
    )
    if stopped.ours:
        title, hint = f"This could not be checked: {_without_actor(stopped.cause)}", ""
    elif stopped.understood:
        title = f"{stopped.function or about.kind} does not work, and all that follows needs it"
        hint = _likely(stopped, timeline)
    else:
        title = "The submission does not answer as the contract names things"
        # A socket that opened is where the contract says; its greeting may not be.
        hint = f"{_CLOSED} {NOT_UNDERSTOOD}" if stopped.concerns else NOT_UNDERSTOOD
    yield Finding(
        title=title,
        expected=_CONTROL if about.kind == "control" else f"the step {about.kind} works",
        actual=stopped.cause,
        hint=hint,
        line=about.line,
        verdict=Verdict.FAILED if stopped.understood and not stopped.ours else Verdict.UNCLEAR,
    )


def _likely(stopped: Played, timeline: Timeline) -> str:
    """Return what to look at where a function that a step needs does not work."""
    if stopped.function == "connect":
        return _CLOSED
    has_opened = any(isinstance(e, Connection) and not e.refusal for e in timeline.entries)
    return f"{_LOG} {_DEAD}" if stopped.function == "sign_in" and has_opened else _LOG


def _without_actor(cause: str) -> str:
    """Return a cause without whom it befell, so that what is alike reads alike."""
    who, colon, what = cause.partition(": ")
    return printable(what if colon and "@" in who and " " not in who else cause, 80)


def _endless(timeline: Timeline) -> Iterator[Finding]:
    floods = [e for e in timeline.entries if isinstance(e, Frame) and e.kind == "flood"]
    if floods:
        yield Finding(
            title="The server sends without end",
            expected="messages that somebody asked for, or that are news",
            actual=f"{floods[0].actor}: {described(floods[0])}",
            hint="Is there a loop around send that does not wait for anything?",
            who=(floods[0].actor,),
            evidence=View(timeline.entries).evidence(*floods),
        )


def _without(library: str, finding: Finding) -> Finding:
    """A page that lacks what it was built on is not as its author knows it."""
    url = printable(library, 300)
    return msgspec.structs.replace(
        finding,
        verdict=Verdict.UNCLEAR,
        hint=f"The page needs {url}, which is not kept here, and no check reaches the internet. "
        "Get it, then check again: twidder doctor --cdn FOLDER, the submission's or its class's.",
    )


def _restless(timeline: Timeline) -> Iterator[Finding]:
    """A page that opens sockets faster than anybody can do anything there."""
    for actor in dict.fromkeys(e.actor for e in timeline.entries if isinstance(e, Loaded)):
        opened = [e for e in timeline.entries if isinstance(e, Connection) and e.actor == actor]
        bursts = zip(opened, opened[_MANY:], strict=False)
        if any(later.sent - earlier.sent < BURST for earlier, later in bursts):
            yield Finding(
                title=f"The page of {actor} opens sockets without end",
                expected="one when somebody signs in, or is still signed in after a refresh",
                actual=f"{len(opened)} sockets, more than {_MANY} of them within {BURST:g} s",
                hint="Before a closed socket is opened again, look whether anybody is signed in, "
                "and wait a while between attempts.",
                who=(actor,),
                evidence=View(timeline.entries).evidence(*opened),
            )


def _doubted(finding: Finding, stall: Stall) -> Finding:
    """While this machine stood still, nothing is held against the submission."""
    if finding.verdict is not Verdict.FAILED:
        return finding
    return msgspec.structs.replace(
        finding,
        verdict=Verdict.UNCLEAR,
        hint=f"This machine was too busy meanwhile{loaded(stall)}, so it may have been our doing: "
        "run it again.",
    )

"""Why a submission did not start: from what is known to a finding with the right blame."""

import re
import signal

from twidder_cli.model.submission import Inspection
from twidder_cli.model.verdicts import Finding, Verdict
from twidder_cli.model.words import TOO_MUCH, printable
from twidder_cli.submissions.attempt import Attempt, places
from twidder_cli.submissions.crashes import explained_crash, own, started_server
from twidder_cli.submissions.lacking import service_of

_BOOTING = "Booting worker with pid"
_BOOTS = 3
_FLOOD = 60 * 1024
"""Characters of a log of which only the end was kept, or nearly."""

_OUR_TOOLS = re.compile(r"^(?:bwrap|unshare): .*", re.MULTILINE)
_KILLED = re.compile(r"Worker \(pid:\d+\) was sent (SIG\w+)!")
_SERVING = re.compile(r"^ \* (?:Serving Flask app|Running on )", re.MULTILINE)
_NO_APPLICATION = re.compile(
    r"^(?:Failed to find a\w+ .*|Application object must be callable\.|TypeError: .*)$",
    re.MULTILINE,
)
_UNREAD = ("there is too much", "there are more than", "it can't be read", "it is too deep")


def is_restless(log: str) -> bool:
    """Whether gunicorn had to start the application again and again."""
    return log.count(_BOOTING) > _BOOTS


def explained(attempt: Attempt) -> Finding:
    """Return why a server does not answer."""
    if attempt.excess:
        return attempt.failed(
            "The server used more than it may",
            f"{attempt.excess}; its last words:\n{attempt.words}",
            TOO_MUCH,
        )
    has_ended = attempt.exit_code is not None
    if has_ended and (tool := _OUR_TOOLS.search(attempt.log)):
        return attempt.unclear(
            "This machine could not start it",
            printable(tool[0], 300),
            "That is no fault of the submission. twidder doctor tells what this machine can do.",
        )
    return _hanging(attempt) if attempt.answered else _unanswered(attempt)


def _unanswered(attempt: Attempt) -> Finding:
    has_ended = attempt.exit_code is not None
    if _SERVING.search(attempt.log):
        return started_server(attempt)
    if (has_ended or is_restless(attempt.log)) and (by := _signal(attempt)):
        return _killed(attempt, by)
    if not has_ended:
        return _restless(attempt) if is_restless(attempt.log) else _silent(attempt)
    return _dead(attempt)


def _dead(attempt: Attempt) -> Finding:
    if crash := attempt.crash:
        return explained_crash(attempt, crash)
    found = _NO_APPLICATION.search(attempt.log)
    return _no_such_application(attempt, found[0]) if found else own(attempt)


def no_application(inspection: Inspection) -> Finding:
    """Return that there is nothing to start."""
    unread = [
        f"{path}: {why}" for path, why in inspection.left_out.items() if why.startswith(_UNREAD)
    ]
    modules = f"modules: {', '.join(inspection.modules[:20]) or 'none'}"
    seen = places(list(inspection.notes)) or "\n".join(unread[:5]) or modules
    return Finding(
        title="There is no Flask application in it",
        expected="a module with a Flask application, such as app = Flask(__name__) in server.py",
        actual="\n".join(printable(line, 300) for line in seen.splitlines()),
        hint="Was the right folder handed in? twidder submission inspect shows what was read.",
        # Where there is no code at all, something else may have been handed in by mistake.
        verdict=Verdict.UNCLEAR if unread or not inspection.modules else Verdict.FAILED,
    )


def _no_such_application(attempt: Attempt, words: str) -> Finding:
    is_as_asked = attempt.command.endswith(" server:app")
    word = attempt.failed if is_as_asked else attempt.unclear
    return word(
        "gunicorn finds no application under that name",
        printable(words, 300),
        "The module has to have it when it is imported: outside of functions, and not under "
        "if __name__ == '__main__'.",
    )


def _hanging(attempt: Attempt) -> Finding:
    noted = attempt.noted("monkey")
    return attempt.failed(
        "The server hangs after its first answer",
        "\n".join(filter(None, (attempt.lost, places(noted), attempt.words))),
        "eventlet and gevent replace Python's threads, which gunicorn's threads can't bear."
        if noted
        else "Does it wait for something, or hold a lock, after it has answered?",
    )


def _signal(attempt: Attempt) -> str:
    """Return the name of the signal that ended the server, '' where none did."""
    if killed := _KILLED.findall(attempt.log):
        return str(killed[-1])
    code = attempt.exit_code or 0
    number = -code if code < 0 else code - 128
    return signal.Signals(number).name if number in set(signal.Signals) else ""


def _killed(attempt: Attempt, by: str) -> Finding:
    if by == "SIGKILL":
        title = "The server was killed, as happens when memory runs out"
    else:
        title = f"The server was ended by {by}"
    return attempt.unclear(
        title,
        attempt.words,
        "Limits are the same for all submissions. What does it do when it is imported?",
    )


def _restless(attempt: Attempt) -> Finding:
    noted = places(attempt.noted("exit", "server"))
    return attempt.failed(
        "The server ends again and again",
        f"gunicorn had to start it more than {_BOOTS} times; its last words:\n"
        f"{attempt.words}\n{noted}".rstrip(),
        "Does the module call exit(), or start a server of its own, when it is imported? "
        "What belongs to running it by hand goes under if __name__ == '__main__'.",
    )


def _silent(attempt: Attempt) -> Finding:
    if attempt.noted("server"):
        return started_server(attempt)
    if attempt.noted("service"):
        return service_of(attempt)
    if len(attempt.log) >= _FLOOD:
        return attempt.failed(
            "It prints without end while it is imported",
            f"{attempt.lost}; the last of it:\n{attempt.words}",
            "Does a loop run for ever while the module is imported?",
        )
    return Finding(
        title="The server never answered",
        expected=f"an answer to GET / within {attempt.waited:g} s",
        actual=f"{attempt.lost}; its last words:\n{attempt.words}",
        hint="Does something run for ever while the module is imported? A server must not be "
        "started at import: put app.run() under if __name__ == '__main__'.",
    )

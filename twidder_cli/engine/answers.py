"""What a run learns of a server's answers, so that it knows a refusal when it sees one."""

import json

from twidder_cli.model.contract import READING
from twidder_cli.model.replies import handed_over, is_accepted, json_of, keys_of, says_accepted
from twidder_cli.model.shapes import nameless
from twidder_cli.model.timeline import Exchange

_Words = frozenset[tuple[str, str]]


class Answers:
    """What the functions of a submission have in common in all answers that they gave when working.

    Some servers refuse with status 200 and in words of their own: what those mean
    shows by comparison. A `question` is a function, or a function and a wall.
    """

    def __init__(self) -> None:
        self._showing: set[str] = set()
        self._keys: dict[str, frozenset[str]] = {}
        self._words: dict[str, _Words] = {}

    def learn(self, exchange: Exchange, question: str, *, must: bool) -> None:
        """Take note of an answer that hands something over, or is accepted where it `must` be.

        What reads shows that it works only by what it hands over.
        """
        function, keys, words = exchange.operation, keys_of(exchange), _words(exchange)
        is_showing = bool(handed_over(exchange))
        if is_showing:
            self._showing.add(question)
            self._keys[function] = self._keys.get(function, keys) & keys
        is_done = is_showing or (must and function not in READING)
        if is_done and is_accepted(exchange):
            self._words[function] = self._words.get(function, words) & words

    def differs(self, exchange: Exchange, question: str) -> bool:
        """Whether an answer is unlike those that the function gave when it worked.

        It hands nothing over where they did, or lacks what all of them had. Unless
        it says outright that it is accepted, it also has to say what all of them said.
        """
        if handed_over(exchange):
            return False
        keys, words = keys_of(exchange), _words(exchange)
        lacks = not self._keys.get(exchange.operation, keys) <= keys
        is_other = not self._words.get(exchange.operation, words) <= words
        is_said = says_accepted(exchange)
        return question in self._showing or lacks or (is_other and not is_said)


def _words(exchange: Exchange) -> _Words:
    """Return what an answer says at its top: which keys are there, and what each of them says."""
    text = exchange.reply.body if exchange.reply else ""
    try:
        value = json_of(text)
    except ValueError:
        value = text
    parts = value if isinstance(value, dict) and value else {"": value}
    said = {(key, _word(part)) for key, part in parts.items()}
    return frozenset(said | {(key, "there") for key in parts if key})


def _word(value: object) -> str:
    """Return a simple value as JSON, without whom it is about; of others only the kind."""
    if isinstance(value, dict | list):
        return type(value).__name__
    return nameless(json.dumps(value))

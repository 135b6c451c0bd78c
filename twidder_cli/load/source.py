"""YAML with places: what a file says, and where, and what is wrong with it."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import yaml

from twidder_cli.errors import OperatorError, did_you_mean
from twidder_cli.model.words import printable

LISTING = "'twidder scenario list' lists them."
"""What to try where a name is near to no scenario and to no requirement."""

_SIZE_LIMIT = 256 * 1024
_DEEPEST = 100
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's where PyYAML was built with it, which is ten times as fast."""

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,15})")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,15})\.[0-9]{1,15}")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}


class Mistakes:
    """Collects what is wrong with files, so that one pass tells all of it."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def add(self, where: str, text: str) -> None:
        """Take note of a mistake at a place."""
        self.found.append(f"{printable(where, len(where))}: {text}")

    def raise_if_any(self) -> None:
        """Raise OperatorError with all mistakes, one a line."""
        if self.found:
            raise OperatorError("\n".join(self.found))


class Value:
    """A value in a file, with its place."""

    def __init__(self, node: yaml.Node, path: str, mistakes: Mistakes) -> None:
        self._node = node
        self._path = path
        self.mistakes = mistakes

    @property
    def line(self) -> int:
        """The line it stands in, from 1."""
        return self._node.start_mark.line + 1

    @property
    def column(self) -> int:
        """The column it begins in, from 1."""
        return self._node.start_mark.column + 1

    @property
    def where(self) -> str:
        """The place as messages name it: file:line:column."""
        return f"{self._path}:{self.line}:{self.column}"

    @property
    def is_mapping(self) -> bool:
        return isinstance(self._node, yaml.MappingNode)

    @property
    def is_list(self) -> bool:
        return isinstance(self._node, yaml.SequenceNode)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is written there."""
        return isinstance(self._node, yaml.ScalarNode) and self.plain is None

    def wrong(self, text: str) -> None:
        """Take note that this value is wrong."""
        self.mistakes.add(self.where, text)

    def items(self) -> list["Value"]:
        """Return the values of a list; a single value counts as a list of one."""
        if isinstance(self._node, yaml.SequenceNode):
            return [self._child(node) for node in self._node.value]
        return [self]

    def entries(self) -> Iterator[tuple["Value", "Value"]]:
        """Yield keys and values of a mapping, leaving out (and telling of) keys given twice."""
        if not isinstance(self._node, yaml.MappingNode):
            self.wrong(f"expected names with values, got {self.shown}")
            return
        seen: dict[str, int] = {}
        for key_node, value_node in self._node.value:
            key = self._child(key_node)
            name = str(key.plain)
            if name in seen:
                key.wrong(f"{name!r} stands here a second time (first in line {seen[name]})")
                continue
            seen[name] = key.line
            yield key, self._child(value_node)

    def fields(
        self, known: Iterable[str], required: Iterable[str] = (), what: str = "field"
    ) -> dict[str, "Value"]:
        """Return the fields of a mapping; unknown and missing ones are mistakes."""
        known = list(known)
        given: dict[str, Value] = {}
        for key, value in self.entries():
            name = str(key.plain)
            if name in known:
                given[name] = value
            else:
                key.wrong(f"there is no {what} {printable(name, 60)!r}.{did_you_mean(name, known)}")
        if self.is_mapping:
            for name in required:
                if name not in given:
                    self.wrong(f"{name!r} is missing")
        return given

    @property
    def plain(self) -> Any:
        """The value as Python has it, without places."""
        match self._node:
            case yaml.ScalarNode():
                return _scalar(self._node)
            case yaml.SequenceNode():
                return [item.plain for item in self.items()]
            case _:
                return {str(key.plain): value.plain for key, value in self.entries()}

    def text(self) -> str:
        """Return the text that is expected here, on one line; empty, and a mistake, for others."""
        if not isinstance(self.plain, str) or not self.plain.strip():
            self.wrong(f"expected a text, got {self.shown}")
            return ""
        return printable(self.plain)

    @property
    def shown(self) -> str:
        """The value as messages show it."""
        return printable(repr(self.plain), 80)

    def at(self, path: str) -> "Value":
        """Return the value inside this one that a path such as `[2].name` leads to."""
        place = self
        for index, name in re.findall(r"\[(\d+)\]|\.(\w+)", path):
            if index and place.is_list:
                place = place.items()[int(index)]
            elif name and place.is_mapping:
                place = {str(key.plain): value for key, value in place.entries()}.get(name, place)
        return place

    def _child(self, node: yaml.Node) -> "Value":
        return Value(node, self._path, self.mistakes)


def parse(text: str, path: str, mistakes: Mistakes) -> Value | None:
    """Return what a YAML text says; None, and a mistake, where it is no YAML."""
    if len(text) > _SIZE_LIMIT:
        mistakes.add(path, f"more than {_SIZE_LIMIT // 1024} KiB; a file of this kind is small")
        return None
    try:
        _check(yaml.parse(text, Loader=_LOADER))
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else path
        mistakes.add(place, f"this can't be read as YAML: {error.problem or error.context}")
        return None
    except yaml.YAMLError as error:
        mistakes.add(path, f"this is not valid YAML: {printable(str(error), 200)}")
        return None
    if node is None:
        mistakes.add(path, "the file is empty")
        return None
    return Value(node, path, mistakes)


def _check(events: Iterable[yaml.Event]) -> None:
    """Raise MarkedYAMLError for what makes a small file endless, or us run out of stack."""
    depth = 0
    for event in events:
        problem = ""
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            problem = "anchors and aliases are not used here"
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            problem = "nested too deeply"
        if problem:
            mark: Any = event.start_mark  # of either reader
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=mark)


def _scalar(node: yaml.ScalarNode) -> Any:
    """Read plain words as JSON would: yes and on are words here, not booleans."""
    text: str = node.value
    if node.style:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _DECIMAL.fullmatch(text) else text

"""A learned contract as a file for `--contract`, with a comment on how each line was found."""

from collections.abc import Iterator
from typing import Any

import yaml

from twidder_cli.model.contract import Contract, Operation, SocketPlace, TokenPlace
from twidder_cli.model.learned import Learned
from twidder_cli.model.words import printable

_ENDLESS = 2**31 - 1


class _Plain(yaml.SafeDumper):
    """Without anchors, which contract files may not have."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def written(learned: Learned) -> str:
    """Return the YAML text of what was learned; only comments where that is no contract."""
    effort = f"{learned.requests} requests and {learned.users} users, in {learned.seconds:.1f} s"
    lines = [f"# Learned with {effort}."]
    if learned.problem:
        lines.append(f"# Not everything: {printable(learned.problem)}")
    lines += [f"# Not understood: {name}" for name in sorted(learned.not_understood)]
    if learned.contract is not None:
        lines += _contract(learned.contract, learned.found)
    return "\n".join(lines) + "\n"


def _contract(contract: Contract, found: dict[str, str]) -> Iterator[str]:
    yield "operations:"
    for name, operation in contract.operations.items():
        yield from _line(f"  {name}", _operation(operation), found.get(name))
    if contract.token is not None:
        yield from _line("token", _token(contract.token), found.get("token"))
    if contract.socket is not None:
        yield from _line("socket", _socket(contract.socket), found.get("socket"))
    if contract.absent:
        yield from _line(
            "absent", sorted(contract.absent), "nothing in its route table could be it"
        )


def _line(name: str, value: Any, comment: str | None) -> Iterator[str]:
    if comment:
        indent = name[: len(name) - len(name.lstrip())]
        yield f"{indent}# {printable(comment)}"
    text = yaml.dump(value, Dumper=_Plain, default_flow_style=True, sort_keys=False, width=_ENDLESS)
    yield f"{name}: {text.strip()}"


def _operation(operation: Operation) -> dict[str, Any]:
    said: dict[str, Any] = {"request": operation.request}
    if operation.json is not None:
        said["json"] = operation.json
    if operation.form is not None:
        said["form"] = operation.form
    if operation.headers:
        said["headers"] = operation.headers
    if operation.token is not None:
        said["token"] = operation.token
    return said


def _token(place: TokenPlace) -> dict[str, Any]:
    return {"header": place.header, "value": place.value}


def _socket(place: SocketPlace) -> dict[str, Any]:
    said: dict[str, Any] = {"path": place.path}
    if place.greeting is not None:
        said["greeting"] = place.greeting
    if place.headers:
        said["headers"] = place.headers
    return said

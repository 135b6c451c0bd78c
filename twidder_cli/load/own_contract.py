"""The contract that a submission brings itself: a claim, which is compared or trusted."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from twidder_cli.load.contract import load_contract
from twidder_cli.load.source import Mistakes
from twidder_cli.model.contract import FUNCTIONS, Contract
from twidder_cli.model.learned import Learned
from twidder_cli.model.words import listed, printable

NAME = "twidder.yaml"
_LARGEST = 64 * 1024


class OwnContract(NamedTuple):
    """What a submission says of its own names; nothing where it has no such file."""

    contract: Contract | None = None
    mistakes: tuple[str, ...] = ()

    def compared(self, learned: Learned | None, *, is_used: bool) -> Iterator[str]:
        """Yield what people should know of it, beside what was learned by trying."""
        if self.mistakes:
            yield f"its own {NAME} is wrong and was not used: {printable(self.mistakes[0], 300)}"
        if self.contract is None:
            return
        if is_used:
            yield f"its own {NAME} was trusted"
            return
        others = _others(self.contract, learned.contract if learned else None)
        said = f"says otherwise about {listed(others)}" if others else "says the same"
        yield f"its own {NAME} was not used and {said}; --trust-contract uses it"


def own_contract(folder: Path) -> OwnContract:
    """Return the contract that lies in a submission, the topmost one; never fails."""
    files = (path for path in folder.rglob(NAME) if path.is_file())
    file = min(files, key=lambda path: (len(path.parts), path), default=None)
    if file is None:
        return OwnContract()
    try:
        if file.stat().st_size > _LARGEST:
            return OwnContract(mistakes=(f"{NAME}: more than {_LARGEST >> 10} KiB",))
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return OwnContract(mistakes=(f"{NAME}: this is not UTF-8",))
    except OSError as error:
        return OwnContract(mistakes=(f"{NAME}: can't be read: {error.strerror}",))
    mistakes = Mistakes()
    contract = load_contract(text, NAME, mistakes, vouched=True)
    return OwnContract(contract, tuple(mistakes.found))


def _others(own: Contract, learned: Contract | None) -> list[str]:
    """Return what two contracts name differently."""
    if learned is None:
        return ["all of it"]
    operations = [
        name for name in FUNCTIONS if own.operations.get(name) != learned.operations.get(name)
    ]
    places = [name for name in ("token", "socket") if getattr(own, name) != getattr(learned, name)]
    return [*operations, *places]

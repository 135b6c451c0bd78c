"""What was learned of a submission's contract."""

from twidder_cli.model import Noun
from twidder_cli.model.contract import FUNCTIONS, Contract, Operation


class Learned(Noun):
    """A contract, and how each line of it was found.

    `contract` is None where nothing is known to sign up and in with. `found`
    says in words how a function, the `token` and the `socket` were found;
    `proved` are those that were seen to have their effect, "connect" among
    them; `accepted` those that had none, but that are taken as we do them.
    `absent` are functions that no route could be; `not_understood` those
    that some route may be. `notes` say what else is to be known of server and
    page. `spoken` says by which method and path its page does what a function is for, where that
    is more than is known otherwise: what it puts into them only the page can tell.
    `problem` says what kept it from being learned, or learned whole.
    """

    contract: Contract | None = None
    found: dict[str, str] = {}
    proved: frozenset[str] = frozenset()
    accepted: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()
    not_understood: frozenset[str] = frozenset()
    problem: str = ""
    notes: tuple[str, ...] = ()
    spoken: dict[str, Operation] | None = None
    requests: int = 0
    users: int = 0
    seconds: float = 0.0

    @property
    def known(self) -> frozenset[str]:
        """What was seen to go by the contract's names."""
        return self.proved | self.accepted

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left that could be learned in another way."""
        return not self.problem and {*FUNCTIONS, "connect"} <= self.known | self.absent

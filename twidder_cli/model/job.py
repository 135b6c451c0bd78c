"""What a worker needs to grade one submission, in one value."""

from typing import Literal

from twidder_cli.model import Noun
from twidder_cli.model.contract import Contract
from twidder_cli.model.scenario import Source


class Submission(Noun):
    """A submission's name and where it lives: a URL, a folder, or the reference itself."""

    name: str
    kind: Literal["url", "folder", "archive", "reference"]
    location: str


class Job(Noun):
    """One submission, all its scenarios in order.

    `salt` makes the users of this run others than those of another with the
    same seed. `workspace` is a folder that is removed later; `lanes` is how many servers
    of the submission are played on at a time, and `limit` how many seconds
    all of it may take. `sandbox` is how it is confined; "auto", the best way
    that this machine has, is settled before a worker reads it. `packages` is a
    folder of packages that were installed for the submission; `notes` are
    what people should know of it, and decide nothing;
    `trusts_contract` takes the submission's word for how it names things;
    `watches_page` uses its page also where everything is known without.
    """

    submission: Submission
    scenarios: tuple[Source, ...]
    contract: Contract
    patience: float
    seed: int
    salt: str = ""
    workspace: str
    lanes: int = 1
    limit: float = 600.0
    packages: str = ""
    notes: tuple[str, ...] = ()
    trusts_contract: bool = False
    watches_page: bool = False
    sandbox: Literal["auto", "full", "submission", "processes", "none"] = "auto"

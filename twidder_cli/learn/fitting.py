"""Whether a contract that somebody named fits a server, as far as getting in goes."""

from twidder_cli.engine.pace import Pace
from twidder_cli.learn.draft import Draft, is_about
from twidder_cli.learn.probe import Exhausted, Probe
from twidder_cli.model.contract import Contract

_OWN_DATA = "get_user_data_by_token"


def fits(url: str, contract: Contract, *, pace: Pace, seed: str) -> bool:
    """Whether a fresh user can sign up and in, and is then known by the token.

    Never raises for what the server does.
    """
    draft = Draft(Probe(url, pace, seed))
    draft.operations = dict(contract.operations)
    draft.token = contract.token
    try:
        person = draft.newcomer()
        own_data = contract.operations.get(_OWN_DATA)
        return own_data is None or is_about(draft.ask(own_data, person), person)
    except Exhausted:
        return False

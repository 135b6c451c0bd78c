"""What a cast makes up, and what it takes as it is given."""

import pytest

from twidder_cli.engine.cast import Cast
from twidder_cli.engine.symbols import Symbols


@pytest.fixture
def cast() -> Cast:
    return Cast(["anna"], Symbols(), "1")


@pytest.mark.parametrize("given", ["", "a", "a longer one"])
def test_what_is_given_is_taken_also_when_it_is_empty(cast: Cast, given: str) -> None:
    assert (cast.new_password("anna", given), cast.message("anna", given)) == (given, given)


def test_what_is_not_given_is_made_up(cast: Cast) -> None:
    assert cast.new_password("anna") != cast.password("anna")
    assert cast.message("anna") != cast.message("anna")

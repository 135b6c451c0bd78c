"""How often passwords may be guessed at. Only wrong ones count, and only for a while.

An attempt too many is refused before its password is looked at: else guessing
would go on behind the refusal. A refusal can so meet the owner too, and nobody
must be able to bring that about for good. Therefore guesses are counted by
account *and* address first, where a stranger's count is his own. The limits for
an account from all addresses, and for an address over all accounts, are far
wider, and not asked for where the account's owner has signed in from before.
"""

import ipaddress
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from twidder.errors import TooManyAttemptsError

T = TypeVar("T")

REMEMBERED = 10_000
"""Accounts, addresses and pairs that are remembered at most; the oldest are forgotten."""


@dataclass(frozen=True)
class Limit:
    """So many at once, and one more every so many seconds."""

    at_once: int
    every: float


PAIR = Limit(at_once=10, every=60)
ACCOUNT = Limit(at_once=100, every=6)
ADDRESS = Limit(at_once=500, every=1)


class Attempts:
    """The wrong passwords of late, by account and address. In memory, for this process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._changing = threading.Lock()
        self._by_pair = _Counts(PAIR, clock)
        self._by_account = _Counts(ACCOUNT, clock)
        self._by_address = _Counts(ADDRESS, clock)
        self._owners: OrderedDict[Hashable, None] = OrderedDict()

    def check(self, account: str, address: str) -> None:
        """Raise TooManyAttemptsError if this account can't be tried from this address now."""
        with self._changing:
            wait = max(counts.wait(key) for counts, key in self._counts(account, address))
        if wait > 0:
            raise TooManyAttemptsError(retry_after=math.ceil(wait))

    def failed(self, account: str, address: str) -> None:
        """Count a wrong password."""
        with self._changing:
            for counts, key in self._counts(account, address):
                counts.add(key)

    def succeeded(self, account: str, address: str) -> None:
        """Remember where the account's owner is."""
        with self._changing:
            _remember(self._owners, (account, network(address)), None)

    def _counts(self, account: str, address: str) -> "Iterator[tuple[_Counts, Hashable]]":
        place = network(address)
        yield self._by_pair, (account, place)
        if (account, place) not in self._owners:
            yield self._by_account, account
            yield self._by_address, place


class _Counts:
    """How much of a limit is used up, for each key: the time when nothing of it will be."""

    def __init__(self, limit: Limit, clock: Callable[[], float]) -> None:
        self._limit = limit
        self._clock = clock
        self._free_at: OrderedDict[Hashable, float] = OrderedDict()

    def wait(self, key: Hashable) -> float:
        """Seconds until one more is within the limit; none if it is now."""
        used_up = self._free_at.get(key, 0) - self._clock()
        return max(0, used_up - (self._limit.at_once - 1) * self._limit.every)

    def add(self, key: Hashable) -> None:
        """Count one."""
        free_at = max(self._free_at.get(key, 0), self._clock()) + self._limit.every
        _remember(self._free_at, key, free_at)


def network(address: str) -> str:
    """What one person commands of addresses: one of IPv4, 2^64 of IPv6."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address  # that of a Unix socket's client is empty
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is None:
            return str(ipaddress.ip_network((parsed.packed, 64), strict=False))
        parsed = parsed.ipv4_mapped
    return str(parsed)


def _remember(memory: OrderedDict[Hashable, T], key: Hashable, value: T) -> None:
    memory[key] = value
    memory.move_to_end(key)
    if len(memory) > REMEMBERED:
        memory.popitem(last=False)

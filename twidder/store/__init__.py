"""What is kept: users, their sessions, their walls."""

from twidder.store.database import UnusableDatabaseError
from twidder.store.records import Message, Profile
from twidder.store.store import Store

__all__ = ["Message", "Profile", "Store", "UnusableDatabaseError"]

"""The nouns: frozen values that everything else passes along. Imports nothing of ours."""

from typing import Any, dataclass_transform

import msgspec


class _NounMeta(msgspec.StructMeta):
    """Makes `kw_only` hold for subclasses too, which msgspec wants said of each class."""

    def __new__(mcs, name: str, bases: Any, namespace: Any, **options: Any) -> Any:
        return super().__new__(mcs, name, bases, namespace, **{"kw_only": True, **options})


@dataclass_transform(frozen_default=True, kw_only_default=True)
class Noun(msgspec.Struct, metaclass=_NounMeta, frozen=True, forbid_unknown_fields=True):
    """A value that never changes once made, and travels as JSON."""

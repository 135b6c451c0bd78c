"""One file per step kind. A module here that defines a Step with `kinds` is found by itself."""

import importlib
import pkgutil
from functools import cache

from twidder_cli.model.step import Step


def _subclasses(of: type[Step]) -> list[type[Step]]:
    return [kind for child in of.__subclasses__() for kind in (child, *_subclasses(child))]


@cache
def step_kinds() -> dict[str, type[Step]]:
    """Return each step's name in scenario files and the class behind it."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return {
        name: step
        for step in _subclasses(Step)
        if step.__module__.startswith(f"{__name__}.")
        for name in step.kinds
    }

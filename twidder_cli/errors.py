"""The operator's mistakes. Everything else that goes wrong is a verdict, not an exception."""


class OperatorError(Exception):
    """Something the person at the command line has to change; ends the run with exit code 2.

    The text says where, what was expected, what came, and what to try. It may
    have several lines, one per mistake.
    """

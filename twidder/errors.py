"""What a client may be told when it doesn't get what it asked for: a status and a message."""


class RefusedError(Exception):
    """A request that is refused; the message is shown to the person who made it."""

    status = 400

    retry_after: int | None = None
    """Seconds after which the same request may be granted, where waiting helps."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class BadInputError(RefusedError):
    """Something is missing, or is not what it has to be."""


class NotSignedInError(RefusedError):
    """There is no valid session: no token, an unknown one, or wrong credentials."""

    status = 401


class ForbiddenError(RefusedError):
    """Whoever asks is not the one who may."""

    status = 403


class UnknownUserError(RefusedError):
    """Nobody has signed up with that e-mail address."""

    status = 404

    def __init__(self) -> None:
        super().__init__("There is no such user.")


class TakenError(RefusedError):
    """Somebody has signed up with that e-mail address already."""

    status = 409


class TooManyAttemptsError(RefusedError):
    """Passwords have been guessed at; no more of them are looked at for a while."""

    status = 429

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"Too many wrong passwords. Try again in {retry_after} seconds.")
        self.retry_after = retry_after


class BusyError(RefusedError):
    """The server can't do this now, and soon may."""

    status = 503
    retry_after = 5

"""What a client may be told when it doesn't get what it asked for: a status and a message."""


class RefusedError(Exception):
    """A request that is refused; the message is shown to the person who made it."""

    status = 400

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class BadInputError(RefusedError):
    """Something is missing, or is not what it has to be."""


class NotSignedInError(RefusedError):
    """There is no valid session: no token, an unknown one, or wrong credentials."""

    status = 401


class WrongPasswordError(RefusedError):
    """The session is valid, and its user doesn't know the password."""

    status = 403


class UnknownUserError(RefusedError):
    """Nobody has signed up with that e-mail address."""

    status = 404

    def __init__(self) -> None:
        super().__init__("There is no such user.")


class TakenError(RefusedError):
    """Somebody has signed up with that e-mail address already."""

    status = 409

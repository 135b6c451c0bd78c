"""A start that came to nothing, and all that is known of it."""

import sys

from twidder_cli.model import Noun
from twidder_cli.model.submission import Database, Inspection, Note
from twidder_cli.model.verdicts import Finding, Verdict
from twidder_cli.model.words import printable
from twidder_cli.submissions.logs import Crash, crash_in, last_words


class Attempt(Noun):
    """What is known of a start that came to nothing.

    `exit_code` is None while the server still runs; `excess` says what it used
    too much of, and was ended for; `lost` how the last request went unanswered,
    after `waited` seconds. `answered`: a request was answered before that one.
    """

    command: str
    inspection: Inspection = Inspection()
    database: Database = Database(kind="nothing")
    exit_code: int | None = None
    excess: str = ""
    log: str = ""
    lost: str = ""
    waited: float = 0.0
    answered: bool = False

    @property
    def crash(self) -> Crash | None:
        """The exception it died of."""
        return crash_in(self.log)

    @property
    def words(self) -> str:
        """The last words in its log."""
        return last_words(self.log) or "(nothing)"

    def noted(self, *kinds: str) -> list[Note]:
        """Return what reading the source found of some kinds."""
        return [note for note in self.inspection.notes if note.kind in kinds]

    def is_own(self, module: str) -> bool:
        """Whether a module is one that the submission should have brought."""
        top = module.partition(".")[0]
        own = {"twidder", "twidder_cli", *self.inspection.modules}
        return top.lower() in own and top not in sys.stdlib_module_names

    def failed(self, title: str, actual: str, hint: str) -> Finding:
        """Return a finding that blames the submission."""
        expected = f"{self.command} starts and answers"
        return Finding(title=title, expected=expected, actual=actual, hint=hint)

    def unclear(self, title: str, actual: str, hint: str) -> Finding:
        """Return a finding that leaves it to a person."""
        expected = f"{self.command} starts and answers"
        return Finding(
            title=title, expected=expected, actual=actual, hint=hint, verdict=Verdict.UNCLEAR
        )


def places(notes: list[Note]) -> str:
    """Return where in the source something is, as a text of lines."""
    return "\n".join(printable(f"{note.place} {note.says}", 300) for note in notes)

"""Everything that qagen raises on purpose.

QagenError                  nothing below it is a bug; a command prints it as one line and exits with 1
├── InputError              a path, a file or a line that the user named cannot be used
│   ├── ConversionError     one PDF cannot become a document; the run goes on, the paper is a rejection
│   └── PictureError        one page of a PDF cannot be drawn; what shows it goes on without
├── ConverterMissing        the converter that was asked for cannot run on this machine as it is; stops the run
├── SettingsError           a setting, an option or a prompt is wrong
│   └── InvalidSettings     ... of a value that was made in Python, as in `Settings(...)`; a ValueError, too
├── WorkspaceError          the workspace cannot be used: locked, read-only, full, damaged
│   └── StoreError          an object store turns something down, does not have it, or has something else than its name says
│       ├── StoreUnreachable    nobody answers there, or what came back is no answer; the same again may go well
│       └── StoreLost       it went away in the middle, or another run took the part over; what was done is kept here, exit code 3
├── DatasetError            a dataset folder cannot be read, or is not what it says
├── HubError                the Hub turns something down, or does not have it
│   └── HubBusy             ... or could not answer; the same again may go well, and what was asked may have been done
└── EngineError             the model could not be asked
    ├── ServerUnreachable   nobody answers: start it, or name it; stops the run
    ├── ModelMissing        the server does not have the model; stops the run
    ├── ModelChanged        another model answers under the name than before; stops the run
    ├── PromptTruncated     the server cuts prompts without a word; stops the run, and its answer is not kept
    ├── ServerRefused       the server turns all requests down (401, 403, 404, ...); stops the run
    └── NoAnswer            one call got no answer after all retries; the run goes on, the chunk is listed

A message says what, which value and where; beside it stands the remedy, what to do about it.
"""

from collections.abc import Callable
from typing import Self

from qagen.reasons import Reason
from qagen.terminal import printable_line


class QagenError(Exception):
    """Something that the user can mend; as text, both in one line.

    Attributes:
        message: what is wrong, with the value and its place.
        remedy: what to do about it; empty where the message says it itself.
        line: both in one line.
    """

    def __init__(self, message: str, remedy: str = "", separator: str = "; ") -> None:
        super().__init__(message, remedy, separator)  # all of them, so that a copy and a pickle have them
        self.message = message
        self.remedy = remedy
        self.line = f"{message}{separator}{remedy}" if remedy else message

    def __str__(self) -> str:
        return self.line

    def reworded(self, words: Callable[[str], str]) -> Self:
        """The same error with its texts in other words."""
        return type(self)(*(words(one) if type(one) is str else one for one in self.args))

    def _render_traceback_(self) -> list[str]:
        """What IPython shows instead of a traceback, which would lead through our code to no fault of it."""
        return [f"{type(self).__name__}: {printable_line(str(self))}"]


class InputError(QagenError):
    """A path, a file or a line that the user named cannot be used."""


class ConversionError(InputError):
    """One PDF cannot become a document.

    Attributes:
        reason: why, one of the paper reasons of `Reason`.
        detail: the same for a person, with what to do.
    """

    def __init__(self, reason: Reason, message: str, remedy: str = "") -> None:
        super().__init__(message, remedy)
        self.args = (reason, message, remedy)
        self.reason = reason
        self.detail = self.line

    def __str__(self) -> str:
        return f"{self.reason}: {self.detail}"


class PictureError(InputError):
    """One page of a PDF cannot be drawn."""


class ConverterMissing(QagenError):
    """The converter that was asked for cannot run on this machine as it is."""


class SettingsError(QagenError):
    """A setting, an option or a prompt is wrong."""


class InvalidSettings(SettingsError, ValueError):
    """A value that was made in Python, as in `Settings(...)`, has an unknown key or one that does not fit."""


class WorkspaceError(QagenError):
    """The workspace cannot be used."""


class StoreError(WorkspaceError):
    """An object store turns something down, does not have it, or has something else than its name says."""


class StoreUnreachable(StoreError):
    """An object store does not answer; the same again may go well."""


class StoreLost(StoreError):
    """An object store went away in the middle of a run, or another run took its part over; what was done is kept here."""


class DatasetError(QagenError):
    """A dataset folder cannot be read, or is not what it says."""


class HubError(QagenError):
    """The Hub turns something down, or does not have it."""


class HubBusy(HubError):
    """The Hub could not answer, or something came in between; what was asked for may have been done."""


class EngineError(QagenError):
    """The model could not be asked."""


class ServerUnreachable(EngineError):
    """Nobody answers at the server's address."""


class ModelMissing(EngineError):
    """The server does not have the model."""


class ModelChanged(EngineError):
    """Another model answers under a name than the one whose answers are kept."""


class PromptTruncated(EngineError):
    """The server cuts prompts that are too long for its context, and answers what is left of them."""


class ServerRefused(EngineError):
    """The server turns the request itself down, and would do so again."""


class NoAnswer(EngineError):
    """One call got no answer after all retries."""

"""What can go wrong, by what the caller should do about it.

Error
├── Refused                 the request cannot be done as asked; nothing was changed
│   ├── InvalidInput        change the named field
│   │   ├── TooLarge        send less
│   │   │   └── OverQuota   delete something first
│   │   ├── KeyReused       use a new Idempotency-Key
│   │   └── UnreadableMedia the file is not what we can use; says why
│   │       ├── UnknownMedia give a photo, a clip or music
│   │       ├── BrokenMedia copy it again
│   │       ├── HeavyMedia  make it shorter or smaller
│   │       ├── LostMedia   upload it again
│   │       ├── OnlySound   give it as the music instead
│   │       ├── NoSound     choose other music
│   │       ├── MusicOver   let the music begin earlier
│   │       ├── UnusableClip what was generated cannot be shown; nothing of the user's is at fault
│   │       └── FilesRefused some of several files; says why of each
│   ├── NotAuthenticated    say who you are
│   ├── NotAllowed          you may not do this
│   │   ├── NotInvited      only those on the list may sign in
│   │   └── AccountClosed   an operator has closed it
│   ├── NotFound            there is no such thing, or it is not yours
│   ├── Gone                there was, for anybody who knew where; there is no more
│   ├── Conflict            not in this state
│   │   └── StartAnew       nor ever again: make a new vlog of the media there is
│   └── Changed             it changed since you read it
├── TemporaryFailure        the same may succeed later
│   ├── StorageFull         no room left
│   └── Damaged             what is stored is not what was put there
├── OutcomeUnknown          what was sent may have been accepted: never send it again unasked
├── PermanentFailure        the job has failed, for the reason given
└── Stopped                 this delivery must end; another will go on
    └── LeaseLost           another delivery, or a person, has the job now
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum


class Error(Exception):
    """Everything this product raises on purpose.

    `code` is a stable word for programs; the message is one sentence for people.
    """

    code = "error"


class Refused(Error):
    code = "refused"


class InvalidInput(Refused):
    """`field` names what to change, where one field is at fault; `errors` has {field, detail} of each, where several
    may be."""

    code = "invalid_input"

    def __init__(self, message: str, field: str | None = None, errors: Sequence[Mapping[str, str]] = ()) -> None:
        super().__init__(message)
        self.field = field
        self.errors = errors


class TooLarge(InvalidInput):
    code = "too_large"


class OverQuota(TooLarge):
    code = "over_quota"


class KeyReused(InvalidInput):
    code = "idempotency_key_reused"


class UnreadableMedia(InvalidInput):
    code = "unreadable_media"


class UnknownMedia(UnreadableMedia):
    code = "unknown_media"


class BrokenMedia(UnreadableMedia):
    code = "broken_media"


class HeavyMedia(UnreadableMedia):
    code = "heavy_media"


class LostMedia(UnreadableMedia):
    code = "lost_media"


class OnlySound(UnreadableMedia):
    code = "only_sound"


class NoSound(UnreadableMedia):
    code = "no_sound"


class MusicOver(UnreadableMedia):
    code = "music_over"


class UnusableClip(UnreadableMedia):
    code = "unusable_clip"


class FilesRefused(UnreadableMedia):
    """`errors` also has the `name` of each file."""

    code = "files_refused"


class NotAuthenticated(Refused):
    code = "not_authenticated"


class NotAllowed(Refused):
    code = "not_allowed"


class NotInvited(NotAllowed):
    code = "not_invited"


class AccountClosed(NotAllowed):
    code = "account_closed"


class NotFound(Refused):
    code = "not_found"


class Gone(Refused):
    code = "gone"


class Conflict(Refused):
    code = "conflict"


class StartAnew(Conflict):
    code = "start_anew"


class Changed(Refused):
    code = "changed"


class TemporaryFailure(Error):
    """`retry_after` is the other side's wish, in seconds, if it gave one."""

    code = "temporary_failure"

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class StorageFull(TemporaryFailure):
    code = "storage_full"


class Damaged(TemporaryFailure):
    """A passing fault of the network looks the same: what can be made again should be."""

    code = "damaged"


class OutcomeUnknown(Error):
    code = "outcome_unknown"


class PermanentFailure(Error):
    """`code` is kept with the job and shown to its owner."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class StopReason(StrEnum):
    CANCELLED = "cancelled"
    LEASE_LOST = "lease_lost"
    SHUTDOWN = "shutdown"
    OUT_OF_TIME = "out_of_time"
    OVERDUE = "overdue"


class Stopped(Error):
    code = "stopped"

    def __init__(self, reason: StopReason) -> None:
        super().__init__(reason.value)
        self.reason = reason


class LeaseLost(Stopped):
    def __init__(self) -> None:
        super().__init__(StopReason.LEASE_LOST)

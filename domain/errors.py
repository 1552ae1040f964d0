"""Errors meant for a person: what is wrong, why, and what can be done next.

The command line prints them without a traceback and exits with their code. Every other exception is our own mistake
and stays loud.
"""


class SagakError(Exception):
    """Something a user can put right. ``hint`` says how; it never holds a value of a household."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class UsageError(SagakError):
    """An argument, a setting or the policy file does not make sense."""

    exit_code = 2


class DeliveryRefused(SagakError):
    """A delivery as a whole cannot be taken in; nothing was changed."""

    exit_code = 3


class NotFound(SagakError):
    """What was asked for does not exist yet, or not under that name."""

    exit_code = 4


class BundleRefused(SagakError):
    """A model bundle is damaged, incomplete or made for other features."""

    exit_code = 5


class CheckFailed(SagakError):
    """A figure that must hold does not (reasons that do not add up, a round that does not read back)."""

    exit_code = 6


class StorageFailed(SagakError):
    """Writing failed (disk full, no permission); what was current before is untouched."""

    exit_code = 7

"""The form of every permission: an answer and, when it is no, the reason that a person reads."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome of a `may_<verb>` question. `reason` is a sentence for the person who asked."""

    allowed: bool
    reason: str | Promise = ""

    def __bool__(self) -> bool:
        return self.allowed


YES = Decision(True)


def no(reason: str | Promise) -> Decision:
    return Decision(False, reason)


class Refused(PermissionDenied):
    """A policy said no; the message is its reason. The 403 page shows it."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(str(decision.reason))
        self.decision = decision


def require(decision: Decision) -> None:
    """Raise `Refused` when the decision is a no."""
    if not decision.allowed:
        raise Refused(decision)

"""The rows of the forum, gathered from its parts for Django."""

from forum.answers.models import AnswerRating, AnswerVersion, Commitment, OfficialAnswer
from forum.clock.models import (
    Clock,
    ClockPause,
    ClockReminder,
    ClockRule,
    ClockSettings,
    Holiday,
)
from forum.discussion.models import Reply, ReplyVersion
from forum.disposition.models import Disposition, DispositionChange, Note, NoteMention
from forum.moderation.models import Case, Desk, Flag, Ruling

__all__ = [
    "AnswerRating",
    "AnswerVersion",
    "Case",
    "Clock",
    "ClockPause",
    "ClockReminder",
    "ClockRule",
    "ClockSettings",
    "Commitment",
    "Desk",
    "Disposition",
    "DispositionChange",
    "Flag",
    "Holiday",
    "Note",
    "NoteMention",
    "OfficialAnswer",
    "Reply",
    "ReplyVersion",
    "Ruling",
]

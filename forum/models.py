"""The rows of the forum, gathered from its parts for Django."""

from forum.answers.models import AnswerRating, AnswerVersion, Commitment, OfficialAnswer
from forum.appeals.models import Appeal
from forum.discussion.models import Reply, ReplyVersion
from forum.moderation.models import AtDesk, Case, Desk, Flag, Ruling, Takeover

__all__ = [
    "AnswerRating",
    "AnswerVersion",
    "Appeal",
    "AtDesk",
    "Case",
    "Commitment",
    "Desk",
    "Flag",
    "OfficialAnswer",
    "Reply",
    "ReplyVersion",
    "Ruling",
    "Takeover",
]

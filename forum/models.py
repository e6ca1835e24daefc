"""The rows of the forum, gathered from its parts for Django."""

from forum.answers.models import AnswerRating, AnswerVersion, Commitment, OfficialAnswer
from forum.discussion.models import Reply, ReplyVersion
from forum.moderation.models import Case, Desk, Flag, Ruling
from forum.screening.models import Fingerprint, LearntScore, ScoreSwitch, WordRule

__all__ = [
    "AnswerRating",
    "AnswerVersion",
    "Case",
    "Commitment",
    "Desk",
    "Fingerprint",
    "Flag",
    "LearntScore",
    "OfficialAnswer",
    "Reply",
    "ReplyVersion",
    "Ruling",
    "ScoreSwitch",
    "WordRule",
]

"""The rows of the forum, gathered from its parts for Django."""

from forum.answers.models import AnswerRating, AnswerVersion, Commitment, OfficialAnswer
from forum.discussion.models import Mention, Reply, ReplyVersion
from forum.moderation.models import Case, Desk, Flag, Ruling

__all__ = [
    "AnswerRating",
    "AnswerVersion",
    "Case",
    "Commitment",
    "Desk",
    "Flag",
    "Mention",
    "OfficialAnswer",
    "Reply",
    "ReplyVersion",
    "Ruling",
]

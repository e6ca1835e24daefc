"""The rows of the forum, gathered from its parts for Django."""

from forum.answers.models import AnswerRating, AnswerVersion, Commitment, OfficialAnswer
from forum.discussion.models import Reply, ReplyVersion
from forum.moderation.models import Case, Desk, Flag, Ruling
from forum.sessions.models import (
    Question,
    QuestionHistory,
    QuestionSupport,
    Session,
    SessionAnswer,
    SessionHistory,
    SessionOfficer,
    SessionRating,
)

__all__ = [
    "AnswerRating",
    "AnswerVersion",
    "Case",
    "Commitment",
    "Desk",
    "Flag",
    "OfficialAnswer",
    "Question",
    "QuestionHistory",
    "QuestionSupport",
    "Reply",
    "ReplyVersion",
    "Ruling",
    "Session",
    "SessionAnswer",
    "SessionHistory",
    "SessionOfficer",
    "SessionRating",
]

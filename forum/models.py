"""The rows of the forum, gathered from its parts for Django."""

from forum.answers.models import (
    AnswerDraft,
    AnswerDraftChange,
    AnswerRating,
    AnswerScores,
    AnswerTemplate,
    AnswerVersion,
    Attachment,
    CommentRuling,
    Commitment,
    CommitmentChange,
    OfficialAnswer,
)
from forum.discussion.models import Reply, ReplyVersion
from forum.moderation.models import Case, Desk, Flag, Ruling

__all__ = [
    "AnswerDraft",
    "AnswerDraftChange",
    "AnswerRating",
    "AnswerScores",
    "AnswerTemplate",
    "AnswerVersion",
    "Attachment",
    "Case",
    "CommentRuling",
    "Commitment",
    "CommitmentChange",
    "Desk",
    "Flag",
    "OfficialAnswer",
    "Reply",
    "ReplyVersion",
    "Ruling",
]

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
from forum.appeals.models import Appeal
from forum.clock.models import Clock, ClockPause, ClockReminder, ClockRule, ClockSettings, Holiday
from forum.discussion.models import Mention, Reply, ReplyVersion
from forum.disposition.models import Disposition, DispositionChange, Note, NoteMention
from forum.identity.models import IdentityLog, IdentityReveal
from forum.moderation.models import AtDesk, Case, Desk, Flag, Ruling, Takeover
from forum.screening.models import Fingerprint, LearntScore, ScoreSwitch, WordRule
from forum.sessions.models import (
    Question,
    QuestionHistory,
    QuestionSupport,
    Session,
    SessionAnswer,
    SessionHistory,
    SessionOfficer,
    SessionRating,
    SessionScores,
)

__all__ = [
    "AnswerDraft",
    "AnswerDraftChange",
    "AnswerRating",
    "AnswerScores",
    "AnswerTemplate",
    "AnswerVersion",
    "Appeal",
    "AtDesk",
    "Attachment",
    "Case",
    "Clock",
    "ClockPause",
    "ClockReminder",
    "ClockRule",
    "ClockSettings",
    "CommentRuling",
    "Commitment",
    "CommitmentChange",
    "Desk",
    "Disposition",
    "DispositionChange",
    "Fingerprint",
    "Flag",
    "Holiday",
    "IdentityLog",
    "IdentityReveal",
    "LearntScore",
    "Mention",
    "Note",
    "NoteMention",
    "OfficialAnswer",
    "Question",
    "QuestionHistory",
    "QuestionSupport",
    "Reply",
    "ReplyVersion",
    "Ruling",
    "ScoreSwitch",
    "Session",
    "SessionAnswer",
    "SessionHistory",
    "SessionOfficer",
    "SessionRating",
    "SessionScores",
    "Takeover",
    "WordRule",
]

"""What can be watched live, who may watch it, and the number of its last change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404

from accounts import policy as accounts_policy
from core.live import FORBIDDEN, SIGNED_OUT, person_topic
from forum.moderation import cases
from forum.moderation import policy as moderation_policy
from forum.moderation import selectors as moderation_selectors
from forum.sessions import policy as sessions_policy
from forum.sessions import selectors as sessions_selectors
from notifications import selectors as notifications_selectors
from participation import policy as participation_policy
from participation import selectors as participation_selectors

__all__ = ["FORBIDDEN", "UNKNOWN", "Refusal", "heads", "open_stream", "person_topic"]

UNKNOWN = 4404


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a stream was not opened: the close code."""

    code: int


def open_stream(person: Any, session: Any, kind: str, key: str) -> tuple[str, int] | Refusal:
    """The topic of a stream and its head number, by the same policy as its page."""
    if person.is_authenticated and accounts_policy.second_factor_missing(person, session):
        return Refusal(FORBIDDEN)
    try:
        if kind == "idea":
            idea = participation_selectors.idea_for_page(person, int(key))
            if not idea.is_published and not participation_policy.may_view_idea(person, idea):
                return Refusal(FORBIDDEN)
            return idea.topic, idea.revision
        if kind == "project":
            project = participation_selectors.project_by_slug(person, key)
            return project.topic, project.revision
        if kind in ("session", "session_desk"):
            shown = sessions_selectors.session_for_page(person, int(key))
            if kind == "session":
                return shown.topic, shown.revision
            if not sessions_policy.may_use_desk(person, shown):
                return Refusal(FORBIDDEN)
            return shown.desk_topic, shown.desk_revision
    except Http404:
        return Refusal(UNKNOWN)
    if kind == "notices":
        if not person.is_authenticated:
            return Refusal(SIGNED_OUT)
        topic = notifications_selectors.topic(person.pk)
        return topic, notifications_selectors.badge(person).revision
    if not moderation_policy.may_use_desk(person):
        return Refusal(FORBIDDEN)
    return cases.TOPIC, moderation_selectors.desk_revision()


def heads(topics: list[str]) -> dict[str, int]:
    """The head numbers of topics, one query for each kind."""
    ideas = [int(topic[5:]) for topic in topics if topic.startswith("idea.")]
    projects = [int(topic[8:]) for topic in topics if topic.startswith("project.")]
    found = participation_selectors.heads(ideas=ideas, projects=projects)
    found |= notifications_selectors.heads(topics)
    found |= sessions_selectors.heads(topics)
    if cases.TOPIC in topics:
        found[cases.TOPIC] = moderation_selectors.desk_revision()
    return found

"""Whatever happens in whatever order: every counter equals a recount, no place is given twice."""

import uuid

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forum.answers import services as answers
from forum.discussion import services as discussion
from forum.discussion.models import Reply
from participation import services as participation
from participation.models import Idea, Project, Support
from tests.together import at_once

STEPS = [
    "reply", "answer_reply", "hide_reply", "restore_reply", "edit_reply", "withdraw_reply",
    "support", "unsupport", "hide_idea", "restore_idea", "official_answer", "new_idea",
    "bad_edit", "status",
]  # fmt: skip


class _RollBack(Exception):
    pass


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 7)), max_size=25))
def test_counters_equal_a_recount(
    steps, idea, resident, other_resident, responder, moderator, make_idea
):
    try:
        with transaction.atomic():
            for step, number in steps:
                _take(step, number, idea, resident, other_resident, responder, moderator, make_idea)
            _recount(idea.project_id)
            raise _RollBack
    except _RollBack:
        pass


def _take(step, number, idea, resident, other, responder, moderator, make_idea):
    idea = Idea.objects.select_related("project__unit").get(pk=idea.pk)
    person = resident if number % 2 else other
    rows = list(Reply.objects.filter(idea=idea).select_related("idea__project").order_by("id"))
    row = rows[number % len(rows)] if rows else None
    public = idea.visibility == "published"
    if step == "new_idea":
        make_idea(author=person, title=f"Usul {number}")
    elif step == "reply" and public:
        _reply(idea, person, None)
    elif step == "answer_reply" and public and row and row.is_published:
        _reply(idea, person, row.parent or row)
    elif step == "hide_reply" and row:
        discussion.hide_reply(reply=row)
    elif step == "restore_reply" and row and row.visibility in ("hidden", "held"):
        discussion.publish_reply(reply=row)
    elif step in ("edit_reply", "bad_edit") and row and row.visibility in ("held", "published"):
        body = "Hubungi 0812 3456 7890" if step == "bad_edit" else f"Diubah {number}"
        if public:
            discussion.edit_reply(reply=row, by=row.author, body=body, seen_version=row.version)
    elif step == "withdraw_reply" and row and row.visibility in ("held", "published"):
        discussion.withdraw_reply(reply=row, by=row.author)
    elif step == "support" and public:
        participation.support(idea=idea, person=person)
    elif step == "unsupport" and public:
        participation.withdraw_support(idea=idea, person=person)
    elif step == "hide_idea":
        participation.hide_idea(idea=idea, by=moderator, reason="uji")
    elif step == "restore_idea" and not public:
        participation.publish_idea(idea=idea, by=moderator)
    elif step == "official_answer" and public:
        answer = getattr(idea, "official_answer", None)
        answers.publish_answer(
            idea=idea, officer=responder, body="Terima kasih.",
            seen_version=answer.version if answer else 0,
        )  # fmt: skip
    elif step == "status" and public:
        participation.change_status(idea=idea, status="in_progress", by=responder, reason="uji")


def _reply(idea, person, parent):
    discussion.submit_reply(
        author=person, idea=idea, body="Setuju.", parent=parent, client_key=uuid.uuid4()
    )


def _recount(project_pk):
    project = Project.objects.get(pk=project_pk)
    ideas = Idea.objects.filter(project=project)
    published = ideas.filter(visibility="published")
    assert project.idea_count == published.count()
    assert project.answered_count == published.filter(answered_at__isnull=False).count()
    for idea in ideas:
        replies = Reply.objects.filter(idea=idea)
        assert idea.reply_count == replies.filter(visibility="published").count()
        assert idea.support_count == Support.objects.filter(idea=idea).count()
        orders = list(replies.filter(order__isnull=False).values_list("order", flat=True))
        assert len(orders) == len(set(orders)), "two replies at one place"
        highest = max(replies.values_list("revision", flat=True), default=0)
        assert highest <= idea.revision


@pytest.mark.django_db(transaction=True)
def test_two_approvals_at_once_publish_once(make_idea, make_project, moderator):
    idea = make_idea(project_=make_project(premoderated=True))
    assert idea.visibility == "held"

    def approve():
        fresh = Idea.objects.select_related("project").get(pk=idea.pk)
        return participation.publish_idea(idea=fresh, by=moderator)

    assert at_once(4, approve).count(True) == 1
    _recount(idea.project_id)

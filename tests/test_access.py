"""Every address by every role: who gets in, who is sent to sign in, who is told no.

An address that is missing from the table fails the test: a new page needs its line here.
"""

import uuid
from datetime import timedelta

import pytest
from django.urls import URLPattern, URLResolver
from django.utils import timezone

from config.urls import urlpatterns
from forum.answers import services as answers
from forum.answers.models import AnswerRating, Attachment, CommentRuling
from forum.answers.services import Content, Promise
from forum.clock.models import Holiday
from forum.moderation import cases
from forum.moderation import services as moderation
from forum.sessions import services as sessions
from notifications import mail
from notifications.models import Notice
from participation.models import Photo
from tests.jobs import drain

# Columns: what a GET answers. 200 open; 302 to sign in or elsewhere; 403 refused; 404 not there for
# this person; 405 POST only.
COLUMNS = ("anonymous", "resident", "responder", "responder_elsewhere", "moderator", "planner")
TABLE = {
    "core:healthz": (200, 200, 200, 200, 200, 200),
    "core:readyz": (200, 200, 200, 200, 200, 200),
    "core:page": (200, 200, 200, 200, 200, 200),
    "accounts:profile": (302, 200, 200, 200, 200, 200),
    "accounts:demo_mail": (404, 404, 404, 404, 404, 404),
    "participation:home": (200, 200, 200, 200, 200, 200),
    "participation:project_list": (200, 200, 200, 200, 200, 200),
    "participation:project": (200, 200, 200, 200, 200, 200),
    "participation:project_about": (200, 200, 200, 200, 200, 200),
    "participation:project_changes": (200, 200, 200, 200, 200, 200),
    "participation:idea_list": (200, 200, 200, 200, 200, 200),
    "participation:support": (302, 200, 200, 200, 200, 200),
    "forum:own_ideas": (302, 200, 200, 200, 200, 200),
    "participation:choose_project": (302, 302, 302, 302, 302, 302),
    "participation:photo": (200, 200, 200, 200, 200, 200),
    "forum:submit_idea": (302, 200, 200, 200, 200, 200),
    "forum:idea": (200, 200, 200, 200, 200, 200),
    "forum:idea_changes": (200, 200, 200, 200, 200, 200),
    "forum:idea_history": (200, 200, 200, 200, 200, 200),
    "forum:reply": (405, 405, 405, 405, 405, 405),
    "forum:participants": (302, 200, 200, 200, 200, 200),
    "forum:writing": (302, 405, 405, 405, 405, 405),
    "forum:answer": (302, 403, 200, 403, 403, 403),
    "forum:change_status": (302, 403, 200, 403, 403, 403),
    "forum:rate": (302, 200, 403, 403, 403, 403),
    "forum:answer_versions": (200, 200, 200, 200, 200, 200),
    "forum:attachment": (200, 200, 200, 200, 200, 200),
    "forum:check_comment": (302, 403, 404, 403, 403, 403),  # no comment is shown yet
    "forum:promises": (200, 200, 200, 200, 200, 200),
    "forum:promise": (200, 200, 200, 200, 200, 200),
    "forum:answer_draft": (302, 404, 200, 404, 404, 404),
    "forum:publish_draft": (302, 405, 405, 405, 405, 405),
    "forum:return_draft": (302, 405, 405, 405, 405, 405),
    "forum:take_back": (302, 405, 405, 405, 405, 405),
    "forum:publish_drafts": (302, 405, 405, 405, 405, 405),
    "forum:answer_templates": (302, 403, 200, 200, 403, 403),
    "forum:new_answer_template": (302, 403, 200, 200, 403, 403),
    "forum:answer_template": (302, 403, 200, 404, 403, 403),
    "forum:archive_template": (302, 405, 405, 405, 405, 405),
    "forum:comments_to_check": (302, 403, 403, 403, 200, 403),
    "forum:decide_comment": (302, 403, 403, 403, 200, 403),
    "forum:flag_idea": (302, 403, 200, 200, 200, 200),  # the resident of the cast wrote it
    "forum:examine_idea": (302, 405, 405, 405, 405, 405),
    "forum:reply_detail": (200, 200, 200, 200, 200, 200),
    "forum:edit_reply": (302, 403, 403, 403, 403, 403),  # written by another resident
    "forum:close_version": (302, 405, 405, 405, 405, 405),
    "forum:flag_reply": (302, 200, 200, 200, 200, 200),
    "forum:examine_reply": (302, 405, 405, 405, 405, 405),
    "forum:notices": (302, 200, 200, 200, 200, 200),
    "forum:notice_changes": (302, 200, 200, 200, 200, 200),
    "forum:mark_all_seen": (302, 405, 405, 405, 405, 405),
    "forum:open_notice": (302, 302, 404, 404, 404, 404),  # the resident's own
    "notifications:settings": (302, 200, 200, 200, 200, 200),
    "notifications:reachable": (302, 405, 405, 405, 405, 405),
    "notifications:unsubscribe": (200, 200, 200, 200, 200, 200),
    "notifications:add_device": (404, 404, 404, 404, 404, 404),  # no key for Web Push
    "notifications:remove_device": (404, 404, 404, 404, 404, 404),
    "notifications:give_number": (404, 404, 404, 404, 404, 404),  # no bridge to a gateway
    "notifications:confirm_number": (404, 404, 404, 404, 404, 404),
    "notifications:remove_number": (404, 404, 404, 404, 404, 404),
    "notifications:service_worker": (404, 404, 404, 404, 404, 404),
    "participation:follow": (302, 200, 200, 200, 200, 200),
    "participation:follows": (302, 200, 200, 200, 200, 200),
    "forum:answer_queue": (302, 403, 200, 200, 200, 200),
    "forum:unit_clocks": (200, 200, 200, 200, 200, 200),
    "forum:holidays": (302, 403, 403, 403, 403, 403),
    "forum:edit_holiday": (302, 403, 403, 403, 403, 403),
    "forum:complete_idea": (302, 200, 404, 404, 404, 404),  # the resident of the cast wrote it
    "forum:tasks": (302, 403, 200, 200, 200, 403),
    "forum:task": (302, 403, 200, 404, 200, 403),
    "forum:act": (302, 405, 405, 405, 405, 405),
    "forum:write_note": (302, 405, 405, 405, 405, 405),
    "forum:withdraw_note": (302, 405, 405, 405, 405, 405),
    "forum:sessions": (200, 200, 200, 200, 200, 200),
    "forum:schedule_session": (302, 403, 200, 403, 200, 200),
    "forum:session": (200, 200, 200, 200, 200, 200),
    "forum:session_changes": (200, 200, 200, 200, 200, 200),
    "forum:session_screen": (200, 200, 200, 200, 200, 200),
    "forum:session_calendar": (200, 200, 200, 200, 200, 200),
    "forum:ask": (405, 405, 405, 405, 405, 405),
    "forum:edit_session": (302, 403, 200, 403, 200, 200),
    "forum:cancel_session": (302, 403, 200, 403, 200, 200),
    "forum:direct_session": (302, 405, 405, 405, 405, 405),
    "forum:support_question": (302, 200, 200, 200, 200, 200),
    "forum:rate_session_answer": (200, 200, 200, 200, 200, 200),
    "forum:session_desk": (302, 403, 200, 403, 200, 200),
    "forum:session_desk_changes": (302, 403, 200, 403, 200, 200),
    "forum:session_desk_item": (302, 403, 200, 403, 200, 200),
    "forum:handle_question": (302, 405, 405, 405, 405, 405),
    "forum:desk": (302, 403, 403, 403, 200, 403),
    "forum:desk_changes": (302, 403, 403, 403, 200, 403),
    "forum:desk_item": (302, 403, 403, 403, 200, 403),
    "forum:word_rules": (302, 403, 403, 403, 200, 403),
    "forum:new_word_rule": (302, 403, 403, 403, 200, 403),
    "forum:word_rule": (302, 403, 403, 403, 200, 403),
    "forum:learnt_score": (302, 403, 403, 403, 200, 403),
    "forum:reset_score": (302, 405, 405, 405, 405, 405),
    "forum:switch_score": (302, 405, 405, 405, 405, 405),
    "forum:reveal_idea": (302, 403, 403, 403, 403, 403),  # shown by name: nothing to open
    "forum:reveal_reply": (302, 403, 403, 403, 403, 403),
    "forum:own_reveals": (302, 200, 200, 200, 200, 200),
    "forum:identity_log": (302, 403, 403, 403, 403, 403),  # auditors only
    "forum:identity_log_csv": (302, 403, 403, 403, 403, 403),
    "forum:rule": (405, 405, 405, 405, 405, 405),  # a POST without a session keeps the text
    "forum:rule_many": (405, 405, 405, 405, 405, 405),
    "forum:release": (302, 405, 405, 405, 405, 405),
    "forum:take_over": (302, 405, 405, 405, 405, 405),
    "forum:ruling": (302, 200, 404, 404, 200, 404),  # on what the resident of the cast wrote
    "forum:register": (200, 200, 200, 200, 200, 200),
    "forum:register_csv": (200, 200, 200, 200, 200, 200),
    "forum:appeal": (302, 200, 404, 404, 403, 404),  # the resident's own post
    "forum:revise": (302, 403, 404, 404, 403, 404),  # it asks for no edit
    "participation:move_support": (302, 405, 405, 405, 405, 405),
    "set_language": (302, 302, 302, 302, 302, 302),
}
# Pages of allauth and of Django's admin have tests of their own (tests/accounts).
NOT_OURS = ("account_", "mfa_", "usersessions_", "socialaccount_", "openid_connect_", "admin:")


def names(patterns=urlpatterns, prefix=""):
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from names(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield f"{prefix}{pattern.name}"


def test_every_address_has_its_line():
    ours = {name for name in names() if not name.startswith(NOT_OURS)}
    assert ours - set(TABLE) == set(), "add these addresses to the table"
    assert set(TABLE) - ours == set(), "these addresses are gone"


@pytest.fixture
def addresses(project, idea, make_reply, resident, responder, moderator, make_person):
    reply = make_reply()
    drain()
    session, question = _session_with_answer(project, resident, responder)
    case = cases.open_case(reply, cause="examined")
    photo = Photo.objects.create(idea=idea, width=1, height=1, key=uuid.uuid4())
    photo.file.save("a.webp", _File(b"RIFF"))
    answer = answers.publish_answer(
        idea=idea, officer=responder, body="Baik.", promises=[Promise("first", "Diganti")]
    )
    draft = answers.save_draft(idea=idea, officer=responder, content=Content(), seen_version=1)
    file = Attachment.objects.create(
        idea=idea, name="a.pdf", size=1, is_published=True, added_by=responder,
        content_type="application/pdf",
    )  # fmt: skip
    file.file.save("a.pdf", _File(b"%PDF-"))
    template = answers.save_template(by=responder, fields={"title": "a", "body": "b"})
    rating = AnswerRating.objects.create(answer=answer, person=make_person(), released=True)
    ruling = CommentRuling.objects.create(rating=rating, cause="held", text="x")
    of_session = (
        "session", "session_changes", "session_screen", "session_calendar", "ask", "edit_session",
        "cancel_session", "direct_session", "session_desk", "session_desk_changes",
    )  # fmt: skip
    of_question = (
        "support_question", "rate_session_answer", "session_desk_item", "handle_question",
    )  # fmt: skip
    values = {
        **{f"forum:{name}": session.pk for name in of_session},
        **{f"forum:{name}": (session.pk, question.pk) for name in of_question},
        "forum:sessions": project.slug,
        "forum:schedule_session": project.slug,
        "forum:attachment": file.key,
        "forum:promises": project.slug,
        "forum:promise": answer.commitments.get().pk,
        "forum:answer_draft": draft.pk,
        "forum:publish_draft": draft.pk,
        "forum:return_draft": draft.pk,
        "forum:take_back": draft.pk,
        "forum:answer_template": template.pk,
        "forum:archive_template": template.pk,
        "forum:decide_comment": ruling.pk,
        "participation:project": project.slug,
        "participation:project_about": project.slug,
        "participation:project_changes": project.slug,
        "participation:photo": photo.key,
        "forum:submit_idea": project.slug,
        "forum:reply_detail": reply.pk,
        "forum:edit_reply": reply.pk,
        "forum:close_version": (reply.pk, 1),
        "forum:flag_reply": reply.pk,
        "forum:examine_reply": reply.pk,
        "forum:reveal_reply": reply.pk,
        "forum:desk_item": case.pk,
        "forum:rule": case.pk,
        "forum:edit_holiday": Holiday.objects.values_list("pk", flat=True)[0],
        "forum:word_rule": _word_rule().pk,
        "forum:switch_score": project.slug,
        "forum:release": case.pk,
        "forum:take_over": case.pk,
        "forum:ruling": (ruling := _warned(idea, moderator)).pk,
        "forum:revise": ruling.pk,
        "forum:appeal": ruling.pk,
        "core:page": "aturan",
        "participation:follow": project.slug,
        "forum:open_notice": Notice.objects.get(person=resident).pk,
        "notifications:unsubscribe": mail.token(resident, ["reply"]),
    }
    return lambda name: _address(name, values, idea.pk)


def _session_with_answer(project, resident, responder):
    """A session that runs, with one answered question."""
    now = timezone.now()
    session = sessions.schedule_session(
        project=project,
        by=responder,
        plan_=sessions.SessionPlan(
            title="Tanya langsung",
            starts_at=now,
            ends_at=now + timedelta(hours=1),
            officers=[responder],
        ),
    )
    question = sessions.ask(
        session=session, author=resident, body="Kapan?", client_key=uuid.uuid4()
    )
    sessions.answer(question=question, by=responder, body="Besok.", seen_version=0)
    return session, question


def _address(name, values, idea_pk):
    from django.urls import NoReverseMatch, reverse

    if name == "forum:act":
        return reverse(name, args=[idea_pk, "verifikasi"])
    if name == "forum:check_comment":
        return reverse(name, args=[idea_pk, uuid.uuid4()])
    if name in values:
        value = values[name]
        return reverse(name, args=value if isinstance(value, tuple) else [value])
    try:
        return reverse(name)
    except NoReverseMatch:
        return reverse(name, args=[idea_pk])


def _word_rule():
    from forum.screening.models import WordRule

    return WordRule.objects.create(phrase="contoh", list="flag", breaks="person")


def _warned(idea, moderator):
    case = moderation.examine(target=idea, by=moderator)
    return moderation.rule(
        case=case, seen_version=1, decision="warn", by=moderator, rule="person", message="Maaf."
    )


def _File(content):
    from django.core.files.base import ContentFile

    return ContentFile(content)


@pytest.mark.parametrize("column", range(len(COLUMNS)), ids=COLUMNS)
def test_who_gets_in(column, addresses, cast, sign_in):
    client = sign_in(getattr(cast, COLUMNS[column]))
    wrong = {}
    for name, expected in TABLE.items():
        answer = client.get(addresses(name))
        if answer.status_code != expected[column]:
            wrong[name] = (answer.status_code, expected[column])
    assert wrong == {}, "address: (answered, expected)"


STAFF_ONLY = {
    "participation:project": 404, "participation:project_about": 404,
    "participation:project_changes": 404, "forum:submit_idea": 404,
}  # fmt: skip


def test_a_project_of_the_staff_does_not_exist_for_residents(
    make_project, make_idea, responder, resident, sign_in, make_reply, client
):
    project = make_project(staff_only=True)
    idea = make_idea(author=responder, project_=project, title="Aplikasi untuk loket")
    reply = make_reply(author=responder, idea_=idea)
    paths = [
        f"/proyek/{project.slug}/", f"/proyek/{project.slug}/perubahan/",
        f"/aspirasi/{idea.pk}/", f"/aspirasi/{idea.pk}/perubahan/",
        f"/aspirasi/{idea.pk}/riwayat/", f"/balasan/{reply.pk}/",
    ]  # fmt: skip
    for browser in (client, sign_in(resident)):
        for path in paths:
            assert browser.get(path).status_code == 404, path
        for path in ("/", "/proyek/", "/aspirasi/", "/aspirasi/?q=loket", "/kirim/"):
            assert "untuk loket" not in browser.get(path).content.decode(), path
    for path in paths:
        assert sign_in(responder).get(path).status_code == 200, path

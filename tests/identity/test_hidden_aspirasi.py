"""Of an aspirasi that was hidden nothing is left on the pages around it."""

import pytest
from django.urls import reverse

from forum.moderation import services as moderation
from participation import services as participation
from participation.models import Project

TITLE = "Judul yang disembunyikan"


@pytest.fixture
def hidden(make_idea, make_reply, moderator, resident, other_resident):
    """A hidden aspirasi with support and a reply of another resident."""
    idea = make_idea(title=TITLE)
    participation.support(idea=idea, person=other_resident)
    reply = make_reply(idea_=idea)
    case = moderation.examine(target=idea, by=moderator)
    moderation.rule(
        case=case, seen_version=case.version, decision="hide", by=moderator,
        rule="private_data", message="Ada nomor telepon.",
    )  # fmt: skip
    return idea, reply


def test_the_page_of_a_reply_names_it_by_number_only(hidden, client, other_resident, sign_in):
    idea, reply = hidden
    for browser in (client, sign_in(other_resident)):
        response = browser.get(reverse("forum:reply_detail", args=[reply.pk]))
        assert response.status_code == 410
        assert TITLE not in response.content.decode()
        assert idea.number in response.content.decode()


def test_its_author_may_still_mend_or_delete_the_reply(hidden, other_resident, sign_in):
    _idea, reply = hidden
    browser = sign_in(other_resident)
    address = reverse("forum:edit_reply", args=[reply.pk])
    response = browser.get(address)
    assert response.status_code == 200
    assert TITLE not in response.content.decode()
    assert browser.post(address, {"tarik": "ya"}).status_code == 302
    reply.refresh_from_db()
    assert reply.visibility == "withdrawn"


def test_the_author_of_the_aspirasi_may_still_report_a_reply_below_it(hidden, resident, sign_in):
    _idea, reply = hidden
    response = sign_in(resident).get(reverse("forum:flag_reply", args=[reply.pk]))
    assert response.status_code == 200


def test_strangers_neither_support_nor_report_what_they_cannot_read(hidden, make_person, sign_in):
    idea, reply = hidden
    browser = sign_in(make_person())
    support = browser.get(reverse("participation:support", args=[idea.pk]))
    assert support.status_code == 410
    flag = browser.get(reverse("forum:flag_reply", args=[reply.pk]))
    assert flag.status_code == 403
    for response in (support, flag):
        assert TITLE not in response.content.decode()
        assert reply.body not in response.content.decode()


def test_a_closed_project_leaves_the_queue_of_answers(idea, responder, sign_in):
    queue = reverse("forum:answer_queue")
    assert idea.title in sign_in(responder).get(queue).content.decode()
    Project.objects.filter(pk=idea.project_id).update(is_published=False)
    assert idea.title not in sign_in(responder).get(queue).content.decode()

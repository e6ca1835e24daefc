"""Two verifiers act on one aspirasi at the same moment: one wins, the other is told."""

import uuid

import pytest

from forum.answers.services import publish_answer
from forum.clock.models import Clock
from forum.discussion.services import submit_reply
from forum.disposition.models import Disposition, DispositionChange
from forum.disposition.services import Overtaken, route, verify
from tests.together import at_once

ROUNDS = 10


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_verifiers_at_once_one_wins(make_idea, moderator, second_moderator, sign_in, perkim):
    for _ in range(ROUNDS):
        task = make_idea().disposition
        browsers = [sign_in(moderator), sign_in(second_moderator)]
        path = f"/tugas/{task.idea_id}/teruskan/"

        def send(browsers=browsers, path=path):
            return browsers.pop().post(path, {"version": 1, "unit": perkim.pk}).status_code

        assert sorted(at_once(2, send)) == [302, 409]
        assert DispositionChange.objects.filter(disposition=task, verb="routed").count() == 1
        assert Disposition.objects.get(pk=task.pk).version == 2


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_routing_answering_and_replying_at_once_do_not_wait_for_each_other(
    make_idea, moderator, responder, perkim, other_unit
):
    """The locks are taken in one order: a deadlock would be an error in one of the three."""
    for _ in range(ROUNDS):
        idea = make_idea()
        task = Disposition.objects.select_related("idea__project").get(idea=idea)
        route(disposition=task, by=moderator, seen_version=1, unit=perkim)
        fresh = Disposition.objects.select_related("idea__project").get(pk=task.pk)
        acts = [
            lambda fresh=fresh: route(
                disposition=fresh, by=moderator, seen_version=2, unit=other_unit
            ),
            lambda idea=idea: publish_answer(idea=idea, officer=responder, body="Dipasang."),
            lambda idea=idea: submit_reply(
                author=responder, idea=idea, body="Kami cek.", client_key=uuid.uuid4()
            ),
        ]

        def act(acts=acts):
            try:
                acts.pop()()
            except Overtaken:
                return "overtaken"
            except Exception as error:
                return repr(error)
            return "done"

        results = at_once(3, act)
        assert set(results) <= {"done", "overtaken"}, results
        assert results.count("done") >= 2
        task.refresh_from_db()
        assert task.state == "answered"
        assert not Clock.objects.filter(idea=idea, met_at=None).exists()


@pytest.mark.django_db
def test_of_two_who_saw_the_same_version_the_second_stores_nothing(
    make_idea, moderator, second_moderator, perkim
):
    task = make_idea().disposition
    stale = Disposition.objects.select_related("idea__project").get(pk=task.pk)
    verify(disposition=task, by=moderator, seen_version=1)
    with pytest.raises(Overtaken) as caught:
        route(disposition=stale, by=second_moderator, seen_version=1, unit=perkim)
    assert caught.value.change.actor == moderator
    assert list(task.changes.values_list("verb", flat=True)) == ["received", "verified"]

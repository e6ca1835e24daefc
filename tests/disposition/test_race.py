"""Two verifiers act on one aspirasi at the same moment: one wins, the other is told."""

import pytest
from django.db import connection

from forum.disposition.models import Disposition, DispositionChange
from forum.disposition.services import Overtaken, route, verify
from tests.together import at_once

ROUNDS = 10


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_verifiers_at_once_one_wins(make_idea, moderator, second_moderator, sign_in, perkim):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one writer in at a time anyway")
    for _ in range(ROUNDS):
        task = make_idea().disposition
        browsers = [sign_in(moderator), sign_in(second_moderator)]
        path = f"/tugas/{task.idea_id}/teruskan/"

        def send(browsers=browsers, path=path):
            return browsers.pop().post(path, {"version": 1, "unit": perkim.pk}).status_code

        assert sorted(at_once(2, send)) == [302, 409]
        assert DispositionChange.objects.filter(disposition=task, verb="routed").count() == 1
        assert Disposition.objects.get(pk=task.pk).version == 2


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

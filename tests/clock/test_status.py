"""A change of status with its reason is a first response; one that ends the matter ends all."""

import pytest

from forum.clock.models import Clock
from forum.disposition import services as disposition
from forum.disposition.models import Disposition


@pytest.mark.parametrize(
    "status, state", [("planned", "routed"), ("declined", "answered"), ("done", "answered")]
)
def test_a_status_stops_the_clock(
    stand_at, idea, moderator, perkim, responder, sign_in, client, status, state
):
    disposition.route(disposition=idea.disposition, by=moderator, seen_version=1, unit=perkim)
    stand_at("2026-06-03 09:00")
    answer = sign_in(responder).post(
        f"/aspirasi/{idea.pk}/status/", {"status": status, "reason": "Masuk paket triwulan tiga."}
    )
    assert answer.status_code == 302
    assert Clock.objects.get(idea=idea, step="first_response").met_days == 1
    assert Disposition.objects.get(idea=idea).state == state
    assert "Ditanggapi dalam 1 hari kerja" in client.get(f"/aspirasi/{idea.pk}/").content.decode()


def test_the_same_status_again_and_a_stranger_change_nothing(
    stand_at, idea, responder, responder_elsewhere, sign_in, moderator, perkim
):
    disposition.route(disposition=idea.disposition, by=moderator, seen_version=1, unit=perkim)
    sent = {"status": "open", "reason": "Tetap."}
    assert (
        sign_in(responder_elsewhere).post(f"/aspirasi/{idea.pk}/status/", sent).status_code == 403
    )
    assert sign_in(responder).post(f"/aspirasi/{idea.pk}/status/", sent).status_code == 302
    assert Clock.objects.get(idea=idea, step="first_response").is_running

"""The city admin keeps the days off; open due dates follow."""

from datetime import date

import pytest

from forum.clock import services as clock
from forum.clock.models import Clock, Holiday
from tests.jobs import drain

FIELDS = {
    "date": "2026-06-04", "name": "Hari jadi kota", "kind": "local",
    "source": "Keputusan Wali Kota", "applies": "on",
}  # fmt: skip


@pytest.fixture
def admin(sign_in, city_admin):
    return sign_in(city_admin)


def test_the_calendar_is_loaded_once_and_keeps_what_the_city_changed(city):
    Holiday.objects.all().delete()
    assert clock.load_national_days([2026]) > 20
    Holiday.objects.filter(date="2026-03-18").update(applies=False)
    Holiday.objects.filter(date="2026-03-19").update(name="Nyepi")
    assert clock.load_national_days([2026]) == 0
    assert not Holiday.objects.get(date="2026-03-18").applies
    assert Holiday.objects.get(date="2026-03-19").name == "Nyepi"


def test_a_day_off_added_later_moves_open_due_dates_and_their_readers_see_it(
    stand_at, make_idea, admin, client
):
    idea = make_idea()
    assert Clock.objects.get(idea=idea).due_on == date(2026, 6, 5)
    answer = admin.post("/hari-libur/", FIELDS)
    assert answer.status_code == 302 and answer["Location"].endswith("?tahun=2026")
    assert Clock.objects.get(idea=idea).due_on == date(2026, 6, 5), "only in the background"
    revision = client.get(f"/aspirasi/{idea.pk}/perubahan/").json()["revision"]
    drain()
    assert Clock.objects.get(idea=idea).due_on == date(2026, 6, 8)
    changes = client.get(f"/aspirasi/{idea.pk}/perubahan/?sejak={revision}").json()
    assert "8 Juni 2026" in {f["id"]: f["html"] for f in changes["fragments"]}["tenggat"]


def test_a_day_that_does_not_apply_any_more_gives_the_day_back(stand_at, make_idea, admin):
    stand_at("2026-05-26 09:00")
    idea = make_idea()
    assert Clock.objects.get(idea=idea).due_on == date(2026, 6, 3)
    row = Holiday.objects.get(date="2026-05-28")
    fields = {"date": "2026-05-28", "name": row.name, "kind": row.kind, "source": row.source}
    assert admin.post(f"/hari-libur/{row.pk}/", fields).status_code == 302
    drain()
    assert Clock.objects.get(idea=idea).due_on == date(2026, 6, 2)
    assert "Tidak berlaku" in admin.get("/hari-libur/?tahun=2026").content.decode()


def test_what_is_met_keeps_its_date(stand_at, make_idea, admin):
    idea = make_idea()
    clock.meet(idea=idea, step="verification")
    admin.post("/hari-libur/", FIELDS)
    drain()
    assert Clock.objects.get(idea=idea).due_on == date(2026, 6, 5)


@pytest.mark.parametrize(
    "wrong, sentence",
    [
        ({"date": "besok"}, "Tulis tanggal seperti"),
        ({"name": " "}, "Tulis nama hari liburnya"),
        ({"date": "2026-06-01"}, "sudah ada di daftar"),
        ({"kind": "pesta"}, "Pilih jenis dari daftar"),
    ],
)
def test_a_wrong_day_is_refused_in_a_sentence_and_stays_in_the_form(admin, wrong, sentence):
    before = Holiday.objects.count()
    answer = admin.post("/hari-libur/", {**FIELDS, **wrong})
    page = answer.content.decode()
    assert answer.status_code == 422 and sentence in page
    assert "Keputusan Wali Kota" in page
    assert Holiday.objects.count() == before


def test_the_same_day_twice_is_one_day(admin):
    assert admin.post("/hari-libur/", FIELDS).status_code == 302
    assert admin.post("/hari-libur/", FIELDS).status_code == 422
    assert Holiday.objects.filter(date="2026-06-04").count() == 1


def test_only_the_city_admin_changes_the_calendar(cast, sign_in):
    row = Holiday.objects.get(date="2026-06-01")
    for name in ("resident", "responder", "moderator", "leader", "planner", "auditor"):
        browser = sign_in(getattr(cast, name))
        for path in ("/hari-libur/", f"/hari-libur/{row.pk}/"):
            assert browser.post(path, FIELDS).status_code == 403, (name, path)
    assert not Holiday.objects.filter(date="2026-06-04").exists()


def test_the_admin_pages_recompute_too(stand_at, make_idea, admin, city_admin):
    type(city_admin).objects.filter(pk=city_admin.pk).update(is_staff=True)
    idea = make_idea()
    answer = admin.post("/admin/forum/holiday/add/", FIELDS)
    assert answer.status_code == 302, answer.content.decode()[:2000]
    drain()
    assert Clock.objects.get(idea=idea).due_on == date(2026, 6, 8)

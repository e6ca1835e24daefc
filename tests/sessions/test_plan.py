"""Planning: who may, what is told and when, the clock, the calendar file."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from core import schedule
from core.models import Due
from forum.sessions import services
from forum.sessions.calendar import calendar, folded
from forum.sessions.models import Session, SessionHistory
from participation import services as participation
from tests.jobs import drain

MINUTE = timedelta(minutes=1)


def fields(officer, *, days=3, **changes) -> dict:
    day = timezone.localdate() + timedelta(days=days)
    return {
        "title": "Tanya langsung taman", "description": "Rancangan dan jadwal.",
        "day": day.isoformat(), "begins": "19:00", "ends": "20:00", "officers": [officer.pk],
        "most_open": 3, "version": 0, **changes,
    }  # fmt: skip


@pytest.fixture
def only_planned(monkeypatch):
    """Nothing recurring runs: only what was planned once."""
    monkeypatch.setattr(schedule, "_recurring", {})


def at(moment):
    """Let the scheduler and the workers look at their clock at a moment."""
    schedule.run_due(moment)


@pytest.mark.parametrize("who", ["responder", "moderator", "planner"])
def test_responders_moderators_and_planners_schedule(project, sign_in, cast, responder, who):
    client = sign_in(getattr(cast, who))
    answer = client.post(f"/proyek/{project.slug}/tanya/jadwalkan/", fields(responder))
    session = Session.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == f"/tanya/{session.pk}/"
    assert timezone.localtime(session.starts_at).hour == 19
    assert [row.person for row in session.session_officers.all()] == [responder]
    assert session.history.get().actor == getattr(cast, who)


@pytest.mark.parametrize(
    "who", ["resident", "responder_elsewhere", "moderator_elsewhere", "bkpsdm", "auditor"]
)
def test_nobody_else_plans_edits_cancels_opens_or_closes(
    session, project, sign_in, cast, responder, who
):
    client = sign_in(getattr(cast, who))
    base = f"/tanya/{session.pk}/"
    assert client.post(f"/proyek/{project.slug}/tanya/jadwalkan/", {}).status_code == 403
    for path, data in (
        ("ubah/", fields(responder)), ("batal/", {"reason": "x"}), ("jalan/", {"sesi": "tutup"}),
    ):  # fmt: skip
        assert client.post(base + path, data).status_code == 403
    assert Session.objects.get().state_now == "open"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title": ""}, "Beri judul"),
        ({"ends": "18:00"}, "Jam selesai harus setelah jam mulai."),
        ({"begins": "08:00", "ends": "17:00"}, "paling lama 8 jam"),
        ({"day": "2020-01-01"}, "Waktu ini sudah lewat. Pilih waktu yang akan datang."),
        ({"day": "31 Februari"}, "Tulis tanggal seperti"),
        ({"begins": "25:99"}, "Tulis jam seperti"),
        ({"officers": []}, "Pilih paling sedikit satu petugas."),
        ({"officers": ["abc"]}, "Pilih petugas dari daftar."),
        ({"most_open": 0}, "angka 1 sampai 20"),
        ({"most_open": 10**12}, "angka 1 sampai 20"),
    ],
)
def test_a_plan_that_cannot_be_is_422_and_keeps_the_rest(
    project, sign_in, responder, changes, sentence
):
    data = fields(responder, **changes)
    answer = sign_in(responder).post(f"/proyek/{project.slug}/tanya/jadwalkan/", data)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert "Rancangan dan jadwal." in answer.content.decode()
    assert not Session.objects.exists()


def test_a_resident_is_no_officer(project, sign_in, responder, resident):
    data = fields(resident)
    answer = sign_in(responder).post(f"/proyek/{project.slug}/tanya/jadwalkan/", data)
    assert answer.status_code == 422


def test_followers_and_officers_are_told_and_who_muted_is_not(
    project, make_session, resident, other_resident, make_person, told
):
    muting = make_person("Citra")
    participation.follow(project=project, person=resident)
    participation.mute(project=project, person=muting)
    make_session(begins=48)
    assert told() == [
        ("session", "Tanya langsung dijadwalkan", "Nur Aini"),
        ("session", "Tanya langsung dijadwalkan", "Wahyu Santoso"),
    ]


def test_the_reminder_comes_a_quarter_of_an_hour_before_and_once(
    project, make_session, resident, told, only_planned, monkeypatch
):
    participation.follow(project=project, person=resident)
    session = make_session(begins=2)
    told()
    soon = session.starts_at - 14 * MINUTE
    _pass_time(monkeypatch, soon)
    for _ in range(2):
        at(soon)
        services.keep_time(session_id=session.pk)
    reminded = [row for row in told() if row[1] == "Tanya langsung dimulai sebentar lagi"]
    assert sorted(row[2] for row in reminded) == ["Hendra Wijaya", "Nur Aini", "Wahyu Santoso"]


def test_a_moved_session_reminds_at_its_new_time_only(
    project, make_session, resident, responder, told, only_planned, monkeypatch
):
    participation.follow(project=project, person=resident)
    session = make_session(begins=2)
    old = session.starts_at
    _move(session, responder, by_hours=24)
    assert ("session", "Jadwal Tanya langsung berubah", "Nur Aini") in told()
    for moment, reminders in ((old - 14 * MINUTE, 0), (old + timedelta(hours=24) - 14 * MINUTE, 3)):
        _pass_time(monkeypatch, moment)
        at(moment)
        rows = [row for row in told() if row[1].startswith("Tanya langsung dimulai")]
        assert len(rows) == reminders
    assert Session.objects.get().state == "scheduled"


def _move(session, by, *, by_hours):
    hours = timedelta(hours=by_hours)
    services.edit_session(
        session=session, by=by, seen_version=session.version,
        plan_=services.SessionPlan(
            title=session.title, starts_at=session.starts_at + hours,
            ends_at=session.ends_at + hours, officers=[by, *_others(session, by)],
        ),
    )  # fmt: skip


def _others(session, by):
    return [row.person for row in session.session_officers.all() if row.person != by]


def _pass_time(monkeypatch, moment):
    monkeypatch.setattr("forum.sessions.services.timezone.now", lambda: moment)


def test_the_clock_opens_and_closes_and_every_change_is_kept(
    make_session, only_planned, monkeypatch
):
    session = make_session(begins=1)
    for moment, state in (
        (session.starts_at + MINUTE, "open"), (session.ends_at + MINUTE, "closed"),
    ):  # fmt: skip
        _pass_time(monkeypatch, moment)
        at(moment)
        drain(retries=True)
        session.refresh_from_db()
        assert session.state == state
    changes = SessionHistory.objects.order_by("id").values_list("old", "new", "actor")
    assert list(changes)[1:] == [("scheduled", "open", None), ("open", "closed", None)]


def test_a_late_scheduler_leaves_the_doors_as_the_clock_says(make_session):
    session = make_session(begins=-0.5)
    assert (session.state, session.state_now) == ("scheduled", "open")
    past = make_session(begins=-3)
    assert (past.state, past.state_now) == ("scheduled", "closed")


def test_opened_and_closed_by_hand(make_session, sign_in, responder):
    session, client = make_session(begins=2), sign_in(responder)
    for value, state in (("buka", "open"), ("tutup", "closed")):
        assert client.post(f"/tanya/{session.pk}/jalan/", {"sesi": value}).status_code == 302
        session.refresh_from_db()
        assert session.state_now == state
    assert client.post(f"/tanya/{session.pk}/jalan/", {"sesi": "buka"}).status_code == 403


def test_cancelling_needs_a_reason_and_tells_who_waits(
    project, make_session, ask, sign_in, responder, resident, told, only_planned
):
    session = make_session(begins=2)
    ask(in_=session)
    client = sign_in(responder)
    assert client.post(f"/tanya/{session.pk}/batal/", {"reason": ""}).status_code == 422
    assert (
        client.post(f"/tanya/{session.pk}/batal/", {"reason": "Petugas sakit."}).status_code == 302
    )
    assert client.post(f"/tanya/{session.pk}/batal/", {"reason": "Lagi."}).status_code == 403
    assert "Petugas sakit." in client.get(f"/tanya/{session.pk}/").content.decode()
    assert ("session", "Tanya langsung dibatalkan", "Nur Aini") in told()
    at(session.starts_at)
    drain(retries=True)
    assert Session.objects.get().state == "cancelled"


def test_two_who_edit_at_once_the_second_is_409_and_keeps_what_was_typed(
    make_session, sign_in, responder, planner
):
    session = make_session(begins=48)
    data = fields(responder, version=1)
    url = f"/tanya/{session.pk}/ubah/"
    assert sign_in(responder).post(url, {**data, "title": "Judul satu"}).status_code == 302
    late = sign_in(planner).post(url, {**data, "title": "Judul dua"})
    assert late.status_code == 409
    assert "Judul dua" in late.content.decode()
    assert Session.objects.get().title == "Judul satu"
    again = sign_in(planner).post(url, {**data, "title": "Judul dua", "version": 2})
    assert again.status_code == 302


def test_an_open_session_keeps_its_start_and_may_be_prolonged(session, sign_in, responder):
    started = session.starts_at
    local = timezone.localtime(session.ends_at) + timedelta(hours=1)
    if local.date() != timezone.localdate(started):
        pytest.skip("the session would go on past midnight")
    data = fields(responder, version=1, day=local.date().isoformat(), begins="00:01",
                  ends=local.strftime("%H:%M"))  # fmt: skip
    assert sign_in(responder).post(f"/tanya/{session.pk}/ubah/", data).status_code == 302
    session.refresh_from_db()
    assert session.starts_at == started
    assert abs(session.ends_at - local) < 2 * MINUTE


def test_a_change_of_words_plans_nothing_anew(make_session, responder):
    session = make_session(begins=48)
    planned = Due.objects.filter(name="forum.keep_session_time").count()
    _move(session, responder, by_hours=0)
    assert Due.objects.filter(name="forum.keep_session_time").count() == planned == 3


# --- The calendar file ---------------------------------------------------------------------------


def test_the_calendar_file_is_in_the_citys_zone(make_session, client):
    session = make_session(begins=48, title="Tanya; taman, jalan")
    moment = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)  # 19.00 WIB
    Session.objects.filter(pk=session.pk).update(
        starts_at=moment, ends_at=moment + timedelta(hours=1), description="Satu\nDua"
    )
    answer = client.get(f"/tanya/{session.pk}/kalender.ics")
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    text = answer.content.decode()
    assert text.endswith("END:VCALENDAR\r\n") and "\n" not in text.replace("\r\n", "")
    lines = text.split("\r\n")
    for line in (
        "DTSTART;TZID=Asia/Pontianak:20261126T190000",
        "DTEND;TZID=Asia/Pontianak:20261126T200000",
        "TZOFFSETTO:+0700", r"SUMMARY:Tanya\; taman\, jalan", r"DESCRIPTION:Satu\nDua",
        "STATUS:CONFIRMED", "SEQUENCE:0",
    ):  # fmt: skip
        assert line in lines
    assert all(len(line.encode()) <= 75 for line in lines)


def test_a_cancelled_session_takes_its_entry_out_of_the_calendar(make_session, responder):
    session = make_session(begins=48)
    services.cancel_session(session=session, by=responder, reason="x")
    session.refresh_from_db()
    text = calendar(session, url="https://rembuk.example/tanya/1/", host="rembuk.example").decode()
    assert "STATUS:CANCELLED" in text and "METHOD:CANCEL" in text and "SEQUENCE:1" in text


def test_long_lines_are_folded_between_letters():
    line = "SUMMARY:" + "Tanya – soal ñandu 🏞 " * 20
    parts = folded(line).split("\r\n")
    assert all(len(part.encode()) <= 75 for part in parts)
    assert all(part.startswith(" ") for part in parts[1:])
    assert parts[0] + "".join(part[1:] for part in parts[1:]) == line


def test_the_head_says_when_and_how_long_until(make_session, client):
    session = make_session(begins=2.05)
    page = client.get(f"/tanya/{session.pk}/").content.decode()
    assert "dalam 2 jam" in page
    assert "WIB" in page

"""What becomes of a promise, who hears of it and when, and the list of a project."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from forum import tasks
from forum.answers import promises
from forum.answers import services as answers
from forum.answers.models import Commitment, CommitmentChange
from forum.answers.services import Promise
from notifications.models import Event, Notice
from participation import services as participation
from participation.models import Idea
from tests.answers.conftest import page
from tests.jobs import drain

MORNING = datetime(2026, 7, 10, 0, 0, tzinfo=UTC)  # 07.00 in Pontianak


def url(name, *args):
    return reverse(f"forum:{name}", args=args)


@pytest.fixture
def promised(idea, responder):
    """An answer with one promise: `promised(day)`."""

    def make(day, *, kind="first", text="Lampu diganti"):
        answers.publish_answer(
            idea=idea, officer=responder, body="Baik.", promises=[Promise(kind, text, day)]
        )
        return Commitment.objects.select_related("answer__idea__project__unit").get()

    return make


@pytest.fixture
def in_days(promised):
    return lambda days: promised(timezone.localdate() + timedelta(days=days))


def told_of(prefix: str) -> list[tuple[str, str]]:
    drain()
    rows = Notice.objects.filter(latest__key__startswith=prefix)
    return sorted(rows.values_list("latest__category", "person__display_name"))


def quiet() -> None:
    drain()
    Notice.objects.all().delete()


def test_a_kept_promise_is_shown_and_told(
    idea, in_days, other_resident, make_person, project, responder, sign_in, client
):
    promise = in_days(3)
    participation.support(idea=idea, person=other_resident)
    participation.follow(project=project, person=make_person("Citra"))
    quiet()
    sent = {"state": "done", "version": promise.version, "reason": "Selesai Selasa."}
    response = sign_in(responder).post(url("promise", promise.pk), sent)
    assert response.status_code == 302
    shown = page(client.get(url("idea", idea.pk)))
    assert "Ditepati" in shown and "Selesai Selasa." in shown
    assert "Selesai Selasa." in page(client.get(url("promise", promise.pk)))
    people = ["Budi Prasetyo", "Citra", "Nur Aini"]
    assert told_of("promise.") == [("promise", name) for name in people]
    assert Event.objects.filter(category="promise").first().headline.endswith("ditepati")


def test_a_change_is_seen_live(idea, in_days, responder, sign_in, client):
    promise = in_days(3)
    seen = Idea.objects.get(pk=idea.pk).revision
    sign_in(responder).post(url("promise", promise.pk), {"state": "done", "version": 1})
    changes = client.get(f"/aspirasi/{idea.pk}/perubahan/?sejak={seen}").json()
    official = [f for f in changes["fragments"] if f["id"] == "jawaban-resmi"]
    assert len(official) == 1 and "Ditepati" in official[0]["html"]


@pytest.mark.parametrize(
    ("sent", "missing"),
    [
        ({"state": "delayed", "due_on": "2030-01-01"}, "Jelaskan kepada warga"),
        ({"state": "delayed", "reason": "Hujan."}, "Tulis tanggal yang baru."),
        ({"state": "delayed", "reason": "Hujan.", "due_on": "2001-01-01"}, "setelah hari ini"),
        ({"state": "dropped"}, "Jelaskan kepada warga"),
        ({"state": "done", "due_on": "2030-01-01"}, "hanya untuk janji yang ditunda"),
        ({"state": "x", "reason": "Hujan."}, "Pilih dari daftar."),
        ({"reason": "Hujan."}, "Pilih apa yang terjadi."),
    ],
    ids=str,
)
def test_what_is_missing_is_said_and_what_was_typed_stays(
    sent, missing, in_days, responder, sign_in
):
    promise = in_days(3)
    response = sign_in(responder).post(url("promise", promise.pk), {"version": 1, **sent})
    assert response.status_code == 422 and missing in page(response)
    assert sent.get("reason", "") in page(response)
    assert not CommitmentChange.objects.exists()


def test_a_delay_names_the_reason_and_the_new_date(idea, in_days, responder, sign_in, client):
    promise = in_days(3)
    sent = {"state": "delayed", "version": 1, "reason": "Tiang belum datang.",
            "due_on": "2030-03-04"}  # fmt: skip
    browser = sign_in(responder)
    assert browser.post(url("promise", promise.pk), sent).status_code == 302
    shown = page(client.get(url("idea", idea.pk)))
    for part in ("Ditunda", "Tiang belum datang.", "4 Maret 2030"):
        assert part in shown, part
    late = browser.post(url("promise", promise.pk), sent | {"reason": "Kedua."})
    assert late.status_code == 409 and "Kedua." in page(late)
    change = CommitmentChange.objects.get()
    assert (change.old, change.new, change.old_due_on) == ("planned", "delayed", promise.due_on)


def test_only_who_may_answer_says_what_became_of_it(in_days, cast, sign_in):
    promise = in_days(3)
    for person in (cast.anonymous, cast.resident, cast.responder_elsewhere, cast.moderator,
                   cast.leader, cast.planner):  # fmt: skip
        browser = sign_in(person)
        assert "Simpan dan kabari warga" not in page(browser.get(url("promise", promise.pk)))
        response = browser.post(url("promise", promise.pk), {"state": "done", "version": 1})
        assert response.status_code == 403, person
    promise.refresh_from_db()
    assert promise.state == "planned"


# --- By the clock -------------------------------------------------------------------------------


@pytest.mark.parametrize("day", ["2026-07-10", "2026-07-13", "2026-07-17"])
def test_the_officer_hears_seven_days_before_once(day, promised, responder):
    promised(datetime.fromisoformat(day).date())
    quiet()
    for hours in (0, 1, 24, 25):
        promises.tell_of_dates(now=MORNING - timedelta(hours=hours % 2))
    assert told_of("promise.") == [("work", responder.display_name)]
    assert Event.objects.filter(key__startswith="promise.").count() == 1


def test_the_daily_job_tells(promised):
    promised(timezone.localdate() + timedelta(days=2))
    quiet()
    tasks.tell_of_promised_dates.enqueue()
    assert [category for category, _name in told_of("promise.")] == ["work"]


def test_eight_days_before_nobody_hears(promised):
    promised(datetime(2026, 7, 18).date())  # noqa: DTZ001
    assert promises.tell_of_dates(now=MORNING) == 0


def test_a_missed_date_is_told_to_all_once_however_often_it_runs(
    idea, promised, responder, other_resident
):
    promised(datetime(2026, 7, 9).date())  # noqa: DTZ001
    participation.support(idea=idea, person=other_resident)
    quiet()
    for days in (0, 0, 1, 5, 60):
        promises.tell_of_dates(now=MORNING + timedelta(days=days))
    assert told_of("promise.") == [
        ("promise", "Budi Prasetyo"), ("promise", "Nur Aini"), ("work", responder.display_name),
    ]  # fmt: skip
    assert Event.objects.filter(key__contains=".missed.").count() == 2


def test_on_the_day_itself_nothing_is_missed(promised):
    promise = promised(MORNING.date())
    promises.tell_of_dates(now=MORNING + timedelta(hours=16, minutes=59))  # 23.59 in the city
    promise.refresh_from_db()
    assert promise.missed_told_for is None and promise.near_told_for == promise.due_on
    promises.tell_of_dates(now=MORNING + timedelta(hours=17))
    promise.refresh_from_db()
    assert promise.missed_told_for == promise.due_on


def test_a_date_that_moves_is_told_anew(promised, responder):
    promise = promised(MORNING.date())
    promises.tell_of_dates(now=MORNING)
    later = MORNING.date() + timedelta(days=20)
    promises.follow_up(
        commitment=promise, by=responder, state="delayed", reason="x", due_on=later,
        seen_version=promise.version,
    )  # fmt: skip
    assert promises.tell_of_dates(now=MORNING + timedelta(days=5)) == 0
    assert promises.tell_of_dates(now=MORNING + timedelta(days=15)) == 1


@pytest.mark.parametrize("state", ["done", "dropped"])
def test_what_is_done_or_dropped_is_never_missed(state, promised, responder):
    promise = promised(MORNING.date())
    promises.follow_up(
        commitment=promise, by=responder, state=state, reason="x", seen_version=promise.version
    )
    assert promises.tell_of_dates(now=MORNING + timedelta(days=9)) == 0


def test_a_hidden_aspirasi_tells_nothing(idea, promised, moderator):
    promised(MORNING.date())
    participation.hide_idea(idea=idea, by=moderator, reason="x")
    assert promises.tell_of_dates(now=MORNING + timedelta(days=9)) == 0


# --- The list of a project ----------------------------------------------------------------------


def test_the_promises_of_a_project_by_state(
    project, make_idea, responder, moderator, client, django_assert_max_num_queries
):
    today = timezone.localdate()
    days = {"Sudah": 2, "Dekat": 5, "Terlambat": -3, "Jauh": 60}
    for text, day in days.items():
        answers.publish_answer(
            idea=make_idea(title=f"Usul {text}"), officer=responder, body="Baik.",
            promises=[Promise("first", text, today + timedelta(days=day)),
                      Promise("planned", f"Tanpa tanggal {text}"),
                      Promise("not_possible", f"Mustahil {text}", today, reason="x")],
        )  # fmt: skip
    Commitment.objects.filter(text="Sudah").update(state="done")
    gone = make_idea(title="Disembunyikan")
    answers.publish_answer(
        idea=gone, officer=responder, body="x", promises=[Promise("first", "Lenyap", today)]
    )
    participation.hide_idea(idea=gone, by=moderator, reason="x")

    def shown(wanted=""):
        text = page(client.get(url("promises", project.slug) + f"?saring={wanted}"))
        return [name for name in (*days, "Tanpa", "Mustahil", "Lenyap") if f">{name}" in text]

    assert shown() == list(days)
    assert shown("dekat") == ["Dekat"]
    assert shown("lewat") == ["Terlambat"]
    assert shown("ditepati") == ["Sudah"]
    assert shown("lain") == list(days)
    with django_assert_max_num_queries(6):
        client.get(url("promises", project.slug))


def test_the_list_goes_on_by_cursor_and_ends(project, idea, responder, client):
    day = timezone.localdate() + timedelta(days=40)
    answer = answers.publish_answer(idea=idea, officer=responder, body="Baik.")
    Commitment.objects.bulk_create(
        Commitment(answer=answer, kind="first", text=f"Janji {n:03}", due_on=day) for n in range(35)
    )
    first = client.get(url("promises", project.slug))
    cursor = first.context["page"].next_cursor
    second = client.get(url("promises", project.slug) + f"?kursor={cursor}")
    assert "Janji 029" in page(first) and "Janji 030" not in page(first)
    assert "Janji 030" in page(second) and "Janji 034" in page(second)
    assert second.context["page"].next_cursor == ""
    assert client.get(url("promises", project.slug) + "?kursor=salah").status_code == 404


def test_the_promises_of_a_staff_project_are_for_the_staff(make_project, client, sign_in, planner):
    project = make_project(staff_only=True)
    assert client.get(url("promises", project.slug)).status_code == 404
    assert sign_in(planner).get(url("promises", project.slug)).status_code == 200

"""From the verifier to the unit, the officer and the answer; each act by the right person only."""

import pytest

from accounts.models import Role, RoleGrant
from forum.clock.models import Clock
from forum.disposition import services as disposition
from forum.disposition.models import Disposition, DispositionChange
from notifications.models import Receipt
from participation.models import Photo
from tests.jobs import drain


@pytest.fixture
def colleague(make_person, perkim):
    return make_person("Joko Susilo", role=Role.RESPONDER, unit=perkim)


@pytest.fixture
def task(stand_at, idea):
    return idea.disposition


@pytest.fixture
def routed(task, moderator, perkim):
    disposition.route(disposition=task, by=moderator, seen_version=1, unit=perkim)
    return task


def do(browser, task, act, **fields):
    version = fields.pop("version", Disposition.objects.get(pk=task.pk).version)
    return browser.post(f"/tugas/{task.idea_id}/{act}/", {"version": version, **fields})


def state(task):
    return Disposition.objects.get(pk=task.pk).state


def told(person):
    drain()
    return list(
        Receipt.objects.filter(person=person, event__source_kind="task")
        .order_by("pk")
        .values_list("event__headline", flat=True)
    )


def test_from_receipt_to_answer(
    task, moderator, perkim, other_unit, responder, colleague, responder_elsewhere, sign_in, client
):
    verifier, unit = sign_in(moderator), sign_in(responder)
    assert do(verifier, task, "verifikasi").status_code == 302
    assert state(task) == "verified"
    answer = do(
        verifier, task, "teruskan",
        unit=perkim.pk, supporting=[other_unit.pk], reason="Tolong cek tiang 14.",
    )  # fmt: skip
    assert answer.status_code == 302 and state(task) == "routed"
    assert (
        told(colleague)
        == told(responder_elsewhere)
        == ["Aspirasi diteruskan ke perangkat daerah Anda"]
    )
    assert do(unit, task, "tugaskan", officer=colleague.pk).status_code == 302
    assert state(task) == "assigned"
    assert told(colleague)[-1] == "Aspirasi ditugaskan kepada Anda"
    page = sign_in(colleague).get(f"/aspirasi/{task.idea_id}/jawab/")
    assert page.status_code == 200
    answer = sign_in(colleague).post(
        f"/aspirasi/{task.idea_id}/jawab/",
        {
            "body": "Lampu dipasang.", "status": "answered", "version": 0,
            "janji-TOTAL_FORMS": 0, "janji-INITIAL_FORMS": 0,
        },
    )  # fmt: skip
    assert answer.status_code == 302 and state(task) == "answered"
    assert not Clock.objects.filter(idea=task.idea, met_at=None).exists()
    history = client.get(f"/aspirasi/{task.idea_id}/riwayat/").content.decode()
    for sentence in (
        "Diperiksa dan dinyatakan lengkap",
        f"Diteruskan ke {perkim.label} bersama {other_unit.label}",
        f"Dijawab {perkim.label}",
    ):
        assert sentence in history
    for hidden in (
        moderator.display_name,
        responder.display_name,
        colleague.display_name,
        "tiang 14",
    ):
        assert hidden not in history
    shown = list(task.changes.values_list("verb", "old", "new", "actor"))
    assert shown == [
        ("received", "", "received", None),
        ("verified", "received", "verified", moderator.pk),
        ("routed", "verified", "routed", moderator.pk),
        ("assigned", "routed", "assigned", responder.pk),
        ("answered", "assigned", "answered", colleague.pk),
    ]


def test_a_routed_unit_may_answer_and_another_may_not(
    task, moderator, perkim, other_unit, responder_elsewhere, responder, make_person, sign_in
):
    path = f"/aspirasi/{task.idea_id}/jawab/"
    assert sign_in(responder_elsewhere).get(path).status_code == 403
    disposition.route(
        disposition=task, by=moderator, seen_version=1, unit=perkim, supporting=[other_unit]
    )
    assert sign_in(responder_elsewhere).get(path).status_code == 200
    assert sign_in(responder).get(path).status_code == 200
    disposition.refuse(disposition=task, by=responder, seen_version=2, reason="Bukan kami.")
    assert sign_in(responder_elsewhere).get(path).status_code == 403
    page = sign_in(responder_elsewhere).get(f"/aspirasi/{task.idea_id}/")
    assert f"{path}" not in page.content.decode()


def test_the_resident_is_asked_completes_and_the_verifier_hears(
    task, moderator, resident, sign_in, client
):
    answer = do(sign_in(moderator), task, "kembalikan", missing="Sebut nomor tiang.")
    assert answer.status_code == 302 and state(task) == "incomplete"
    drain()
    headlines = Receipt.objects.filter(person=resident).values_list("event__headline", flat=True)
    assert "Aspirasi Anda perlu dilengkapi" in headlines
    own = sign_in(resident)
    page = own.get(f"/aspirasi/{task.idea_id}/").content.decode()
    assert "Sebut nomor tiang." in page and "paling lambat 12 Juni 2026" in page
    assert "Sebut nomor tiang." not in client.get(f"/aspirasi/{task.idea_id}/").content.decode()
    answer = own.post(
        f"/aspirasi/{task.idea_id}/lengkapi/", {"version": 2, "text": "Tiang 14, dekat gerbang."}
    )
    assert answer.status_code == 302 and state(task) == "received"
    assert told(moderator) == ["Pengusul sudah melengkapi aspirasinya"]
    assert "Tiang 14" in sign_in(moderator).get(f"/tugas/{task.idea_id}/").content.decode()
    for path in ("", "riwayat/", "perubahan/"):
        assert "Tiang 14" not in client.get(f"/aspirasi/{task.idea_id}/{path}").content.decode()


def test_completing_with_a_photo(task, moderator, resident, sign_in):
    import io

    from PIL import Image

    disposition.return_to_resident(
        disposition=task, by=moderator, seen_version=1, missing="Foto tiangnya."
    )
    file = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(file, "PNG")
    file.seek(0)
    file.name = "tiang.png"
    answer = sign_in(resident).post(
        f"/aspirasi/{task.idea_id}/lengkapi/", {"version": 2, "text": "Ini.", "photos": file}
    )
    assert answer.status_code == 302
    assert Photo.objects.filter(idea=task.idea).count() == 1


def test_a_second_send_of_the_completion_is_a_conflict_with_the_text_kept(
    task, moderator, resident, sign_in
):
    disposition.return_to_resident(
        disposition=task, by=moderator, seen_version=1, missing="Nomor tiang."
    )
    own, path = sign_in(resident), f"/aspirasi/{task.idea_id}/lengkapi/"
    empty = own.post(path, {"version": 2, "text": " "})
    assert empty.status_code == 422 and "Tulis keterangan yang diminta" in empty.content.decode()
    long = own.post(path, {"version": 2, "text": "a " * 2000})
    assert long.status_code == 422 and "a a a" in long.content.decode()
    assert own.post(path, {"version": 1, "text": "Tiang 13."}).status_code == 409
    assert own.post(path, {"version": 2, "text": "Tiang 14."}).status_code == 302
    again = own.post(path, {"version": 2, "text": "Tiang 15."})
    assert again.status_code == 409 and "Tiang 15." in again.content.decode()
    assert DispositionChange.objects.filter(verb="completed").count() == 1


def test_after_ten_days_it_is_closed_and_can_still_be_completed(
    stand_at, task, moderator, resident, sign_in, client
):
    disposition.return_to_resident(
        disposition=task, by=moderator, seen_version=1, missing="Nomor tiang."
    )
    stand_at("2026-06-12 23:00")
    assert disposition.close_lapsed() == 0, "the tenth day is still in time"
    stand_at("2026-06-13 01:00")
    assert disposition.close_lapsed() == 1
    assert disposition.close_lapsed() == 0
    assert state(task) == "closed"
    assert (
        "Ditutup karena belum dilengkapi"
        in client.get(f"/aspirasi/{task.idea_id}/").content.decode()
    )
    drain()
    headlines = Receipt.objects.filter(person=resident).values_list("event__headline", flat=True)
    assert "Aspirasi Anda ditutup karena belum dilengkapi" in headlines
    stand_at("2026-06-15 09:00")
    own = sign_in(resident)
    path = f"/aspirasi/{task.idea_id}/lengkapi/"
    assert "masih bisa melengkapinya" in own.get(path).content.decode()
    assert own.post(path, {"version": 3, "text": "Tiang 14."}).status_code == 302
    clock = Clock.objects.get(idea=task.idea)
    assert state(task) == "received" and clock.is_running
    assert str(clock.due_on) == "2026-06-18"  # the 15th, the 17th and the 18th


def test_handing_over_keeps_reason_and_history(
    routed, responder, colleague, other_unit, perkim, responder_elsewhere, sign_in, client
):
    unit = sign_in(responder)
    due = Clock.objects.get(idea=routed.idea, step="first_response").due_on
    do(unit, routed, "tugaskan", officer=responder.pk)
    missing = do(unit, routed, "tugaskan", officer=colleague.pk)
    assert missing.status_code == 422 and "Tulis alasan pengalihan" in missing.content.decode()
    assert do(unit, routed, "tugaskan", officer=colleague.pk, reason="Cuti").status_code == 302
    assert Disposition.objects.get(pk=routed.pk).officer == colleague
    back = do(sign_in(colleague), routed, "alihkan", unit=perkim.pk, reason="Salah alamat.")
    assert back.status_code == 302 and state(routed) == "routed"
    answer = do(unit, routed, "alihkan", unit=other_unit.pk, reason="Jalan provinsi.")
    assert answer.status_code == 302
    moved = Clock.objects.get(idea=routed.idea, step="first_response")
    assert (moved.unit, moved.due_on) == (other_unit, due), "the promised date stays"
    assert told(responder_elsewhere) == ["Aspirasi diteruskan ke perangkat daerah Anda"]
    history = client.get(f"/aspirasi/{routed.idea_id}/riwayat/").content.decode()
    assert f"Dialihkan ke {other_unit.label}" in history and "Dialihkan ke petugas lain" in history
    for hidden in ("Cuti", "Jalan provinsi", colleague.display_name):
        assert hidden not in history
    assert do(unit, routed, "tugaskan", officer=responder.pk).status_code == 403


def test_not_in_charge_goes_back_to_the_verifier(
    routed, responder, moderator, perkim, sign_in, client
):
    empty = do(sign_in(responder), routed, "tolak", reason="")
    assert empty.status_code == 422 and state(routed) == "routed"
    answer = do(sign_in(responder), routed, "tolak", reason="Ini jalan nasional.")
    assert answer.status_code == 302 and state(routed) == "verified"
    assert told(moderator) == ["Perangkat daerah menyatakan bukan kewenangannya"]
    assert Clock.objects.get(idea=routed.idea, step="first_response").unit is None
    history = client.get(f"/aspirasi/{routed.idea_id}/riwayat/").content.decode()
    assert f"Bukan kewenangan {perkim.label}" in history and "jalan nasional" not in history
    listed = sign_in(moderator).get("/tugas/?tab=verifikasi").content.decode()
    assert routed.idea.title in listed


ACTS = {
    "verifikasi": {},
    "kembalikan": {"missing": "Foto"},
    "teruskan": {"unit": "perkim"},
    "tugaskan": {"officer": "responder"},
    "alihkan": {"unit": "other_unit", "reason": "Salah"},
    "tolak": {"reason": "Bukan"},
}
# What each may do: while it is with the verifiers, and while it is with the unit.
MAY = {
    "anonymous": (302, set(), set()),
    "resident": (403, set(), set()),
    "other_resident": (403, set(), set()),
    "planner": (403, set(), set()),
    "bkpsdm": (403, set(), set()),
    "auditor": (403, set(), set()),
    "city_admin": (403, set(), set()),
    "moderator_elsewhere": (404, set(), set()),
    "responder_elsewhere": (404, set(), set()),
    "moderator": (403, {"verifikasi", "kembalikan", "teruskan"}, {"teruskan"}),
    "responder": (403, set(), {"tugaskan", "alihkan", "tolak"}),
    "leader": (403, set(), {"tugaskan", "alihkan", "tolak"}),
}


@pytest.mark.parametrize("with_unit", [False, True], ids=["with-verifier", "with-unit"])
@pytest.mark.parametrize("who", MAY)
def test_who_may_do_what(
    who, with_unit, task, cast, moderator, perkim, other_unit, responder, sign_in, settings
):
    refused, *allowed = MAY[who]
    browser = sign_in(getattr(cast, who))
    values = {"perkim": perkim.pk, "other_unit": other_unit.pk, "responder": responder.pk}
    for act, fields in ACTS.items():
        DispositionChange.objects.all().delete()
        Disposition.objects.filter(pk=task.pk).update(
            version=1, state="received", unit=None, officer=None
        )
        version = 1
        if with_unit:
            task.refresh_from_db()
            disposition.route(disposition=task, by=moderator, seen_version=1, unit=perkim)
            version = 2
        sent = {key: values.get(value, value) for key, value in fields.items()}
        answer = do(browser, task, act, version=version, **sent)
        ok = act in allowed[with_unit]
        assert answer.status_code == (302 if ok else refused), act
        assert (Disposition.objects.get(pk=task.pk).version > version) == ok, act


def test_nobody_verifies_the_own_aspirasi(stand_at, make_idea, moderator, sign_in):
    own = make_idea(author=moderator).disposition
    assert do(sign_in(moderator), own, "verifikasi").status_code == 403


def test_nothing_is_done_with_a_hidden_aspirasi(task, moderator, sign_in):
    type(task.idea).objects.filter(pk=task.idea_id).update(visibility="hidden")
    assert do(sign_in(moderator), task, "verifikasi").status_code == 403


def test_somebody_else_was_faster(task, moderator, second_moderator, perkim, other_unit, sign_in):
    browser = sign_in(second_moderator)
    disposition.route(disposition=task, by=moderator, seen_version=1, unit=perkim)
    answer = do(browser, task, "kembalikan", version=1, missing="Sebut nomor tiang.")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Dewi Lestari lebih dulu: Diteruskan ke perangkat daerah" in page
    assert "Sebut nomor tiang." in page
    answer = do(browser, task, "teruskan", version=1, unit=other_unit.pk, reason="Tiang 14")
    page = answer.content.decode()
    assert answer.status_code == 409 and "Tiang 14" in page
    assert 'name="version" value="2"' in page, "sent again it counts"
    assert Disposition.objects.get(pk=task.pk).unit == perkim


@pytest.mark.parametrize(
    "act, fields",
    [
        ("verifikasi", {"version": "x"}),
        ("verifikasi", {"version": ""}),
        ("verifikasi", {"version": "9" * 30}),
        ("kembalikan", {"missing": "\x00"}),
        ("teruskan", {"unit": "999999"}),
        ("teruskan", {"unit": "' OR 1=1"}),
        ("teruskan", {"unit": "", "reason": "a" * 5000}),
    ],
)
def test_bad_input_changes_nothing(task, moderator, sign_in, act, fields):
    answer = do(sign_in(moderator), task, act, **fields)
    assert answer.status_code in (409, 422)
    assert state(task) == "received" and task.changes.count() == 1


def test_unknown_acts_and_tasks_are_not_there(task, moderator, sign_in):
    browser = sign_in(moderator)
    assert do(browser, task, "hapus").status_code == 404
    assert browser.post("/tugas/999999/verifikasi/").status_code == 404
    assert browser.get("/tugas/999999/").status_code == 404
    assert browser.get("/tugas/?kursor=x").status_code == 404


def test_a_role_that_ended_opens_nothing(routed, responder, sign_in):
    browser = sign_in(responder)
    assert browser.get(f"/tugas/{routed.idea_id}/").status_code == 200
    RoleGrant.objects.filter(person=responder).delete()
    assert browser.get(f"/tugas/{routed.idea_id}/").status_code == 403

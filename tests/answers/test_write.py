"""Writing an official answer: its parts, its versions, templates, the checklist."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from forum.answers import checklist, variables
from forum.answers import services as answers
from forum.answers.models import (
    AnswerDraft,
    AnswerTemplate,
    AnswerVersion,
    Commitment,
    OfficialAnswer,
)
from forum.answers.services import Promise
from tests.answers.conftest import page


def url(name, *args):
    return reverse(f"forum:{name}", args=args)


NOT_POSSIBLE = {"kind": "not_possible", "text": "Lampu sensor", "reason": "Belum dianggarkan."}


def test_an_answer_says_what_why_not_what_next_what_it_costs_and_when(
    idea, responder, sign_in, client, form
):
    sent = form(
        {"kind": "first", "text": "Lampu diganti", "due_on": "2030-07-25"},
        NOT_POSSIBLE,
        next_step="Senin petugas mengukur lokasi.",
        cost="Rp40 juta",
        cost_source="APBD 2030",
        period="Juli sampai September",
        checklist=["answers_point", "date"],
    )
    assert sign_in(responder).post(url("answer", idea.pk), sent).status_code == 302
    shown = page(client.get(url("idea", idea.pk)))
    for part in ("Lampu diganti", "25 Juli 2030", "Lampu sensor", "Belum dianggarkan.",
                 "Senin petugas mengukur lokasi.", "Rp40 juta", "APBD 2030"):  # fmt: skip
        assert part in shown, part
    assert OfficialAnswer.objects.get().checklist == ["answers_point", "date"]
    assert "answers_point" not in shown


def test_what_is_not_possible_needs_its_reason(idea, responder, sign_in, form):
    sent = form({"kind": "not_possible", "text": "Lampu sensor"}, next_step="Kami ukur dulu.")
    response = sign_in(responder).post(url("answer", idea.pk), sent)
    assert response.status_code == 422
    kept = page(response)
    for part in ("Lampu sensor", "Kami ukur dulu.", "Lampu kami ganti.", "Tulis alasannya"):
        assert part in kept, part
    assert not OfficialAnswer.objects.exists() and not AnswerDraft.objects.exists()


def test_what_stands_in_braces_blocks_sending_but_not_a_draft(idea, responder, sign_in, form):
    client, sent = sign_in(responder), form(body="Kami mulai {tanggal}.")
    response = client.post(url("answer", idea.pk), sent)
    assert response.status_code == 422 and "{tanggal}" in page(response)
    assert client.post(url("answer", idea.pk), sent | {"aksi": "simpan"}).status_code == 302
    assert AnswerDraft.objects.get().state == "draft" and not OfficialAnswer.objects.exists()
    # The draft is no way round: what lacks something is not published from the list either.
    draft = AnswerDraft.objects.get()
    report = client.post(url("publish_drafts"), {"draf": f"{draft.pk}:{draft.version}"})
    assert "{tanggal}" in page(report) and not OfficialAnswer.objects.exists()


def test_the_versions_show_what_changed(idea, answered, responder, sign_in, client, form):
    old = Commitment.objects.create(
        answer=answered, kind="first", text="Kabel dicek", due_on=timezone.localdate()
    )
    sent = form(
        {"kind": "planned", "text": "Tiang baru"}, body="Lampu sudah diganti.", version="1",
        cost="Rp10 juta",
    )  # fmt: skip
    assert sign_in(responder).post(url("answer", idea.pk), sent).status_code == 302
    shown = page(client.get(url("answer_versions", idea.pk)))
    assert "<ins>sudah diganti.</ins>" in shown and "<del>kami ganti.</del>" in shown
    assert "Tiang baru" in shown and "Rp10 juta" in shown
    first = page(client.get(url("answer_versions", idea.pk) + "?versi=1"))
    assert "Lampu kami ganti." in first and "sudah" not in first.split("Semua versi")[0]
    assert client.get(url("answer_versions", idea.pk) + "?versi=9").status_code == 404
    # A promise with a date that is left out is taken back in sight of all; it does not disappear.
    old.refresh_from_db()
    assert old.state == "dropped" and "Kabel dicek" in page(client.get(url("idea", idea.pk)))


def test_the_versions_of_a_hidden_aspirasi_are_gone(idea, answered, moderator, client, sign_in):
    from participation import services as participation

    participation.hide_idea(idea=idea, by=moderator, reason="x")
    assert client.get(url("answer_versions", idea.pk)).status_code == 403
    assert sign_in(moderator).get(url("answer_versions", idea.pk)).status_code == 404


def test_a_promise_goes_on_through_a_changed_answer_and_a_moved_date_is_seen(
    idea, responder, sign_in, client, form
):
    today = timezone.localdate()
    answers.publish_answer(
        idea=idea, officer=responder, body="Baik.", promises=[Promise("first", "Lampu", today)]
    )
    kept = Commitment.objects.get()
    later = today + timedelta(days=30)
    sent = form(
        {"pk": kept.pk, "kind": "first", "text": "Lampu LED", "due_on": later.isoformat()},
        version="1",
    )
    assert sign_in(responder).post(url("answer", idea.pk), sent).status_code == 302
    kept.refresh_from_db()
    assert (kept.text, kept.due_on, kept.state) == ("Lampu LED", later, "delayed")
    assert kept.changes.get().old_due_on == today
    assert "Lewat perubahan jawaban resmi." in page(client.get(url("promise", kept.pk)))


def test_the_checklist_is_stored_with_each_version(idea, responder, sign_in, form):
    client = sign_in(responder)
    client.post(url("answer", idea.pk), form(checklist=["plain"]))
    client.post(url("answer", idea.pk), form(body="Baru.", version="1", checklist=["date"]))
    assert OfficialAnswer.objects.get().checklist == ["date"]
    assert AnswerVersion.objects.get().checklist == ["plain"]


@pytest.mark.parametrize(
    ("body", "promises", "said"),
    [
        ("Kami kerjakan.", [], "Belum ada tanggal"),
        ("Kami kerjakan 3 Juli.", [Promise("first", "x")], ""),
        ("Kami kerjakan segera.", [Promise("first", "x", timezone.localdate())], ""),
        (" ".join(["kata"] * 26) + ".", [], "lebih panjang dari 25 kata"),
        ("Akan ditindaklanjuti sesuai tupoksi 3 Juli.", [Promise("first", "x")], "“tupoksi”"),
        ("", [], ""),
    ],
)
def test_hints_come_from_the_text(body, promises, said):
    found = " ".join(checklist.hints(body, promises=promises))
    assert said in found if said else not found


def test_hints_never_block(idea, responder, sign_in, form):
    client = sign_in(responder)
    client.post(url("answer", idea.pk), form(body="Sesuai tupoksi.", aksi="simpan"))
    assert "tupoksi" in page(client.get(url("answer", idea.pk))).split("coba lihat lagi")[1]
    sent = form(body="Sesuai tupoksi.", draft_version="1")
    assert client.post(url("answer", idea.pk), sent).status_code == 302
    assert OfficialAnswer.objects.exists()


# --- Templates ----------------------------------------------------------------------------------


@pytest.fixture
def template(responder) -> AnswerTemplate:
    return answers.save_template(
        by=responder,
        fields={
            "title": "Lampu mati",
            "body": "Terima kasih atas “{judul}” ({nomor}) di {kelurahan}. {unit}, {tanggal}.",
            "next_step": "Petugas {proyek} memeriksa.",
        },
    )


def test_a_template_is_put_below_what_was_typed(idea, template, responder, sign_in, form):
    client = sign_in(responder)
    sent = form(body="Selamat pagi.", cost="Rp1 juta", aksi="templat", templat=template.pk)
    response = client.post(url("answer", idea.pk), sent)
    assert response["Location"] == f"{url('answer', idea.pk)}?templat={template.pk}#id_body"
    shown = page(client.get(response["Location"].split("#")[0]))
    assert "Selamat pagi." in shown and "Rp1 juta" in shown
    assert f"Terima kasih atas “{idea.title}” ({idea.number}) di Akcaya." in shown
    assert f"Petugas {idea.project.title} memeriksa." in shown


def test_a_title_with_braces_is_not_read_as_a_variable(make_idea, responder, perkim):
    idea = make_idea(title="Lampu {tanggal} taman")
    filled = variables.fill("Soal {judul}.", idea=idea, unit=perkim)
    assert filled == "Soal Lampu (tanggal) taman." and not variables.unfilled(filled)


@pytest.mark.parametrize("body", ["Halo {nama_panggilan}", "Halo {judul", "{ judul }", "a } b"])
def test_an_unknown_variable_is_an_error_and_keeps_the_text(body, responder, sign_in):
    response = sign_in(responder).post(
        url("new_answer_template"), {"title": "Salam", "category": "penerangan", "body": body}
    )
    assert response.status_code == 422 and not AnswerTemplate.objects.exists()
    assert "tidak dikenal" in page(response) and 'value="Salam"' in page(response)
    assert body in page(response)


def test_templates_belong_to_the_responders_of_the_unit(
    idea, template, responder, colleague, responder_elsewhere, resident, moderator, sign_in
):
    change = {"title": "Lampu", "category": "", "body": "Baik {judul}"}
    assert sign_in(colleague).post(url("answer_template", template.pk), change).status_code == 302
    for person, status in ((responder_elsewhere, 404), (resident, 403), (moderator, 403)):
        browser = sign_in(person)
        assert browser.post(url("answer_template", template.pk), change).status_code == status
        archived = browser.post(url("archive_template", template.pk))
        assert archived.status_code == 404, person
    assert "Lampu" not in page(sign_in(responder_elsewhere).get(url("answer_templates")))
    sign_in(responder).post(url("archive_template", template.pk))
    assert "Sisipkan templat" not in page(sign_in(responder).get(url("answer", idea.pk)))
    gone = page(sign_in(responder).get(url("answer", idea.pk) + f"?templat={template.pk}"))
    assert "sudah diarsipkan" in gone and "Baik" not in gone

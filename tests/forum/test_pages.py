"""The pages of the forum: what each person sees, and that nothing typed is ever lost."""

import json
import uuid
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from forum.answers import services as answers
from forum.answers.models import AnswerRating, AnswerVersion, OfficialAnswer
from forum.answers.services import Promise
from forum.discussion import rendering as discussion_rendering
from forum.discussion import selectors as discussion_selectors
from forum.discussion import services as discussion
from forum.discussion.models import Reply
from forum.moderation import services as moderation
from forum.moderation.models import Case, Flag, Ruling
from participation import services as participation
from participation.models import Idea, Phase, Stage

HTMX = {"HX-Request": "true"}
HOSTILE = "<script>alert(1)</script> <img src=x onerror=alert(2)> {{ 7|add:7 }}"


def url(name: str, *args) -> str:
    return reverse(f"forum:{name}", args=args)


def text_of(response) -> str:
    return response.content.decode()


def reply_form(**changes) -> dict:
    return {"body": "Setuju sekali.", "client_key": str(uuid.uuid4()), "parent": "", **changes}


def answer_form(*promises, **changes) -> dict:
    """The fields of the answer form as a browser sends them; promises are (kind, text, date)."""
    rows = [*promises, *[("first", "", "")] * (3 - len(promises))]
    fields = {"body": "Terima kasih, Bu Nur Aini.", "status": "answered", "version": "0"}
    fields |= {"janji-TOTAL_FORMS": str(len(rows)), "janji-INITIAL_FORMS": "3"}
    for n, (kind, promised, due_on) in enumerate(rows):
        fields |= {
            f"janji-{n}-kind": kind,
            f"janji-{n}-text": promised,
            f"janji-{n}-due_on": due_on,
            f"janji-{n}-reason": "Belum ada anggaran." if kind == "not_possible" else "",
        }
    return {**fields, **changes}


def close(project) -> None:
    Phase.objects.filter(project=project).update(stage=Stage.DONE)


def fresh(reply: Reply) -> Reply:
    return Reply.objects.select_related("idea__project", "author").get(pk=reply.pk)


@pytest.fixture
def held_idea(make_idea):
    return make_idea(body="Hubungi saya di 0812-0000-1234.")


@pytest.fixture
def answered(idea, responder) -> OfficialAnswer:
    return answers.publish_answer(
        idea=idea,
        officer=responder,
        body="Dua lampu **diganti**.",
        promises=[Promise("first", "Lampu diganti", timezone.localdate() + timedelta(days=14))],
    )


@pytest.fixture
def case(idea, moderator) -> Case:
    return moderation.examine(target=idea, by=moderator)


@pytest.fixture
def hide(moderator):
    """A moderator hides a post: `hide(reply, message="...")`."""

    def rule(target, *, message="Ada nomor telepon tetangga."):
        case = moderation.examine(target=target, by=moderator)
        moderation.rule(
            case=case, seen_version=case.version, decision="hide", by=moderator,
            rule="private_data", message=message,
        )  # fmt: skip
        return case

    return rule


# --- Every page opens for whom it is --------------------------------------------------------------


def test_every_page_opens_for_whom_it_is(idea, answered, make_reply, case, cast, sign_in, project):
    reply = make_reply()
    everybody = vars(cast)
    open_to_all = [
        url("idea", idea.pk),
        url("idea_history", idea.pk),
        url("reply_detail", reply.pk),
    ]
    pages = [
        *[(page, everybody) for page in open_to_all],
        (url("submit_idea", project.slug), set(everybody) - {"anonymous"}),
        (url("flag_idea", idea.pk), set(everybody) - {"anonymous", "resident"}),
        (url("edit_reply", reply.pk), {"other_resident"}),
        (url("rate", idea.pk), {"resident", "other_resident"}),
        (url("answer", idea.pk), {"responder"}),
        (url("change_status", idea.pk), {"responder"}),
        (
            url("answer_queue"),
            set(everybody) - {"anonymous", "resident", "other_resident"},
        ),
        (url("desk"), {"moderator", "moderator_elsewhere"}),
        (url("desk_item", case.pk), {"moderator"}),
    ]
    for name, person in everybody.items():
        client = sign_in(person)
        for page, welcome in pages:
            status = client.get(page).status_code
            assert (status == 200) == (name in welcome), (page, name, status)
            assert status in (200, 302, 403, 404), (page, name, status)


def test_a_held_aspirasi_is_shown_to_its_author_and_the_moderators_only(held_idea, cast, sign_in):
    for name, person in vars(cast).items():
        response = sign_in(person).get(url("idea", held_idea.pk))
        if name in ("resident", "moderator"):
            assert "Sedang diperiksa petugas" in text_of(response)
            assert 'id="tulis"' not in text_of(response)
        else:
            assert response.status_code == 404, name


def test_a_hidden_aspirasi_is_a_tombstone_for_others_and_tells_its_author_why(
    idea, hide, cast, sign_in
):
    hide(idea)
    for name, person in vars(cast).items():
        response = sign_in(person).get(url("idea", idea.pk))
        if name in ("resident", "moderator"):
            assert response.status_code == 200
            assert "Data pribadi" in text_of(response)
            assert "Ada nomor telepon tetangga." in text_of(response)
        else:
            assert response.status_code == 410
            assert idea.title not in text_of(response)
            assert "Ada nomor telepon" not in text_of(response)
            assert sign_in(person).get(url("idea_history", idea.pk)).status_code == 403


def test_the_reason_for_hiding_stays_out_of_the_public_history(
    idea, hide, moderator, resident, sign_in, client
):
    case = hide(idea)
    again = moderation.examine(target=Idea.objects.get(pk=idea.pk), by=moderator)
    assert again.pk != case.pk
    moderation.rule(case=again, seen_version=again.version, decision="restore", by=moderator)
    page = text_of(client.get(url("idea_history", idea.pk)))
    assert "Disembunyikan" in page
    assert "Ada nomor telepon tetangga." not in page and moderator.display_name not in page
    assert "Ada nomor telepon tetangga." in text_of(
        sign_in(resident).get(url("idea_history", idea.pk))
    )


def test_a_pseudonym_hides_the_name_on_every_page_also_at_the_desk(
    make_idea, moderator, responder, resident, sign_in, client
):
    idea = make_idea(shown_as="pseudonym")
    discussion.submit_reply(
        author=resident, idea=idea, body="Saya juga", shown_as="pseudonym", client_key=uuid.uuid4()
    )
    for page in ("idea", "idea_history"):
        assert resident.display_name not in text_of(client.get(url(page, idea.pk)))
    answer_page = sign_in(responder).get(url("answer", idea.pk))
    assert resident.display_name not in text_of(answer_page)
    assert "Warga Akcaya" in text_of(answer_page)
    case = moderation.examine(target=idea, by=moderator)
    desk = text_of(sign_in(moderator).get(url("desk_item", case.pk)))
    assert resident.display_name not in desk and "Warga Akcaya" in desk


def test_hostile_text_is_only_text(make_idea, make_reply, responder, moderator, client, sign_in):
    idea = make_idea(title="<b>Judul</b>", body=HOSTILE, place='"><script>x</script>')
    reply = make_reply(HOSTILE, idea_=idea)
    answers.publish_answer(
        idea=idea, officer=responder, body=f"{HOSTILE} [x](javascript:alert(3))",
        promises=[Promise("first", "<i>janji</i>")],
    )  # fmt: skip
    case = moderation.examine(target=fresh(reply), by=moderator)
    pages = [
        client.get(url("idea", idea.pk)),
        client.get(url("reply_detail", reply.pk)),
        sign_in(moderator).get(url("desk_item", case.pk)),
        sign_in(responder).get(url("answer", idea.pk)),
        sign_in(responder).get(url("flag_reply", reply.pk)),
    ]
    for page in pages:
        text = text_of(page)
        for hostile in ("<script>alert", "<img src=x", "<b>Judul", "<i>janji", 'href="javascript'):
            assert hostile not in text
        assert "&lt;b&gt;Judul" in text or "&lt;script&gt;" in text
    assert "14" not in str(fresh(reply).body_html)


def test_no_page_carries_inline_script_or_style(idea, answered, make_reply, case, cast, sign_in):
    reply = make_reply()
    pages = [
        (cast.resident, url("idea", idea.pk)),
        (cast.resident, url("submit_idea", idea.project.slug)),
        (cast.other_resident, url("edit_reply", reply.pk)),
        (cast.responder, url("answer", idea.pk)),
        (cast.moderator, url("desk_item", case.pk)),
    ]
    for person, page in pages:
        text = text_of(sign_in(person).get(page))
        assert " style=" not in text and "<style" not in text and " onclick=" not in text
        assert "<script>" not in text


# --- Replies --------------------------------------------------------------------------------------


def test_the_html_of_a_reply_is_the_same_for_every_reader(idea, make_reply, cast, sign_in):
    reply = fresh(make_reply())
    html = discussion_rendering.reply_html(reply, is_open=True)
    for person in (None, cast.resident, cast.other_resident, cast.moderator):
        cache.clear()
        assert html in text_of(sign_in(person).get(url("idea", idea.pk)))
        changes = sign_in(person).get(url("idea_changes", idea.pk), {"sejak": 0}).json()
        found = [f["html"] for f in changes["fragments"] if f["id"] == f"balasan-{reply.pk}"]
        assert found == [html]


def test_posting_without_javascript_leads_to_the_reply(idea, resident, sign_in):
    response = sign_in(resident).post(url("reply", idea.pk), reply_form())
    reply = Reply.objects.get()
    assert response.status_code == 302
    assert response["Location"].endswith(f"?balasan={reply.pk}#balasan-{reply.pk}")
    assert (reply.author, reply.body, reply.visibility) == (resident, "Setuju sekali.", "published")


def test_posting_with_htmx_gives_a_fresh_form_and_names_the_node(idea, resident, sign_in):
    response = sign_in(resident).post(url("reply", idea.pk), reply_form(), headers=HTMX)
    reply = Reply.objects.get()
    assert response.status_code == 200
    event = json.loads(response["HX-Trigger"])
    assert event == {"rembuk:posted": {"id": f"balasan-{reply.pk}"}}
    assert text_of(response).lstrip().startswith("<form") and 'id="tulis"' in text_of(response)
    assert "Setuju sekali." not in text_of(response)


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_a_reply_that_is_not_yet_right_comes_back_with_its_text(idea, resident, sign_in, headers):
    long = "Panjang sekali. " * 200
    response = sign_in(resident).post(url("reply", idea.pk), reply_form(body=long), headers=headers)
    assert response.status_code == 422
    assert long.strip()[:2000] in text_of(response)
    assert "paling banyak 2000 huruf" in text_of(response)
    assert not Reply.objects.exists()


@pytest.mark.parametrize(("headers", "status"), [({}, 403), (HTMX, 422)], ids=["plain", "htmx"])
def test_a_closed_discussion_gives_the_text_back(idea, resident, sign_in, headers, status):
    close(idea.project)
    response = sign_in(resident).post(url("reply", idea.pk), reply_form(), headers=headers)
    assert response.status_code == status
    assert "Setuju sekali." in text_of(response)
    assert "Diskusi ini sudah ditutup." in text_of(response)
    assert not Reply.objects.exists()


@pytest.mark.parametrize(("headers", "status"), [({}, 403), (HTMX, 422)], ids=["plain", "htmx"])
def test_who_was_signed_out_meanwhile_keeps_the_text(idea, client, headers, status):
    response = client.post(url("reply", idea.pk), reply_form(), headers=headers)
    assert response.status_code == status
    assert "Setuju sekali." in text_of(response)
    assert f"?next={quote(url('idea', idea.pk), safe='')}%23tulis" in text_of(response)
    assert not Reply.objects.exists()


def test_a_repeated_send_makes_one_reply(idea, resident, sign_in):
    client, form = sign_in(resident), reply_form()
    first = client.post(url("reply", idea.pk), form)
    second = client.post(url("reply", idea.pk), form)
    assert first["Location"] == second["Location"]
    assert Reply.objects.count() == 1
    assert Idea.objects.get(pk=idea.pk).reply_count == 1


def test_an_answer_to_an_answer_joins_the_thread(idea, make_reply, resident, sign_in):
    top = make_reply()
    child = make_reply("Jawaban", parent=fresh(top))
    client = sign_in(resident)
    page = client.get(url("idea", idea.pk), {"balas": child.pk})
    assert "Membalas Budi Prasetyo" in text_of(page)
    client.post(url("reply", idea.pk), reply_form(parent=str(child.pk)))
    assert Reply.objects.latest("pk").parent_id == top.pk


def test_answering_a_reply_that_is_gone_says_so_and_keeps_the_text(
    idea, make_reply, hide, resident, sign_in
):
    gone = make_reply()
    hide(fresh(gone))
    client = sign_in(resident)
    response = client.post(url("reply", idea.pk), reply_form(parent=str(gone.pk)))
    assert response.status_code == 422
    assert "Setuju sekali." in text_of(response)
    assert f'name="parent" value="{gone.pk}"' not in text_of(response)


def test_a_held_reply_is_seen_by_its_author_only(idea, resident, sign_in, client):
    response = sign_in(resident).post(
        url("reply", idea.pk), reply_form(body="Telepon 0812-0000-1234"), headers=HTMX
    )
    assert json.loads(response["HX-Trigger"]) == {"rembuk:posted": {"id": None}}
    assert "sedang diperiksa petugas" in text_of(response)
    assert "0812-0000-1234" in text_of(sign_in(resident).get(url("idea", idea.pk)))
    assert "0812-0000-1234" not in text_of(client.get(url("idea", idea.pk)))
    pk = Reply.objects.get().pk
    assert client.get(url("reply_detail", pk)).status_code == 410


def test_a_civil_servant_replies_with_name_and_unit(idea, responder, perkim, sign_in, client):
    page = text_of(sign_in(responder).get(url("idea", idea.pk)))
    assert 'name="shown_as"' not in page
    sign_in(responder).post(url("reply", idea.pk), reply_form(shown_as="hidden"))
    assert f"ASN {perkim.label}" in text_of(client.get(url("idea", idea.pk)))
    assert responder.display_name in text_of(client.get(url("idea", idea.pk)))


def test_an_edit_within_the_time_keeps_the_old_text(make_reply, other_resident, sign_in, client):
    reply = make_reply("Teks lama")
    response = sign_in(other_resident).post(
        url("edit_reply", reply.pk), {"body": "Teks baru", "version": "1"}
    )
    assert response["Location"].endswith(f"#balasan-{reply.pk}")
    page = text_of(client.get(url("idea", reply.idea_id)))
    assert "Teks baru" in page and "Teks lama" not in page and "diubah" in page
    assert "lama</del>" in text_of(sign_in(other_resident).get(url("reply_detail", reply.pk)))


def test_a_stale_edit_keeps_the_text_and_can_be_sent_again(make_reply, other_resident, sign_in):
    reply, client = make_reply(), sign_in(other_resident)
    client.post(url("edit_reply", reply.pk), {"body": "Dari jendela lain", "version": "1"})
    response = client.post(url("edit_reply", reply.pk), {"body": "Dari sini", "version": "1"})
    assert response.status_code == 409
    assert "Dari sini" in text_of(response) and "Dari jendela lain" in text_of(response)
    assert 'name="version" value="2"' in text_of(response)
    client.post(url("edit_reply", reply.pk), {"body": "Dari sini", "version": "2"})
    assert fresh(reply).body == "Dari sini"


def test_after_the_time_to_edit_the_text_comes_back_refused(make_reply, other_resident, sign_in):
    reply = make_reply()
    Reply.objects.filter(pk=reply.pk).update(created_at=timezone.now() - timedelta(minutes=16))
    client = sign_in(other_resident)
    assert client.get(url("edit_reply", reply.pk)).status_code == 403
    response = client.post(url("edit_reply", reply.pk), {"body": "Terlambat", "version": "1"})
    assert response.status_code == 403
    assert "Terlambat" in text_of(response) and "sudah lewat" in text_of(response)
    assert fresh(reply).body != "Terlambat"
    assert "Hapus balasan" in text_of(client.get(url("reply_detail", reply.pk)))


def test_a_withdrawn_reply_leaves_its_place_and_nothing_else(
    idea, make_reply, other_resident, sign_in, client
):
    reply = make_reply("Saya tarik lagi")
    make_reply("Jawaban atasnya", parent=fresh(reply))
    sign_in(other_resident).post(url("edit_reply", reply.pk), {"tarik": "ya"})
    page = text_of(client.get(url("idea", idea.pk)))
    assert "Balasan ini dihapus penulisnya." in page and "Saya tarik lagi" not in page
    assert "Jawaban atasnya" in page and f'id="balasan-{reply.pk}-anak"' in page


def test_a_long_discussion_has_pages_and_says_where_the_end_is(
    idea, make_reply, client, monkeypatch
):
    monkeypatch.setattr(discussion_selectors, "THREADS", 3)
    replies = [fresh(make_reply(f"Balasan nomor {n}.")) for n in range(7)]
    first = text_of(client.get(url("idea", idea.pk)))
    assert "Balasan nomor 2." in first and "Balasan nomor 3." not in first
    assert f"?dari={replies[3].order}#diskusi" in first and 'data-live-at-end="false"' in first
    last = text_of(client.get(url("idea", idea.pk), {"dari": "akhir"}))
    assert "Balasan nomor 6." in last and "Balasan nomor 3." not in last
    assert "data-live-at-end" not in last and "Ke balasan pertama" in last
    linked = text_of(client.get(url("idea", idea.pk), {"balasan": replies[5].pk}))
    assert f'id="balasan-{replies[5].pk}"' in linked


# --- Sending an aspirasi --------------------------------------------------------------------------


def test_sending_an_aspirasi_leads_to_its_page_with_its_number(
    project, idea_form, resident, sign_in
):
    client = sign_in(resident)
    response = client.post(url("submit_idea", project.slug), idea_form(), follow=True)
    idea = Idea.objects.get()
    assert idea.number in text_of(response)
    assert f'data-draft-clear="aspirasi-{project.slug}"' in text_of(response)
    assert f'data-draft="aspirasi-{project.slug}"' in text_of(
        client.get(url("submit_idea", project.slug))
    )


def test_the_form_of_an_aspirasi_names_what_is_missing_and_keeps_the_rest(
    project, idea_form, resident, sign_in
):
    response = sign_in(resident).post(
        url("submit_idea", project.slug), idea_form(village="", title="")
    )
    assert response.status_code == 422
    text = text_of(response)
    assert 'href="#id_village"' in text and 'href="#id_title"' in text
    assert "Setelah magrib sisi timur gelap sekali." in text
    assert not Idea.objects.exists()


def test_a_closed_project_gives_the_aspirasi_back(project, idea_form, resident, sign_in):
    close(project)
    client = sign_in(resident)
    page = client.get(url("submit_idea", project.slug))
    assert page.status_code == 200 and "sudah ditutup" in text_of(page)
    response = client.post(url("submit_idea", project.slug), idea_form())
    assert response.status_code == 403
    assert "Tambah lampu di parkir timur" in text_of(response)
    assert "Setelah magrib sisi timur gelap sekali." in text_of(response)
    assert not Idea.objects.exists()


def test_the_form_shows_the_way_for_complaints_about_misconduct(project, resident, sign_in):
    page = text_of(sign_in(resident).get(url("submit_idea", project.slug)))
    assert "SP4N-LAPOR!" in page and "WBS" in page


# --- Official answers -----------------------------------------------------------------------------


def test_an_official_answer_is_published_with_its_promises(idea, responder, sign_in, client):
    form = answer_form(("first", "Lampu diganti", "2026-07-25"), ("not_possible", "Sensor", ""))
    response = sign_in(responder).post(url("answer", idea.pk), form)
    assert response["Location"].endswith("#jawaban-resmi")
    page = text_of(client.get(url("idea", idea.pk)))
    for seen in ("Terima kasih, Bu Nur Aini.", "Hendra Wijaya", "Penata", "Lampu diganti",
                 "25 Juli 2026", "Belum bisa dipenuhi", "Dijawab di hari yang sama"):  # fmt: skip
        assert seen in page
    assert text_of(sign_in(responder).get(url("answer_queue"))).count("Semua sudah dijawab.") == 1


def test_a_changed_answer_keeps_the_old_one(idea, answered, responder, sign_in, client):
    page = text_of(sign_in(responder).get(url("answer", idea.pk)))
    assert "Dua lampu **diganti**." in page and "Lampu diganti" in page
    sign_in(responder).post(url("answer", idea.pk), answer_form(body="Sudah diganti.", version="1"))
    page = text_of(client.get(url("idea", idea.pk)))
    assert "Sudah diganti." in page and "diubah" in page and "<strong>diganti" not in page
    assert AnswerVersion.objects.get().body == "Dua lampu **diganti**."


def test_a_stale_answer_keeps_the_text_and_can_be_sent_again(idea, answered, responder, sign_in):
    client = sign_in(responder)
    response = client.post(url("answer", idea.pk), answer_form(("first", "Janji saya", "")))
    assert response.status_code == 409
    text = text_of(response)
    assert "Terima kasih, Bu Nur Aini." in text and "Janji saya" in text
    assert "Dua lampu **diganti**." in text and 'name="version" value="1"' in text
    client.post(url("answer", idea.pk), answer_form(version="1"))
    assert OfficialAnswer.objects.get().body == "Terima kasih, Bu Nur Aini."


def test_an_answer_that_is_not_yet_right_keeps_everything(idea, responder, sign_in):
    form = answer_form(("first", "", "2026-07-25"), body="")
    response = sign_in(responder).post(url("answer", idea.pk), form)
    assert response.status_code == 422
    assert 'value="2026-07-25"' in text_of(response)
    assert "Tulis apa yang dijanjikan" in text_of(response)
    assert not OfficialAnswer.objects.exists()


def test_an_answer_with_many_promises_can_be_changed(idea, responder, sign_in):
    promises = [Promise("first", f"Janji {n}") for n in range(7)]
    answers.publish_answer(idea=idea, officer=responder, body="Satu", promises=promises)
    page = sign_in(responder).get(url("answer", idea.pk))
    form = page.context["form"].initial | {
        f"{row.prefix}-{name}": row.initial.get(name) or ""
        for row in page.context["rows"]
        for name in ("kind", "text", "due_on")
    }
    counts = {"janji-TOTAL_FORMS": len(page.context["rows"].forms), "janji-INITIAL_FORMS": 7}
    assert sign_in(responder).post(url("answer", idea.pk), form | counts).status_code == 302
    assert OfficialAnswer.objects.get().commitments.count() == 7


def test_the_days_to_the_answer_are_days_of_the_calendar(idea, answered, client):
    now = timezone.localtime().replace(hour=1, minute=0)
    Idea.objects.filter(pk=idea.pk).update(published_at=now - timedelta(hours=3))
    OfficialAnswer.objects.update(published_at=now)
    assert "Dijawab dalam 1 hari" in text_of(client.get(url("idea", idea.pk)))


def test_a_status_is_changed_with_a_reason_that_residents_read(idea, responder, sign_in, client):
    page = sign_in(responder)
    assert page.post(url("change_status", idea.pk), {"status": "done"}).status_code == 422
    page.post(url("change_status", idea.pk), {"status": "declined", "reason": "Lahan warga."})
    history = text_of(client.get(url("idea_history", idea.pk)))
    assert "Tidak dilanjutkan" in history and "Lahan warga." in history
    assert responder.display_name not in history


def test_ratings_below_five_show_nothing(idea, answered, make_person, client, sign_in, resident):
    for n in range(5):
        page = text_of(client.get(url("idea", idea.pk)))
        assert "Belum cukup penilaian" in page and "sudah menilai" not in page, n
        person = make_person()
        participation.support(idea=idea, person=person)
        response = sign_in(person).post(url("rate", idea.pk), {"clear": "4", "helpful": "3"})
        assert response.status_code == 302
    page = text_of(client.get(url("idea", idea.pk)))
    assert "5 warga sudah menilai" in page and "4,0" in page and "3,0" in page
    assert page.count("belum cukup penilaian") == 2  # two aspects that nobody rated


def test_a_rating_is_the_persons_own_and_can_be_changed(idea, answered, resident, sign_in):
    client = sign_in(resident)
    assert client.post(url("rate", idea.pk), {}).status_code == 422
    assert client.post(url("rate", idea.pk), {"clear": "5"}).status_code == 422
    client.post(url("rate", idea.pk), {"clear": "2"})
    client.post(url("rate", idea.pk), {"clear": "3"})
    assert AnswerRating.objects.get().clear == 3
    assert 'value="3" checked' in text_of(client.get(url("idea", idea.pk)))


def test_only_who_took_part_rates_and_no_colleague(idea, answered, cast, make_person, sign_in):
    stranger = make_person()
    for person in (stranger, cast.responder, cast.moderator):
        assert sign_in(person).post(url("rate", idea.pk), {"clear": "1"}).status_code == 403
    assert not AnswerRating.objects.exists()


# --- Reports and the desk -------------------------------------------------------------------------


def test_a_report_counts_once_and_the_post_stays_public(
    idea, make_reply, resident, sign_in, client
):
    reply, browser = make_reply("Balasan biasa"), sign_in(resident)
    assert browser.post(url("flag_reply", reply.pk), {}).status_code == 422
    for _ in range(2):
        response = browser.post(url("flag_reply", reply.pk), {"reason": "spam", "note": "Iklan"})
        assert response["Location"].endswith(f"#balasan-{reply.pk}")
    assert Flag.objects.count() == 1 and Case.objects.get().flag_count == 1
    assert "Balasan biasa" in text_of(client.get(url("idea", idea.pk)))


def test_the_desk_shows_reports_without_who_made_them(
    idea, make_reply, resident, moderator, sign_in
):
    reply = make_reply("Balasan biasa")
    case = moderation.flag(target=fresh(reply), person=resident, reason="spam", note="Ini iklan")
    page = text_of(sign_in(moderator).get(url("desk_item", case.pk)))
    assert "Ini iklan" in page and "1 laporan" in page
    flags = page.split("1 laporan warga")[1].split("</section>")[0]
    assert resident.display_name not in flags


def test_the_desk_says_what_the_screening_found(held_idea, moderator, sign_in):
    case = Case.objects.get(idea=held_idea)
    page = text_of(sign_in(moderator).get(url("desk_item", case.pk)))
    assert "<mark>0812-0000-1234</mark>" in page and "nomor telepon" in page
    assert 'value="publish"' in page and 'data-key="t"' in page and 'data-key="s"' in page


def test_publishing_what_was_held(held_idea, moderator, sign_in, client):
    case = Case.objects.get(idea=held_idea)
    sign_in(moderator).post(url("rule", case.pk), {"decision": "publish", "version": case.version})
    assert client.get(url("idea", held_idea.pk)).status_code == 200


def test_hiding_needs_the_rule_and_a_message(idea, case, moderator, sign_in):
    form = {"decision": "hide", "version": case.version, "message": "Tolong perbaiki."}
    response = sign_in(moderator).post(url("rule", case.pk), form)
    assert response.status_code == 422
    assert "Tolong perbaiki." in text_of(response)
    assert "Pilih aturan yang dilanggar." in text_of(response)
    assert Idea.objects.get(pk=idea.pk).is_published


def test_a_hidden_reply_is_a_tombstone_for_others_and_a_reason_for_its_author(
    idea, make_reply, hide, other_resident, moderator, sign_in, client
):
    reply = make_reply("Nomor rumahnya 17")
    hide(fresh(reply))
    page = text_of(client.get(url("idea", idea.pk)))
    assert "Balasan ini disembunyikan petugas." in page
    assert "Nomor rumahnya 17" not in page and "Ada nomor telepon tetangga." not in page
    assert client.get(url("reply_detail", reply.pk)).status_code == 410
    own = text_of(sign_in(other_resident).get(url("idea", idea.pk)))
    assert "Ada nomor telepon tetangga." in own and "Data pribadi" in own
    assert sign_in(moderator).get(url("reply_detail", reply.pk)).status_code == 200


def test_a_hidden_reply_is_restored_to_its_place(
    idea, make_reply, hide, moderator, sign_in, client
):
    reply = fresh(make_reply("Kembali lagi"))
    make_reply("Sesudahnya")
    hide(reply)
    browser = sign_in(moderator)
    response = browser.post(url("examine_reply", reply.pk), follow=True)
    case = response.context["case"]
    assert 'value="restore"' in text_of(response)
    browser.post(url("rule", case.pk), {"decision": "restore", "version": case.version})
    page = text_of(client.get(url("idea", idea.pk)))
    assert page.index("Kembali lagi") < page.index("Sesudahnya")
    assert fresh(reply).order == reply.order


def test_the_second_moderator_is_told_who_decided_and_keeps_the_message(
    idea, case, moderator, second_moderator, sign_in
):
    sign_in(moderator).post(url("rule", case.pk), {"decision": "keep", "version": case.version})
    late = {"decision": "hide", "rule": "spam", "message": "Ini iklan.", "version": case.version}
    response = sign_in(second_moderator).post(url("rule", case.pk), late)
    assert response.status_code == 409
    text = text_of(response)
    assert "Dewi Lestari sudah memutuskan lebih dulu: Biarkan tayang" in text
    assert "Ini iklan." in text and "data-decide" not in text
    assert Ruling.objects.count() == 1 and Idea.objects.get(pk=idea.pk).is_published


def test_nobody_decides_on_a_post_of_their_own(moderator, second_moderator, make_reply, sign_in):
    reply = make_reply(author=moderator)
    case = moderation.examine(target=fresh(reply), by=second_moderator)
    page = sign_in(moderator).get(url("desk_item", case.pk))
    assert "Tulisan Anda sendiri diperiksa petugas lain." in text_of(page)
    assert "data-decide" not in text_of(page)
    form = {"decision": "keep", "version": case.version}
    assert sign_in(moderator).post(url("rule", case.pk), form).status_code == 403


def test_the_queues_of_the_desk(idea, held_idea, resident, other_resident, moderator, sign_in):
    browser = sign_in(moderator)
    assert held_idea.title in text_of(browser.get(url("desk")))
    assert "Tidak ada laporan warga" in text_of(browser.get(url("desk"), {"antrean": "flagged"}))
    done = browser.get(url("desk"), {"antrean": "done"})
    assert "Belum ada keputusan hari ini" in text_of(done) and "data-live=" not in text_of(done)
    held = Case.objects.get(idea=held_idea)
    browser.post(url("rule", held.pk), {"decision": "publish", "version": held.version})
    assert "Semua sudah diperiksa" in text_of(browser.get(url("desk")))
    done = text_of(browser.get(url("desk"), {"antrean": "done"}))
    assert f'id="perkara-{held.pk}"' in done and "Dewi Lestari" in done


def test_a_decided_case_leaves_the_live_list(case, moderator, sign_in):
    browser = sign_in(moderator)
    before = browser.get(url("desk_changes"), {"sejak": 0}).json()
    assert [f["id"] for f in before["fragments"]] == [
        f"perkara-{case.pk}", f"pegang-{case.pk}", "antrean-meja",
    ]  # fmt: skip
    assert "sla" in before["fragments"][0]["html"]
    browser.post(url("rule", case.pk), {"decision": "keep", "version": case.version})
    after = browser.get(url("desk_changes"), {"sejak": before["revision"]}).json()
    assert [f["html"] for f in after["fragments"] if f["list"]] == [""]

"""A draft of an answer: seen by few, checked by a second person, published once."""

import pytest
from django.db import connection
from django.urls import reverse

from core.policy import Refused
from forum.answers import services as answers
from forum.answers.models import AnswerDraft, AnswerDraftChange, OfficialAnswer
from forum.answers.services import AlreadyPublished, Content, StaleAnswer
from notifications.models import Event, Notice
from participation.models import Idea, IdeaHistory
from tests.answers.conftest import page
from tests.jobs import drain
from tests.together import at_once

SECRET = "Rahasia dapur"


def url(name, *args):
    return reverse(f"forum:{name}", args=args)


def fresh(draft):
    return AnswerDraft.objects.select_related("unit", "author", "idea__project__unit").get(
        pk=draft.pk
    )


def steps(draft):
    return list(AnswerDraftChange.objects.filter(draft=draft).values_list("old", "new"))


def test_a_draft_is_kept_on_the_server_with_everything_typed(
    idea, responder, colleague, sign_in, form
):
    sent = form(
        {"kind": "first", "text": "Lampu", "due_on": "2030-01-02"}, cost="Rp5 juta", aksi="simpan",
        body="", checklist=["date"], status="planned",
    )  # fmt: skip
    assert sign_in(responder).post(url("answer", idea.pk), sent).status_code == 302
    shown = page(sign_in(colleague).get(url("answer", idea.pk)))
    for part in ('value="Lampu"', 'value="2030-01-02"', 'value="Rp5 juta"',
                 'name="draft_version" value="1"', 'value="date" id="id_checklist_2" checked',
                 'value="planned" id="id_status_1" checked'):  # fmt: skip
        assert part in shown, part


def test_a_draft_saves_itself_and_says_its_version(idea, responder, colleague, sign_in, form):
    browser, path = sign_in(responder), url("answer", idea.pk)
    for version in (0, 1):
        sent = form(body=f"Teks {version}", aksi="simpan", draft_version=str(version))
        answer = browser.post(path, sent, headers={"X-Autosave": "1"})
        assert answer.json() == {"draft_version": version + 1}
    late = sign_in(colleague).post(path, form(aksi="simpan"), headers={"X-Autosave": "1"})
    assert late.status_code == 409
    assert AnswerDraft.objects.get().body == "Teks 1"
    assert AnswerDraftChange.objects.count() == 1  # a save is no step


def test_a_draft_is_nowhere_but_with_the_responders_of_the_unit(
    idea, kept, cast, colleague, sign_in, client
):
    public = ("/", "/aspirasi/", f"/proyek/{idea.project.slug}/", f"/aspirasi/{idea.pk}/",
              f"/aspirasi/{idea.pk}/perubahan/?sejak=0", f"/aspirasi/{idea.pk}/riwayat/",
              "/aspirasi/?q=rahasia", f"/proyek/{idea.project.slug}/janji/", "/jawaban/",
              "/kabar/")  # fmt: skip
    outsiders = (cast.anonymous, cast.resident, cast.responder_elsewhere, cast.moderator,
                 cast.planner, cast.bkpsdm, cast.auditor, cast.city_admin)  # fmt: skip
    for person in outsiders:
        browser = sign_in(person)
        for path in public:
            assert SECRET not in page(browser.get(path)), (person, path)
        for name in ("answer_draft", "publish_draft", "return_draft", "take_back"):
            send = browser.get if name == "answer_draft" else browser.post
            assert send(url(name, kept.pk)).status_code in (302, 404), (person, name)
    for person in (cast.responder, colleague):
        assert SECRET in page(sign_in(person).get(url("answer_draft", kept.pk))), person
        assert SECRET in page(sign_in(person).get("/jawaban/")), person
    assert AnswerDraft.objects.get().state == "draft" and not OfficialAnswer.objects.exists()


def test_a_colleague_who_saved_meanwhile_is_not_overwritten(
    idea, kept, responder, colleague, sign_in, form
):
    sent = form(body="Versi rekan.", aksi="simpan", draft_version="1")
    assert sign_in(colleague).post(url("answer", idea.pk), sent).status_code == 302
    for action in ("simpan", "terbitkan"):
        sent = form(body="Versi saya.", aksi=action, draft_version="1")
        response = sign_in(responder).post(url("answer", idea.pk), sent)
        assert response.status_code == 409
        assert "Versi saya." in page(response) and "Versi rekan." in page(response)
        assert 'name="draft_version" value="2"' in page(response)
    assert AnswerDraft.objects.get().body == "Versi rekan."
    assert AnswerDraft.objects.get().author == colleague


def test_where_the_unit_wants_it_nobody_publishes_alone(
    idea, careful_unit, responder, colleague, sign_in, form, client, told
):
    writer = sign_in(responder)
    response = writer.post(url("answer", idea.pk), form(body=f"{SECRET}."))
    draft = AnswerDraft.objects.get()
    assert response["Location"] == url("answer_draft", draft.pk)
    assert draft.state == "in_review" and not OfficialAnswer.objects.exists()
    assert told() == [("work", colleague.display_name)]
    assert writer.post(url("publish_draft", draft.pk), {"version": 2}).status_code == 403
    assert SECRET not in page(client.get(url("idea", idea.pk)))
    response = sign_in(colleague).post(url("publish_draft", draft.pk), {"version": 2})
    assert response["Location"].endswith("#jawaban-resmi")
    shown = page(client.get(url("idea", idea.pk)))
    assert SECRET in shown and responder.display_name in shown
    answer = OfficialAnswer.objects.get()
    assert (answer.officer, answer.reviewer) == (responder, colleague)
    assert steps(draft) == [("", "draft"), ("draft", "in_review"), ("in_review", "published")]


def test_the_leader_of_the_unit_checks_too_and_no_other(
    idea, careful_unit, responder, leader, make_person, other_unit, cast, sign_in, form
):
    sign_in(responder).post(url("answer", idea.pk), form(body=f"{SECRET}."))
    draft = AnswerDraft.objects.get()
    leader_elsewhere = make_person(role="leader", unit=other_unit)
    for person in (cast.responder_elsewhere, leader_elsewhere, cast.moderator, cast.resident):
        assert sign_in(person).get(url("answer_draft", draft.pk)).status_code == 404, person
        post = sign_in(person).post(url("publish_draft", draft.pk), {"version": draft.version})
        assert post.status_code == 404, person
    assert "Menunggu" in page(sign_in(leader).get("/jawaban/")) or SECRET in page(
        sign_in(leader).get("/jawaban/")
    )
    post = sign_in(leader).post(url("publish_draft", draft.pk), {"version": draft.version})
    assert post.status_code == 302 and OfficialAnswer.objects.get().reviewer == leader


def test_who_has_no_colleague_is_told_so(idea, careful_unit, responder, sign_in, form):
    response = sign_in(responder).post(url("answer", idea.pk), form(), follow=True)
    assert "belum ada rekan atau pimpinan" in page(response)


def test_a_returned_draft_comes_back_with_the_remark(
    idea, careful_unit, responder, colleague, sign_in, form, told
):
    sign_in(responder).post(url("answer", idea.pk), form())
    draft = AnswerDraft.objects.get()
    drain()
    Notice.objects.all().delete()
    checker = sign_in(colleague)
    empty = checker.post(url("return_draft", draft.pk), {"version": draft.version, "remark": ""})
    assert empty.status_code == 422
    sent = {"version": draft.version, "remark": "Tanggalnya belum ada."}
    assert checker.post(url("return_draft", draft.pk), sent).status_code == 302
    late = checker.post(url("return_draft", draft.pk), sent)
    assert late.status_code == 409 and "Tanggalnya belum ada." in page(late)
    drain()
    assert Notice.objects.get().person == responder
    assert "Tanggalnya belum ada." in page(sign_in(responder).get(url("answer", idea.pk)))
    again = form(body="Lampu diganti 3 Juli.", draft_version=str(fresh(draft).version))
    assert sign_in(responder).post(url("answer", idea.pk), again).status_code == 302
    assert fresh(draft).state == "in_review"
    # Nothing of the inner talk is public.
    for text in ("Tanggalnya belum ada.", "Dikembalikan"):
        assert text not in page(sign_in(None).get(url("idea_history", idea.pk)))


def test_a_draft_taken_back_meanwhile_is_not_published(
    idea, careful_unit, responder, colleague, sign_in, form
):
    sign_in(responder).post(url("answer", idea.pk), form())
    draft = AnswerDraft.objects.get()
    seen = draft.version
    sign_in(responder).post(url("take_back", draft.pk), {"version": seen})
    late = sign_in(colleague).post(url("publish_draft", draft.pk), {"version": seen})
    assert late.status_code == 403 and not OfficialAnswer.objects.exists()
    with pytest.raises((StaleAnswer, Refused)):
        draft.state = "in_review"
        answers.publish_draft(draft=draft, by=colleague, seen_version=seen)
    assert not OfficialAnswer.objects.exists()


def test_a_change_goes_the_same_way_and_the_standing_answer_stays(
    idea, answered, careful_unit, responder, colleague, sign_in, form, client
):
    sign_in(responder).post(url("answer", idea.pk), form(body="Lampu LED.", version="1"))
    shown = page(client.get(url("idea", idea.pk)))
    assert "Lampu kami ganti." in shown and "Lampu LED." not in shown
    draft = AnswerDraft.objects.get(state="in_review")
    sign_in(colleague).post(url("publish_draft", draft.pk), {"version": draft.version})
    assert "Lampu LED." in page(client.get(url("idea", idea.pk)))
    assert OfficialAnswer.objects.get().version == 2


def test_the_second_press_is_told_and_publishes_nothing_more(idea, kept, responder, sign_in):
    browser = sign_in(responder)
    assert browser.post(url("publish_draft", kept.pk), {"version": 1}).status_code == 302
    again = browser.post(url("publish_draft", kept.pk), {"version": 1})
    assert again.status_code == 409 and "sudah tayang" in page(again)
    drain()
    assert OfficialAnswer.objects.get().version == 1
    assert Event.objects.filter(key__startswith="answer.").count() == 2  # author, followers


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", ["draft", "form"])
def test_two_who_publish_at_once_publish_once(way, idea, responder, colleague):
    """From the list of drafts, and from two forms that were opened with nothing there."""
    rounds = 5 if connection.vendor == "postgresql" else 2
    for n in range(rounds):
        OfficialAnswer.objects.all().delete()
        Idea.objects.update(answered_at=None)
        draft = None
        if way == "draft":
            draft = answers.save_draft(
                idea=idea, officer=responder, content=Content(body=f"Jawaban {n}.")
            )

        def publish(draft=draft):
            by = responder
            try:
                if draft is not None:
                    answers.publish_draft(draft=fresh(draft), by=by, seen_version=draft.version)
                else:
                    answers.hand_in(
                        idea=Idea.objects.select_related("project__unit").get(pk=idea.pk),
                        officer=by,
                        content=Content(body="Jawaban."),
                        seen_version=0,
                        seen_draft=0,
                    )
            except (AlreadyPublished, StaleAnswer) as error:
                return type(error).__name__
            return "published"

        results = at_once(2, publish)
        assert results.count("published") == 1 and len(results) == 2, results
        answer = OfficialAnswer.objects.get()
        assert answer.version == 1 and not answer.versions.exists()
    assert (
        Event.objects.filter(key__startswith="answer.", key__endswith=".author").count() == rounds
    )
    assert IdeaHistory.objects.filter(field="status").count() == 1
    assert not AnswerDraft.objects.exclude(state="published").exists()


# --- Several at once ----------------------------------------------------------------------------


def test_several_drafts_are_published_with_a_report_for_each(
    project, make_idea, make_project, other_unit, careful_unit, responder, colleague,
    responder_elsewhere, other_resident, sign_in, form, make_person
):  # fmt: skip
    writer = sign_in(responder)
    ideas = [make_idea(title=f"Usul {n}", author=make_person(f"Warga {n}")) for n in range(4)]
    for idea in ideas:
        writer.post(url("answer", idea.pk), form(body=f"Jawaban untuk {idea.title}."))
    drafts = {d.idea_id: d for d in AnswerDraft.objects.all()}
    ready, already, stale, third = (drafts[idea.pk] for idea in ideas)
    pairs = [f"{d.pk}:{d.version}" for d in (ready, already, stale, third)]
    sign_in(colleague).post(url("publish_draft", already.pk), {"version": already.version})
    writer.post(url("take_back", stale.pk), {"version": stale.version})
    elsewhere = make_idea(project_=make_project(unit=other_unit), title="Di tempat lain")
    foreign = answers.save_draft(
        idea=elsewhere, officer=responder_elsewhere, content=Content(body="Milik unit lain.")
    )
    drain()
    Notice.objects.all().delete()
    pairs += [f"{foreign.pk}:1", "9999:1", "x:y", "5", ""]
    response = sign_in(colleague).post(url("publish_drafts"), {"draf": pairs})
    report = page(response)
    assert response.status_code == 200 and "2 dari 6 jawaban tayang" in report
    assert report.count("Tayang.") == 2
    assert report.count("Sudah tayang") == 1 and report.count("Berubah sejak") == 1
    assert report.count("Anda tidak berwenang") == 2 and "Di tempat lain" not in report
    drain()
    told = Notice.objects.filter(latest__category="answer").values_list("person__display_name")
    assert sorted(name for (name,) in told) == ["Warga 0", "Warga 3"]
    assert OfficialAnswer.objects.count() == 3
    # The writer may tick as much as they like: a second pair of eyes is somebody else's.
    own = answers.save_draft(idea=elsewhere, officer=responder_elsewhere, content=Content(body="x"))
    assert "0 dari 1" in page(
        writer.post(url("publish_drafts"), {"draf": f"{own.pk}:{own.version}"})
    )


def test_nothing_ticked_is_said(responder, resident, sign_in):
    assert sign_in(responder).post(url("publish_drafts"), {}).status_code == 302
    assert sign_in(resident).post(url("publish_drafts"), {"draf": "1:1"}).status_code == 403

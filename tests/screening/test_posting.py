"""What happens to a post by what the screening says: published, flagged, held, sent back."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Person
from forum.discussion import services as discussion
from forum.discussion.models import Reply, ReplyVersion
from forum.moderation.models import Case
from forum.screening import services
from forum.screening.models import Fingerprint, WordRule
from participation.models import Idea

NIK = "3515144508680002"
LONG = (
    "Kami warga gang Kenanga minta lampu jalan dipasang di tikungan dekat jembatan kecil, "
    "karena setiap malam ada saja anak yang jatuh dari sepeda di sana."
)


def make_new(person):
    Person.objects.filter(pk=person.pk).update(joined_at=timezone.now() - timedelta(hours=2))
    return Person.objects.get(pk=person.pk)


def post_reply(client, idea, body, **headers):
    sent = {"body": body, "client_key": str(uuid.uuid4())}
    return client.post(f"/aspirasi/{idea.pk}/balas/", sent, headers=headers)


# --- Sent back -----------------------------------------------------------------------------------


def test_an_aspirasi_with_a_nik_comes_back_with_what_to_change(
    sign_in, resident, project, idea_form
):
    sent = idea_form(body=f"NIK saya {NIK}, tolong dibantu.")
    answer = sign_in(resident).post(f"/proyek/{project.slug}/kirim/", sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Hapus NIK" in page
    assert sent["body"] in page
    assert sent["title"] in page
    assert Idea.objects.count() == Case.objects.count() == Fingerprint.objects.count() == 0


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["plain", "htmx"])
def test_a_reply_with_an_advertisement_comes_back(headers, sign_in, resident, idea):
    body = "Daftar slot gacor di sini, bonus besar."
    answer = post_reply(sign_in(resident), idea, body, **headers)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Hapus bagian “Daftar slot gacor”" in page
    assert body in page
    assert Reply.objects.count() == 0


def test_an_edit_that_is_sent_back_changes_nothing(sign_in, other_resident, make_reply):
    reply = make_reply("Asli.")
    sent = {"body": f"KK saya {NIK}.", "version": 1}
    answer = sign_in(other_resident).post(f"/balasan/{reply.pk}/ubah/", sent)
    assert answer.status_code == 422
    assert sent["body"] in answer.content.decode()
    reply.refresh_from_db()
    assert (reply.body, reply.version, ReplyVersion.objects.count()) == ("Asli.", 1, 0)


def test_an_aspirasi_that_was_received_is_not_sent_back_when_it_comes_again(
    sign_in, resident, project, idea_form
):
    """The list grew between the send and its repetition, whose first answer was lost."""
    client, sent = sign_in(resident), idea_form(body="Kolam ikan mas di taman.")
    first = client.post(f"/proyek/{project.slug}/kirim/", sent)
    WordRule.objects.create(phrase="ikan mas", list="block", breaks="spam")
    again = client.post(f"/proyek/{project.slug}/kirim/", sent)
    assert (again.status_code, again["Location"]) == (302, first["Location"])


# --- Held, with advice ---------------------------------------------------------------------------


def test_one_s_own_phone_number_is_held_and_the_author_is_told_why(
    sign_in, other_resident, idea, client
):
    body = "Saya bisa bantu, hubungi saya di 0812-0000-1234."
    mine = sign_in(other_resident)
    answer = post_reply(mine, idea, body, **{"HX-Request": "true"})
    assert "Hapus nomor telepon, juga bila milik Anda sendiri." in answer.content.decode()
    assert Reply.objects.get().visibility == "held"
    page = mine.get(f"/aspirasi/{idea.pk}/").content.decode()
    assert "Hapus nomor telepon" in page
    assert "0812" not in client.get(f"/aspirasi/{idea.pk}/").content.decode()


def test_the_author_of_a_held_aspirasi_reads_what_to_change(sign_in, resident, make_idea):
    idea = make_idea(body="Petugasnya goblok semua.")
    page = sign_in(resident).get(f"/aspirasi/{idea.pk}/").content.decode()
    assert "Ganti kata “goblok”. Kritik setegas apa pun boleh, tanpa menghina orang." in page


def test_the_desk_says_in_words_what_was_found(sign_in, moderator, make_idea):
    make_idea(body="Petugasnya g0bl0k, telepon 0812-0000-1234.")
    page = sign_in(moderator).get(f"/meja/{Case.objects.get().pk}/").content.decode()
    assert "<mark>g0bl0k</mark>" in page
    assert "hinaan" in page
    assert "nomor telepon" in page


def test_a_link_waits_only_while_the_account_is_new(make_idea, resident, other_resident):
    body = "Lihat fotonya di www.foto-contoh.example/1"
    new = make_new(resident)
    assert make_idea(author=new, body=body).visibility == "held"
    assert make_idea(author=other_resident, body=body).visibility == "published"
    official = "Lihat https://www.pontianak.go.id/taman"
    assert make_idea(author=new, body=official).visibility == "published"


# --- Published and put on the desk ---------------------------------------------------------------


def test_a_flagged_reply_is_public_and_on_the_desk(make_reply, sign_in, moderator, client, idea):
    reply = make_reply("Mobil plat KB 1234 AB selalu parkir di trotoar.")
    case = Case.objects.get()
    assert (reply.is_published, case.cause, case.reply) == (True, "screened", reply)
    assert "KB 1234 AB" in client.get(f"/aspirasi/{idea.pk}/").content.decode()
    page = sign_in(moderator).get(f"/meja/{case.pk}/").content.decode()
    assert "pelat nomor kendaraan" in page
    assert "Biarkan tayang" in page


def test_a_flagged_aspirasi_is_public_with_its_office_and_on_the_desk(
    make_idea, sign_in, moderator, client
):
    idea = make_idea(body="Mobil plat KB 1234 AB selalu parkir di trotoar.")
    case = Case.objects.get()
    assert (idea.is_published, case.cause, case.idea) == (True, "screened", idea)
    assert idea.disposition.state == "received"
    assert "KB 1234 AB" in client.get(f"/aspirasi/{idea.pk}/").content.decode()
    page = sign_in(moderator).get(f"/meja/{case.pk}/").content.decode()
    assert "pelat nomor kendaraan" in page and "Biarkan tayang" in page


def test_an_edit_that_is_flagged_stays_public(make_reply, other_resident):
    reply = make_reply()
    body = "Mobil plat KB 1234 AB menghalangi."
    discussion.edit_reply(reply=reply, by=other_resident, body=body, seen_version=1)
    reply.refresh_from_db()
    assert reply.is_published
    assert Case.objects.get().cause == "screened"


# --- Repetition ----------------------------------------------------------------------------------


@pytest.fixture
def replies(repetition, make_reply):
    return lambda *posts: [make_reply(body, author=author).visibility for author, body in posts]


def test_the_second_copy_is_flagged_and_the_third_waits(replies, resident, make_idea, make_reply):
    said = replies(
        (resident, LONG), (resident, LONG.upper() + "!!"), (resident, LONG.replace("sana", "situ"))
    )
    assert said == ["published", "published", "held"]
    codes = [case.findings[0]["code"] for case in Case.objects.order_by("pk")]
    assert codes == ["duplicate", "duplicate"]
    assert Case.objects.first().cause == "screened"


def test_a_campaign_of_several_people_is_never_held(replies, make_person):
    assert replies(*((make_person(), LONG) for _n in range(5))) == ["published"] * 5
    assert {case.findings[0]["code"] for case in Case.objects.all()} == {"copied"}
    assert Case.objects.count() == 3


def test_short_words_may_be_said_again(replies, resident, other_resident):
    assert replies(*[(resident, "Setuju sekali, Pak.")] * 4) == ["published"] * 4
    assert Case.objects.count() == 0


def test_the_same_text_in_another_project_or_after_some_days_is_no_repetition(
    replies, resident, make_idea, make_project
):
    assert replies((resident, LONG)) == ["published"]
    elsewhere = services.screen(LONG, author=resident, project=make_project(), kind="idea")
    assert elsewhere.action == "publish"
    Fingerprint.objects.update(at=timezone.now() - timedelta(days=4))
    assert replies((resident, LONG)) == ["published"]
    assert Case.objects.count() == 0
    assert services.forget_fingerprints() > 0
    assert Fingerprint.objects.exclude(at__gte=timezone.now() - timedelta(days=3)).count() == 0


def test_an_office_may_thank_many_in_the_same_words(replies, responder):
    assert replies(*[(responder, LONG)] * 4) == ["published"] * 4
    assert Case.objects.count() == 0


def test_an_edit_is_no_repetition_of_itself(repetition, make_reply, other_resident):
    reply = make_reply(LONG)
    body = LONG + " Terima kasih."
    discussion.edit_reply(reply=reply, by=other_resident, body=body, seen_version=1)
    assert Case.objects.count() == 0
    rows = Fingerprint.objects.filter(kind="reply")
    assert rows.values("post_id").distinct().count() == 1


def test_many_posts_in_ten_minutes_are_told_and_wait_for_a_new_account(
    replies, other_resident, make_person
):
    posts = [f"Pendapat saya yang ke-{n} tentang taman." for n in range(8)]
    assert replies(*((other_resident, body) for body in posts)) == ["published"] * 8
    assert [case.findings[0]["code"] for case in Case.objects.all()] == ["pace", "pace"]
    new = make_new(make_person())
    assert replies(*((new, body) for body in posts)) == ["published"] * 6 + ["held"] * 2


def test_no_text_can_be_read_from_its_marks(replies, resident):
    replies((resident, LONG))
    for row in Fingerprint.objects.values():
        assert "lampu" not in str(row)
    assert Fingerprint.objects.filter(kind="reply").count() == 9


# --- Lists ---------------------------------------------------------------------------------------


def test_a_list_of_one_project_counts_there_only(project, make_project, resident):
    WordRule.objects.create(phrase="kavling", list="hold", breaks="spam", project=project)

    def action(where):
        return services.screen("Kavling ini", author=resident, project=where, kind="idea").action

    assert [action(where) for where in (project, make_project(), None)] == [
        "hold", "publish", "publish",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "action"),
    [
        ({}, "hold"),
        ({"is_active": False}, "publish"),
        ({"valid_from": timezone.localdate() + timedelta(days=2)}, "publish"),
        ({"list": "flag"}, "flag"),
        ({"list": "block"}, "block"),
        ({"list": "allow"}, "publish"),
    ],
    ids=str,
)
def test_a_rule_counts_as_it_says_from_the_next_post_on(changes, action, resident):
    rule = WordRule.objects.create(phrase="kodok", list="hold", breaks="person")
    assert services.screen("Si kodok", author=resident, kind="reply").action == "hold"
    WordRule.objects.filter(pk=rule.pk).update(**changes, changed_at=timezone.now())
    assert services.screen("Si kodok", author=resident, kind="reply").action == action


def test_the_cost_of_a_post_is_a_fixed_number_of_queries(
    repetition, project, resident, django_assert_max_num_queries
):
    services.screen(LONG, author=resident, project=project, kind="reply")
    for text in (LONG, LONG * 20):
        with django_assert_max_num_queries(6):
            services.screen(text, author=resident, project=project, kind="reply")


def test_a_text_outside_a_discussion_is_looked_through_too(resident):
    assert services.findings("Jawaban yang baik.", author=resident) == []
    found = services.findings("Dasar goblok", author=resident)
    assert found[0]["code"] == "insult"
    assert set(found[0]) == {"code", "excerpt", "why"}
    assert services.findings("Mobil plat KB 1234 AB", author=resident) == []

"""What was decided, and what changed since: no decision reaches further than it was meant."""

from django.urls import reverse

from accounts.models import Person
from forum.appeals import services as appeals
from forum.discussion import services as discussion
from forum.discussion.models import Reply
from forum.identity import services as identity
from forum.moderation import services as moderation
from forum.moderation.models import Case
from notifications.models import Receipt
from tests.jobs import drain


def decide(post, by, decision, **fields):
    case = moderation.examine(target=post, by=by)
    fields.setdefault("rule", "person")
    fields.setdefault("message", "Alasan.")
    return moderation.rule(case=case, seen_version=case.version, decision=decision, by=by, **fields)


def grant(appeal, by):
    case = Case.objects.get(pk=appeal.case_id)
    moderation.rule(case=case, seen_version=case.version, decision="grant", by=by, message="Benar.")


def test_a_text_that_changed_since_it_was_read_is_not_decided(
    other_resident, make_reply, moderator, sign_in
):
    reply = make_reply("Hubungi saya di 0812 3456 7890 ya.")
    case = Case.objects.get(reply=reply)
    desk = sign_in(moderator)
    desk.get(reverse("forum:desk_item", args=[case.pk]))
    case.refresh_from_db()
    seen = case.version
    discussion.edit_reply(
        reply=reply, by=other_resident, body="Telepon 0899 1111 2222 saja.", seen_version=1
    )
    answer = desk.post(
        reverse("forum:rule", args=[case.pk]), {"decision": "publish", "version": seen}
    )
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "baru saja mengubah tulisan ini" in page
    assert "0899 1111 2222" in page
    assert Reply.objects.get(pk=reply.pk).visibility == "held"
    case.refresh_from_db()
    again = desk.post(
        reverse("forum:rule", args=[case.pk]), {"decision": "publish", "version": case.version}
    )
    assert again.status_code == 302
    assert Reply.objects.get(pk=reply.pk).is_published


def test_many_at_once_leave_a_changed_text_alone(other_resident, make_reply, moderator):
    reply = make_reply("Hubungi saya di 0812 3456 7890 ya.")
    case = Case.objects.get(reply=reply)
    discussion.edit_reply(
        reply=reply, by=other_resident, body="Telepon 0899 1111 2222 saja.", seen_version=1
    )
    [outcome] = moderation.rule_many(
        chosen=[(case.pk, case.version)], decision="publish", by=moderator
    )
    assert (outcome.what, outcome.reason[:10]) == ("refused", "Penulisnya")
    assert Reply.objects.get(pk=reply.pk).visibility == "held"


def test_a_granted_appeal_ends_its_own_restriction_and_no_other(
    make_reply, other_resident, moderator, second_moderator
):
    one, other = make_reply("Kalimat pertama."), make_reply("Kalimat kedua yang lain sekali.")
    first = decide(one, moderator, "suspend", days=1)
    appeal = appeals.lodge(ruling=first, by=other_resident, body="Tidak benar.")
    decide(other, moderator, "suspend", days=30)
    grant(appeal, second_moderator)
    assert Person.objects.get(pk=other_resident.pk).is_suspended


def test_a_granted_appeal_shows_nothing_that_waits_for_an_edit(
    make_reply, other_resident, moderator, second_moderator
):
    reply = make_reply("Kalimat pertama yang ditulis.")
    first = decide(reply, moderator, "hide")
    appeal = appeals.lodge(ruling=first, by=other_resident, body="Tidak benar.")
    decide(reply, second_moderator, "restore")
    decide(reply, second_moderator, "ask_edit", rule="private_data")
    grant(appeal, second_moderator)
    assert Reply.objects.get(pk=reply.pk).visibility == "hidden"


def test_who_is_no_longer_named_after_an_edit_is_not_told(
    make_reply, make_person, moderator, other_resident
):
    named = make_person("Zulkifli")
    make_reply("Saya setuju sekali.", author=named)
    reply = make_reply("Hubungi @Zulkifli di 0812 3456 7890.")
    case = Case.objects.get(reply=reply)
    moderation.rule(
        case=case, seen_version=case.version, decision="ask_edit", by=moderator,
        rule="private_data", message="Hapus nomornya.",
    )  # fmt: skip
    case.refresh_from_db()
    moderation.revise(case=case, by=other_resident, body="Sudah saya hapus semuanya.")
    case.refresh_from_db()
    moderation.rule(case=case, seen_version=case.version, decision="publish", by=moderator)
    drain()
    assert not Receipt.objects.filter(person=named, event__category="mention").exists()


def test_the_title_of_a_hidden_aspirasi_is_in_no_news_of_a_reply_below_it(
    make_idea, make_reply, other_resident, moderator, sign_in
):
    idea = make_idea(title="Pak Karto di gang buntu pencuri")
    reply = make_reply("Saya juga pernah melihatnya.", idea_=idea, shown_as="hidden")
    identity.reveal(
        post=Reply.objects.get(pk=reply.pk), by=moderator, ground="threat",
        reason="Ada ancaman terhadap orang di sini.",
    )  # fmt: skip
    decide(reply, moderator, "warn")
    decide(idea, moderator, "hide")
    drain()
    browser = sign_in(other_resident)
    for page in ("/akun/identitas/", "/kabar/", f"/balasan/{reply.pk}/"):
        assert "gang buntu" not in browser.get(page).content.decode(), page


def test_a_task_shows_no_more_of_a_hidden_aspirasi_than_its_page(
    make_idea, responder, moderator, sign_in
):
    idea = make_idea(body="Rumahnya di gang buntu.")
    decide(idea, moderator, "hide", rule="private_data")
    browser = sign_in(responder)
    assert browser.get(reverse("forum:idea", args=[idea.pk])).status_code == 410
    assert browser.get(reverse("forum:task", args=[idea.pk])).status_code == 404

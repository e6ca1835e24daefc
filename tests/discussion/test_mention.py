"""Naming somebody with "@": who is told, who is not, and that no hidden name comes out."""

import html

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from forum.discussion import services as discussion
from forum.discussion.models import Mention, Reply
from notifications.models import Notice
from participation import services as participation
from participation.models import Idea
from tests.jobs import drain


def text_of(response):
    return html.unescape(response.content.decode())


def told(person, category="mention"):
    drain()
    return Notice.objects.filter(person=person, latest__category=category).count()


def edit(reply, body):
    reply.refresh_from_db()
    discussion.edit_reply(reply=reply, by=reply.author, body=body, seen_version=reply.version)


@pytest.fixture
def yohana(make_person, make_reply):
    """Somebody who has taken part in the discussion under the own name."""
    person = make_person("Yohana Sulastri, S.Pd.")
    make_reply("Usul: pegangan di dua sisi.", author=person)
    return person


@pytest.mark.parametrize(
    "body",
    [
        "@Yohana Sulastri, S.Pd. benar sekali", "Setuju dengan @Yohana Sulastri.",
        "terima kasih @yohana sulastri!", "@Yohana, berapa tingginya?", "(@Yohana)",
    ],
)  # fmt: skip
def test_who_takes_part_is_told_when_named(idea, yohana, say, other_resident, body):
    assert say(other_resident, idea, body).status_code == 302
    assert Mention.objects.get().person == yohana
    assert told(yohana) == 1


def test_the_name_stands_out_and_nothing_else_becomes_markup(idea, yohana, make_reply):
    reply = make_reply(
        "<b>@Yohana</b> lihat http://a.example/@Yohana dan @Yohana Sulastri & @Yohana"
    )
    reply.refresh_from_db()
    assert reply.body_html.count("<b>@Yohana Sulastri</b>") == 1
    assert reply.body_html.endswith("&amp; <b>@Yohana</b></p>")
    assert 'href="http://a.example/@Yohana"' in reply.body_html
    assert "&lt;b&gt;@Yohana&lt;/b&gt;" in reply.body_html


@pytest.mark.parametrize(
    "body", ["@Joko setuju?", "surel@Yohana", "@ Yohana", "@Yohanaku", "Yohana saja", "@@Yohana"]
)
def test_other_words_stay_plain_text(idea, yohana, make_reply, body):
    reply = make_reply(body)
    assert not Mention.objects.exists()
    assert "<b>" not in reply.body_html and reply.body == body


def test_a_name_that_two_people_share_names_neither(idea, make_person, make_reply):
    for _ in range(2):
        make_reply("Saya juga", author=make_person("Ahmad Yani"))
    make_reply("Lain lagi", author=make_person("Ahmad Dahlan"))
    reply = make_reply("@Ahmad Yani dan @Ahmad, bagaimana?")
    assert not reply.mentions.exists()
    assert make_reply("@Ahmad Dahlan saja").mentions.count() == 1


def test_who_wrote_without_a_name_cannot_be_named(
    idea, make_person, make_reply, sign_in, other_resident
):
    hidden = make_person("Kartini Susanti")
    make_reply("Jangan sebut saya", author=hidden, shown_as="pseudonym")
    answer = sign_in(other_resident).get(f"/aspirasi/{idea.pk}/peserta/?q=Kartini")
    assert answer.json() == {"names": []}
    reply = make_reply("@Kartini Susanti dan @Warga Akcaya, ini Anda?")
    assert not Mention.objects.exists() and "<b>" not in reply.body_html
    assert told(hidden) == 0


def test_the_author_of_a_pseudonymous_aspirasi_cannot_be_named(
    make_idea, make_person, make_reply, other_resident, sign_in
):
    author = make_person("Kartini Susanti")
    idea = make_idea(author=author, shown_as="pseudonym")
    answer = sign_in(other_resident).get(f"/aspirasi/{idea.pk}/peserta/?q=Kar")
    assert answer.json() == {"names": []}
    assert not make_reply("@Kartini", idea_=idea).mentions.exists()


@pytest.mark.parametrize("take_away", ["hide", "withdraw", "held"])
def test_whose_reply_is_out_of_sight_takes_no_part(
    idea, make_person, make_reply, sign_in, other_resident, take_away
):
    person = make_person("Tono Wijaya")
    reply = make_reply("Telepon 0812 3456 7890" if take_away == "held" else "Ya", author=person)
    reply.refresh_from_db()
    if take_away == "hide":
        discussion.hide_reply(reply=reply)
    elif take_away == "withdraw":
        discussion.withdraw_reply(reply=reply, by=person)
    answer = sign_in(other_resident).get(f"/aspirasi/{idea.pk}/peserta/?q=Tono")
    assert answer.json() == {"names": []}
    assert not make_reply("@Tono Wijaya?").mentions.exists()


def test_somebody_of_another_discussion_is_not_named(make_idea, yohana, make_reply):
    assert not make_reply("@Yohana", idea_=make_idea(title="Lain")).mentions.exists()


def test_a_civil_servant_is_named_by_name_or_unit(idea, responder, perkim, make_reply):
    make_reply("Kami periksa besok.", author=responder)
    assert make_reply("@Hendra Wijaya kapan?").mentions.get().person == responder
    assert make_reply(f"@{perkim.label} kapan?").mentions.get().person == responder
    assert told(responder) == 1, "one line of one discussion"


def test_nobody_is_told_of_naming_themselves(idea, yohana, make_reply):
    make_reply("@Yohana Sulastri itu saya", author=yohana)
    assert not Mention.objects.exists()


def test_whom_the_reply_is_for_is_told_once_as_a_reply(
    idea, resident, yohana, make_reply, other_resident
):
    top = Reply.objects.get(author=yohana)
    make_reply("@Yohana dan @Nur Aini, setuju", parent=top)
    assert Mention.objects.count() == 2
    assert (told(yohana), told(yohana, "reply")) == (0, 1)
    assert (told(resident), told(resident, "reply")) == (0, 1)


def test_a_held_reply_tells_nobody_until_it_is_published(idea, yohana, make_reply):
    reply = make_reply("@Yohana hubungi 0812 3456 7890")
    assert told(yohana) == 0
    discussion.publish_reply(reply=reply)
    assert told(yohana) == 1
    discussion.hide_reply(reply=reply)
    discussion.publish_reply(reply=reply)
    assert told(yohana) == 1


def test_an_edit_tells_only_who_is_new_in_it(idea, yohana, make_person, make_reply):
    second = make_person("Bambang Irawan")
    make_reply("Saya di sini", author=second)
    reply = make_reply("@Yohana bagaimana?")
    assert (told(yohana), told(second)) == (1, 0)
    Notice.objects.all().delete()
    edit(reply, "@Yohana dan @Bambang bagaimana?")
    assert (told(yohana), told(second)) == (0, 1)
    edit(reply, "Bagaimana?")
    assert not Mention.objects.exists()
    edit(reply, "@Bambang bagaimana?")
    Notice.objects.all().delete()
    assert told(second) == 0, "told before"


def test_who_mutes_the_project_is_left_alone(idea, yohana, make_reply):
    participation.mute(project=idea.project, person=yohana)
    make_reply("@Yohana?")
    assert told(yohana) == 0


def test_five_people_at_most(idea, make_person, make_reply):
    for n in range(7):
        make_reply("Hadir", author=make_person(f"Peserta{n} Rapat"))
    reply = make_reply(" ".join(f"@Peserta{n}" for n in range(7)))
    assert reply.mentions.count() == 5


def test_a_text_full_of_marks_costs_no_more(idea, yohana, make_reply):
    costs = []
    for body in ("Pemanasan @Yohana", "@Yohana", "@Yohana " * 240):
        with CaptureQueriesContext(connection) as seen:
            make_reply(body)
        costs.append(len(seen))
    assert costs[1] == costs[2]


def test_names_are_offered_to_who_may_reply(
    idea, yohana, resident, other_resident, sign_in, client, project
):
    path = f"/aspirasi/{idea.pk}/peserta/"
    browser = sign_in(other_resident)
    assert browser.get(f"{path}?q=yoh").json() == {"names": ["Yohana Sulastri, S.Pd."]}
    assert browser.get(f"{path}?q=nur").json() == {"names": ["Nur Aini"]}
    for strange in ("", "%00", "%25", "_", "a" * 400, "(", "\\"):
        assert browser.get(f"{path}?q={strange}").json() == {"names": []}
    project.phases.update(stage="done")
    assert browser.get(f"{path}?q=yoh").status_code == 403


def test_a_reply_without_a_mark_looks_for_nobody(idea, yohana, make_reply, monkeypatch):
    monkeypatch.setattr("forum.discussion.mentions._taking_part", None)
    make_reply("Tanpa sebutan")
    assert Idea.objects.get(pk=idea.pk).reply_count == 2

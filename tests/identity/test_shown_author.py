"""How an author appears: by name, as somebody of a kelurahan, or not at all; the same for all."""

import re
import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format

from accounts.models import Person
from forum.discussion.models import Reply
from forum.moderation import cases
from participation.models import Idea
from participation.rendering import shown_author
from tests.jobs import drain

HIDDEN = "Warga, identitas disembunyikan"


def text_of(response) -> str:
    return response.content.decode()


def page(idea) -> str:
    return reverse("forum:idea", args=[idea.pk])


@pytest.fixture
def hidden_idea(make_idea):
    return make_idea(shown_as="hidden", village_id="61.71.01.1004")


# --- The one place --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shown_as", "name", "letters", "where"),
    [
        ("name", "Nur Aini", "NA", "Akcaya"),
        ("pseudonym", "Warga Akcaya", "W", ""),
        ("hidden", HIDDEN, "", ""),
        ("something else", HIDDEN, "", ""),
    ],
)
def test_an_author_is_shown_as_chosen(make_idea, shown_as, name, letters, where):
    idea = make_idea()
    idea.shown_as = shown_as
    shown = shown_author(idea)
    assert (shown.name, shown.initials, shown.village) == (name, letters, where)
    assert shown.is_named == (shown_as == "name")


def test_a_pseudonym_without_kelurahan_is_somebody(make_idea, resident):
    idea = make_idea(shown_as="pseudonym")
    idea.author.village = None
    assert shown_author(idea).name == "Warga"


def test_a_civil_servant_is_shown_by_name_and_unit_whatever_was_sent(
    idea, make_reply, responder, perkim
):
    reply = Reply.objects.get(pk=make_reply(author=responder, shown_as="hidden").pk)
    shown = shown_author(reply)
    assert (shown.name, shown.unit) == ("Hendra Wijaya", perkim.label)


def test_the_words_are_the_readers_own_language(make_idea):
    idea = make_idea(shown_as="pseudonym")
    with translation.override("en"):
        assert shown_author(idea).name == "Resident of Akcaya"


# --- Sending --------------------------------------------------------------------------------------


def test_the_form_names_the_three_ways_and_says_who_can_find_out(project, resident, sign_in):
    shown = text_of(sign_in(resident).get(reverse("forum:submit_idea", args=[project.slug])))
    for value in ("name", "pseudonym", "hidden"):
        assert f'name="shown_as" value="{value}"' in shown
    assert "Tampil sebagai “Warga Akcaya”, tanpa nama" in shown
    assert HIDDEN in shown
    assert "Siapa yang bisa tahu siapa Anda?" in shown
    assert "alasannya dicatat dan Anda dikabari" in shown


def test_a_hidden_author_is_nowhere_on_the_page(
    project, resident, other_resident, idea_form, sign_in, client
):
    sign_in(resident).post(
        reverse("forum:submit_idea", args=[project.slug]), idea_form(shown_as="hidden")
    )
    idea = Idea.objects.get()
    assert idea.shown_as == "hidden"
    for browser in (client, sign_in(other_resident)):
        shown = text_of(browser.get(page(idea)))
        assert HIDDEN in shown
        assert "Nur Aini" not in shown
        assert ">NA<" not in shown


def test_the_kelurahan_of_a_hidden_author_is_not_shown(hidden_idea, client):
    """The aspirasi names the kelurahan that it is about, which is another one here."""
    assert "Akcaya" not in text_of(client.get(page(hidden_idea)))


def test_an_unknown_way_to_appear_is_refused_and_the_text_kept(
    project, idea, resident, idea_form, sign_in
):
    browser = sign_in(resident)
    address = reverse("forum:submit_idea", args=[project.slug])
    response = browser.post(address, idea_form(shown_as="nobody", title="Lampu di gang"))
    assert response.status_code == 422
    assert "Lampu di gang" in text_of(response)
    form = {"body": "Setuju sekali.", "client_key": uuid.uuid4(), "shown_as": "nobody"}
    response = browser.post(reverse("forum:reply", args=[idea.pk]), form)
    assert response.status_code == 422
    assert "Setuju sekali." in text_of(response)
    assert not Reply.objects.exists()


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize(
    ("shown_as", "words"),
    [("name", "Budi Prasetyo"), ("pseudonym", "Warga Akcaya"), ("hidden", HIDDEN)],
)
def test_a_reply_appears_as_chosen(idea, other_resident, sign_in, client, shown_as, words, htmx):
    form = {"body": "Setuju.", "client_key": uuid.uuid4(), "shown_as": shown_as}
    headers = {"HX-Request": "true"} if htmx else {}
    sign_in(other_resident).post(reverse("forum:reply", args=[idea.pk]), form, headers=headers)
    reply = Reply.objects.get()
    assert reply.shown_as == shown_as
    for address in (page(idea), reverse("forum:reply_detail", args=[reply.pk])):
        shown = text_of(client.get(address))
        assert words in shown
        assert ("Budi" in shown) == (shown_as == "name")


def test_answering_a_hidden_author_names_nobody(
    hidden_idea, make_reply, other_resident, resident, sign_in
):
    reply = make_reply(idea_=hidden_idea, author=other_resident, shown_as="hidden")
    shown = text_of(sign_in(resident).get(f"{page(hidden_idea)}?balas={reply.pk}"))
    assert f"Membalas {HIDDEN}" in shown
    assert "Budi" not in shown


# --- The author in the own discussion -------------------------------------------------------------


def test_a_hidden_author_replies_hidden_unless_chosen_otherwise(hidden_idea, resident, sign_in):
    browser = sign_in(resident)
    assert '<option value="hidden" selected>' in text_of(browser.get(page(hidden_idea)))
    browser.post(
        reverse("forum:reply", args=[hidden_idea.pk]),
        {"body": "Tambahan dari saya.", "client_key": uuid.uuid4()},
    )
    assert Reply.objects.get().shown_as == "hidden"
    browser.post(
        reverse("forum:reply", args=[hidden_idea.pk]),
        {"body": "Saya Nur Aini.", "client_key": uuid.uuid4(), "shown_as": "name"},
    )
    assert Reply.objects.order_by("pk").last().shown_as == "name"


def test_others_reply_by_name_unless_chosen_otherwise(hidden_idea, other_resident, sign_in):
    shown = text_of(sign_in(other_resident).get(page(hidden_idea)))
    assert '<option value="name" selected>' in shown


def test_the_author_reads_you_and_how_others_see_it(
    hidden_idea, make_reply, resident, other_resident, sign_in
):
    reply = make_reply(idea_=hidden_idea, author=resident, shown_as="hidden")
    browser = sign_in(resident)
    for address in (page(hidden_idea), reverse("forum:reply_detail", args=[reply.pk])):
        shown = re.sub(r"<[^>]+>", "", text_of(browser.get(address)))
        assert re.search(rf"Anda\s*tampil sebagai {HIDDEN}", shown)
        others = text_of(sign_in(other_resident).get(address))
        assert "tampil sebagai" not in others


# --- Officers and moderators see what everybody sees ----------------------------------------------


@pytest.mark.parametrize("shown_as", ["pseudonym", "hidden"])
def test_staff_do_not_see_who_asked(make_idea, make_reply, cast, sign_in, resident, shown_as):
    idea = make_idea(shown_as=shown_as)
    reply = make_reply(author=resident, idea_=idea, shown_as=shown_as)
    case = cases.open_case(idea, cause="examined")
    reply_case = cases.open_case(reply, cause="examined")
    pages = [
        page(idea), reverse("forum:answer", args=[idea.pk]), reverse("forum:answer_queue"),
        reverse("forum:change_status", args=[idea.pk]), reverse("forum:desk"),
        *(reverse("forum:desk_item", args=[each.pk]) for each in (case, reply_case)),
        reverse("forum:idea_history", args=[idea.pk]),
        reverse("forum:reply_detail", args=[reply.pk]), reverse("forum:flag_idea", args=[idea.pk]),
    ]  # fmt: skip
    opened = 0
    for name in ("responder", "moderator", "planner", "leader", "city_admin", "auditor"):
        browser = sign_in(getattr(cast, name))
        for address in pages:
            response = browser.get(address)
            opened += response.status_code == 200
            assert "Nur Aini" not in text_of(response), (name, address)
            assert "bergabung" not in text_of(response), (name, address)
    assert opened > 30


def test_the_desk_names_an_author_who_is_named_for_all(idea, moderator, sign_in):
    case = cases.open_case(idea, cause="examined")
    shown = text_of(sign_in(moderator).get(reverse("forum:desk_item", args=[case.pk])))
    assert "Nur Aini" in shown
    assert "memilih tampil tanpa nama" not in shown


@pytest.mark.parametrize("shown_as", ["name", "pseudonym", "hidden"])
def test_the_desk_tells_the_age_of_an_account_in_coarse_words(
    make_idea, moderator, sign_in, resident, shown_as
):
    """The day on which an account was made finds it among all others."""
    joined = timezone.now() - timedelta(days=100)
    Person.objects.filter(pk=resident.pk).update(joined_at=joined)
    case = cases.open_case(make_idea(shown_as=shown_as), cause="examined")
    shown = text_of(sign_in(moderator).get(reverse("forum:desk_item", args=[case.pk])))
    assert "akun beberapa bulan" in shown
    assert date_format(timezone.localtime(joined), "j F Y") not in shown


def test_the_news_of_a_reply_names_its_author_as_shown(
    idea, make_reply, resident, other_resident, sign_in, mailoutbox
):
    from forum import tasks

    make_reply(author=other_resident, shown_as="hidden")
    drain()
    tasks.send_letters()
    (mail,) = mailoutbox
    html = mail.alternatives[0][0]
    for told in (text_of(sign_in(resident).get("/kabar/")), mail.body, html):
        assert HIDDEN in told
        assert "Budi" not in told

"""The decision to pass on: the way from the desk to where an aspirasi is given to an office."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from forum.disposition import services as disposition
from forum.disposition.models import Disposition
from forum.moderation import services as moderation
from forum.moderation.models import Case
from tests.forum.desk_steps import decide, text_of, url

KEY = 'data-key="u"'


@pytest.fixture
def page_of(sign_in):
    """What a person reads of a case at the desk."""

    def read(case, person) -> str:
        return text_of(sign_in(person).get(url("desk_item", case.pk)))

    return read


def way(idea) -> str:
    return f'href="{url("task", idea.pk)}?tindakan=teruskan#tindakan" {KEY}'


def test_a_reported_aspirasi_is_passed_on_from_the_desk(idea, moderator, page_of, sign_in):
    case = moderation.examine(target=idea, by=moderator)
    assert way(idea) in page_of(case, moderator)
    page = text_of(sign_in(moderator).get(f"{url('task', idea.pk)}?tindakan=teruskan"))
    form = page.index(url("act", idea.pk, "teruskan"))
    assert page.rindex('<details class="fold" open>', 0, form) > page.rindex("</details>", 0, form)


def test_the_case_of_a_reply_passes_on_its_aspirasi(make_reply, idea, moderator, page_of):
    case = moderation.examine(target=make_reply(), by=moderator)
    assert way(idea) in page_of(case, moderator)


def test_what_nobody_reads_yet_and_what_is_answered_is_not_passed_on(make_idea, moderator, page_of):
    held = Case.objects.get(idea=make_idea(body="Hubungi 0812-0000-1234."))
    assert KEY not in page_of(held, moderator)
    answered = make_idea(title="Bangku di taman")
    Disposition.objects.filter(idea=answered).update(state="answered")
    assert KEY not in page_of(moderation.examine(target=answered, by=moderator), moderator)


def test_whoever_wrote_the_aspirasi_does_not_pass_it_on(
    make_idea, make_reply, moderator, second_moderator, page_of
):
    own = make_idea(author=moderator)
    case = moderation.examine(target=make_reply(idea_=own), by=moderator)
    assert KEY not in page_of(case, moderator)
    moderation.release(case=case, by=moderator)
    assert way(own) in page_of(case, second_moderator)


def test_the_question_costs_one_query(make_reply, moderator, sign_in, monkeypatch):
    case = moderation.examine(target=make_reply(), by=moderator)
    browser = sign_in(moderator)

    def count() -> int:
        browser.get(url("desk_item", case.pk))
        with CaptureQueriesContext(connection) as seen:
            browser.get(url("desk_item", case.pk))
        return len(seen)

    asked = count()
    monkeypatch.setattr("forum.moderation.views._may_route", lambda *_: True)
    assert asked - count() == 1


def test_an_aspirasi_is_received_however_it_becomes_public(
    make_idea, moderator, second_moderator, resident
):
    from forum.appeals import services as appeals

    held = make_idea(body="Hubungi 0812-0000-1234.")
    assert not Disposition.objects.filter(idea=held).exists()
    ruling = decide(Case.objects.get(idea=held), "hide", moderator)
    appeal = appeals.lodge(ruling=ruling, by=resident, body="Itu nomor kantor.")
    decide(appeal.case, "grant", second_moderator, message="Benar, itu nomor kantor.")
    held.refresh_from_db()
    assert held.is_published
    task = Disposition.objects.get(idea=held)
    assert task.state == "received" and held.clocks.get().step == "verification"
    assert not disposition.publish(idea=held, by=moderator) and held.clocks.count() == 1


def test_a_moderator_reads_what_a_reply_quotes(make_reply, idea, resident, moderator, page_of):
    source = make_reply("Taman itu gelap sejak Mei.")
    reply = make_reply("Betul sekali.", author=resident, quoted=source, quote="gelap sejak Mei")
    case = moderation.examine(target=reply, by=moderator)
    page = page_of(case, moderator)
    assert page.index("gelap sejak Mei") < page.index("Betul sekali.", page.index("<blockquote"))
    assert f"{url('idea', idea.pk)}?balasan={source.pk}#balasan-{source.pk}" in page
    decide(moderation.examine(target=source, by=moderator), "hide", moderator)
    page = page_of(case, moderator)
    assert "gelap sejak Mei" not in page and "Kutipan ini tidak tersedia lagi." in page

"""One's own aspirasi: what a moderator asks to be changed is said there, with the way to do it."""

from datetime import timedelta

from django.utils import timezone

from forum.moderation import services as moderation
from forum.moderation.models import Case, Ruling
from tests.forum.desk_steps import decide, fresh, text_of, url


def test_what_waits_for_its_authors_edit_says_so(
    idea, make_idea, make_project, moderator, resident, other_resident, sign_in
):
    held = make_idea(title="Toilet umum", project_=make_project(premoderated=True))
    for case in (Case.objects.get(idea=held), moderation.examine(target=idea, by=moderator)):
        decide(case, "ask_edit", moderator, message=f"Hapus nama di {case.idea.title}.")
    browser = sign_in(resident)
    page = text_of(browser.get(url("own_ideas")))
    assert page.count("Perlu diperbaiki") == 2
    for ruling in Ruling.objects.all():
        assert f"Hapus nama di {ruling.case.idea.title}." in page
        for name in ("ruling", "revise"):
            assert f'href="{url(name, ruling.pk)}"' in page
            assert browser.get(url(name, ruling.pk)).status_code == 200
    other = text_of(sign_in(other_resident).get(url("own_ideas")))
    assert "Perlu diperbaiki" not in other and held.title not in other


def test_after_the_edit_and_after_its_time_it_is_said_no_more(idea, moderator, resident, sign_in):
    case = moderation.examine(target=idea, by=moderator)
    decide(case, "ask_edit", moderator)
    Case.objects.filter(pk=case.pk).update(edit_until=timezone.now() - timedelta(minutes=1))
    assert "Perlu diperbaiki" not in text_of(sign_in(resident).get(url("own_ideas")))
    Case.objects.filter(pk=case.pk).update(edit_until=timezone.now() + timedelta(minutes=1))
    assert "Perlu diperbaiki" in text_of(sign_in(resident).get(url("own_ideas")))
    moderation.revise(case=fresh(case), by=resident, title="Lampu", body="Gelap di malam hari.")
    assert "Perlu diperbaiki" not in text_of(sign_in(resident).get(url("own_ideas")))


def test_it_asks_no_more_of_the_database_for_more_of_them(
    make_idea, moderator, resident, sign_in, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    browser = sign_in(resident)

    def count():
        with CaptureQueriesContext(connection) as seen:
            browser.get(url("own_ideas"))
        return len(seen)

    def ask():
        case = moderation.examine(target=make_idea(), by=moderator)
        decide(case, "ask_edit", moderator)

    ask()
    count()
    few = count()
    for _n in range(4):
        ask()
    assert count() == few

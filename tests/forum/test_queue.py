"""The queue of the desk: what stands in it, in which order, page by page, live."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from forum.discussion.models import Reply
from forum.moderation import cases, selectors
from forum.moderation import services as moderation
from forum.moderation.models import Case
from participation.models import Idea
from tests.forum.desk_steps import decide, fresh, text_of, url


@pytest.fixture
def report(make_person):
    def flag(target, reason="spam", times=1):
        for _ in range(times):
            case = moderation.flag(target=target, person=make_person(), reason=reason)
        return case

    return flag


def numbers(person, **options):
    return [case.pk for case in selectors.queue(person, **options).cases]


def test_the_more_urgent_stands_first(make_reply, make_idea, report, moderator):
    plain = report(make_reply("satu"))
    many = report(make_reply("dua"), times=4)
    attack = report(make_reply("tiga"), "person")
    held = moderation.examine(target=make_idea(), by=moderator)
    late = report(make_reply("empat"))
    Case.objects.filter(pk=late.pk).update(urgent_at=timezone.now() - timedelta(days=3))
    private = report(make_reply("lima"), "private_data")
    assert numbers(moderator) == [
        case.pk for case in (private, late, many, attack, plain, held)
    ]  # fmt: skip


def test_equal_places_stand_in_the_order_of_their_numbers(make_reply, report, moderator):
    found = [report(make_reply(f"balasan {n}")) for n in range(4)]
    Case.objects.update(urgent_at=timezone.now())
    assert numbers(moderator) == [case.pk for case in found]


def test_more_reports_never_bring_a_case_more_than_an_hour_forward():
    due = timezone.now()
    assert due - cases.urgency(due, reasons={"spam"}, flags=500) == timedelta(hours=1)
    assert due - cases.urgency(due, reasons={"person"}, flags=500) == timedelta(minutes=90)


def test_the_pane_says_why_a_case_is_early(make_reply, report, moderator, sign_in):
    case = report(make_reply(), times=3)
    page = text_of(sign_in(moderator).get(url("desk_item", case.pk)))
    assert "Didahulukan 30 menit karena laporan warga." in page
    report(fresh(case).reply, "private_data")
    page = text_of(sign_in(moderator).get(url("desk_item", case.pk)))
    assert "data pribadi yang dilaporkan masih terbaca" in page


def test_each_queue_shows_its_own_and_counts_it(
    make_reply, make_idea, report, moderator, second_moderator, sign_in
):
    flagged = report(make_reply("dilaporkan"))
    held = Case.objects.get(idea=make_idea(body="Hubungi 0812-0000-1234."))
    done = moderation.examine(target=make_reply("selesai"), by=moderator)
    decide(done, "keep", moderator)
    moderation.come_to_desk(person=moderator, case=fresh(held))
    assert numbers(moderator, which="open") == [flagged.pk, held.pk]
    assert numbers(moderator, which="flagged") == [flagged.pk]
    assert numbers(moderator, which="held") == numbers(moderator, which="mine") == [held.pk]
    assert numbers(moderator, which="done") == [done.pk]
    assert numbers(second_moderator, which="mine") == numbers(moderator, which="first") == []
    assert selectors.counts(moderator) == {
        "open": 2, "held": 1, "flagged": 1, "first": 0, "appeal": 0, "mine": 1, "done": 1,
    }  # fmt: skip
    for which in selectors.QUEUES:
        assert sign_in(moderator).get(url("desk"), {"antrean": which}).status_code == 200


def test_a_moderator_of_one_unit_sees_and_counts_only_its_cases(
    make_reply, report, moderator_elsewhere
):
    report(make_reply())
    assert numbers(moderator_elsewhere) == []
    assert selectors.counts(moderator_elsewhere)["open"] == 0


def test_past_one_page_every_case_comes_once(idea, make_reply, other_resident, moderator, sign_in):
    replies = Reply.objects.bulk_create(
        Reply(idea=idea, author=other_resident, body=f"n {n}", body_html="n") for n in range(230)
    )
    due = timezone.now()
    Case.objects.bulk_create(
        Case(reply=reply, project=idea.project, cause="held", due_at=due, urgent_at=due)
        for reply in replies
    )
    seen, cursor, pages = [], "", 0
    while True:
        page = selectors.queue(moderator, cursor=cursor)
        seen, pages = seen + [case.pk for case in page.cases], pages + 1
        if not (cursor := page.next_cursor):
            break
    assert len(seen) == len(set(seen)) == 230 and seen == sorted(seen) and pages == 5
    browser = sign_in(moderator)
    first = text_of(browser.get(url("desk")))
    assert "data-live-more" in first and "kursor=" in first
    for wrong in ("bukan", "WyJ4Iiwx", "WzEsMV0"):
        assert browser.get(url("desk"), {"kursor": wrong}).status_code == 404


# --- First posts ----------------------------------------------------------------------------------


def test_a_first_post_waits_only_where_the_project_asks_for_it(
    make_project, make_idea, make_person, make_reply, idea
):
    project = make_project(first_posts_checked=True)
    newcomer, settled = make_person(), make_person()
    make_reply(author=settled)
    assert make_idea(author=newcomer).is_published, "the other project asks for nothing"
    assert make_idea(author=settled, project_=project).is_published
    first = make_idea(author=make_person(), project_=project)
    assert first.visibility == "held"
    assert Case.objects.get(idea=first).cause == "first"


def test_a_first_reply_waits_too_and_the_second_post_after_it_does_not(
    make_project, make_idea, make_reply, make_person, moderator, settled_author
):
    project = make_project(first_posts_checked=True)
    idea = make_idea(author=settled_author, project_=project)
    newcomer = make_person()
    reply = make_reply(author=newcomer, idea_=idea)
    case = Case.objects.get(reply=reply)
    assert (case.cause, reply.visibility) == ("first", "held")
    decide(case, "publish", moderator)
    again = make_reply(author=newcomer, idea_=idea)
    again.refresh_from_db()
    assert again.is_published


def test_a_civil_servant_has_no_first_post(make_project, make_idea, responder):
    assert make_idea(author=responder, project_=make_project(first_posts_checked=True)).is_published


@pytest.fixture
def settled_author(make_person, make_idea):
    person = make_person()
    make_idea(author=person)
    return person


# --- Live -----------------------------------------------------------------------------------------


def test_what_is_decided_leaves_every_queue_live_and_the_numbers_follow(
    make_reply, report, moderator, second_moderator, sign_in
):
    case = report(make_reply())
    watcher = sign_in(second_moderator)
    address = url("desk_changes")
    before = watcher.get(address, {"sejak": 0, "antrean": "flagged"}).json()
    shown = {f["id"]: f["html"] for f in before["fragments"]}
    assert f'id="perkara-{case.pk}"' in shown[f"perkara-{case.pk}"]
    assert "?antrean=flagged" in shown[f"perkara-{case.pk}"]
    decide(case, "keep", moderator)
    for which in ("open", "flagged"):
        asked = {"sejak": before["revision"], "antrean": which}
        after = {f["id"]: f["html"] for f in watcher.get(address, asked).json()["fragments"]}
        assert after[f"perkara-{case.pk}"] == ""
        assert "Sudah diputuskan Dewi Lestari" in after[f"pegang-{case.pk}"]
        assert ">1</span>" not in after["antrean-meja"].split("Selesai hari ini")[0]


def test_a_case_of_another_queue_never_comes_into_this_one(make_reply, report, moderator, sign_in):
    case = report(make_reply())
    held = sign_in(moderator).get(url("desk_changes"), {"sejak": 0, "antrean": "held"}).json()
    assert [f["html"] for f in held["fragments"] if f["id"] == f"perkara-{case.pk}"] == [""]


def test_a_hidden_post_can_be_reported_no_more(make_reply, report, moderator, resident, sign_in):
    reply = make_reply()
    decide(report(reply), "hide", moderator)
    assert (
        sign_in(resident).post(url("flag_reply", reply.pk), {"reason": "spam"}).status_code == 403
    )
    assert Idea.objects.get().reply_count == 0


def test_the_queries_of_the_desk_do_not_grow_with_its_cases(make_reply, report, moderator, sign_in):
    browser, case = sign_in(moderator), report(make_reply())
    changes = f"{url('desk_changes')}?sejak=0"

    def count(page):
        browser.get(page)  # who is at the desk, and where, is noted now
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(page).status_code == 200
        return len(seen)

    pages = (url("desk"), url("desk_item", case.pk), changes)
    few = [count(page) for page in pages]
    for n in range(12):
        report(make_reply(f"balasan {n}"))
    for page, before in zip(pages, few, strict=True):
        assert count(page) <= before, page
    assert max(few) <= 40

"""How often, through what, when not: what a person chooses holds, and only that is stored."""

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from forum import tasks
from notifications import services as notifications
from notifications import times
from notifications.categories import CHOICES, DEFAULTS, Category, Channel
from notifications.models import Delivery, DeliveryTimes, Notice, Preference
from participation import services as participation
from tests.jobs import drain

WIB = ZoneInfo("Asia/Pontianak")


def local(*moment) -> datetime:
    return datetime(*moment, tzinfo=WIB)


def test_every_kind_of_news_has_a_choice_for_every_channel():
    for category in Category:
        for channel in Channel:
            assert DEFAULTS[category][channel] in CHOICES[channel]


@pytest.fixture
def form(resident, sign_in):
    """The page of choices, filled in as a browser sends it: `form(**{"reply-email": "off"})`."""
    browser = sign_in(resident)

    def post(**changes):
        usual = {
            f"{category}-{channel}": DEFAULTS[category][channel].value
            for category in Category
            for channel in Channel
        }
        fields = {**usual, "quiet_from": "", "quiet_until": "", **changes}
        return browser.post("/kabar/pengaturan/", fields)

    return post


@pytest.mark.parametrize(
    ("app", "email", "lines", "mails"),
    [("now", "now", 1, 1), ("now", "off", 1, 0), ("off", "now", 0, 1), ("off", "off", 0, 0)],
)
def test_the_matrix_decides(form, make_reply, resident, send_mail, app, email, lines, mails):
    assert form(**{"reply-app": app, "reply-email": email}).status_code == 302
    make_reply()
    assert len(send_mail()) == mails
    assert Notice.objects.filter(person=resident).count() == lines


def test_a_choice_made_while_the_mail_waited_counts(form, make_reply, send_mail, dropped):
    make_reply()
    drain()
    form(**{"reply-email": "off"})
    assert send_mail() == []
    assert dropped() == ["unwanted"]


def test_nonsense_is_not_stored(form, resident):
    form(**{"reply-email": "hourly", "reply-app": "weekly", "tidak-email": "off"})
    stored = Preference.objects.filter(person=resident, category="reply")
    assert not stored.exists()
    assert set(Preference.objects.values_list("category", flat=True)) <= set(Category.values)


def test_the_page_shows_what_holds(form, resident, sign_in):
    form(**{"status-email": "weekly", "quiet_from": "21:00", "quiet_until": "06:00"})
    page = sign_in(resident).get("/kabar/pengaturan/").content.decode()
    assert '<option value="weekly" selected>' in page
    assert 'value="21:00"' in page
    assert DeliveryTimes.objects.get().quiet_until == time(6)


def test_half_a_time_of_quiet_is_sent_back_with_what_is_missing(form):
    answer = form(quiet_from="21:00")
    assert answer.status_code == 422
    assert "Isi kedua jam, atau kosongkan keduanya." in answer.content.decode()
    assert not DeliveryTimes.objects.exists()


def test_a_pause_stops_mail_and_keeps_the_list(form, make_reply, resident, send_mail):
    form(paused="on")
    make_reply()
    assert send_mail() == []
    assert not Delivery.objects.exists()
    assert Notice.objects.filter(person=resident).count() == 1
    form()
    make_reply("Satu lagi")
    assert len(send_mail()) == 1


def test_a_pause_also_stops_what_was_waiting(form, make_reply, send_mail, dropped):
    make_reply()
    drain()
    form(paused="on")
    assert send_mail() == []
    assert dropped() == ["paused"]


# --- Quiet hours and digests ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "until"),
    [
        (local(2026, 7, 3, 20, 59), None),
        (local(2026, 7, 3, 21, 0), local(2026, 7, 4, 6, 0)),
        (local(2026, 7, 4, 5, 59), local(2026, 7, 4, 6, 0)),
        (local(2026, 7, 4, 6, 0), None),
    ],
)
def test_quiet_hours_over_midnight_are_those_of_the_city(city, moment, until):
    own = DeliveryTimes(quiet_from=time(21), quiet_until=time(6))
    assert times.after_quiet(moment, own) == (until or moment)


def test_quiet_hours_within_a_day(city):
    own = DeliveryTimes(quiet_from=time(12), quiet_until=time(13))
    assert times.after_quiet(local(2026, 7, 3, 12, 30), own) == local(2026, 7, 3, 13)
    assert times.after_quiet(local(2026, 7, 3, 13), own) == local(2026, 7, 3, 13)


@pytest.mark.parametrize(
    ("moment", "daily", "weekly"),
    [
        (local(2026, 7, 3, 6, 59), local(2026, 7, 3, 7), local(2026, 7, 6, 7)),
        (local(2026, 7, 3, 7, 0), local(2026, 7, 4, 7), local(2026, 7, 6, 7)),
        (local(2026, 7, 6, 6, 0), local(2026, 7, 6, 7), local(2026, 7, 6, 7)),
        (local(2026, 7, 6, 7, 0), local(2026, 7, 7, 7), local(2026, 7, 13, 7)),
    ],
)
def test_digests_leave_at_seven_in_the_city_the_weekly_ones_on_monday(city, moment, daily, weekly):
    assert times.next_digest(moment, weekly=False) == daily
    assert times.next_digest(moment, weekly=True) == weekly


def test_what_came_in_the_quiet_hours_is_one_mail_afterwards(resident, make_reply, send_mail):
    notifications.set_times(person=resident, quiet_from=time(21), quiet_until=time(6), paused=False)
    night = timezone.localtime(timezone=WIB).replace(hour=22, minute=0)
    with time_machine.travel(night, tick=False):
        for n in range(3):
            make_reply(f"Balasan {n}")
        assert send_mail() == []
    with time_machine.travel(night + timedelta(hours=8, minutes=1), tick=False):
        (mail,) = send_mail()
    assert mail.subject == "3 kabar untuk Anda"


def test_quiet_hours_chosen_while_the_mail_waited_count(resident, make_reply, send_mail):
    noon = timezone.localtime(timezone=WIB).replace(hour=12, minute=0)
    with time_machine.travel(noon, tick=False):
        make_reply()
        drain()
        notifications.set_times(
            person=resident, quiet_from=time(11), quiet_until=time(14), paused=False
        )
        assert send_mail() == []
    with time_machine.travel(noon + timedelta(hours=2), tick=False):
        assert len(send_mail()) == 1


@pytest.fixture
def digest(make_person, make_project, make_idea, responder, make_reply, send_mail):
    """A person who wants everything daily; two projects, three aspirasi, news of each."""
    person = make_person("Ani")
    notifications.set_wanted(
        person=person, wanted={(c, Channel.EMAIL): "daily" for c in Category.values}
    )
    park, road = make_project("Taman Kota"), make_project("Jalan Merdeka")
    lamp = make_idea(author=person, project_=park, title="Tambah lampu")
    bench = make_idea(author=person, project_=park, title="Tambah bangku")
    gutter = make_idea(author=person, project_=road, title="Selokan mampet")
    for idea in (lamp, bench, gutter, lamp):
        make_reply("Setuju.", idea_=idea)
    participation.change_status(idea=gutter, status="planned", by=responder)
    return person, (lamp, bench, gutter)


def tomorrow() -> datetime:
    return timezone.localtime(timezone=WIB).replace(hour=7, minute=30) + timedelta(days=1)


def test_a_digest_is_one_mail_by_project_and_thread_newest_first(digest, send_mail):
    person, _ideas = digest
    assert [mail for mail in send_mail() if mail.to == [person.email]] == []
    with time_machine.travel(tomorrow(), tick=False):
        mails = [mail for mail in send_mail() if mail.to == [person.email]]
        assert send_mail() == []
    (mail,) = mails
    assert mail.subject == "5 kabar untuk Anda"
    text = mail.body
    places = [text.index(title) for title in ("Jalan Merdeka", "Selokan", "Taman Kota")]
    assert places == sorted(places)
    assert text.index("Tambah lampu") < text.index("Tambah bangku")
    assert text.count("Tambah lampu") == 1
    assert text.index("Status: Masuk rancangan") < text.index("Balasan baru untuk Anda")


def test_what_was_read_or_hidden_meanwhile_is_not_in_the_digest(
    digest, send_mail, sign_in, moderator
):
    from forum.moderation import services as moderation

    person, (lamp, bench, _gutter) = digest
    drain()
    sign_in(person).get(f"/aspirasi/{bench.pk}/")
    case = moderation.examine(target=lamp.replies.first(), by=moderator)
    moderation.rule(case=case, seen_version=1, decision="hide", by=moderator, rule="spam")
    with time_machine.travel(tomorrow(), tick=False):
        (mail,) = [mail for mail in send_mail() if mail.to == [person.email]]
    assert mail.subject == "3 kabar untuk Anda"
    assert "Tambah bangku" not in mail.body


@pytest.mark.parametrize("steps", [(1,), (7, 11, 3), (60,) * 30, (0.01, 0.01, 500)])
def test_at_any_cadence_everything_due_is_sent_once(digest, send_mail, steps):
    """The scheduler looks seldom, often, or stands still for a day: the same mails leave."""
    person, _ideas = digest
    drain()
    sent = []
    moment = timezone.now()
    for minutes in (*steps, 60 * 26, 60 * 26):
        moment += timedelta(minutes=minutes)
        with time_machine.travel(moment, tick=False):
            tasks.send_due_mail.call()
            sent += [mail for mail in send_mail() if mail.to == [person.email]]
    assert not Delivery.objects.filter(state="waiting").exists()
    assert Delivery.objects.filter(state="sent", person=person).count() == 5


def test_kinds_of_work_are_for_civil_servants(responder, resident, sign_in):
    kinds = {
        person: set(re.findall(r'name="(\w+)-email"', _page(sign_in(person))))
        for person in (responder, resident)
    }
    assert kinds[responder] == set(Category.values)
    assert kinds[resident] == set(Category.values) - {"work"}
    assert {"session", "identity", "promise"} <= kinds[resident]


def test_who_is_no_civil_servant_any_more_keeps_no_choice_of_work(resident, form):
    form(**{"work-email": "off"})
    assert not Preference.objects.filter(person=resident, category="work").exists()


def _page(client) -> str:
    return client.get("/kabar/pengaturan/").content.decode()

"""The list and the badge: the own news and nobody else's, the same on every device."""

import re
from datetime import timedelta

import time_machine
from django.utils import timezone

from forum.moderation import services as moderation
from notifications import services as notifications
from notifications.models import Notice
from participation import services as participation
from tests.jobs import drain


def badge_of(client, path="/") -> str:
    page = client.get(path).content.decode()
    found = re.search(r"data-badge( hidden)?><span data-badge-number>([^<]*)<", page)
    return "" if found is None or found.group(1) else found.group(2)


def test_the_badge_is_the_same_on_two_devices(make_reply, make_idea, resident, sign_in):
    phone, office = sign_in(resident), sign_in(resident)
    make_reply()
    make_reply("Juga di sini.", idea_=make_idea(title="Usul lain"))
    drain()
    assert badge_of(phone) == badge_of(office) == "2"
    notice = Notice.objects.filter(person=resident).first()
    phone.get(f"/kabar/{notice.pk}/")
    assert badge_of(phone) == badge_of(office) == "1"
    office.post("/kabar/dibaca/")
    assert badge_of(phone) == badge_of(office) == ""


def test_reading_the_discussion_marks_its_news(make_reply, idea, resident, sign_in):
    make_reply()
    drain()
    client = sign_in(resident)
    assert badge_of(client) == "1"
    client.get(f"/aspirasi/{idea.pk}/")
    assert badge_of(client) == ""


def test_a_visitor_without_account_has_no_badge(client, city):
    assert "data-badge" not in client.get("/").content.decode()


def test_a_line_says_what_who_and_where_and_leads_there(
    make_reply, idea, resident, sign_in, project
):
    reply = make_reply()
    drain()
    client = sign_in(resident)
    page = client.get("/kabar/").content.decode()
    for words in ("Balasan baru untuk Anda", "Budi Prasetyo", idea.title, project.title):
        assert words in page
    notice = Notice.objects.get(person=resident)
    answer = client.get(f"/kabar/{notice.pk}/")
    assert answer["Location"] == f"/aspirasi/{idea.pk}/?balasan={reply.pk}#balasan-{reply.pk}"


def test_a_hidden_reply_leaves_the_list_and_the_badge(make_reply, resident, sign_in, moderator):
    reply = make_reply()
    drain()
    case = moderation.examine(target=reply, by=moderator)
    moderation.rule(case=case, seen_version=1, decision="hide", by=moderator, rule="spam")
    client = sign_in(resident)
    assert "Balasan baru untuk Anda" not in client.get("/kabar/").content.decode()
    assert badge_of(client) == ""


def test_a_hidden_reply_uncovers_the_older_one_of_the_thread(
    make_reply, make_person, resident, sign_in, moderator
):
    make_reply("Yang pertama", author=make_person("Tono"))
    reply = make_reply("Yang kedua")
    drain()
    case = moderation.examine(target=reply, by=moderator)
    moderation.rule(case=case, seen_version=1, decision="hide", by=moderator, rule="spam")
    page = sign_in(resident).get("/kabar/").content.decode()
    assert "Tono" in page
    assert "Budi Prasetyo" not in page
    assert "kabar lain" not in page


def test_changes_since_a_revision_are_exact(make_reply, make_idea, resident, sign_in):
    client = sign_in(resident)
    first = client.get("/kabar/perubahan/").json()
    assert (first["revision"], first["unseen"], first["fragments"]) == (0, 0, [])
    make_reply()
    drain()
    second = client.get("/kabar/perubahan/?sejak=0").json()
    assert second["unseen"] == 1
    (fragment,) = second["fragments"]
    assert fragment["list"] == "kabar"
    assert "Balasan baru untuk Anda" in fragment["html"]
    assert client.get(f"/kabar/perubahan/?sejak={second['revision']}").json()["fragments"] == []
    make_reply("Juga di sini.", idea_=make_idea(title="Usul lain"))
    notifications.mark_seen(person=resident)
    drain()
    third = client.get(f"/kabar/perubahan/?sejak={second['revision']}").json()
    assert len(third["fragments"]) == 2
    assert third["revision"] > second["revision"]


def test_the_list_goes_on_on_its_next_page(make_idea, make_reply, resident, sign_in):
    for n in range(35):
        make_reply("Setuju.", idea_=make_idea(title=f"Usul nomor {n}"))
    drain()
    client = sign_in(resident)
    first = client.get("/kabar/").content.decode()
    cursor = re.search(r'href="\?kursor=([^"]+)"', first).group(1)
    second = client.get(f"/kabar/?kursor={cursor}").content.decode()
    keys = [re.findall(r'id="kabar-(\d+)"', page) for page in (first, second)]
    assert (len(keys[0]), len(keys[1])) == (30, 5)
    assert len({*keys[0], *keys[1]}) == 35
    assert client.get("/kabar/?kursor=abc").status_code == 404


def test_what_happened_long_ago_is_listed_but_is_no_news(make_reply, resident, sign_in):
    """As when old content is loaded into a new installation."""
    with time_machine.travel(timezone.now() - timedelta(days=15), tick=False):
        make_reply()
    drain()
    client = sign_in(resident)
    assert badge_of(client) == ""
    assert "Balasan baru untuk Anda" in client.get("/kabar/").content.decode()


def test_an_empty_list_says_what_will_be_there(resident, sign_in):
    assert "Belum ada kabar" in sign_in(resident).get("/kabar/").content.decode()


def test_english_readers_read_the_same_list(make_reply, resident, sign_in):
    make_reply()
    drain()
    client = sign_in(resident, headers={"accept-language": "en"})
    assert client.get("/kabar/").status_code == 200


# --- Following -----------------------------------------------------------------------------------


def test_following_and_muting_a_project(project, resident, sign_in):
    client = sign_in(resident)
    path = f"/proyek/{project.slug}/ikuti/"
    for choice, shown in (("ikuti", "Mengikuti"), ("bisukan", "Dibisukan"), ("biasa", "Ikuti")):
        assert client.post(path, {"pilihan": choice}).status_code == 302
        assert shown in client.get(f"/proyek/{project.slug}/").content.decode()
        listed = project.title in client.get("/kabar/pengaturan/proyek/").content.decode()
        assert listed == (choice != "biasa")


def test_a_muted_project_sends_no_replies(project, make_reply, resident, told):
    participation.mute(project=project, person=resident)
    make_reply()
    assert told() == []


def test_a_project_of_the_staff_cannot_be_followed_by_residents(make_project, resident, sign_in):
    project = make_project(staff_only=True)
    answer = sign_in(resident).post(f"/proyek/{project.slug}/ikuti/", {"pilihan": "ikuti"})
    assert answer.status_code == 404

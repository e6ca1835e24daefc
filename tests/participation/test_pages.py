"""The pages of projects and aspirasi: with nothing, one and many; filtered, paged, supported."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from participation import rendering, services
from participation.models import Idea, IdeaHistory, Stage, Status, Support
from participation.selectors import PAGE

HOME = reverse("participation:home")
IDEAS = reverse("participation:idea_list")
PROJECTS = reverse("participation:project_list")
CHOOSE = reverse("participation:choose_project")
OWN = reverse("forum:own_ideas")
AKCAYA, ELSEWHERE = "61.71.01.1006", "61.71.01.1004"


def page_of(project) -> str:
    return reverse("participation:project", args=[project.slug])


def about(project) -> str:
    return reverse("participation:project_about", args=[project.slug])


def support_of(idea) -> str:
    return reverse("participation:support", args=[idea.pk])


def text_of(response) -> str:
    return response.content.decode()


def ids(response) -> list[int]:
    """The aspirasi of a list, in the order of the page."""
    return [int(pk) for pk in re.findall(r'id="aspirasi-(\d+)"', text_of(response))]


@pytest.fixture
def anonymous(city, sign_in):
    return sign_in(None)


@pytest.fixture
def browser(resident, sign_in):
    return sign_in(resident)


@pytest.fixture
def many(make_idea):
    """More than two pages of aspirasi; of many the time, the count or the answer are the same."""
    now = timezone.now()
    made = [make_idea(title=f"Lampu nomor {n}") for n in range(2 * PAGE + 5)]
    for n, idea in enumerate(made):
        Idea.objects.filter(pk=idea.pk).update(
            published_at=now - timedelta(minutes=n // 4),
            support_count=n % 3,
            answered_at=now - timedelta(hours=n // 5),
            status=Status.ANSWERED,
        )
    return made


# --- Every page opens -----------------------------------------------------------------------------


@pytest.mark.parametrize("address", [HOME, PROJECTS, IDEAS, CHOOSE])
def test_an_empty_city_has_pages_that_say_so(anonymous, browser, address):
    for visitor in (anonymous, browser):
        response = visitor.get(address)
        assert response.status_code == 200
        assert "Belum ada" in text_of(response) or address == HOME
        assert b'class="figures"' not in response.content


def test_a_project_without_aspirasi_invites_the_first_one(anonymous, project):
    for address in (page_of(project), about(project)):
        response = anonymous.get(address)
        assert response.status_code == 200
        assert project.title in text_of(response)
    response = anonymous.get(page_of(project))
    assert "Belum ada aspirasi untuk proyek ini" in text_of(response)
    assert reverse("forum:submit_idea", args=[project.slug]) in text_of(response)


@pytest.mark.parametrize("visitor", ["anonymous", "browser"])
def test_one_aspirasi_is_on_every_list(request, visitor, project, idea):
    client = request.getfixturevalue(visitor)
    for address in (HOME, PROJECTS, about(project)):
        assert client.get(address).status_code == 200
    for address in (IDEAS, page_of(project)):
        response = client.get(address)
        assert response.status_code == 200
        assert ids(response) == [idea.pk]
        assert idea.title in text_of(response)
    assert "aspirasi tahun ini" in text_of(client.get(HOME))


def test_many_aspirasi_fill_pages(browser, project, many):
    for address in (IDEAS, page_of(project)):
        response = browser.get(address)
        assert len(ids(response)) == PAGE
        assert "Lihat aspirasi berikutnya" in text_of(response)


@pytest.mark.parametrize("visitor", ["anonymous", "browser"])
def test_a_longer_list_asks_no_more_of_the_database(request, visitor, project, make_idea):
    client = request.getfixturevalue(visitor)
    addresses = (HOME, PROJECTS, CHOOSE, IDEAS, page_of(project), about(project))

    def questions() -> dict[str, int]:
        counted = {}
        for address in addresses:
            with CaptureQueriesContext(connection) as asked:
                client.get(address)
            counted[address] = len(asked)
        return counted

    make_idea()
    questions()
    cache.clear()
    few = questions()
    for _ in range(12):
        make_idea()
    cache.clear()
    assert questions() == few
    assert max(few.values()) <= (12 if visitor == "anonymous" else 16)


def test_the_feed_of_the_home_page_names_the_new_status(anonymous, responder, idea):
    services.change_status(idea=idea, status=Status.IN_PROGRESS, by=responder)
    response = anonymous.get(HOME)
    assert "Dikerjakan" in text_of(response)
    assert idea.title in text_of(response)


def test_what_a_resident_wrote_is_text_and_never_markup(anonymous, make_idea):
    title = "<b>Tebal</b> & 'miring'"
    make_idea(title=title)
    content = text_of(anonymous.get(IDEAS))
    assert title not in content
    assert escape(title) in content


# --- Stages ---------------------------------------------------------------------------------------


def test_a_closed_project_says_so_instead_of_offering_the_form(browser, make_project):
    project = make_project(stage=Stage.DECISION)
    content = text_of(browser.get(page_of(project)))
    assert "sudah ditutup" in content
    assert reverse("forum:submit_idea", args=[project.slug]) not in content


def test_a_project_that_has_not_begun_says_when_it_does(anonymous, project):
    project.phases.update(starts_on=timezone.localdate() + timedelta(days=3))
    for address in (HOME, PROJECTS, page_of(project), about(project)):
        content = text_of(anonymous.get(address))
        assert "Dimulai" in content or "Belum dimulai" in content
    assert "sudah ditutup" not in content


@pytest.mark.parametrize(
    ("days", "words"),
    [(0, "Hari ini hari terakhir"), (1, "besok"), (12, "12 hari lagi")],
)
def test_the_last_day_for_input_is_counted_down(anonymous, project, days, words):
    project.phases.update(ends_on=timezone.localdate() + timedelta(days=days))
    assert words in text_of(anonymous.get(page_of(project)))


def test_one_open_project_is_not_asked_for_and_two_are(anonymous, make_project):
    first = make_project("Taman Kota")
    response = anonymous.get(CHOOSE)
    assert response.status_code == 302
    assert response.url == reverse("forum:submit_idea", args=[first.slug])
    second = make_project("Tepian Kapuas")
    content = text_of(anonymous.get(CHOOSE))
    for project in (first, second):
        assert reverse("forum:submit_idea", args=[project.slug]) in content


# --- Filters --------------------------------------------------------------------------------------


def test_each_filter_narrows_the_list(anonymous, project, make_idea):
    lamp = make_idea(title="Lampu jalan padam")
    tree = make_idea(title="Pohon tumbang", category_id="lainnya", village_id=ELSEWHERE)
    Idea.objects.filter(pk=tree.pk).update(status=Status.DONE, answered_at=timezone.now())
    for address in (IDEAS, page_of(project)):
        for query, expected in (
            ({"q": "lampu"}, [lamp.pk]),
            ({"kelurahan": ELSEWHERE}, [tree.pk]),
            ({"kategori": "penerangan"}, [lamp.pk]),
            ({"status": "done"}, [tree.pk]),
            ({"urut": "answered"}, [tree.pk]),
            ({"q": "lampu", "kelurahan": ELSEWHERE}, []),
        ):
            response = anonymous.get(address, query)
            assert response.status_code == 200
            assert ids(response) == expected, query


def test_a_set_filter_has_a_chip_that_drops_it_alone(anonymous, idea):
    content = text_of(anonymous.get(IDEAS, {"q": "lampu", "kelurahan": AKCAYA, "kategori": ""}))
    chips = re.findall(r'class="chip" href="([^"]*)"', content)
    assert chips == [f"{IDEAS}?kelurahan={AKCAYA}", f"{IDEAS}?q=lampu"]


@pytest.mark.parametrize(
    "query",
    [
        {"kelurahan": "99.99"},
        {"kategori": "tidak-ada"},
        {"status": "published"},
        {"urut": "acak"},
        {"q": "\x00"},
        {"q": " " * 500},
    ],
)
def test_an_unknown_filter_is_ignored(anonymous, project, idea, query):
    for address in (IDEAS, page_of(project)):
        response = anonymous.get(address, query)
        assert response.status_code == 200
        assert ids(response) == [idea.pk]


def test_a_search_without_results_says_what_was_searched(anonymous, idea):
    content = text_of(anonymous.get(IDEAS, {"q": "<zebra>"}))
    assert "Tidak ada hasil" in content
    assert "<zebra>" not in content


# --- Paging ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("sort", ["newest", "supported", "answered"])
@pytest.mark.parametrize("everywhere", [True, False])
def test_paging_shows_every_aspirasi_once_and_in_order(anonymous, project, many, sort, everywhere):
    address = f"{IDEAS if everywhere else page_of(project)}?urut={sort}"
    found: list[int] = []
    for _ in range(3):
        response = anonymous.get(address)
        found += ids(response)
        links = re.findall(r'href="([^"]*kursor=[^"]*)"', text_of(response))
        if not links:
            break
        address = links[-1].replace("&amp;", "&")
    column = {"newest": "published_at", "supported": "support_count", "answered": "answered_at"}
    ordered = Idea.objects.order_by(f"-{column[sort]}", "-pk").values_list("pk", flat=True)
    assert found == list(ordered)


def test_a_new_aspirasi_does_not_shift_the_next_page(anonymous, many, make_idea):
    first = anonymous.get(IDEAS)
    following = re.findall(r'href="([^"]*kursor=[^"]*)"', text_of(first))[0]
    make_idea(title="Baru saja")
    assert not set(ids(first)) & set(ids(anonymous.get(following.replace("&amp;", "&"))))


@pytest.mark.parametrize("cursor", ["xyz", "WzFd", "WyJiZXNvayIsMV0", "W10", "é"])
@pytest.mark.parametrize("sort", ["newest", "supported", "answered"])
def test_a_cursor_that_is_not_ours_is_not_found(anonymous, project, cursor, sort):
    for address in (IDEAS, page_of(project)):
        assert anonymous.get(address, {"kursor": cursor, "urut": sort}).status_code == 404


# --- Projects of the staff ------------------------------------------------------------------------


def test_a_project_of_the_staff_does_not_exist_for_residents(
    anonymous, browser, make_project, make_idea, responder, sign_in
):
    project = make_project("Layanan tanpa bolak-balik", staff_only=True)
    idea = make_idea(author=responder, project_=project, title="Satu map digital")
    changes = reverse("participation:project_changes", args=[project.slug])
    for visitor in (anonymous, browser):
        for address in (page_of(project), about(project), changes, support_of(idea)):
            assert visitor.get(address).status_code == 404
        assert visitor.post(support_of(idea)).status_code == 404
        for address in (HOME, PROJECTS, IDEAS, f"{IDEAS}?q=digital"):
            content = text_of(visitor.get(address))
            assert project.title not in content
            assert idea.title not in content
    staff = sign_in(responder)
    assert ids(staff.get(page_of(project))) == [idea.pk]
    assert ids(staff.get(IDEAS)) == [idea.pk]


def test_an_unpublished_project_is_not_found(anonymous, browser, make_project):
    project = make_project(is_published=False)
    for visitor in (anonymous, browser):
        assert visitor.get(page_of(project)).status_code == 404


# --- Support --------------------------------------------------------------------------------------


def test_a_link_supports_nothing_by_itself(browser, idea):
    response = browser.get(support_of(idea))
    assert response.status_code == 200
    assert "Ya, dukung" in text_of(response)
    assert not Support.objects.exists()


def test_a_press_supports_once_and_can_be_taken_back(browser, resident, idea):
    for _ in range(2):
        assert browser.post(support_of(idea), {"dukung": "ya"}).status_code == 302
    assert list(Support.objects.values_list("person", flat=True)) == [resident.pk]
    idea.refresh_from_db()
    assert idea.support_count == 1
    assert "Didukung" in text_of(browser.get(IDEAS))
    for _ in range(2):
        browser.post(support_of(idea), {"dukung": "tidak"})
    idea.refresh_from_db()
    assert idea.support_count == 0
    assert "Didukung" not in text_of(browser.get(IDEAS))


def test_a_plain_press_comes_back_to_the_row_it_came_from(browser, idea):
    came_from = f"http://testserver{IDEAS}?q=lampu"
    response = browser.post(support_of(idea), {"dukung": "ya"}, headers={"referer": came_from})
    assert response.url == f"{came_from}#aspirasi-{idea.pk}"
    foreign = browser.post(support_of(idea), headers={"referer": "https://jahat.example/"})
    assert foreign.url == reverse("forum:idea", args=[idea.pk])


def test_a_press_by_htmx_brings_the_button_alone(browser, idea):
    for fields, pressed, wide in (
        ({"dukung": "ya"}, "true", False),
        ({"dukung": "tidak", "bentuk": "lebar"}, "false", True),
    ):
        response = browser.post(support_of(idea), fields, headers={"hx-request": "true"})
        assert response.status_code == 200
        content = text_of(response)
        assert "<html" not in content
        assert content.count("<button") == 1
        assert f'aria-pressed="{pressed}"' in content
        assert ("support--wide" in content) is wide


def test_a_visitor_is_led_to_sign_in_and_back(anonymous, idea):
    door = f"{reverse('account_login')}?next=%2Faspirasi%2F{idea.pk}%2Fdukung%2F"
    assert anonymous.get(support_of(idea), {"dukung": "ya"}).url == door
    assert anonymous.post(support_of(idea)).url == door
    by_htmx = anonymous.post(support_of(idea), headers={"hx-request": "true"})
    assert by_htmx.headers["HX-Redirect"] == door
    assert not Support.objects.exists()


def test_the_buttons_of_a_visitor_send_no_post(anonymous, browser, idea):
    assert '<form id="dukung" method="get">' in text_of(anonymous.get(IDEAS))
    assert "hx-disable" in text_of(anonymous.get(IDEAS))
    assert '<form id="dukung" method="post">' in text_of(browser.get(IDEAS))
    assert "hx-disable" not in text_of(browser.get(IDEAS))


def test_a_closed_phase_refuses_support_with_the_reason(browser, project, idea):
    project.phases.update(stage=Stage.DECISION)
    for request in (browser.get, browser.post):
        response = request(support_of(idea))
        assert response.status_code == (403 if request == browser.post else 200)
        assert "Dukungan untuk aspirasi ini sudah ditutup." in text_of(response)
        assert "Ya, dukung" not in text_of(response)
    by_htmx = browser.post(support_of(idea), headers={"hx-request": "true"})
    assert by_htmx.status_code == 403
    assert by_htmx.headers["HX-Redirect"] == support_of(idea)
    assert not Support.objects.exists()
    assert "Ditutup" in text_of(browser.get(page_of(project)))


# --- Rows -----------------------------------------------------------------------------------------


def test_a_row_is_the_same_for_two_different_readers(make_person, sign_in, idea):
    rows = set()
    for person in (make_person(), make_person(), None):
        content = text_of(sign_in(person).get(IDEAS))
        rows.add(re.search(r"<article.*?</article>", content, re.DOTALL).group())  # type: ignore[union-attr]
    assert len(rows) == 1


def test_a_row_of_the_page_has_the_place_that_the_live_stream_gives_it(anonymous, project, idea):
    fragment = rendering.row_fragment(idea)
    assert f'id="{fragment["id"]}" data-order="{fragment["order"]}"' in text_of(
        anonymous.get(page_of(project))
    )


def test_a_hidden_aspirasi_leaves_the_lists_and_is_a_tombstone_live(
    anonymous, project, idea, moderator
):
    anonymous.get(page_of(project))
    services.hide_idea(idea=idea, by=moderator, reason="Ada nomor telepon tetangga.")
    for address in (IDEAS, page_of(project)):
        assert ids(anonymous.get(address)) == []
    address = reverse("participation:project_changes", args=[project.slug])
    (fragment,) = anonymous.get(address, {"sejak": 1}).json()["fragments"]
    assert fragment["id"] == f"aspirasi-{idea.pk}"
    assert fragment["list"] is None
    assert "Aspirasi ini disembunyikan petugas." in fragment["html"]
    assert idea.title not in fragment["html"]
    assert idea.body not in fragment["html"]


def test_a_held_aspirasi_never_has_a_row(anonymous, make_project, make_idea):
    project = make_project(premoderated=True)
    make_idea(project_=project)
    address = reverse("participation:project_changes", args=[project.slug])
    assert anonymous.get(address).json()["fragments"] == []
    assert ids(anonymous.get(page_of(project))) == []


def test_the_category_is_named_in_the_language_of_the_reader(anonymous, idea):
    assert "Penerangan" in text_of(anonymous.get(IDEAS))
    english = anonymous.get(IDEAS, headers={"cookie": "django_language=en"})
    assert "Lighting" in text_of(english)
    row = re.search(r"<article.*?</article>", text_of(english), re.DOTALL)
    assert row is not None
    assert "Penerangan" not in row.group()


# --- Live -----------------------------------------------------------------------------------------


def test_only_the_plain_list_of_a_project_is_live(anonymous, project, idea):
    project.refresh_from_db()
    content = text_of(anonymous.get(page_of(project)))
    assert f'data-revision="{project.revision}"' in content
    assert f'data-socket="/langsung/proyek/{project.slug}/"' in content
    assert 'id="aspirasi" data-live-dir="desc"' in content
    english = text_of(anonymous.get(page_of(project), headers={"cookie": "django_language=en"}))
    assert f'data-socket="/langsung/proyek/{project.slug}/?bahasa=en"' in english
    for query in ({"q": "lampu"}, {"urut": "supported"}, {"kelurahan": AKCAYA}):
        assert "data-socket" not in text_of(anonymous.get(page_of(project), query))


# --- One's own ------------------------------------------------------------------------------------


def test_the_own_aspirasi_are_for_signed_in_people_only(anonymous, browser):
    assert anonymous.get(OWN).status_code == 302
    assert "Anda belum mengirim aspirasi" in text_of(browser.get(OWN))


def test_the_own_aspirasi_show_what_others_do_not_see(
    browser, other_resident, sign_in, make_project, make_idea, moderator
):
    shown = make_idea(title="Bangku yang teduh")
    held = make_idea(title="Toilet umum", project_=make_project(premoderated=True))
    hidden = make_idea(title="Telepon tetangga saya")
    services.hide_idea(idea=hidden, by=moderator, reason="Ada nomor telepon tetangga.")
    content = text_of(browser.get(OWN))
    for idea in (shown, held, hidden):
        assert idea.title in content
        assert idea.number in content
    assert "Diperiksa petugas" in content
    assert "Ada nomor telepon tetangga." in content
    for visitor in (sign_in(other_resident), sign_in(None)):
        for address in (IDEAS, HOME, f"{IDEAS}?q=telepon"):
            assert hidden.title not in text_of(visitor.get(address))
            assert held.title not in text_of(visitor.get(address))


# --- Steps ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "heading"),
    [
        (Status.OPEN, "Langkah 2 dari 5: Tayang"),
        (Status.IN_PROGRESS, "Langkah 4 dari 5: Dikerjakan"),
        (Status.DONE, "Langkah 5 dari 5: Selesai"),
        (Status.DECLINED, "Langkah 3 dari 3: Tidak dilanjutkan"),
        (Status.OUTSIDE_AUTHORITY, "Langkah 3 dari 3: Bukan kewenangan"),
    ],
)
def test_the_steps_name_where_an_aspirasi_stands(idea, responder, status, heading):
    services.change_status(idea=idea, status=status, by=responder)
    html = rendering.steps(Idea.objects.get(pk=idea.pk))
    assert heading in html
    assert html.count('aria-current="step"') == 1


def test_a_step_back_is_shown_as_one(idea, responder):
    Idea.objects.filter(pk=idea.pk).update(answered_at=timezone.now())
    for status in (Status.IN_PROGRESS, Status.PLANNED):
        services.change_status(idea=Idea.objects.get(pk=idea.pk), status=status, by=responder)
    html = rendering.steps(Idea.objects.get(pk=idea.pk))
    assert "Langkah 3 dari 5: Ditanggapi" in html
    assert "Masuk rancangan" in html
    assert IdeaHistory.objects.filter(idea=idea, new=Status.IN_PROGRESS).exists()

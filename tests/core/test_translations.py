"""Two languages: the English is whole and compiled, and each page keeps to the one chosen."""

import re
from datetime import date, datetime
from html import unescape
from zoneinfo import ZoneInfo

import polib
import pytest
from django.conf import settings
from django.template import Context, Template
from django.urls import reverse
from django.utils import translation

from config.management.commands.translations import MO, PO
from forum.answers import services as answers
from forum.answers.services import Promise
from forum.moderation import services as moderation
from participation.models import Project

CATALOGUE = polib.pofile(str(PO))

# What must come out as it went in: %(name)s and {name}, tags with their addresses, code.
KEPT = re.compile(r"%%|%\(\w+\)[sd]|\{\w*\}|</?\w[^>]*>|https?://[^\s\"<]+")

ENGLISH = frozenset(
    """
    the and your you with this from have has not please sign reply replies submit search send save
    cancel error required field next previous loading published answered hidden today yesterday
    ago password username valid value choose select choice
    """.split()
)
INDONESIAN = frozenset(
    """
    anda dan yang untuk dengan tidak belum sudah ini kirim masuk balas balasan dukung laporkan
    petugas warga tayang ditanggapi jawaban semua pilih isi wajib lagi hari batal simpan
    """.split()
)


@pytest.fixture(autouse=True)
def indonesian_afterwards():
    """A request leaves its language behind in this thread; the next test starts in Indonesian."""
    with translation.override("id"):
        yield


def forms_of(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


# ── The catalogue ────────────────────────────────────────────────────────────


def test_the_compiled_file_is_the_one_of_the_source():
    assert MO.read_bytes() == CATALOGUE.to_binary(), "run: make messages"


def test_every_text_has_its_english():
    unfinished = [
        entry.msgid
        for entry in CATALOGUE
        if entry.fuzzy or entry.obsolete or not all(text.strip() for text in forms_of(entry))
    ]
    assert unfinished == []


def test_placeholders_tags_and_addresses_are_the_same_in_both():
    """The form for one may leave the number out: "an answer"."""
    other = [
        (entry.msgid, text)
        for entry in CATALOGUE
        for number, text in enumerate(reversed(forms_of(entry)))
        if sorted(KEPT.findall(text)) != sorted(KEPT.findall(entry.msgid))
        and not (number == 1 and set(KEPT.findall(text)) < set(KEPT.findall(entry.msgid)))
    ]
    assert other == []


def test_the_english_ends_and_begins_as_the_indonesian():
    """A sentence stays a sentence, a word of a list a word; spaces at the edges glue texts."""
    other = [
        (entry.msgid, text)
        for entry in CATALOGUE
        for text in forms_of(entry)
        if text != text.strip()
        or entry.msgid.endswith(".") != text.endswith(".")
        or entry.msgid.endswith("?") != text.endswith("?")
        or entry.msgid.endswith(":") != text.endswith(":")
    ]
    assert other == []


def test_counted_texts_tell_one_from_many_in_english():
    alike = [
        entry.msgid
        for entry in CATALOGUE
        if entry.msgid_plural and len(set(entry.msgstr_plural.values())) < 2
    ]
    assert alike == []


@pytest.mark.parametrize(
    ("indonesian", "english"),
    [("Tayang", "Published"), ("Ditanggapi", "Answered"), ("Masuk rancangan", "Planned"),
     ("Dikerjakan", "In progress"), ("Selesai", "Done"), ("Tidak dilanjutkan", "Not continued"),
     ("Bukan kewenangan", "Outside our authority"), ("Disembunyikan", "Hidden"),
     ("Diperiksa petugas", "Being checked"), ("Kirim aspirasi", "Send an idea")],
)  # fmt: skip
def test_the_words_of_the_forum(indonesian, english):
    with translation.override("en"):
        assert translation.gettext(indonesian) == english
    with translation.override("id"):
        assert translation.gettext(indonesian) == indonesian


# ── Choosing a language ──────────────────────────────────────────────────────


def test_a_reader_switches_to_english_and_back(client, city):
    home, rules = reverse("participation:home"), reverse("core:page", args=["aturan"])
    assert b'<html lang="id"' in client.get(home).content

    answer = client.post("/bahasa/", {"language": "en", "next": rules})
    assert (answer.status_code, answer.url) == (302, rules)
    page = client.get(rules).content.decode()
    assert '<html lang="en"' in page
    assert "<h1>Discussion rules</h1>" in page
    assert "Aturan berdiskusi" not in page

    client.post("/bahasa/", {"language": "id", "next": rules})
    page = client.get(rules).content.decode()
    assert '<html lang="id"' in page
    assert "<h1>Aturan berdiskusi</h1>" in page


def test_a_language_that_is_not_offered_changes_nothing(client, city):
    client.post("/bahasa/", {"language": "nl", "next": "/"})
    assert b'<html lang="id"' in client.get("/").content


def test_who_reads_in_english_does_not_lose_it_by_saving_the_profile(sign_in, resident):
    browser = sign_in(resident)
    browser.post("/bahasa/", {"language": "en", "next": "/"})
    page = browser.get(reverse("accounts:profile")).content.decode()
    assert re.search(r'<option value="en" selected>', page)


# ── Dates and figures ────────────────────────────────────────────────────────


def shown(template: str, language: str, **context) -> str:
    with translation.override(language):
        html = Template("{% load ui %}" + template).render(Context(context))
    return re.sub(r"<[^>]*>", "", html)


MONTHS = "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember"


@pytest.mark.parametrize(("number", "name"), [*enumerate(MONTHS.split(), start=1)])
def test_the_months_are_indonesian(number, name):
    assert shown("{% time day %}", "id", day=date(2026, number, 9)) == f"9 {name} 2026"


@pytest.mark.parametrize(
    ("template", "value", "indonesian", "english"),
    [
        ("{% time value %}", date(2026, 7, 9), "9 Juli 2026", "9 July 2026"),
        ("{% time value short=True %}", date(2026, 5, 9), "9 Mei", "9 May"),
        ("{% time value %}", datetime(2026, 8, 17, 14, 5, tzinfo=ZoneInfo("Asia/Jakarta")),
         "17 Agustus 2026, 14.05", "17 August 2026, 14:05"),
        ("{{ value|number }}", 1284, "1.284", "1,284"),
        ("{{ value|number }}", 56, "56", "56"),
        ("{{ value|number }}", 4.5, "4,5", "4.5"),
        ("{{ value|floatformat:1 }}", 3.666, "3,7", "3.7"),
        ("{{ value|date:'l, j F' }}", date(2026, 7, 17), "Jumat, 17 Juli", "Friday, 17 July"),
    ],
)  # fmt: skip
def test_dates_and_figures_are_written_as_the_language_does(template, value, indonesian, english):
    assert shown(template, "id", value=value) == indonesian
    assert shown(template, "en", value=value) == english


def test_a_page_writes_its_dates_and_figures_so(client, project):
    Project.objects.filter(pk=project.pk).update(opened_on=date(2026, 7, 9), idea_count=1284)
    url = reverse("participation:project_about", args=[project.slug])
    page = client.get(url).content.decode()
    assert ">9 Juli 2026<" in page
    assert "0 dari 1.284 aspirasi" in page

    client.post("/bahasa/", {"language": "en", "next": url})
    page = client.get(url).content.decode()
    assert ">9 July 2026<" in page
    assert "0 of 1,284 ideas" in page


# ── Pages keep to one language ───────────────────────────────────────────────


def words_of(page: str) -> set[str]:
    """What a reader sees or hears of a page, without what is marked as another language.

    Words of the scripts stand in data attributes; labels and hints in attributes of their own.
    """
    page = re.sub(r"^.*?<body[^>]*>|<!--.*?-->", " ", page, flags=re.S)
    page = re.sub(r"<(script|style)\b.*?</\1>", " ", page, flags=re.S)
    page = re.sub(r'<(\w+)[^>]* lang="\w+"[^>]*>.*?</\1>', " ", page, flags=re.S)
    said = re.findall(
        r" (?:aria-label|alt|title|placeholder|data-(?:live-(?:new|say|connect|retry|poll|offline|"
        r"ended|stale)[\w-]*|draft-saved|draft-failed|photos-\w+|counter-text|reply-text|"
        r'sla-l\w+))="([^"]*)"',
        page,
    )
    text = unescape(" ".join([re.sub(r"<[^>]*>", " ", page), *said]))
    return set(re.findall(r"[a-z]+", text.lower()))


@pytest.fixture
def told(make_idea, make_reply, make_project, responder, resident):
    """An aspirasi with an answer, replies and a flag, and one that is held."""
    make_project(title="Teduh Sepanjang Parit")  # with two, sending begins with choosing one
    idea = make_idea()
    reply = make_reply(idea_=idea)
    make_reply("Pegangan tangan juga perlu.", author=resident, idea_=idea, parent=reply)
    flagged = make_reply("Beli lampu murah di toko saya.", idea_=idea)
    moderation.flag(target=flagged, person=resident, reason="spam", note="")
    answers.publish_answer(
        idea=idea,
        officer=responder,
        body="Lampu dipasang bulan depan.",
        promises=[Promise("first", "Memasang empat lampu.", date(2026, 7, 17))],
        status="planned",
    )
    make_idea(title="Hubungi 081234567890", body="Nomor saya 081234567890.")  # held
    return idea, reply


def pages_of(idea, reply) -> dict[str, list[str]]:
    """Pages by the fixture of who opens them."""
    project = idea.project.slug
    public = [
        reverse("participation:home"),
        reverse("participation:project_list"),
        reverse("participation:project", args=[project]),
        reverse("participation:project_about", args=[project]),
        reverse("participation:idea_list"),
        reverse("participation:idea_list") + "?q=tidakadahasil&urut=answered",
        reverse("forum:idea", args=[idea.pk]),
        reverse("forum:idea_history", args=[idea.pk]),
        reverse("forum:reply_detail", args=[reply.pk]),
        *[
            reverse("core:page", args=[slug])
            for slug in ("cara-kerja", "aturan", "privasi", "aksesibilitas")
        ],
    ]
    return {
        "visitor": [
            *public,
            reverse("account_login"),
            reverse("account_signup"),
            reverse("account_reset_password"),
            "/halaman-lain/",
        ],
        "other_resident": [
            *public,
            reverse("participation:choose_project"),
            reverse("forum:own_ideas"),
            reverse("forum:submit_idea", args=[project]),
            reverse("forum:rate", args=[idea.pk]),
            reverse("forum:flag_idea", args=[idea.pk]),
            reverse("forum:edit_reply", args=[reply.pk]),
            reverse("accounts:profile"),
            reverse("account_email"),
            reverse("account_set_password"),
            reverse("mfa_index"),
            reverse("usersessions_list"),
            reverse("account_logout"),
        ],
        "responder": [
            reverse("forum:idea", args=[idea.pk]),
            reverse("forum:answer_queue"),
            reverse("forum:answer", args=[idea.pk]),
            reverse("forum:change_status", args=[idea.pk]),
        ],
        "moderator": [
            reverse("forum:desk"),
            reverse("forum:desk") + "?antrean=flagged",
            reverse("forum:desk") + "?antrean=done",
        ],
    }


@pytest.mark.parametrize("who", ["visitor", "other_resident", "responder", "moderator"])
def test_every_page_keeps_to_the_language_chosen(who, request, told, sign_in):
    """In turn, so that nothing kept from one language is shown in the other."""
    person = None if who == "visitor" else request.getfixturevalue(who)
    browser = sign_in(person)
    urls = pages_of(*told)[who]
    if who == "moderator":
        desk = browser.get(urls[0]).content.decode()
        urls += sorted(set(re.findall(r'href="(/meja/\d+/)"', desk)))
        assert len(urls) == 5
    strange = {}
    for language, other in (("id", ENGLISH), ("en", INDONESIAN), ("id", ENGLISH)):
        browser.post("/bahasa/", {"language": language, "next": "/"})
        for url in urls:
            answer = browser.get(url)
            assert answer.status_code in (200, 404), url
            page = answer.content.decode()
            assert f'<html lang="{language}"' in page, url
            if found := words_of(page) & other:
                strange[language, url] = found
    assert strange == {}


def test_what_comes_live_is_in_the_language_of_the_page(told, client):
    idea, _reply = told
    url = reverse("forum:idea_changes", args=[idea.pk]) + "?sejak=0"
    for language, word, strange in (("id", "balas", ENGLISH), ("en", "reply", INDONESIAN)) * 2:
        client.post("/bahasa/", {"language": language, "next": "/"})
        html = " ".join(fragment["html"] for fragment in client.get(url).json()["fragments"])
        said = words_of(html)
        assert word in said
        assert not said & strange


def test_what_is_missing_in_a_form_is_said_in_the_language_chosen(told, sign_in, other_resident):
    idea, reply = told
    forms = {
        reverse("forum:submit_idea", args=[idea.project.slug]): {"village": "x", "category": "x"},
        reverse("forum:reply", args=[idea.pk]): {"client_key": "x"},
        reverse("forum:flag_idea", args=[idea.pk]): {"reason": "x"},
        reverse("forum:rate", args=[idea.pk]): {"clear": "9"},
        reverse("forum:edit_reply", args=[reply.pk]): {"body": ""},
        reverse("accounts:profile"): {"display_name": "", "village": "x"},
        reverse("account_email"): {"email": "x", "action_add": ""},
        reverse("account_set_password"): {"password1": "pendek", "password2": "lain"},
    }
    browser = sign_in(other_resident)
    strange = {}
    for language, other in (("id", ENGLISH), ("en", INDONESIAN)):
        browser.post("/bahasa/", {"language": language, "next": "/"})
        for url, data in forms.items():
            answer = browser.post(url, data)
            assert answer.status_code == 422, url
            if found := words_of(answer.content.decode()) & other:
                strange[language, url] = found
    assert strange == {}


def test_a_phone_set_to_english_still_opens_the_forum_in_indonesian(client, city):
    page = client.get("/", headers={"Accept-Language": "en-US,en;q=0.9"}).content.decode()
    assert '<html lang="id"' in page
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "xx"
    assert '<html lang="id"' in client.get("/").content.decode()

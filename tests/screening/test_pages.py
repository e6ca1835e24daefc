"""The pages of the lists and of the score: who may change what, bad input, what counts then."""

import pytest

from accounts.models import Role
from forum.screening import services
from forum.screening.models import LearntScore, ScoreSwitch, WordRule

LISTS, NEW, SCORE = "/meja/saringan/", "/meja/saringan/baru/", "/meja/saringan/skor/"


def filled(**changes):
    fields = {
        "phrase": "kodok bangkong", "list": "hold", "breaks": "person", "unless": "kolam",
        "note": "contoh", "project": "", "valid_from": "2026-01-01", "is_active": "on",
    }  # fmt: skip
    return {**fields, **changes}


def action(text, person, project=None):
    return services.screen(text, author=person, project=project, kind="reply").action


@pytest.mark.parametrize("who", ["moderator", "city_admin"])
def test_a_word_is_added_counts_at_once_and_is_changed(who, cast, sign_in, resident):
    person = getattr(cast, who)
    client = sign_in(person)
    assert action("Kodok bangkong kau", resident) == "publish"
    assert client.post(NEW, filled())["Location"] == LISTS
    rule = WordRule.objects.get(phrase="kodok bangkong")
    assert (rule.changed_by, rule.project, rule.list) == (person, None, "hold")
    assert action("Kodok bangkong kau", resident) == "hold"
    assert action("Kodok bangkong di kolam", resident) == "publish"
    page = client.get(f"{LISTS}{rule.pk}/").content.decode()
    assert 'value="kodok bangkong"' in page
    assert 'value="2026-01-01"' in page
    changed = filled(list="flag", is_active="on")
    assert client.post(f"{LISTS}{rule.pk}/", changed).status_code == 302
    assert action("Kodok bangkong kau", resident) == "flag"
    client.post(f"{LISTS}{rule.pk}/", {**changed, "is_active": ""})
    assert action("Kodok bangkong kau", resident) == "publish"


@pytest.mark.parametrize("who", ["resident", "responder", "planner", "leader", "bkpsdm"])
def test_nobody_else_touches_the_lists(who, cast, sign_in):
    client = sign_in(getattr(cast, who))
    count = WordRule.objects.count()
    assert client.post(NEW, filled()).status_code == 403
    assert client.post(LISTS, {"text": "x"}).status_code == 403
    assert client.post(f"{SCORE}kosongkan/").status_code == 403
    assert (WordRule.objects.count(), LearntScore.objects.count()) == (count, 0)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"phrase": ""}, "Tulis kata yang dicari."),
        ({"phrase": "a b"}, "sedikitnya tiga huruf"),
        ({"phrase": "///"}, "sedikitnya tiga huruf"),
        ({"phrase": "a/b/c/d/e/f/g/h " * 8}, "Terlalu banyak gabungan"),
        ({"phrase": "x\x00y"}, "karakter"),
        ({"phrase": "open bo"}, "sudah ada di daftar"),
        ({"phrase": "kodok " * 100}, "Terlalu panjang"),
        ({"list": "usir"}, "Pilih tindakan."),
        ({"breaks": ""}, "Pilih satu aturan."),
        ({"project": "999999"}, "Pilih proyek dari daftar."),
        ({"valid_from": "besok"}, "Tulis tanggal"),
    ],
    ids=str,
)
def test_bad_input_keeps_what_was_typed(changes, words, sign_in, moderator):
    count = WordRule.objects.count()
    answer = sign_in(moderator).post(NEW, filled(**changes))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert 'value="contoh"' in page
    assert WordRule.objects.count() == count


def test_an_empty_form_names_what_is_missing(sign_in, moderator):
    answer = sign_in(moderator).post(NEW, {})
    assert answer.status_code == 422
    assert "Tulis kata yang dicari." in answer.content.decode()


def test_the_same_word_saved_twice_is_one_rule(moderator):
    for _again in range(2):
        services.save_rule(by=moderator, phrase="kodok", list="hold", breaks="person")
    assert WordRule.objects.filter(phrase="kodok").count() == 1


def test_the_moderator_of_one_project_writes_for_that_project_only(
    make_person, project, make_project, sign_in, resident
):
    other = make_project("Jalan lain")
    person = make_person("Rina", role=Role.MODERATOR, project=project)
    client = sign_in(person)
    page = client.get(NEW).content.decode()
    assert project.title in page
    assert "Jalan lain" not in page
    assert "Seluruh kota" not in page
    assert client.post(NEW, filled(project="")).status_code in (403, 422)
    assert client.post(NEW, filled(project=str(other.pk))).status_code == 422
    assert client.post(NEW, filled(project=str(project.pk))).status_code == 302
    assert action("kodok bangkong", resident, project) == "hold"
    assert action("kodok bangkong", resident, other) == "publish"
    city_wide = WordRule.objects.filter(project=None)[0]
    assert client.get(f"{LISTS}{city_wide.pk}/").status_code == 403
    theirs = WordRule.objects.create(phrase="rahasia", list="hold", project=other)
    assert client.get(f"{LISTS}{theirs.pk}/").status_code == 404
    assert "rahasia" not in client.get(f"{LISTS}?q=rahasia").content.decode().replace(
        'value="rahasia"', ""
    ).replace("q=rahasia", "")


def test_the_list_is_paged_filtered_and_searched(sign_in, moderator, django_assert_max_num_queries):
    client = sign_in(moderator)
    client.get(LISTS)
    with django_assert_max_num_queries(16):
        first = client.get(LISTS).content.decode()
    assert first.count("entry--act") == 50
    assert "halaman=2" in first
    assert client.get(f"{LISTS}?halaman=2").content.decode().count("entry--act") == 50
    blocked = client.get(f"{LISTS}?daftar=block").content.decode()
    assert "open bo" in blocked
    assert "goblok" not in blocked
    assert "goblok" in client.get(f"{LISTS}?q=goblok").content.decode()
    for query in ("halaman=x", "halaman=99999999999999999999", "daftar=x", "q=%00", "halaman=999"):
        assert client.get(f"{LISTS}?{query}").status_code == 200


def test_a_sentence_is_tried_and_nothing_is_stored(sign_in, moderator):
    client = sign_in(moderator)
    page = client.post(LISTS, {"text": "Petugas g0bl0k."}).content.decode()
    assert "Ditahan sampai petugas memeriksa." in page
    assert "<mark>g0bl0k</mark>" in page
    assert "Langsung tayang." in client.post(LISTS, {"text": "Lampu mati."}).content.decode()
    answer = client.post(LISTS, {"text": ""})
    assert answer.status_code == 422
    assert "Tulis kalimatnya dulu." in answer.content.decode()


def test_markup_in_a_phrase_stays_text(sign_in, moderator):
    WordRule.objects.create(phrase="<script>alert(1)</script>", list="flag")
    page = sign_in(moderator).get(f"{LISTS}?q=script").content.decode()
    assert "<script>alert" not in page


def test_a_city_admin_finds_the_lists_in_the_admin_as_well(sign_in, city_admin, resident):
    type(city_admin).objects.filter(pk=city_admin.pk).update(is_staff=True)
    city_admin.refresh_from_db()
    client = sign_in(city_admin)
    answer = client.post("/admin/forum/wordrule/add/", {**filled(), "valid_from": "2026-01-01"})
    assert answer.status_code == 302
    assert WordRule.objects.get(phrase="kodok bangkong").changed_by == city_admin
    assert action("kodok bangkong", resident) == "hold"


# --- The score -----------------------------------------------------------------------------------


def test_the_page_of_the_score_before_and_after_it_learnt(sign_in, moderator):
    client = sign_in(moderator)
    assert "Belum dipakai." in client.get(SCORE).content.decode()
    LearntScore.objects.create(
        weights={"songong": 2.3, "halte": -1.1}, hidden=60, kept=120,
        figures={"right": 11, "wrong": 1, "missed": 2, "looked_at": 36},
    )  # fmt: skip
    page = client.get(SCORE).content.decode()
    for words in ("songong", "halte", "11 ditandai dengan benar, 1 keliru, 2 terlewat"):
        assert words in page
    assert client.post(f"{SCORE}kosongkan/").status_code == 302
    assert "Belum dipakai." in client.get(SCORE).content.decode()


def test_the_score_is_switched_off_for_a_project(sign_in, moderator, project, moderator_elsewhere):
    path = f"{SCORE}{project.slug}/"
    assert sign_in(moderator_elsewhere).post(path, {"pakai": "tidak"}).status_code == 403
    client = sign_in(moderator)
    assert client.post(path, {"pakai": "tidak"}).status_code == 302
    assert ScoreSwitch.objects.get().is_on is False
    assert "Skor tidak dipakai" in client.get(SCORE).content.decode()

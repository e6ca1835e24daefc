"""Many cases decided alike: each by itself, with a report of what came of each."""

import pytest

from forum.moderation import services as moderation
from forum.moderation.models import Case, Ruling
from tests.forum.desk_steps import decide, fresh, text_of, told, url

HIDE = {"decision": "hide", "rule": "spam", "message": "Ini iklan."}


@pytest.fixture
def reported(make_reply, make_person):
    def make(body="Jual pulsa", **options):
        reply = make_reply(body, **options)
        return moderation.flag(target=reply, person=make_person(), reason="spam")

    return make


def ticked(*cases):
    return [f"{case.pk}.{fresh(case).version}" for case in cases]


def test_a_mixture_is_reported_one_by_one(
    reported, make_idea, make_project, other_unit, moderator, second_moderator, perkim,
    make_person, sign_in, other_resident,
):  # fmt: skip
    of_unit = make_person("Petugas Unit", role="moderator", unit=perkim)
    plain, second = reported(), reported("Jual kucing")
    decided, held, own = (
        reported("sudah"),
        reported("dipegang"),
        reported("sendiri", author=of_unit),
    )
    elsewhere = make_idea(project_=make_project(unit=other_unit), body="Telepon 0812-0000-1234.")
    elsewhere = Case.objects.get(idea=elsewhere)
    boxes = ticked(plain, second, decided, held, own, elsewhere)
    decide(decided, "keep", moderator)
    moderation.come_to_desk(person=second_moderator, case=fresh(held))
    answer = sign_in(of_unit).post(url("rule_many"), {**HIDE, "perkara": [*boxes, "99999.1", "x"]})
    page = text_of(answer)
    assert answer.status_code == 200 and "2 dari 7 keputusan tersimpan" in page
    assert "Sudah diputuskan Dewi Lestari, keputusan Anda tidak disimpan" in page
    assert "Rizky Maulana sedang memegangnya" in page
    assert "Tulisan Anda sendiri diperiksa petugas lain." in page
    assert page.count("Bukan perkara di antrean Anda") == 2
    assert elsewhere.idea.title not in page, "of another unit not even the title is told"
    hidden = Ruling.objects.filter(decision="hide").values_list("case_id", "rule", "message")
    assert sorted(hidden) == [(c.pk, "spam", "Ini iklan.") for c in (plain, second)]
    assert [fresh(case).is_open for case in (held, own, elsewhere)] == [True] * 3
    assert told(other_resident).count("Balasan Anda disembunyikan. Aturan: Iklan atau spam") == 2


def test_sent_again_it_decides_nothing_twice(reported, moderator, sign_in):
    case = reported()
    fields, browser = {**HIDE, "perkara": ticked(case)}, sign_in(moderator)
    browser.post(url("rule_many"), fields)
    page = text_of(browser.post(url("rule_many"), fields))
    assert "0 dari 1 keputusan tersimpan" in page and Ruling.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"decision": ""}, "Pilih keputusan."),
        ({"decision": "merge"}, "Pilih keputusan dari daftar."),
        ({"decision": "suspend"}, "Pilih keputusan dari daftar."),
        ({"rule": ""}, "Pilih aturan yang dilanggar."),
        ({"message": ""}, "Tulis pesan untuk warga"),
        ({"perkara": []}, "Centang dulu perkara"),
        ({"perkara": ["x.y", "1", ".", "-1.1"]}, "Centang dulu perkara"),
        ({"perkara": [f"{n}.1" for n in range(1, 102)]}, "Paling banyak 100 perkara sekaligus"),
    ],
)
def test_what_is_missing_is_said_and_the_ticks_and_the_text_stay(
    reported, moderator, sign_in, changes, sentence
):
    case = reported()
    fields = {**HIDE, "message": "Pesan bersama.", "perkara": ticked(case), **changes}
    answer = sign_in(moderator).post(url("rule_many"), fields)
    page = text_of(answer)
    assert answer.status_code == 422 and sentence in page
    assert "message" in changes or "Pesan bersama." in page
    assert (
        "perkara" in changes
        or f'value="{case.pk}.1" form="sekaligus" autocomplete="off" checked' in page
    )
    assert fresh(case).is_open


def test_what_does_not_fit_one_of_them_is_said_for_that_one(
    reported, make_idea, moderator, sign_in
):
    public, held = reported(), Case.objects.get(idea=make_idea(body="Telepon 0812-0000-1234."))
    fields = {"decision": "publish", "perkara": ticked(public, held)}
    page = text_of(sign_in(moderator).post(url("rule_many"), fields))
    assert "1 dari 2 keputusan tersimpan" in page and "tidak cocok" in page
    assert fresh(public).is_open and not fresh(held).is_open


def test_all_that_are_seen_are_ticked_without_a_script(reported, moderator, sign_in):
    for n in range(3):
        reported(f"Jual {n}")
    page = text_of(sign_in(moderator).get(url("desk"), {"pilih": "semua"}))
    assert page.count('form="sekaligus" autocomplete="off" checked') == 3


def test_only_moderators(reported, resident, sign_in):
    case = reported()
    answer = sign_in(resident).post(url("rule_many"), {**HIDE, "perkara": ticked(case)})
    assert answer.status_code == 403 and fresh(case).is_open


def test_an_appeal_is_not_decided_with_others(idea, reported, moderator, second_moderator, sign_in):
    from forum.appeals import services as appeals

    ruling = decide(moderation.examine(target=idea, by=moderator), "hide", moderator)
    appeal = appeals.lodge(ruling=ruling, by=idea.author, body="Itu kritik.")
    plain, browser = reported(), sign_in(second_moderator)
    for decision in ("hide", "restore", "publish", "keep"):
        fields = {**HIDE, "decision": decision, "perkara": ticked(appeal.case)}
        answer = browser.post(url("rule_many"), fields)
        assert answer.status_code == 200, decision
        assert "0 dari 1 keputusan tersimpan" in text_of(answer)
        assert "Keberatan diputuskan satu per satu" in text_of(answer)
    page = text_of(browser.post(url("rule_many"), {**HIDE, "perkara": ticked(plain, appeal.case)}))
    assert "1 dari 2 keputusan tersimpan" in page and fresh(appeal.case).is_open
    fields = {"decision": "grant", "message": "Boleh.", "perkara": ticked(appeal.case)}
    assert browser.post(url("rule_many"), fields).status_code == 422
    appeal.refresh_from_db()
    assert appeal.is_open and not type(idea).objects.get(pk=idea.pk).is_published

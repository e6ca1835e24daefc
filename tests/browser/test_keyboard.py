"""Everything by keyboard alone, with a focus that is always somewhere and always seen."""

import re

import pytest
from playwright.sync_api import expect

from forum.answers import services as answers
from forum.appeals import services as appeals
from forum.moderation import services as moderation
from forum.moderation.models import Rule
from tests.browser.conftest import STARTED

# What has the focus: its tag and words, whether a ring shows, whether something lies over it.
FOCUS = """() => {
    const has = document.activeElement;
    if (!has || has === document.body) return null;
    const styles = [has, has.parentElement, has.closest("label")].filter(Boolean)
        .map((each) => getComputedStyle(each)).concat(getComputedStyle(has, "::after"));
    const ringed = styles.some((style) => style.boxShadow !== "none" ||
        (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0));
    const seen = has.closest("label") || has;
    const box = seen.getBoundingClientRect();
    const places = [[.5, .5], [.1, .2], [.9, .2], [.1, .8], [.9, .8]];
    const open = places.some(([x, y]) => {
        const top = document.elementFromPoint(box.x + box.width * x, box.y + box.height * y);
        return top && (seen.contains(top) || top.contains(seen));
    });
    return {what: `${has.tagName} ${(has.innerText || has.name || "").slice(0, 40)}`, ringed, open};
}"""


def press(page, key):
    """One key; afterwards the focus is on something and can be seen."""
    page.keyboard.press(key)
    focus_is_seen(page, key)


def focus_is_seen(page, after):
    focus = page.evaluate(FOCUS)
    assert focus, f"after {after} nothing has the focus"
    assert focus["ringed"], f"after {after} no ring shows around {focus['what']}"
    assert focus["open"], f"after {after} something covers {focus['what']}"


def has_focus(locator):
    return locator.count() == 1 and locator.evaluate("(it) => it === document.activeElement")


def tab_to(page, locator, *, key="Tab", most=70):
    for _step in range(most):
        press(page, key)
        if has_focus(locator):
            return
    raise AssertionError(f"{most} times {key} did not reach {locator}")


def test_from_the_skip_link_to_the_filters_and_the_support_button(
    browse, project, idea, make_idea, resident
):
    make_idea(title="Bangku di bawah pohon", category_id="lainnya")
    page = browse(resident)
    page.goto(f"/proyek/{project.slug}/")
    press(page, "Tab")
    expect(page.get_by_role("link", name="Langsung ke isi")).to_be_focused()
    page.keyboard.press("Enter")
    press(page, "Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")

    tab_to(page, page.get_by_label("Kategori"))
    page.keyboard.type("Pen")
    tab_to(page, page.get_by_role("button", name="Terapkan"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="1 dari 2 aspirasi")).to_be_visible()

    button = page.get_by_role("button", name=f"Dukung: {idea.title}")
    tab_to(page, page.locator(f"#dukung-{idea.pk}"))
    page.keyboard.press("Space")
    pressed = page.locator(f"#dukung-{idea.pk}")
    expect(pressed).to_have_attribute("aria-pressed", "true")
    expect(pressed).to_be_focused()
    focus_is_seen(page, "Space on the support button")
    assert button.count() == 0


@pytest.mark.parametrize("width", [360, 1280])
def test_replying_to_a_reply_and_its_menu(browse, idea, make_reply, resident, width):
    reply = make_reply()
    page = browse(resident, viewport={"width": width, "height": 740})
    page.goto(f"/aspirasi/{idea.pk}/")
    row = page.locator(f"#balasan-{reply.pk}")
    tab_to(page, row.get_by_role("link", name=re.compile("^Balas")))
    press(page, "Enter")
    expect(page.locator("#id_body")).to_be_focused()
    expect(page.get_by_text("Membalas Budi Prasetyo")).to_be_visible()
    page.keyboard.type("Pegangannya dua sisi.")
    tab_to(page, page.get_by_role("button", name="Kirim balasan"))
    page.keyboard.press("Enter")
    mine = page.locator(f"#balasan-{reply.pk}-anak > li")
    expect(mine).to_contain_text("Pegangannya dua sisi.")
    expect(mine).to_be_focused()

    tab_to(page, row.locator("summary").first, key="Shift+Tab")
    press(page, "Enter")
    expect(row.get_by_role("link", name="Laporkan").first).to_be_visible()
    press(page, "Tab")
    expect(row.get_by_role("link", name="Laporkan").first).to_be_focused()
    press(page, "Escape")
    expect(row.get_by_role("link", name="Laporkan").first).to_be_hidden()
    expect(row.locator("summary").first).to_be_focused()


def test_news_is_taken_and_an_empty_reply_is_mended(
    browse, idea, resident, other_resident, server, cookie
):
    page = browse(resident)
    page.goto(f"/aspirasi/{idea.pk}/")
    expect(page.locator("[data-live-slot] [data-live-word]")).to_have_text("Terhubung")
    server.reply(idea.pk, "Dari tetangga", cookie=cookie(other_resident))
    bar = page.locator("[data-live-slot] button.livebar")
    expect(bar).to_be_visible()
    tab_to(page, bar)
    page.keyboard.press("Enter")
    expect(page.locator("#balasan > li")).to_be_focused()
    focus_is_seen(page, "Enter on the bar")

    tab_to(page, page.get_by_role("button", name="Kirim balasan"))
    page.keyboard.press("Enter")
    summary = page.get_by_role("alert").filter(has_text="Tulis balasan Anda dulu.")
    expect(summary).to_be_focused()
    focus_is_seen(page, "an empty reply")
    press(page, "Tab")
    press(page, "Enter")
    expect(page.locator("#id_body")).to_be_focused()


def test_rating_an_official_answer(browse, idea, responder, resident):
    answers.publish_answer(idea=idea, officer=responder, body="Terima kasih.", promises=[])
    page = browse(resident)
    page.goto(f"/aspirasi/{idea.pk}/")
    clear = page.get_by_role("group", name="Jelas")
    tab_to(page, clear.get_by_label("1 dari 4"))
    press(page, "ArrowRight")
    press(page, "ArrowRight")
    expect(clear.get_by_label("3 dari 4")).to_be_checked()
    press(page, "Tab")
    press(page, "Space")
    expect(page.get_by_role("group", name="Membantu").get_by_label("1 dari 4")).to_be_checked()
    tab_to(page, page.get_by_role("button", name="Kirim penilaian"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("penilaian Anda tersimpan")).to_be_visible()


def test_the_desk(browse, make_reply, make_person, moderator):
    cases = [
        moderation.flag(target=make_reply(body), person=make_person(), reason=Rule.SPAM)
        for body in ("Jual kucing", "Jual pulsa", "Jual motor")
    ]
    page = browse(moderator)
    page.goto("/meja/")
    tickets = page.locator(".ticket a")
    press(page, "ArrowDown")
    expect(tickets.nth(0)).to_be_focused()
    press(page, "ArrowDown")
    expect(tickets.nth(1)).to_be_focused()
    press(page, "ArrowUp")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 laporan warga")).to_be_visible()
    page.evaluate(STARTED)

    press(page, "s")
    form = page.get_by_role("form", name="Sembunyikan dengan alasan")
    expect(form.get_by_role("radio").first).to_be_focused()
    message = form.get_by_label("Pesan kepada warga")
    tab_to(page, message)
    page.keyboard.type("Tidak, ini soal satu taman.")  # t, s and j are letters here
    expect(message).to_have_value("Tidak, ini soal satu taman.")
    press(page, "Escape")
    expect(page.locator("#judul")).to_be_focused()
    page.keyboard.press("t")
    expect(page.get_by_text("Keputusan tersimpan.")).to_be_visible()
    expect(page.locator(".ticket")).to_have_count(2)
    expect(page.locator("#judul")).to_be_focused()  # of the next case, not of nothing
    focus_is_seen(page, "t")
    page.evaluate(STARTED)
    page.keyboard.press("x")
    expect(page.locator(".ticket[aria-current] [name=perkara]")).to_be_checked()
    expect(page.get_by_text("1 dicentang")).to_be_visible()
    tickets.nth(0).focus()
    press(page, "j")
    expect(tickets.nth(1)).to_be_focused()
    press(page, "k")
    expect(tickets.nth(0)).to_be_focused()
    cases[0].refresh_from_db()
    assert cases[0].decided_by == moderator


def test_the_shortcuts_of_the_desk_are_listed_and_can_be_switched_off(
    browse, make_reply, make_person, moderator
):
    case = moderation.flag(target=make_reply(), person=make_person(), reason=Rule.SPAM)
    page = browse(moderator)
    page.goto(f"/meja/{case.pk}/")
    press(page, "?")
    dialog = page.get_by_role("dialog", name="Pintasan papan tik")
    expect(dialog).to_be_visible()
    switch = dialog.get_by_label("Pintasan satu huruf aktif")
    if not has_focus(switch):
        tab_to(page, switch, most=3)
    press(page, "Space")
    expect(switch).not_to_be_checked()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.keyboard.press("t")
    page.keyboard.press("s")
    expect(page.get_by_role("button", name="Biarkan tayang")).to_be_visible()
    case.refresh_from_db()
    assert case.is_open


def test_an_aspirasi_is_passed_on_from_the_desk(browse, idea, moderator):
    case = moderation.examine(target=idea, by=moderator)
    page = browse(moderator)
    page.goto(f"/meja/{case.pk}/")
    page.evaluate(STARTED)
    page.keyboard.press("u")
    expect(page.get_by_role("button", name="Teruskan", exact=True)).to_be_visible()
    assert page.url.endswith(f"/tugas/{idea.pk}/?tindakan=teruskan#tindakan")


def test_an_appeal_is_decided(browse, idea, resident, moderator, second_moderator):
    hiding = moderation.rule(
        case=moderation.examine(target=idea, by=moderator), seen_version=1, decision="hide",
        by=moderator, rule="person", message="Menyerang petugas.",
    )  # fmt: skip
    appeal = appeals.lodge(ruling=hiding, by=resident, body="Itu kritik.")
    page = browse(second_moderator)
    page.goto(f"/meja/{appeal.case_id}/?antrean=appeal")
    page.evaluate(STARTED)
    page.keyboard.press("s")
    summary = page.get_by_role("alert").filter(has_text="Tulis alasan keputusan ini untuk warga.")
    expect(summary).to_be_focused()
    press(page, "Tab")
    press(page, "Enter")
    expect(page.locator("#id_message")).to_be_focused()
    page.keyboard.type("Setuju, ini kritik.")
    tab_to(page, page.get_by_role("button", name="Terima keberatan"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Keputusan tersimpan.")).to_be_visible()
    idea.refresh_from_db()
    assert idea.is_published

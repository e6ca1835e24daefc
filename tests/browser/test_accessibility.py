"""Every page: axe finds nothing serious in light and dark, nothing runs over the edge, no script
fails, the content policy is strict and holds."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.utils import timezone
from playwright.sync_api import Page

from accounts.models import Role
from forum.answers import promises, ratings
from forum.answers import services as answers
from forum.answers.models import AnswerRating
from forum.answers.services import Content, Promise
from forum.appeals import services as appeals
from forum.identity import services as identity
from forum.moderation import services as moderation
from forum.moderation.models import Rule, Ruling
from participation import services as participation
from tests.browser.conftest import DESK, PHONE
from tests.forum.desk_steps import decide

# No page has sound or film and every sheet is our own: nothing for axe to fetch beforehand.
EVERYTHING = {
    "resultTypes": ["violations"], "preload": False, "rules": {"target-size": {"enabled": True}},
}  # fmt: skip
COLOURS = {
    "resultTypes": ["violations"], "preload": False,
    "runOnly": ["color-contrast", "link-in-text-block"],
}  # fmt: skip
# The rest of the report is long and nobody reads it.
AXE = "(options) => axe.run(options).then(({ violations }) => violations)"
STRICT = ("default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'")
LOOSE = ("unsafe-inline", "unsafe-eval", "http:", "*")

# What axe does not look for: ids twice, references to nothing, controls too small for a thumb.
MARKUP = """() => {
    const found = [];
    const ids = [...document.querySelectorAll("[id]")].map((each) => each.id);
    ids.filter((id, n) => ids.indexOf(id) !== n).forEach((id) => found.push(`id twice: ${id}`));
    for (const name of ["for", "aria-labelledby", "aria-describedby"])
        for (const each of document.querySelectorAll(`[${name}]`))
            for (const id of each.getAttribute(name).split(" "))
                if (!document.getElementById(id)) found.push(`${name} names nothing: ${id}`);
    return found;
}"""
THUMBS = """() => [...document.querySelectorAll("a, button, summary, select, textarea, .choice")]
    .filter((each) => each.checkVisibility() && !each.closest(".sr-only, [hidden], .ticket"))
    .filter((each) => getComputedStyle(each).display !== "inline")
    .map((each) => [each, each.getBoundingClientRect()])
    .filter(([, box]) => box.width > 2 && (box.height < 43.5 || box.width < 43.5))
    .map(([each, box]) => `too small for a thumb: ${each.outerHTML.slice(0, 60)} ` +
        `${Math.round(box.width)}x${Math.round(box.height)}`)
"""
OVER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@dataclass
class Leaf:
    """A page to look at, and who looks at it. `then` does something on it first."""

    path: str
    person: Any = None
    status: int = 200
    then: Callable[[Page], None] = lambda page: None


@pytest.fixture
def leaves(
    project, make_project, make_idea, make_reply, make_person, resident, other_resident,
    responder, moderator, auditor, idea, photo,
) -> list[Leaf]:  # fmt: skip
    """One of everything, with long names and long words where people write them."""
    for person in [other_resident, *(make_person() for _ in range(5))]:
        participation.support(idea=idea, person=person)
    answer = answers.publish_answer(
        idea=idea,
        officer=responder,
        body="Terima kasih, Ibu Nur. **Sisi timur** memang gelap.\n\n- dua tiang\n- empat lampu",
        promises=[
            Promise("first", "Dua lampu diganti"),
            Promise("not_possible", "Sensor gerak", reason="Belum dianggarkan."),
        ],
        status="planned",
    )
    for _ in range(5):
        supporter = make_person()
        ratings.rate_answer(
            answer=answer, person=supporter, scores={"clear": 4, "helpful": 3}, took_part=True,
            comment="Jelas, terima kasih.",
        )  # fmt: skip
    promise = answer.commitments.first()
    promises.follow_up(
        commitment=promise, by=responder, state="delayed", reason="Tiang belum datang.",
        due_on=timezone.localdate() + timedelta(days=9), seen_version=promise.version,
    )  # fmt: skip
    answers.publish_answer(
        idea=idea, officer=responder, body="Terima kasih, Ibu Nur. **Sisi timur** gelap sekali.",
        promises=[Promise(promise.kind, promise.text, promise.due_on)], status="planned",
        seen_version=1,
    )  # fmt: skip
    checked = AnswerRating.objects.filter(answer=answer).first()
    ruling = ratings.ask_for_check(rating=checked, by=responder, why="Menyebut staf.")
    template = answers.save_template(
        by=responder, fields={"title": "Lampu mati", "body": "Terima kasih atas {judul}."}
    )
    question = make_reply("Kapan mulai? https://contoh.example/" + "panjang" * 20)
    make_reply("Minggu depan.", author=responder, parent=question)
    gone = make_reply("Telepon saja Pak Budi.")
    hide(moderator, gone, message="Hapus nomornya.")
    mine = make_reply("Sekalian pegangannya.", author=resident)
    make_reply("Tanpa nama.", author=make_person(), shown_as="pseudonym")

    waiting = make_idea(title="Bangku di bawah pohon", author=other_resident)
    drafted = make_idea(title="Keran air minum", author=other_resident)
    draft = answers.save_draft(
        idea=drafted, officer=responder,
        content=Content(body="Sesuai tupoksi kami kerjakan.", next_step="Kami ukur.",
                        cost="Rp1 juta", promises=[Promise("first", "Keran dipasang")]),
    )  # fmt: skip
    held = make_idea(title="Jual kavling", body="Telepon 0812-0000-4321 sekarang", author=resident)
    hidden = make_idea(title="Usul yang melenceng", author=resident)
    hide(moderator, hidden, message="Ini bukan tentang taman.")
    asked = make_idea(title="Pak Lurah tidak becus", author=resident)
    asked = decide(moderation.examine(target=asked, by=moderator), "ask_edit", moderator)
    part = make_idea(title="Parkir timur gelap", author=other_resident)
    participation.support(idea=part, person=resident)
    decide(moderation.examine(target=part, by=moderator), "merge", moderator, into=idea)
    make_idea(title="Antikonstitusionalisme" * 4, author=other_resident)
    for _ in range(2):
        case = moderation.flag(
            target=waiting, person=make_person(), reason=Rule.OFF_TOPIC, note="Bukan taman"
        )
    ruled = make_idea(title="Jalan setapak berlubang", author=resident)
    ruled = hide(moderator, ruled, message="Menyebut nama petugas.")
    appeal = appeals.lodge(ruling=ruled, by=resident, body="Saya menulis tentang jalannya saja.")
    refused = Ruling.objects.get(case__idea=hidden)
    secret = make_idea(title="Suara mesin tiap malam", author=resident, shown_as="hidden")
    identity.reveal(
        post=secret, by=moderator, ground="threat", reason="Ada ancaman kepada petugas taman.",
    )  # fmt: skip
    square = make_project("Alun-alun tanpa mobil", takes_stance=True)
    divided = make_idea(title="Alun-alun hanya untuk pejalan", project_=square)
    make_reply("Setuju, asal ada parkir.", idea_=divided, stance="agree")
    make_reply("Kasihan yang tua. " + "panjang" * 20, idea_=divided, stance="disagree")
    make_project("Terang sampai ujung gang", stage="done")
    both = make_person("Hj. Sri Wahyuningsih, S.Sos.", role=Role.MODERATOR)

    at = f"/aspirasi/{idea.pk}"
    return [
        Leaf("/"),
        Leaf("/", resident),
        Leaf("/proyek/"),
        Leaf(f"/proyek/{project.slug}/", resident),
        Leaf(f"/proyek/{project.slug}/?status=done&q=lampu"),
        Leaf(f"/proyek/{project.slug}/tentang/"),
        Leaf("/aspirasi/"),
        Leaf("/aspirasi/?q=tidakada"),
        Leaf(f"{at}/"),
        Leaf(f"{at}/", resident, then=open_the_menus),
        Leaf(f"{at}/", resident, then=press_by_name("Kirim balasan")),
        Leaf(f"{at}/riwayat/"),
        Leaf(f"{at}/dukung/", resident),
        Leaf(f"{at}/laporkan/", other_resident, then=press_by_name("Kirim laporan")),
        Leaf(f"{at}/nilai/", resident),
        Leaf(f"{at}/jawab/", responder),
        Leaf(f"{at}/status/", responder),
        Leaf(f"/aspirasi/{waiting.pk}/jawab/", responder, then=press_by_name("Terbitkan jawaban")),
        Leaf(f"/aspirasi/{held.pk}/", resident),
        Leaf(f"/aspirasi/{hidden.pk}/", resident),
        Leaf(f"/aspirasi/{hidden.pk}/", None, 410),
        Leaf(f"/balasan/{mine.pk}/", resident),
        Leaf(f"/balasan/{mine.pk}/ubah/", resident),
        Leaf(f"/balasan/{gone.pk}/", None, 410),
        Leaf("/aspirasi-saya/", resident),
        Leaf("/kirim/", resident),
        Leaf(f"/proyek/{project.slug}/kirim/", resident),
        Leaf(f"/proyek/{project.slug}/kirim/", resident, then=press_by_name("Kirim aspirasi")),
        Leaf("/jawaban/", responder),
        Leaf(f"/jawaban/draf/{draft.pk}/", responder),
        Leaf(f"/aspirasi/{drafted.pk}/jawab/", responder),
        Leaf("/jawaban/templat/", responder),
        Leaf(f"/jawaban/templat/{template.pk}/", responder),
        Leaf("/jawaban/templat/baru/", responder, then=press_by_name("Simpan templat")),
        Leaf(f"{at}/jawaban/versi/"),
        Leaf(f"{at}/komentar/{checked.comment_key}/periksa/", responder),
        Leaf(f"/proyek/{project.slug}/janji/"),
        Leaf(f"/proyek/{project.slug}/janji/?saring=lewat"),
        Leaf(f"/janji/{promise.pk}/", responder, then=press_by_name("Simpan dan kabari warga")),
        Leaf("/meja/komentar/", moderator),
        Leaf(f"/meja/komentar/{ruling.pk}/", moderator, then=press_by_name("Simpan keputusan")),
        Leaf("/meja/", both),
        Leaf(f"/meja/{case.pk}/", both, then=press_key("?")),
        Leaf(f"/meja/{case.pk}/", moderator),
        Leaf("/meja/?antrean=done", moderator),
        Leaf("/meja/?pilih=semua", moderator, then=press_by_name("Putuskan yang dicentang")),
        Leaf(f"/keputusan/{asked.pk}/", resident),
        Leaf(f"/keputusan/{asked.pk}/perbaiki/", resident),
        Leaf("/keputusan/"),
        Leaf(f"/keputusan/{refused.pk}/", resident),
        Leaf(
            f"/keputusan/{refused.pk}/keberatan/", resident, then=press_by_name("Kirim keberatan")
        ),
        Leaf(f"/keputusan/{ruled.pk}/", resident),
        Leaf(f"/meja/{appeal.case_id}/", moderator),
        Leaf(f"/meja/{appeal.case_id}/", both, then=press_by_name("Keputusan tetap berlaku S")),
        Leaf("/meja/saringan/", moderator),
        Leaf("/meja/saringan/baru/", moderator, then=press_by_name("Simpan")),
        Leaf("/meja/saringan/skor/", moderator),
        Leaf(f"/aspirasi/{secret.pk}/identitas/", moderator, then=press_by_name("Buka identitas")),
        Leaf("/akun/identitas/", resident),
        Leaf("/pengawas/identitas/", auditor),
        Leaf(
            f"/aspirasi/{divided.pk}/?sikap=dua",
            other_resident,
            then=press_by_name("Kirim balasan"),
        ),
        Leaf(f"/aspirasi/{asked.case.idea_id}/", resident),
        Leaf(f"/aspirasi/{part.pk}/", resident),
        Leaf("/akun/login/"),
        Leaf("/akun/login/", then=ask_for_a_code),
        Leaf("/akun/signup/"),
        Leaf("/akun/saya/", resident),
        Leaf("/akun/saya/", responder),
        Leaf("/akun/email/", resident),
        Leaf("/akun/2fa/", resident),
        Leaf("/akun/sessions/", resident),
        Leaf("/tidak-ada/", None, 404),
        Leaf("/meja/", resident, 403),
        Leaf("/tentang/cara-kerja/"),
        Leaf("/tentang/aturan/"),
        Leaf("/tentang/privasi/"),
        Leaf("/tentang/aksesibilitas/"),
    ]


def hide(moderator, target, *, message):
    case = moderation.examine(target=target, by=moderator)
    return moderation.rule(
        case=case, seen_version=case.version, decision=Ruling.Decision.HIDE, by=moderator,
        rule=Rule.PRIVATE_DATA, message=message,
    )  # fmt: skip


def press_by_name(name):
    def press(page):
        page.get_by_role("button", name=name, exact=True).click()
        page.get_by_role("alert").first.wait_for()

    return press


def press_key(key):
    return lambda page: page.keyboard.press(key)


def open_the_menus(page):
    for summary in page.locator("details.menu summary").all():
        summary.evaluate("(it) => (it.parentElement.open = true)")


def ask_for_a_code(page):
    page.get_by_label("Alamat email").first.fill("siapa@contoh.example")
    page.get_by_role("button", name="Kirim kode").click()
    page.get_by_role("heading", name="Masukkan 6 angka").wait_for()


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_every_page(browse, leaves, viewport):
    windows: dict[Any, Page] = {}
    found: list[str] = []
    for leaf in leaves:
        key = leaf.person and leaf.person.pk
        if key not in windows:
            windows[key] = browse(leaf.person, viewport=viewport)
        page = windows[key]
        for problem in look_at(page, leaf, narrow=viewport is PHONE):
            found.append(f"{leaf.path} ({leaf.person or 'visitor'}): {problem}")
    assert not found, "\n" + "\n".join(found)


def test_the_desk_fills_the_window_and_scrolls_only_inside(browse, make_reply, moderator):
    """The page itself stays still: no second scroll bar beside those of the queue and the case."""
    for n in range(12):
        moderation.examine(target=make_reply(f"Balasan {n}"), by=moderator)
    page = browse(moderator)
    page.goto("/meja/")
    page.locator("[data-live] > p[role=status]").wait_for(state="attached")
    assert page.evaluate("document.documentElement.scrollHeight - innerHeight") <= 0


def test_the_checks_find_what_is_wrong(browse):
    """They would be worth nothing if they found nothing."""
    page = browse(viewport=PHONE)
    page.goto("/tidak-ada/")
    page.evaluate(
        """() => { document.querySelector("main").innerHTML = `
        <p id="dua">pucat</p><img src="/static/img/favicon.svg" id="dua">
        <label for="kosong">Nama</label><button>x</button>
        <pre>${"lebar".repeat(99)}</pre>`;
        document.querySelector("main p").style.color = "#bbb"; }"""
    )
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate(MARKUP) + violations(page, EVERYTHING, "light")
    found += page.evaluate(THUMBS) + over_the_edge(page)
    for word in ("id twice: dua", "names nothing: kosong", "color-contrast", "image-alt", "thumb"):
        assert any(word in each for each in found), f"{word} not in {found}"
    assert over_the_edge(page)
    assert loose_policy("default-src 'self' 'unsafe-inline'")


def look_at(page, leaf, *, narrow) -> list[str]:
    page.emulate_media(color_scheme="light")
    response = page.goto(leaf.path)
    found = []
    if response.status != leaf.status:
        found.append(f"status {response.status}, not {leaf.status}")
    found += loose_policy(response.headers.get("content-security-policy", ""))
    leaf.then(page)
    if narrow:
        # The bar at the bottom covers whatever the window happens to end with; in a window as tall
        # as the page it covers nothing, and axe sees every target whole.
        height = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({**PHONE, "height": height})
    page.evaluate(AXE_SCRIPT)
    found += page.evaluate(MARKUP)
    found += violations(page, EVERYTHING, "light")
    page.emulate_media(color_scheme="dark")
    found += violations(page, COLOURS, "dark")
    found += over_the_edge(page)
    if narrow:
        found += page.evaluate(THUMBS)
        page.set_viewport_size({"width": 320, "height": 640})
        found += over_the_edge(page)
        page.set_viewport_size(PHONE)
    return found


def loose_policy(policy) -> list[str]:
    missing = [f"the policy lacks {part}" for part in STRICT if part not in policy]
    return missing + [f"the policy has {part}" for part in LOOSE if part in policy]


def violations(page, options, scheme) -> list[str]:
    return [
        f"{scheme}: {found['id']} ({found['impact']}) {node['target']} {node['html'][:120]}"
        for found in page.evaluate(AXE, options)
        if found["impact"] in ("serious", "critical")
        for node in found["nodes"]
    ]


def over_the_edge(page) -> list[str]:
    over = page.evaluate(OVER)
    width = page.viewport_size["width"]
    return [f"{over} px over the edge at {width}"] if over > 0 else []

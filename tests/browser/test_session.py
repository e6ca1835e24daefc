"""A live session in the browser: one moving queue for all, typing left alone, the screen."""

import pytest
from playwright.sync_api import expect

from forum.sessions import services
from forum.sessions.models import Question, QuestionSupport
from tests.browser.conftest import DESK, PHONE
from tests.browser.test_accessibility import Leaf, look_at, press_by_name, press_key


def order(page, name="antrean"):
    return page.locator(f"#{name} > li").evaluate_all("(rows) => rows.map((row) => row.id)")


def connected(page, session, path=""):
    page.goto(f"/tanya/{session.pk}/{path}")
    expect(page.locator("[data-live-word]").first).to_have_text("Terhubung")


def test_the_queue_moves_alike_for_all_and_leaves_what_is_typed_alone(
    browse, session, ask, resident, other_resident, responder, server, cookie
):
    first, second = ask("Pertanyaan pertama?"), ask("Pertanyaan kedua?")
    reader, visitor = browse(other_resident, viewport=PHONE), browse()
    for page in (reader, visitor):
        connected(page, session)
        assert order(page) == [f"tanya-{first.pk}", f"tanya-{second.pk}"]
    reader.locator("#id_body").fill("Sedang saya tulis")

    button = reader.locator(f"#dukung-tanya-{second.pk}")
    button.click()
    for page in (reader, visitor):
        expect(page.locator("#antrean > li").first).to_have_id(f"tanya-{second.pk}")
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(button).to_contain_text("1")
    expect(visitor.locator(f"#dukung-tanya-{second.pk} b")).to_have_text("1")

    officer = cookie(responder)
    path = f"/tanya/{session.pk}/meja/{second.pk}/tindakan/"
    server.post(path, {"tindakan": "ambil"}, cookie=officer)
    for page in (reader, visitor):
        expect(page.locator("#sedang > li")).to_have_id(f"tanya-{second.pk}")
        expect(page.locator("#sedang > li")).to_contain_text("Sedang dijawab Hendra Wijaya")
    expect(button).to_have_attribute("aria-pressed", "true")
    server.post(path, {"tindakan": "jawab", "body": "Bulan depan.", "version": "0"}, cookie=officer)
    for page in (reader, visitor):
        expect(page.locator("#terjawab > li")).to_contain_text("Bulan depan.")
        assert order(page) == [f"tanya-{first.pk}"]
    expect(button).to_be_hidden()
    expect(reader.locator("#id_body")).to_have_value("Sedang saya tulis")


def test_ones_own_question_is_there_at_once_others_wait_behind_the_bar(
    browse, session, ask, resident, other_resident
):
    page, other = browse(resident, viewport=PHONE), browse(other_resident)
    connected(page, session)
    connected(other, session)
    page.locator("#id_body").fill("Apakah ada taman bermain?")
    page.get_by_role("button", name="Kirim pertanyaan").click()
    expect(page.locator("#antrean > li")).to_contain_text("Apakah ada taman bermain?")
    expect(page.locator("#id_body")).to_have_value("")
    expect(other.locator("button.livebar")).to_have_text("1 pertanyaan baru. Tampilkan")
    other.locator("button.livebar").click()
    expect(other.locator("#antrean > li")).to_contain_text("Apakah ada taman bermain?")


def test_a_draft_survives_a_reload(browse, session, resident):
    page = browse(resident, viewport=PHONE)
    connected(page, session)
    page.locator("#id_body").fill("Belum saya kirim")
    expect(page.locator("[data-draft-state]")).to_contain_text("Draf tersimpan")
    page.reload()
    expect(page.locator("#id_body")).to_have_value("Belum saya kirim")


def test_asking_supporting_and_answering_without_javascript(
    browse, session, resident, other_resident, responder
):
    page = browse(resident, java_script_enabled=False, viewport=PHONE)
    page.goto(f"/tanya/{session.pk}/")
    page.locator("#id_body").fill("Kapan mulai?")
    page.get_by_role("button", name="Kirim pertanyaan").click()
    expect(page.locator("#antrean > li")).to_contain_text("Kapan mulai?")
    question = Question.objects.get()
    reader = browse(other_resident, java_script_enabled=False, viewport=PHONE)
    reader.goto(f"/tanya/{session.pk}/")
    reader.locator(f"#dukung-tanya-{question.pk}").click()
    expect(reader.locator(f"#dukung-tanya-{question.pk}")).to_contain_text("Didukung")
    assert QuestionSupport.objects.count() == 1
    officer = browse(responder, java_script_enabled=False)
    officer.goto(f"/tanya/{session.pk}/meja/")
    officer.get_by_role("link", name="Kapan mulai?").click()
    officer.get_by_role("button", name="Ambil dan jawab").click()
    officer.locator("#id_body").fill("Bulan depan.")
    officer.get_by_role("button", name="Terbitkan jawaban").click()
    reader.reload()
    expect(reader.locator("#terjawab > li")).to_contain_text("Bulan depan.")


def test_the_desk_by_keyboard_and_live(browse, session, ask, responder, server, cookie):
    question = ask("Kapan mulai?")
    page = browse(responder)
    connected(page, session, "meja/")
    ask("Pertanyaan baru?")
    expect(page.locator("#meja-antrean > article")).to_have_count(1)
    server.post(
        f"/tanya/{session.pk}/kirim/",
        {"body": "Dari warga lain?", "client_key": "8d7c3f0e-1111-4222-8333-444455556666"},
        cookie=cookie(question.author),
    )
    expect(page.locator("#meja-antrean > article")).to_have_count(3)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/meja/{question.pk}/")
    expect(page.locator("[data-live-word]")).to_have_text("Terhubung")
    page.keyboard.press("t")
    expect(page.locator("#meja-sedang > article")).to_contain_text("Kapan mulai?")
    expect(page.locator("[data-live-word]")).to_have_text("Terhubung")
    page.keyboard.press("j")
    expect(page.locator("#id_body")).to_be_focused()


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)])
def test_the_presenters_screen_is_readable_and_live(
    browse, session, ask, resident, make_person, responder, server, cookie, size
):
    long = "Apakah jalan setapaknya bisa dilalui kursi roda sampai ke tepi sungai, juga saat hujan "
    questions = [ask(f"{long * 2}, bagian {n}?", author=make_person()) for n in range(6)]
    services.take_up(question=questions[0], by=responder)
    page = browse(viewport={"width": size[0], "height": size[1]}, color_scheme="dark")
    connected(page, session, "layar/")
    visible = "(rows) => rows.filter((row) => row.getClientRects().length).map((row) => row.id)"
    waiting = page.locator("#antrean > li")
    assert waiting.evaluate_all(visible) == [f"tanya-{q.pk}" for q in questions[1:4]]
    for row in page.locator("#sedang > li, #antrean > li:nth-child(-n + 3)").all():
        box = row.bounding_box()
        assert box["y"] >= 0 and box["y"] + box["height"] <= size[1] - 40
    text = page.locator("#sedang .question__text")
    assert text.evaluate("(node) => parseFloat(getComputedStyle(node).fontSize)") >= 36
    assert page.evaluate("document.documentElement.scrollHeight") <= size[1]
    assert page.locator("button:visible, a:visible, input:visible").count() == 0
    path = f"/tanya/{session.pk}/meja/{questions[0].pk}/tindakan/"
    server.post(path, {"tindakan": "lisan"}, cookie=cookie(responder))
    path = f"/tanya/{session.pk}/meja/{questions[1].pk}/tindakan/"
    server.post(path, {"tindakan": "ambil"}, cookie=cookie(responder))
    expect(page.locator("#sedang > li")).to_have_id(f"tanya-{questions[1].pk}")
    assert waiting.evaluate_all(visible) == [f"tanya-{q.pk}" for q in questions[2:5]]


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_its_pages_are_accessible_in_light_and_dark(
    browse, session, make_session, ask, resident, other_resident, responder, moderator, project,
    viewport,
):  # fmt: skip
    questions = [ask(f"Kapan {'antikonstitusionalisme' * 3} {n}?") for n in range(3)]
    services.answer(question=questions[0], by=responder, body="- satu\n- dua", seen_version=0)
    services.take_up(question=questions[1], by=responder)
    held = ask("Telepon 0812 3456 7890?")
    services.hide_question(question=questions[2], by=moderator, rule="spam", message="Iklan.")
    aloud = ask("Dijawab lisan?", author=other_resident)
    services.answer_aloud(question=aloud, by=responder, note="Besok.")
    waiting = ask("Masih menunggu?", author=other_resident)
    past = make_session(begins=-5)
    page = f"/tanya/{session.pk}/"
    leaves = [
        Leaf(page),
        Leaf(page, resident, then=press_by_name("Kirim pertanyaan")),
        Leaf(f"{page}?q=lisan"),
        Leaf(f"/tanya/{past.pk}/"),
        Leaf(f"{page}layar/"),
        Leaf(f"{page}{waiting.pk}/dukung/", resident),
        Leaf(f"{page}{questions[0].pk}/nilai/"),
        Leaf(f"/proyek/{project.slug}/tanya/"),
        Leaf(f"/proyek/{project.slug}/tanya/jadwalkan/", responder,
             then=press_by_name("Jadwalkan sesi")),
        Leaf(f"{page}batal/", responder),
        Leaf(f"{page}meja/", responder),
        Leaf(f"{page}meja/{waiting.pk}/", responder, then=press_key("?")),
        Leaf(f"{page}meja/{waiting.pk}/", responder, then=press_by_name("Terbitkan jawaban")),
        Leaf(f"{page}meja/{held.pk}/", moderator),
    ]  # fmt: skip
    windows, found = {}, []
    for leaf in leaves:
        key = leaf.person and leaf.person.pk
        if key not in windows:
            windows[key] = browse(leaf.person, viewport=viewport)
        for problem in look_at(windows[key], leaf, narrow=viewport is PHONE):
            found.append(f"{leaf.path} ({leaf.person or 'visitor'}): {problem}")
    assert not found, "\n" + "\n".join(found)

"""A draft of an official answer saves itself on the server, and a press never loses to that."""

import pytest
from playwright.sync_api import expect

from forum.answers.models import AnswerDraft, OfficialAnswer

pytestmark = [pytest.mark.browser]


def test_what_is_typed_is_on_the_server_without_a_press(browse, idea, responder):
    page = browse(responder)
    page.clock.install()
    page.goto(f"/aspirasi/{idea.pk}/jawab/")
    page.get_by_label("Jawaban", exact=True).fill("Lampu kami ganti.")
    with page.expect_response(lambda answer: "/jawab/" in answer.url) as saved:
        page.clock.run_for(9000)
    assert saved.value.json() == {"draft_version": 1}
    expect(page.locator("[data-server-draft-state]")).to_contain_text("Draf tersimpan di server")
    assert AnswerDraft.objects.get().body == "Lampu kami ganti."
    expect(page.get_by_label("Jawaban", exact=True)).to_have_value("Lampu kami ganti.")
    page.get_by_role("button", name="Terbitkan jawaban").click()
    expect(page.get_by_text("Jawaban resmi sudah tayang.")).to_be_visible()
    assert OfficialAnswer.objects.get().body == "Lampu kami ganti."

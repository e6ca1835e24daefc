"""A hidden aspirasi comes back: decided, told, appealed, looked at by somebody else."""

import pytest
from playwright.sync_api import expect

from forum.appeals.models import Appeal
from forum.moderation import services as moderation
from forum.moderation.models import Rule
from participation.models import Idea
from tests.browser.conftest import DESK, PHONE
from tests.browser.test_journey_moderation import hide
from tests.jobs import drain

WHY = "Saya menulis tentang taman, bukan tentang orang."


@pytest.mark.parametrize("scripts", [True, False], ids=["keyboard", "without scripts"])
def test_from_hidden_to_public_again(browse, idea, resident, moderator, second_moderator, scripts):
    """With scripts by the keyboard at a desk, without them on a phone."""
    options = {"java_script_enabled": scripts, "viewport": DESK if scripts else PHONE}

    def use(control):
        """A control as its person uses it: focused and Enter, or tapped."""
        if scripts:
            control.focus()
            control.press("Enter")
        else:
            control.click()

    case = moderation.examine(target=idea, by=moderator)
    first = browse(moderator, **options)
    first.goto(f"/meja/{case.pk}/")
    hide(first, Rule.PERSON.label, "Menyerang petugas.")
    expect(first.get_by_text("Keputusan tersimpan.")).to_be_visible()
    drain()
    visitor = browse(**options)
    assert visitor.goto(f"/aspirasi/{idea.pk}/").status == 410

    author = browse(resident, **options)
    author.goto("/kabar/")
    use(author.locator("main").get_by_role("link", name="disembunyikan"))
    expect(author.get_by_role("heading", name="Tulisan disembunyikan")).to_be_visible()
    expect(author.get_by_text("Menyerang petugas.")).to_be_visible()
    use(author.get_by_role("link", name="Ajukan keberatan"))
    use(author.get_by_role("button", name="Kirim keberatan"))
    expect(author.get_by_role("alert").first).to_be_visible()
    author.get_by_label("Mengapa keputusan ini keliru?").fill(WHY)
    use(author.get_by_role("button", name="Kirim keberatan"))
    expect(author.get_by_text("Petugas lain akan memutuskannya.")).to_be_visible()

    appeal = Appeal.objects.get()
    first.goto(f"/meja/{appeal.case_id}/")
    expect(first.get_by_text("diputuskan petugas lain")).to_be_visible()
    expect(first.get_by_role("button", name="Terima keberatan")).to_have_count(0)
    second = browse(second_moderator, **options)
    second.goto("/meja/")
    use(second.locator(".ticket").get_by_role("link"))
    expect(second.get_by_text(WHY)).to_be_visible()
    form = second.get_by_role("form", name="Putuskan keberatan")
    form.get_by_label("Pesan kepada warga").fill("Kritik boleh tayang.")
    use(form.get_by_role("button", name="Terima keberatan"))
    expect(second.get_by_text("Keputusan tersimpan.")).to_be_visible()
    drain()

    assert visitor.reload().status == 200
    expect(visitor.get_by_role("heading", name=idea.title)).to_be_visible()
    assert Idea.objects.get(pk=idea.pk).is_published
    author.goto("/kabar/")
    use(author.get_by_role("link", name="Keberatan Anda diterima"))
    expect(author.get_by_text("Kritik boleh tayang.")).to_be_visible()

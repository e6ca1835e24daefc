"""What people read of a session in their news, and where they find its sessions."""

from forum.sessions import services
from participation import services as participation
from participation.models import Project
from tests.jobs import drain


def news(client) -> str:
    drain()
    return client.get("/kabar/").content.decode()


def test_the_answer_is_in_the_news_of_who_asked_until_it_is_hidden(
    ask, sign_in, resident, responder, moderator
):
    question, client = ask(), sign_in(resident)
    services.answer(question=question, by=responder, body="Besok.", seen_version=0)
    shown = news(client)
    assert "Pertanyaan Anda sudah dijawab" in shown and "Hendra Wijaya" in shown
    services.hide_question(question=question, by=moderator, rule="spam", message="Iklan.")
    shown = news(client)
    assert "Pertanyaan Anda sudah dijawab" not in shown
    assert "Pertanyaan Anda disembunyikan. Aturan: Iklan atau spam" in shown


def test_the_news_of_a_session_goes_when_its_project_is_for_the_staff(
    make_session, project, resident, sign_in
):
    participation.follow(project=project, person=resident)
    make_session(begins=48)
    client = sign_in(resident)
    assert "Tanya langsung dijadwalkan" in news(client)
    Project.objects.filter(pk=project.pk).update(staff_only=True)
    assert "Tanya langsung dijadwalkan" not in news(client)


def test_reading_the_page_is_having_seen_the_news(make_session, project, resident, sign_in):
    participation.follow(project=project, person=resident)
    session, client = make_session(begins=48), sign_in(resident)
    drain()
    assert client.get("/kabar/perubahan/").json()["unseen"] == 1
    client.get(f"/tanya/{session.pk}/")
    assert client.get("/kabar/perubahan/").json()["unseen"] == 0


def test_a_project_leads_to_its_sessions_sorted_by_when(
    make_session, project, sign_in, resident, responder, over
):
    address = f"/proyek/{project.slug}/tanya/"
    client = sign_in(resident)
    assert address in client.get(f"/proyek/{project.slug}/").content.decode()
    assert "Belum ada sesi" in client.get(address).content.decode()
    for title, begins in (("Nanti", 48), ("Sekarang", -0.5), ("Dulu", -5), ("Lusa", 60)):
        make_session(title=title, begins=begins)
    shown = client.get(address).content.decode()
    places = [shown.index(f">{title}</a>") for title in ("Sekarang", "Nanti", "Lusa", "Dulu")]
    assert places == sorted(places)
    assert "Jadwalkan sesi" not in shown
    assert "Jadwalkan sesi" in sign_in(responder).get(address).content.decode()

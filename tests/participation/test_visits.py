"""What changed since the last visit: on the home page and on each project's page."""

from datetime import timedelta

import time_machine
from django.utils import timezone

from participation import services as participation
from participation.models import Status, Visit


def since_of(client, path) -> str:
    page = client.get(path).content.decode()
    return page.partition('<section class="panel panel--bleed since"')[2].partition("</section>")[0]


def test_the_next_visit_shows_what_changed_since_the_last(
    project, make_idea, resident, responder, sign_in
):
    now = timezone.now()
    old = make_idea(title="Sudah lama di sini")
    for path in ("/", f"/proyek/{project.slug}/"):
        client = sign_in(resident)
        with time_machine.travel(now + timedelta(minutes=1), tick=False):
            assert since_of(client, path) == ""
    with time_machine.travel(now + timedelta(days=1), tick=False):
        make_idea(title="Baru kemarin")
        participation.change_status(idea=old, status=Status.IN_PROGRESS, by=responder)
    for path in ("/", f"/proyek/{project.slug}/"):
        with time_machine.travel(now + timedelta(days=2), tick=False):
            shown = since_of(sign_in(resident), path)
        assert "Baru kemarin" in shown
        assert "Sudah lama di sini" in shown
        assert "1 aspirasi baru" in shown
        assert "1 berubah status" in shown


def test_it_stays_while_the_visit_lasts_and_is_gone_at_the_next(
    make_idea, resident, sign_in, project
):
    now = timezone.now()
    client = sign_in(resident)
    client.get("/")
    with time_machine.travel(now + timedelta(days=1), tick=False):
        make_idea(title="Baru kemarin")
    for minutes in (0, 6, 12, 40):
        with time_machine.travel(now + timedelta(days=2, minutes=minutes), tick=False):
            assert "Baru kemarin" in since_of(client, "/")
    with time_machine.travel(now + timedelta(days=3), tick=False):
        assert since_of(client, "/") == ""


def test_looking_again_at_once_writes_nothing(resident, project, sign_in):
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        participation.note_visit(person=resident, project=project)
    with time_machine.travel(now + timedelta(minutes=4), tick=False):
        participation.note_visit(person=resident, project=project)
    assert Visit.objects.get().at == now


def test_what_one_may_not_see_is_not_in_it(make_project, make_idea, responder, resident, sign_in):
    now = timezone.now()
    client = sign_in(resident)
    client.get("/")
    hidden_project = make_project(staff_only=True)
    with time_machine.travel(now + timedelta(days=1), tick=False):
        make_idea(author=responder, project_=hidden_project, title="Hanya pegawai")
    with time_machine.travel(now + timedelta(days=2), tick=False):
        assert since_of(client, "/") == ""


def test_a_visitor_without_account_asks_by_a_day(client, make_idea, project):
    make_idea(title="Hari ini")
    yesterday = timezone.localdate() - timedelta(days=1)
    for path in ("/", f"/proyek/{project.slug}/"):
        assert since_of(client, path) == ""
        assert 'data-visit="' in client.get(path).content.decode()
        assert "Hari ini" in since_of(client, f"{path}?sejak_tanggal={yesterday}")
        for nonsense in ("x", "2026-99-01", "0001-01-01", "%00"):
            assert client.get(f"{path}?sejak_tanggal={nonsense}").status_code == 200

"""The project's pages lead to the session that runs now."""

import pytest
from django.urls import reverse

from forum.sessions import services
from forum.sessions.models import Session

NOW = "Tanya langsung sedang berlangsung."


def pages(project, client):
    names = ("participation:project", "participation:project_about")
    return [client.get(reverse(name, args=[project.slug])).content.decode() for name in names]


def test_the_project_says_so_and_leads_there(session, project, client):
    for page in pages(project, client):
        assert NOW in page and f'href="/tanya/{session.pk}/">{session.title}</a>' in page
    listed = client.get(f"/proyek/{project.slug}/tanya/").content.decode()
    assert "Sedang berlangsung" in listed and f'href="/tanya/{session.pk}/"' in listed


def test_one_opened_before_its_hour_counts(make_session, project, client, responder):
    early = make_session(begins=1)
    assert NOW not in pages(project, client)[0]
    services.open_session(session=early, by=responder)
    assert NOW in pages(project, client)[0]


@pytest.mark.parametrize("state", [None, "closed", "cancelled"])
def test_one_that_is_over_or_elsewhere_does_not(
    state, make_session, make_project, over, project, client
):
    session = make_session()
    if state:
        Session.objects.filter(pk=session.pk).update(state=state)
    else:
        over(session)
    make_session(project_=make_project(staff_only=True))
    assert NOW not in "".join(pages(project, client))

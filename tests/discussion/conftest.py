"""A project that asks for a stance, and discussions too long to be written one by one."""

import html
import re
import uuid

import pytest
from django.utils import timezone

from forum.discussion.models import Reply
from participation.models import Idea


@pytest.fixture
def divided(make_project, make_idea) -> Idea:
    """An aspirasi whose project asks for a stance."""
    return make_idea(project_=make_project("Alun-alun tanpa mobil", takes_stance=True))


@pytest.fixture
def say(sign_in, client):
    """Send the form of a reply: `say(person, idea, "Setuju", stance="agree")`."""

    def post(person, idea, body, *, follow=False, **fields):
        filled = {"body": body, "client_key": str(uuid.uuid4()), **fields}
        browser = sign_in(person) if person else client
        return browser.post(f"/aspirasi/{idea.pk}/balas/", filled, follow=follow)

    return post


@pytest.fixture
def many_replies(other_resident):
    """Public replies in bulk: `many_replies(idea, 10_000)`; their bodies are "Nomor 0." and on."""

    def make(idea, count, *, parent=None, **fields):
        first = Idea.objects.get(pk=idea.pk).revision + 1
        made = Reply.objects.bulk_create(
            [
                Reply(
                    idea=idea, parent=parent, author=other_resident, body=f"Nomor {n}.",
                    body_html=f"<p>Nomor {n}.</p>", visibility="published", order=first + n,
                    revision=first + n, created_at=timezone.now(), **fields,
                )
                for n in range(count)
            ],
            batch_size=2000,
        )  # fmt: skip
        Idea.objects.filter(pk=idea.pk).update(revision=first + count - 1, reply_count=count)
        return made

    return make


@pytest.fixture
def shown():
    """What a page shows of a discussion: the ids of its replies, in the order of the page."""

    def ids(response, *, status=200) -> list[int]:
        assert response.status_code == status
        page = html.unescape(response.content.decode())
        return [int(pk) for pk in re.findall(r'<li class="comment[^>]* id="balasan-(\d+)"', page)]

    return ids

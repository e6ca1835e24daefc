"""What a row says when it comes live, and that changes of quoted replies never wait in a circle."""

import pytest

from forum.answers import services as answers
from forum.discussion import services as discussion
from forum.discussion.models import Reply
from participation.models import Idea
from tests.together import at_once


def test_a_civil_servant_is_marked_with_the_unit_live_as_well(
    idea, make_reply, responder, perkim, client
):
    make_reply("Kami periksa besok.", author=responder)
    (row,) = client.get(f"/aspirasi/{idea.pk}/perubahan/?sejak=1").json()["fragments"]
    assert 'class="comment comment--asn"' in row["html"]
    assert f"ASN {perkim.label}" in row["html"]


def test_the_status_at_the_top_changes_with_the_steps(idea, responder, client):
    before = Idea.objects.get(pk=idea.pk).revision
    answers.publish_answer(idea=idea, officer=responder, body="Baik.", status="planned")
    rows = client.get(f"/aspirasi/{idea.pk}/perubahan/?sejak={before}").json()["fragments"]
    html = {row["id"]: row["html"] for row in rows}
    assert {"alur", "jawaban-resmi", "status-aspirasi"} <= set(html)
    assert "Masuk rancangan" in html["status-aspirasi"]
    page = client.get(f"/aspirasi/{idea.pk}/").content.decode()
    assert html["status-aspirasi"].strip() in page


@pytest.mark.django_db(transaction=True)
def test_hiding_a_reply_while_its_quote_is_edited(idea, make_reply, make_person):
    """Each changes the other's row: whoever locked them in another order would wait for ever."""
    source = Reply.objects.get(pk=make_reply("Kata asli", author=make_person()).pk)
    quoting = make_reply("Jawaban", quoted=source, quote="Kata asli")
    turn = iter(range(1000))

    def change():
        fresh = Reply.objects.select_related("idea__project", "author")
        if next(turn) % 2:
            reply = fresh.get(pk=source.pk)
            return discussion.hide_reply(reply=reply) or discussion.publish_reply(reply=reply)
        reply = fresh.get(pk=quoting.pk)
        try:
            discussion.edit_reply(
                reply=reply, by=reply.author, body=f"{reply.body}.", seen_version=reply.version
            )
        except discussion.StaleEdit:
            return False
        return True

    for _round in range(5):
        assert len(at_once(4, change)) == 4, "one was chosen to fail so that the others go on"
    idea = Idea.objects.get(pk=idea.pk)
    published = Reply.objects.filter(idea=idea, visibility="published").count()
    assert idea.reply_count == published

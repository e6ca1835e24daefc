"""A reply whose answer was lost is sent again with the same key: one reply, the newer text."""

import uuid

from forum.discussion.models import Reply


def send(client, idea, body, key):
    return client.post(f"/aspirasi/{idea.pk}/balas/", {"body": body, "client_key": key})


def test_the_same_text_again_changes_nothing(sign_in, resident, idea):
    client, key = sign_in(resident), str(uuid.uuid4())
    for _ in range(3):
        assert send(client, idea, "Setuju", key).status_code == 302
    reply = Reply.objects.get()
    assert (reply.body, reply.version) == ("Setuju", 1)
    idea.refresh_from_db()
    assert idea.reply_count == 1


def test_a_text_that_was_changed_before_sending_again_is_the_one_that_counts(
    sign_in, resident, idea
):
    client, key = sign_in(resident), str(uuid.uuid4())
    send(client, idea, "Setuju", key)
    send(client, idea, "Setuju sekali", key)
    reply = Reply.objects.get()
    assert (reply.body, reply.version) == ("Setuju sekali", 2)
    assert [version.body for version in reply.versions.all()] == ["Setuju"]


def test_earlier_texts_are_for_the_author_and_the_moderators(
    sign_in, resident, other_resident, moderator, idea
):
    client, key = sign_in(resident), str(uuid.uuid4())
    send(client, idea, "Rumah saya di Gang Merak nomor 7", key)
    send(client, idea, "Rumah saya di dekat sini", key)
    pk = Reply.objects.get().pk
    for person, sees in (
        (resident, True),
        (moderator, True),
        (other_resident, False),
        (None, False),
    ):
        page = sign_in(person).get(f"/balasan/{pk}/").content.decode()
        assert ("Gang Merak" in page) is sees

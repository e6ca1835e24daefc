"""Catching up in pages: rows that changed together come together, and none is left behind."""

import forum.views
from forum.discussion import services as discussion


def test_a_group_at_the_end_of_a_page_hides_nothing_behind_it(
    idea, make_reply, client, monkeypatch
):
    monkeypatch.setattr(forum.views, "CHANGES", 2)
    make_reply("Satu dua tiga empat lima.")
    source = make_reply("Kalimat yang dikutip banyak orang di sini.")
    for number in range(3):
        make_reply(f"Saya kutip nomor {number}.", quoted=source, quote="Kalimat yang dikutip")
    idea.refresh_from_db()
    seen = idea.revision
    discussion.edit_reply(
        reply=source, by=source.author, body=f"{source.body} Ubah.", seen_version=1
    )
    last = make_reply("Balasan terakhir.")
    got, more = set(), True
    while more:
        answer = client.get(f"/aspirasi/{idea.pk}/perubahan/?sejak={seen}").json()
        got |= {fragment["id"] for fragment in answer["fragments"]}
        seen, more = answer["revision"], answer["more"]
    assert f"balasan-{last.pk}" in got

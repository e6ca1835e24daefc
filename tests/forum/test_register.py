"""The public register of moderation: what was decided by which rule, never what, never who."""

import csv
from io import StringIO

import pytest
from django.core.cache import cache
from django.urls import reverse

from forum.appeals import services as appeals
from forum.moderation import services as moderation
from forum.moderation.models import Ruling

PAGE, FILE = "forum:register", "forum:register_csv"
SECRET = "Rahasia-2231"


def rule(target, by, decision="hide", rule="person", message="Menyerang petugas.", **fields):
    case = moderation.examine(target=target, by=by)
    return moderation.rule(
        case=case,
        seen_version=case.version,
        decision=decision,
        by=by,
        rule=rule,
        message=message,
        **fields,
    )


@pytest.fixture
def hidden(make_idea, moderator) -> Ruling:
    return rule(make_idea(title=f"Judul {SECRET}", body=f"Isi {SECRET}"), moderator, message=SECRET)


def rows_of(response) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(response.content.decode("utf-8-sig"))))


def test_everybody_reads_the_decision_and_its_rule(hidden, client, project):
    page = client.get(reverse(PAGE)).content.decode()
    assert f"K-{hidden.at.year}-{hidden.pk}" in page
    assert "Menyerang orang" in page
    assert project.title in page


def test_no_text_no_message_and_no_name_is_in_it(hidden, client, resident, moderator):
    for address in (reverse(PAGE), reverse(FILE)):
        text = client.get(address).content.decode()
        assert SECRET not in text
        assert resident.display_name not in text
        assert moderator.display_name not in text


def test_what_happens_in_a_project_of_the_staff_is_not_in_it(
    make_project, make_idea, responder, moderator, client, sign_in
):
    inner = make_project(staff_only=True)
    ruling = rule(make_idea(project_=inner, author=responder), moderator)
    for browser in (client, sign_in(moderator)):
        assert f"-{ruling.pk}</th>" not in browser.get(reverse(PAGE)).content.decode()
        assert rows_of(browser.get(reverse(FILE))) == []


def test_what_came_of_an_appeal_stands_with_the_decision(
    hidden, client, resident, second_moderator
):
    appeal = appeals.lodge(ruling=hidden, by=resident, body="Saya keberatan.")
    assert rows_of(client.get(reverse(FILE)))[0]["keberatan"] == "Menunggu keputusan"
    moderation.rule(
        case=appeal.case, seen_version=1, decision="grant", by=second_moderator, message="Ya."
    )
    [row] = rows_of(client.get(reverse(FILE)))
    assert row["keberatan"] == "Keberatan diterima"
    page = client.get(reverse(PAGE)).content.decode()
    assert "Keberatan diterima" in page


def test_the_file_has_what_the_page_counts(make_reply, moderator, client):
    for number in range(7):
        rule(make_reply(f"Balasan {number}"), moderator, rule="spam")
    cache.clear()
    page = client.get(reverse(PAGE))
    assert page.context["figures"].total == 7 == len(rows_of(client.get(reverse(FILE))))
    assert page.context["by_rule"] == [("Iklan atau spam", 7)]
    assert page.context["figures"].median_hours == 0


def test_a_median_of_few_decisions_is_not_told(hidden, client):
    assert client.get(reverse(PAGE)).context["figures"].median_hours is None


def test_filters_narrow_page_and_file(hidden, make_reply, moderator, client):
    rule(make_reply(), moderator, decision="keep", rule="", message="")
    month = f"{hidden.at:%Y-%m}"
    for query, number in (
        (f"?bulan={month}", 2),
        ("?bulan=2019-01", 0),
        ("?keputusan=keep", 1),
        ("?aturan=person", 1),
        ("?aturan=apa-saja&bulan=2026-99&keputusan=x", 2),
    ):
        assert len(client.get(reverse(PAGE) + query).context["page"].entries) == number, query
        assert len(rows_of(client.get(reverse(FILE) + query))) == number, query


def test_pages_go_on_by_cursor_without_counting(
    make_reply, moderator, client, django_assert_max_num_queries
):
    ruling = rule(make_reply(), moderator)
    Ruling.objects.bulk_create(
        Ruling(case=ruling.case, decision="hide", rule="spam", by=moderator) for _ in range(119)
    )
    client.get(reverse(PAGE))
    with django_assert_max_num_queries(8):
        first = client.get(reverse(PAGE))
    seen = [entry.number for entry in first.context["page"].entries]
    cursor = first.context["page"].next_cursor
    while cursor:
        shown = client.get(reverse(PAGE), {"dari": cursor}).context["page"]
        seen += [entry.number for entry in shown.entries]
        cursor = shown.next_cursor
    assert len(seen) == len(set(seen)) == 120
    assert client.get(reverse(PAGE), {"dari": "karangan"}).status_code == 404


def test_a_project_whose_title_is_a_formula_is_harmless_in_the_file(
    make_project, make_idea, moderator, client
):
    odd = make_project(title="=HYPERLINK(1)")
    rule(make_idea(project_=odd), moderator)
    assert rows_of(client.get(reverse(FILE)))[0]["proyek"] == "'=HYPERLINK(1)"

"""Each unit's clock: colours, medians, shares; no figure below five, no persons, few queries."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from forum.answers import services as answers
from forum.clock.selectors import figures, time_rules, unit_clocks
from forum.disposition import services as disposition


def row_of(unit):
    return unit_clocks([unit], staff_projects=False, rules=time_rules())[0]


@pytest.fixture
def make_routed(stand_at, make_idea, moderator, perkim):
    def make(**fields):
        idea = make_idea(**fields)
        disposition.route(disposition=idea.disposition, by=moderator, seen_version=1, unit=perkim)
        return idea

    return make


def test_median_and_percentile_by_hand():
    assert (figures({1: 2, 2: 2}).n, figures({1: 2, 2: 2}).median) == (4, None)
    many = figures({1: 3, 2: 2, 5: 4, 9: 1})  # 1 1 1 2 2 5 5 5 5 9
    assert (many.n, many.median, many.p90) == (10, 3.5, 5)
    odd = figures({1: 1, 2: 1, 3: 1, 4: 1, 5: 1})
    assert (odd.median, odd.p90) == (3, 5)


def test_what_is_open_is_counted_by_colour(stand_at, make_routed, make_idea, moderator, perkim):
    make_routed()
    stand_at("2026-06-05 09:00")
    make_idea()
    paused = make_idea()
    disposition.return_to_resident(
        disposition=paused.disposition, by=moderator, seen_version=1, missing="Foto"
    )
    row = row_of(perkim)
    assert (row.green, row.amber, row.red, row.paused) == (2, 0, 0, 1)
    stand_at("2026-06-09 09:00")  # both have at most a day left: the 9th and the 10th
    row = row_of(perkim)
    assert (row.green, row.amber, row.red) == (0, 2, 0)
    stand_at("2026-06-10 09:00")
    row = row_of(perkim)
    assert (row.green, row.amber, row.red) == (0, 1, 1)


def test_rates_appear_from_five_on_and_count_what_is_overdue(
    stand_at, make_routed, responder, perkim, client
):
    ideas = [make_routed() for _ in range(5)]
    stand_at("2026-06-04 09:00")
    for idea in ideas[:3]:
        answers.publish_answer(idea=idea, officer=responder, body="Dipasang.")
    row = row_of(perkim)
    assert (row.n, row.steps["first_response"].median) == (8, None)  # 5 verified, 3 answered
    assert row.steps["verification"].median == 0 and row.in_time == 1.0
    stand_at("2026-06-17 09:00")
    assert row_of(perkim).in_time == 0.8, "two lie overdue: 8 of 10 in time"
    for idea in ideas[3:]:
        answers.publish_answer(idea=idea, officer=responder, body="Dipasang.")
    row = row_of(perkim)
    assert (row.steps["first_response"].median, row.steps["first_response"].p90) == (2, 10)
    page = client.get("/jam-jawaban/").content.decode()
    assert perkim.label in page and "80%" in page
    assert responder.display_name not in page and "Aminah" not in page


def test_a_unit_that_refused_is_not_counted_against(
    stand_at, make_routed, responder, perkim, moderator, other_unit
):
    idea = make_routed()
    disposition.refuse(disposition=idea.disposition, by=responder, seen_version=2, reason="Bukan.")
    stand_at("2026-06-30 09:00")
    assert row_of(perkim).red == 0
    disposition.route(disposition=idea.disposition, by=moderator, seen_version=3, unit=other_unit)
    assert row_of(other_unit).red == 1


def test_staff_projects_count_for_the_staff_only(
    stand_at, make_project, make_routed, responder, client, sign_in
):
    project = make_project(staff_only=True)
    project.phases.update(starts_on="2020-01-01", ends_on=None)
    make_routed(author=responder, project_=project)
    assert "<table" not in client.get("/jam-jawaban/").content.decode()
    assert "<table" in sign_in(responder).get("/jam-jawaban/").content.decode()


def test_the_table_costs_the_same_with_one_unit_and_with_many(
    stand_at, make_routed, client, moderator, other_unit
):
    def count():
        cache.clear()
        with CaptureQueriesContext(connection) as seen:
            assert client.get("/jam-jawaban/").status_code == 200
        return len(seen)

    idea = make_routed()
    one = count()
    for _ in range(6):
        make_routed()
    disposition.route(disposition=idea.disposition, by=moderator, seen_version=2, unit=other_unit)
    assert count() == one <= 8

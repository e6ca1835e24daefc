"""One support per person; the count is always the number of supporters."""

import pytest

from core.policy import Refused
from participation import services
from participation.models import Idea, Stage, Support
from tests.together import at_once


def test_supporting_twice_counts_once(idea, other_resident):
    assert services.support(idea=idea, person=other_resident)
    assert not services.support(idea=idea, person=other_resident)
    idea.refresh_from_db()
    assert idea.support_count == 1


def test_taking_back_what_was_never_given_changes_nothing(idea, other_resident):
    assert not services.withdraw_support(idea=idea, person=other_resident)
    services.support(idea=idea, person=other_resident)
    assert services.withdraw_support(idea=idea, person=other_resident)
    idea.refresh_from_db()
    assert idea.support_count == 0


@pytest.mark.django_db(transaction=True)
def test_the_same_person_on_eight_devices_at_once_counts_once(idea, other_resident):
    counted = at_once(8, lambda: services.support(idea=_fresh(idea), person=other_resident))
    assert counted.count(True) == 1
    idea.refresh_from_db()
    assert idea.support_count == Support.objects.filter(idea=idea).count() == 1


@pytest.mark.django_db(transaction=True)
def test_many_people_at_once_are_all_counted(idea, make_person):
    people = [make_person() for _ in range(8)]
    waiting = iter(people)
    counted = at_once(8, lambda: services.support(idea=_fresh(idea), person=next(waiting)))
    assert counted == [True] * 8
    idea.refresh_from_db()
    assert idea.support_count == 8


def test_support_is_closed_with_the_phase(make_project, make_idea, other_resident):
    project = make_project()
    idea = make_idea(project_=project)
    project.phases.update(stage=Stage.DECISION)
    with pytest.raises(Refused, match="ditutup"):
        services.support(idea=_fresh(idea), person=other_resident)


def _fresh(idea):
    return Idea.objects.select_related("project").get(pk=idea.pk)

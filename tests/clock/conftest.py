"""Standing at a moment of one's own, with a project that is open then."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings

from config.demo.clock import story_clock


@pytest.fixture
def stand_at(city):
    """`stand_at("2026-03-17 09:00")`: it is then, in the city, until it is said anew."""
    with story_clock() as clock:

        def stand(moment: str) -> None:
            clock.moment = datetime.fromisoformat(moment).replace(
                tzinfo=ZoneInfo(settings.TIME_ZONE)
            )

        stand("2026-06-02 09:00")
        yield stand


@pytest.fixture
def project(make_project):
    """Open at whatever moment a test stands."""
    project = make_project()
    project.phases.update(starts_on=date(2020, 1, 1), ends_on=None)
    return project

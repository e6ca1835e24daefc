"""Work in the background: telling all who stand behind an aspirasi or follow its project, and what
the calendar brings."""

from datetime import time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.dates import MONTHS
from django.utils.translation import gettext_noop

from accounts import selectors as accounts
from core.background import task
from core.schedule import scheduled
from notifications import services as notifications
from notifications.services import Category, Happening
from participation import selectors
from participation.models import Phase, Stage

MORNING = time(7)


# Killed often it still comes to its end: each run starts where the one before was killed.
@task(name="participation.tell_followers", retries=20)
def tell_followers(*, event_id: int, idea_id: int, by_id: int) -> None:
    """Tell them in batches, in the order of their ids; not the one who did it.

    How far it came is stored with each batch: after a kill the job goes on there, so that nobody is
    told twice and nobody is missed.
    """
    audience = partial(selectors.audience, selectors.fresh(idea_id))
    notifications.reach_all(event_id=event_id, audience=audience, but=by_id)


@task(name="participation.tell_supporters", retries=20)
def tell_supporters(*, event_id: int, idea_id: int, by_id: int) -> None:
    """The same, only for those who support the aspirasi."""
    audience = partial(selectors.supporters, selectors.fresh(idea_id))
    notifications.reach_all(event_id=event_id, audience=audience, but=by_id)


# --- What the calendar brings --------------------------------------------------------------------


@scheduled("participation.tell_phases", every=timedelta(hours=1))
def tell_phases() -> None:
    """From seven in the morning of the city: tell of phases that begin or soon close.

    Looked at every hour, because no period of UTC begins in the morning of every city. The key of
    an event names the phase and the date: each is told once, and again only for another date.
    """
    now = timezone.now().astimezone(ZoneInfo(accounts.city().time_zone))
    if now.time() < MORNING:
        return
    today = now.date()
    for phase in selectors.phases_begun(today):
        _tell_of(
            phase,
            key=f"phase.{phase.pk}.begins.{phase.starts_on.isoformat()}",
            headline=(
                gettext_noop("Proyek ini sudah selesai")
                if phase.stage == Stage.DONE
                else gettext_noop("Tahap %(stage)s dimulai")
            ),
            words={} if phase.stage == Stage.DONE else {"stage": _label(phase.stage)},
        )
    for phase in selectors.phases_closing(today):
        if phase.ends_on is None:
            continue
        with translation.override("en"):  # the catalogue's own names of months are English
            month = str(MONTHS[phase.ends_on.month])
        _tell_of(
            phase,
            key=f"phase.{phase.pk}.closes.{phase.ends_on.isoformat()}",
            headline=gettext_noop("Kirim aspirasi paling lambat %(day)s %(month)s"),
            words={"day": str(phase.ends_on.day), "month": month},
        )


@transaction.atomic
def _tell_of(phase: Phase, *, key: str, headline: str, words: dict[str, str]) -> None:
    """Store what is told of a phase and the job that reaches the followers, or neither."""
    project = phase.project
    event = notifications.record(
        Happening(
            key=key,
            category=Category.PHASE,
            headline=headline,
            words=words,
            url=reverse("participation:project", args=[project.slug]),
            thread_key=f"project.{project.pk}",
            thread_title=project.title,
            source_kind="phase",
            source_id=phase.pk,
        )
    )
    if event is not None:
        tell_project.enqueue(event_id=event.pk, project_id=project.pk)


@task(name="participation.tell_project", retries=20)
def tell_project(*, event_id: int, project_id: int) -> None:
    """Tell the followers of a project in batches, as `tell_followers` does."""
    audience = partial(selectors.followers, project_id)
    notifications.reach_all(event_id=event_id, audience=audience)


def _label(stage: str) -> str:
    """The name of a stage in Indonesian, which is what its translation is found by."""
    with translation.override("id"):
        return str(Stage(stage).label)

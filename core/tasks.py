"""Housekeeping of the background work itself."""

from datetime import timedelta

from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from core.schedule import forget_old_periods, scheduled

KEPT_AFTER_SUCCESS = timedelta(days=7)


@scheduled("core.tidy_jobs", every=timedelta(days=1), offset=timedelta(hours=18))
def tidy_jobs() -> None:
    """Forget jobs that ended well a week ago, and old periods. Failed jobs wait for a person."""
    ended = DBTaskResult.objects.successful().filter(
        finished_at__lt=timezone.now() - KEPT_AFTER_SUCCESS
    )
    # In small pieces: on SQLite nobody else can write meanwhile.
    while some := list(ended.values_list("pk", flat=True)[:500]):
        DBTaskResult.objects.filter(pk__in=some).delete()
    forget_old_periods()

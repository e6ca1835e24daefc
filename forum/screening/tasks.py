"""By the clock: learn from the day's decisions, forget marks that are no longer asked for."""

from datetime import timedelta

from core.schedule import scheduled
from forum.screening import services


@scheduled("forum.learn_score", every=timedelta(days=1), offset=timedelta(hours=18))
def learn_score() -> None:
    """At night in Indonesia (18.00 UTC)."""
    services.learn_score()


@scheduled("forum.forget_fingerprints", every=timedelta(days=1), offset=timedelta(hours=19))
def forget_fingerprints() -> None:
    services.forget_fingerprints()

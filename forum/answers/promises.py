"""What becomes of a promise: done, delayed, taken back; and who hears of its date."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from accounts import selectors as accounts_selectors
from core.policy import require
from forum.answers import policy, selectors, services
from forum.answers.models import Commitment, CommitmentChange, OfficialAnswer
from forum.notify import news

BATCH = 200


class StalePromise(Exception):
    """A colleague changed the promise since this form was opened."""


@transaction.atomic
def follow_up(
    *,
    commitment: Commitment,
    by: Any,
    state: str,
    seen_version: int,
    reason: str = "",
    due_on: date | None = None,
) -> CommitmentChange:
    """Say what became of a promise. `due_on` is the new date of a delayed one.

    Shown on the answer with its history; author, supporters and followers are told when it was
    kept, delayed or taken back. StalePromise when a colleague was faster.
    """
    require(policy.may_follow_up(by, commitment))
    answer = OfficialAnswer.objects.select_for_update().get(pk=commitment.answer_id)
    answer.idea = commitment.answer.idea
    new_due = due_on or commitment.due_on
    moved = Commitment.objects.filter(pk=commitment.pk, version=seen_version).update(
        state=state,
        state_reason=reason,
        state_at=timezone.now(),
        due_on=new_due,
        version=seen_version + 1,
    )
    if not moved:
        raise StalePromise
    change = CommitmentChange.objects.create(
        commitment=commitment,
        old=commitment.state,
        new=state,
        old_due_on=commitment.due_on,
        new_due_on=new_due,
        reason=reason,
        by=by,
    )
    commitment.refresh_from_db()
    news.promise_changed(answer.idea, change)
    services.show(answer.idea, answer)
    return change


def tell_of_dates(*, now: datetime) -> int:
    """Tell the officer seven days before a promised date, and everybody when it has passed.

    Each once for a date, however often and at whatever intervals this runs: the row remembers the
    date for which it was told. Returns how many promises were told of.
    """
    today = now.astimezone(ZoneInfo(accounts_selectors.city().time_zone)).date()
    told = 0
    for near in (True, False):
        after = 0
        while found := selectors.dated(near=near, today=today, after=after, limit=BATCH):
            told += sum(_tell_of_date(commitment, near=near) for commitment in found)
            after = found[-1].pk
    return told


@transaction.atomic
def _tell_of_date(commitment: Commitment, *, near: bool) -> bool:
    claimed = Commitment.objects.filter(
        selectors.untold(near=near),
        pk=commitment.pk,
        due_on=commitment.due_on,
        state__in=selectors.OPEN,
    )
    name = "near_told_for" if near else "missed_told_for"
    if not claimed.update(**{name: commitment.due_on}):
        return False
    if near:
        news.promise_near(commitment)
    else:
        news.promise_missed(commitment)
    return True

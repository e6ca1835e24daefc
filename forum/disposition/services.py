"""What happens to an aspirasi in the offices: verified, returned, routed, assigned, answered.

Locks are taken in the order disposition, clock, aspirasi. Every act claims the version that the
person saw; who comes second gets `Overtaken`, and nothing is stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from accounts import selectors as accounts_selectors
from core.policy import require
from core.publishing import Visibility
from forum.clock import selectors as clock_selectors
from forum.clock import services as clock
from forum.clock.models import Step
from forum.disposition import news, policy, selectors
from forum.disposition.models import (
    WITH_RESIDENT,
    WITH_UNIT,
    WITH_VERIFIER,
    Disposition,
    DispositionChange,
    Note,
    NoteMention,
    State,
)
from participation import policy as participation_policy
from participation import services as participation

if TYPE_CHECKING:
    from core.photos import Picture
    from forum.discussion.models import Reply
    from participation.models import Idea

Verb = DispositionChange.Verb


class Overtaken(Exception):
    """Somebody else moved the aspirasi on since this page was opened; `change` is what they did."""

    def __init__(self, change: DispositionChange | None) -> None:
        super().__init__(str(change))
        self.change = change


class NotAnOfficer(Exception):
    """The person named does not answer for the unit."""


# --- Called by the other parts of the forum -------------------------------------------------------


@transaction.atomic
def open_for(*, idea: Idea) -> Disposition:
    """An aspirasi goes public: it is received, and the time to verify it begins. Once.

    Call it before the aspirasi is published: its row is locked last.
    """
    disposition, is_new = Disposition.objects.get_or_create(idea=idea)
    if is_new:
        _remember(disposition, Verb.RECEIVED, "", by=None)
        clock.start(idea=idea, step=Step.VERIFICATION, unit=idea.project.unit)
    return disposition


@transaction.atomic
def publish(*, idea: Idea, by: Any) -> bool:
    """Make an aspirasi public, or public again, whoever decided it: the first time it is received.

    Nothing else in the forum publishes one, so none is public that no office was given.
    """
    open_for(idea=idea)
    return participation.publish_idea(idea=idea, by=by)


@transaction.atomic
def answered(*, idea: Idea, by: Any, unit: Any) -> None:
    """There is an official answer: all clocks are met. One that was never routed counts from its
    receipt. Call it before the aspirasi's row is locked; its page is shown anew by the answer.
    """
    disposition = _locked(idea)
    if disposition is None or disposition.state == State.ANSWERED:
        return
    old = disposition.state
    disposition.state, disposition.version = State.ANSWERED, disposition.version + 1
    disposition.save(update_fields=["state", "version"])
    _remember(disposition, Verb.ANSWERED, old, by=by, unit=unit)
    clock.start(idea=idea, step=Step.FIRST_RESPONSE, unit=unit, at=disposition.received_at)
    for step in Step:
        clock.resume(idea=idea, step=step)
        clock.meet(idea=idea, step=step)


@transaction.atomic
def change_status(*, idea: Idea, status: str, by: Any, reason: str) -> bool:
    """Say how far the work has come, with a reason: for the resident that is a first response.

    A status that ends the matter ends the way through the offices too. False when it was there.
    """
    require(participation_policy.may_change_status(by, idea))
    if idea.status == status:
        return False
    ends = status in ("done", "declined", "outside_authority")
    if ends:
        answered(idea=idea, by=by, unit=accounts_selectors.unit_of(by) or idea.project.unit)
    else:
        _locked(idea)
        clock.meet(idea=idea, step=Step.FIRST_RESPONSE)
    if not participation.change_status(idea=idea, status=status, by=by, reason=reason):
        return False
    clock.show(idea)
    return True


@transaction.atomic
def replied(*, reply: Reply) -> bool:
    """A civil servant of a unit that works on it replied as the unit: the first response is there.

    Call it before the reply is locked; when it returns True, `clock.services.show` the aspirasi
    afterwards.
    """
    if reply.as_unit_id is None:
        return False
    disposition = _locked(reply.idea)
    if disposition is None or disposition.state not in WITH_UNIT:
        return False
    units = {disposition.unit_id, *disposition.supporting_units.values_list("pk", flat=True)}
    return reply.as_unit_id in units and clock.meet(idea=reply.idea, step=Step.FIRST_RESPONSE)


# --- The verifier ---------------------------------------------------------------------------------


@transaction.atomic
def return_to_resident(
    *, disposition: Disposition, by: Any, seen_version: int, missing: str
) -> None:
    """Ask the author for what is missing. The clock stands still until it comes.

    The author has `completion_days` calendar days, the last one included.
    """
    require(policy.may_verify(by, disposition))
    days = clock_selectors.time_rules().settings.completion_days
    old = _claim(
        disposition,
        seen_version,
        since=WITH_VERIFIER,
        state=State.INCOMPLETE,
        unit=None,
        officer=None,
        missing=missing,
        complete_by=clock_selectors.local_day() + timedelta(days=days),
    )
    change = _remember(disposition, Verb.RETURNED, old, by=by, reason=missing)
    clock.pause(idea=disposition.idea, step=Step.VERIFICATION)
    clock.pause(idea=disposition.idea, step=Step.FIRST_RESPONSE)
    news.to_complete(disposition.idea, change)
    clock.show(disposition.idea)


@transaction.atomic
def verify(*, disposition: Disposition, by: Any, seen_version: int) -> None:
    """The aspirasi is complete. Its time goes on: it includes passing it on."""
    require(policy.may_verify(by, disposition))
    old = _claim(disposition, seen_version, since=(State.RECEIVED,), state=State.VERIFIED)
    _remember(disposition, Verb.VERIFIED, old, by=by)
    clock.show(disposition.idea)


@transaction.atomic
def route(
    *,
    disposition: Disposition,
    by: Any,
    seen_version: int,
    unit: Any,
    supporting: Sequence[Any] = (),
    reason: str = "",
) -> None:
    """Pass the aspirasi on to the unit that answers, and to those that help it.

    Verifies it too when nobody has, and meets the time to verify and pass on. The time to respond
    begins with the first routing; another unit later inherits the date that residents were told.
    """
    require(policy.may_route(by, disposition))
    old = _claim(
        disposition,
        seen_version,
        since=(*WITH_VERIFIER, *WITH_UNIT),
        state=State.ROUTED,
        unit=unit,
        officer=None,
    )
    helpers = [each for each in supporting if each.pk != unit.pk]
    disposition.supporting_units.set(helpers)
    change = _remember(
        disposition,
        Verb.ROUTED,
        old,
        by=by,
        unit=unit,
        supporting=", ".join(each.label for each in helpers)[:400],
        reason=reason,
    )
    idea = disposition.idea
    clock.meet(idea=idea, step=Step.VERIFICATION)
    clock.start(idea=idea, step=Step.FIRST_RESPONSE, unit=unit)
    clock.move(idea=idea, unit=unit)
    news.routed(disposition, change, [unit.pk, *(each.pk for each in helpers)], by)
    clock.show(idea)


# --- The unit -------------------------------------------------------------------------------------


@transaction.atomic
def assign(
    *, disposition: Disposition, by: Any, seen_version: int, officer: Any, reason: str = ""
) -> None:
    """Give the aspirasi to somebody who answers for its unit; also from one officer to another.

    Raises NotAnOfficer when that person does not.
    """
    require(policy.may_assign(by, disposition))
    if officer not in selectors.officers_of(disposition.unit_id):
        raise NotAnOfficer
    verb = Verb.HANDED_OVER if disposition.officer_id else Verb.ASSIGNED
    old = _claim(disposition, seen_version, since=WITH_UNIT, state=State.ASSIGNED, officer=officer)
    change = _remember(disposition, verb, old, by=by, officer=officer, reason=reason)
    news.assigned(disposition, change, by)


@transaction.atomic
def hand_over(
    *, disposition: Disposition, by: Any, seen_version: int, unit: Any, reason: str
) -> None:
    """Give the aspirasi to another unit, or back to the own one, where nobody has it then."""
    require(policy.may_assign(by, disposition))
    moved = unit.pk != disposition.unit_id
    old = _claim(
        disposition, seen_version, since=WITH_UNIT, state=State.ROUTED, unit=unit, officer=None
    )
    disposition.supporting_units.remove(unit)
    change = _remember(disposition, Verb.HANDED_OVER, old, by=by, unit=unit, reason=reason)
    clock.move(idea=disposition.idea, unit=unit)
    news.routed(disposition, change, [unit.pk], by)
    if moved:
        clock.show(disposition.idea)


@transaction.atomic
def refuse(*, disposition: Disposition, by: Any, seen_version: int, reason: str) -> None:
    """The unit is not in charge: back to the verifiers. The promised date stands meanwhile."""
    require(policy.may_assign(by, disposition))
    unit = disposition.unit
    old = _claim(
        disposition,
        seen_version,
        since=WITH_UNIT,
        state=State.VERIFIED,
        unit=None,
        officer=None,
    )
    disposition.supporting_units.clear()
    change = _remember(disposition, Verb.REFUSED, old, by=by, unit=unit, reason=reason)
    clock.move(idea=disposition.idea, unit=None)
    news.refused(disposition, change, by)
    clock.show(disposition.idea)


# --- The resident ---------------------------------------------------------------------------------


@transaction.atomic
def complete(
    *,
    disposition: Disposition,
    by: Any,
    seen_version: int,
    text: str,
    photos: Sequence[Picture] = (),
) -> None:
    """The author adds what was missing; the clock goes on. Photos join those of the aspirasi.

    The text is for the staff alone: it was asked for by them and nobody screened it.
    """
    require(policy.may_complete(by, disposition))
    asked = disposition.changes.filter(verb=Verb.RETURNED).order_by("-pk").first()
    old = _claim(
        disposition, seen_version, since=WITH_RESIDENT, state=State.RECEIVED, complete_by=None
    )
    change = _remember(disposition, Verb.COMPLETED, old, by=by, reason=text)
    idea = disposition.idea
    clock.resume(idea=idea, step=Step.VERIFICATION)
    clock.resume(idea=idea, step=Step.FIRST_RESPONSE)
    participation.add_photos(idea=idea, photos=photos)
    news.completed(disposition, change, asked.actor_id if asked else None)
    clock.show(idea)


@transaction.atomic
def close_lapsed(*, limit: int = 200) -> int:
    """Close what was not completed in time, with a note in its history; how many were closed."""
    today = clock_selectors.local_day()
    rows = Disposition.objects.filter(
        state=State.INCOMPLETE, complete_by__lt=today, idea__visibility=Visibility.PUBLISHED
    )
    keys = list(rows.order_by("pk").values_list("pk", flat=True)[:limit])
    late = Disposition.objects.select_for_update(of=("self",)).filter(
        pk__in=keys, state=State.INCOMPLETE
    )
    closed = 0
    for disposition in late.select_related("idea__project").order_by("pk"):
        _claim(disposition, disposition.version, since=(State.INCOMPLETE,), state=State.CLOSED)
        change = _remember(disposition, Verb.LAPSED, State.INCOMPLETE, by=None)
        clock.end(idea=disposition.idea)
        news.lapsed(disposition.idea, change)
        clock.show(disposition.idea)
        closed += 1
    return closed


# --- Notes ----------------------------------------------------------------------------------------


@transaction.atomic
def write_note(
    *, disposition: Disposition, by: Any, body: str, client_key: UUID, mentions: Iterable[int] = ()
) -> Note:
    """Note something for the colleagues who see the aspirasi; tell those whom the note calls.

    Of `mentions` (person ids) only who sees it counts. The same client key gives the first back.
    """
    require(policy.may_see(by, disposition))
    note = Note(disposition=disposition, author=by, body=body, client_key=client_key)
    try:
        with transaction.atomic():
            note.save()
    except IntegrityError:
        first = Note.objects.filter(author=by, client_key=client_key).first()
        if first is None:
            raise
        return first
    called = {person.pk for person in selectors.colleagues(disposition)} & set(mentions) - {by.pk}
    NoteMention.objects.bulk_create(
        NoteMention(note=note, person_id=person_id) for person_id in sorted(called)
    )
    news.noted(disposition, note, called)
    return note


@transaction.atomic
def withdraw_note(*, note: Note, by: Any) -> None:
    """Take a note back; its place stays, its text is shown to nobody any more."""
    require(policy.may_withdraw_note(by, note))
    Note.objects.filter(pk=note.pk, withdrawn_at=None).update(withdrawn_at=timezone.now())


# --- Inside ---------------------------------------------------------------------------------------


def _locked(idea: Idea) -> Disposition | None:
    return Disposition.objects.select_for_update().filter(idea=idea).first()


def _claim(
    disposition: Disposition, seen_version: int, *, since: Sequence[str], **changes: Any
) -> str:
    """Move it on if it is still as the person saw it; returns the state that it was in.

    The row stays locked until the end of the transaction: of two at once the second waits, and
    then finds another version.
    """
    old = disposition.state
    claimed = Disposition.objects.filter(
        pk=disposition.pk, version=seen_version, state__in=since
    ).update(version=F("version") + 1, **changes)
    if not claimed:
        raise Overtaken(selectors.last_change(disposition))
    for name, value in changes.items():
        setattr(disposition, name, value)
    disposition.version = seen_version + 1
    return old


def _remember(
    disposition: Disposition,
    verb: str,
    old: str,
    *,
    by: Any,
    unit: Any = None,
    supporting: str = "",
    officer: Any = None,
    reason: str = "",
) -> DispositionChange:
    return DispositionChange.objects.create(
        disposition=disposition,
        verb=verb,
        old=old,
        new=disposition.state,
        actor=by,
        unit=unit,
        supporting=supporting,
        officer=officer,
        reason=reason,
    )

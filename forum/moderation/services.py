"""What happens at the desk: a post is screened, reported, examined, decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts import services as accounts
from core import live
from core.policy import Refused, require
from forum.appeals import services as appeals
from forum.discussion import services as discussion
from forum.discussion.models import Reply
from forum.disposition import services as disposition
from forum.moderation import cases, policy, selectors
from forum.moderation.models import AtDesk, Case, Flag, Ruling, Takeover
from forum.notify import news
from forum.screening import services as screening
from participation import policy as participation_policy
from participation import selectors as participation_selectors
from participation import services as participation

if TYPE_CHECKING:
    from core.photos import Picture
    from participation.models import Idea, Project
    from participation.services import IdeaDraft


HOLD_FOR = timedelta(minutes=10)
AT_DESK_FOR = selectors.AT_DESK_FOR
TIME_TO_EDIT = timedelta(days=7)
MOST_AT_ONCE = 100


TEXT_CHANGED = gettext_lazy("Penulisnya baru saja mengubah tulisan ini. Baca lagi, lalu putuskan.")


class AlreadyDecided(Exception):
    """Another moderator was faster; `case` is as it is now, with who decided.

    Or the author was: then the case is still open, and its text another one.
    """

    def __init__(self, case: Case) -> None:
        super().__init__(f"case {case.pk} is decided")
        self.case = case


class HeldByColleague(Exception):
    """Another moderator is at this case; `case` is as it is now, with who holds it."""

    def __init__(self, case: Case) -> None:
        super().__init__(f"case {case.pk} is held")
        self.case = case


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one case of many that were decided at once."""

    DONE, DECIDED, HELD = "done", "decided", "held"
    REFUSED, GONE = "refused", "gone"

    pk: int
    case: Case | None
    what: str
    who: Any = None
    reason: str = ""


@transaction.atomic
def submit_idea(
    *,
    author: Any,
    project: Project,
    draft: IdeaDraft,
    client_key: UUID,
    photos: Sequence[Picture] = (),
) -> Idea:
    """Receive an aspirasi, screen it, publish it, or put it on the desk.

    In a project that is moderated beforehand every aspirasi goes to the desk first; in one that
    checks first posts, what an account sends before anything of it was ever public. Raises
    screening.Blocked, with nothing stored, when the text goes back to its writer.
    """
    texts = (draft.title, draft.body, draft.place)
    screened = screening.screen(*texts, author=author, project=project, kind="idea")
    if screened.blocking and not participation_selectors.was_sent(author, client_key):
        raise screening.Blocked(screened)
    idea, is_new = participation.receive_idea(
        author=author, project=project, draft=draft, client_key=client_key, photos=photos
    )
    if not is_new:
        return idea
    screening.remember(*texts, author=author, project=project, kind="idea", post_id=idea.pk)
    if screened.holds or project.premoderated:
        cases.open_case(idea, cause=Case.Cause.HELD, findings=screened.findings)
    elif cases.is_first_post(author, project):
        cases.open_case(idea, cause=Case.Cause.FIRST, findings=screened.findings)
    else:
        disposition.publish(idea=idea, by=None)
        if screened.flags:
            cases.open_case(idea, cause=Case.Cause.SCREENED, findings=screened.findings)
    return idea


@transaction.atomic
def flag(*, target: Idea | Reply, person: Any, reason: str, note: str = "") -> Case:
    """A resident reports a post; it stays public until a moderator decides. Once per person."""
    require(policy.may_flag(person, target))
    case = cases.open_case(target, cause=Case.Cause.FLAGGED)
    _row, is_new = Flag.objects.get_or_create(
        case=case, person=person, defaults={"reason": reason, "note": note}
    )
    if is_new:
        cases.count_flag(case)
    return case


@transaction.atomic
def examine(*, target: Idea | Reply, by: Any) -> Case:
    """A moderator opens a case on a post without a report, to hide or restore it."""
    project = cases.project_of(target)
    require(participation_policy.may_moderate(by, project))
    return cases.open_case(target, cause=Case.Cause.EXAMINED)


# --- Who is at it -------------------------------------------------------------------------------


@transaction.atomic
def come_to_desk(*, person: Any, case: Case | None = None) -> None:
    """Note that a moderator is at the desk, looking at a case or at the list.

    An open case that nobody holds is the person's for ten minutes; opened again, for ten more.
    Colleagues hear of it when somebody comes, goes on or takes hold, not at every look.
    """
    now = timezone.now()
    before = AtDesk.objects.filter(person=person).first()
    seen = before.case_id if before and before.seen_at > now - AT_DESK_FOR else 0
    AtDesk.objects.update_or_create(person=person, defaults={"case": case, "seen_at": now})
    touched = cases.lock(pk for pk in (seen, case.pk if case else None) if pk)
    took = case is not None and bool(policy.may_rule(person, case)) and _hold(case, person)
    if seen != (case.pk if case else None) or took:
        for each in touched:
            cases.show(each)
        if not touched:
            live.poke(cases.TOPIC, live.bump(cases.desk()))


@transaction.atomic
def stay_at_desk(*, person: Any) -> None:
    """Note that a moderator who came is still there. Within a minute nothing is written."""
    now = timezone.now()
    AtDesk.objects.filter(person=person, seen_at__lt=now - timedelta(minutes=1)).update(seen_at=now)


@transaction.atomic
def release(*, case: Case, by: Any) -> bool:
    """Let a case go before the time is over. False when the person did not hold it."""
    let_go = Case.objects.filter(pk=case.pk, claimed_by=by).update(
        claimed_by=None, claimed_until=None
    )
    if let_go:
        cases.show(case)
    return bool(let_go)


@transaction.atomic
def take_over(*, case: Case, by: Any, held_by: int, reason: str) -> bool:
    """Take a case from the colleague who holds it, with a reason that everybody at the desk reads.

    False when `held_by` does not hold it any more: of two who take over at once, one does.
    """
    require(policy.may_rule(by, case))
    now = timezone.now()
    taken = Case.objects.filter(
        pk=case.pk, state=Case.State.OPEN, claimed_by_id=held_by, claimed_until__gt=now
    ).update(claimed_by=by, claimed_until=now + HOLD_FOR)
    if taken:
        Takeover.objects.create(case=case, by=by, held_by_id=held_by, reason=reason)
        cases.show(case)
    return bool(taken)


def _hold(case: Case, person: Any) -> bool:
    """Claim an open case that is free, or prolong one's own; True when the holder changed."""
    now = timezone.now()
    rows = Case.objects.filter(pk=case.pk, state=Case.State.OPEN)
    until = now + HOLD_FOR
    if rows.filter(claimed_by=person, claimed_until__gt=now).update(claimed_until=until):
        return False
    free = Q(claimed_by=None) | Q(claimed_until__lte=now)
    return bool(rows.filter(free).update(claimed_by=person, claimed_until=until))


# --- Decisions ----------------------------------------------------------------------------------


@transaction.atomic
def rule(
    *,
    case: Case,
    seen_version: int,
    decision: str,
    by: Any,
    rule: str = "",
    message: str = "",
    days: int | None = None,
    into: Idea | None = None,
) -> Ruling:
    """Decide a case, once.

    Raises AlreadyDecided when somebody else decided since `seen_version` was read, HeldByColleague
    while a colleague is at it. What takes something from the author names the rule and carries a
    message. A case waits for its author after ASK_EDIT; every other decision closes it. `days` is
    how long SUSPEND lasts, `into` where MERGE leads.
    """
    require(policy.may_rule(by, case))
    _lock(case, into)
    now = timezone.now()
    waits = decision == Ruling.Decision.ASK_EDIT
    rows = Case.objects.filter(pk=case.pk, version=seen_version, state=Case.State.OPEN)
    free = Q(claimed_by=None) | Q(claimed_by=by) | Q(claimed_until__lte=now)
    claimed = rows.filter(free).update(
        state=Case.State.WAITING if waits else Case.State.CLOSED,
        edit_until=now + TIME_TO_EDIT if waits else None,
        version=seen_version + 1,
        claimed_by=None,
        claimed_until=None,
        decided_by=by,
        decided_at=now,
    )
    if not claimed:
        found = Case.objects.select_related("decided_by", "claimed_by", "project").get(pk=case.pk)
        if found.is_open and found.version == seen_version:
            raise HeldByColleague(found)
        raise AlreadyDecided(found)
    post = case.post
    also = ["title", "merged_into"] if case.idea_id else []
    post.refresh_from_db(fields=["visibility", "body", *also])
    require(policy.may_decide(by, case, decision))
    case.refresh_from_db(fields=["state", "version", "decided_by", "decided_at", "edit_until"])
    ruling = Ruling.objects.create(
        case=case,
        decision=decision,
        rule=rule,
        message=message,
        days=days,
        into=into,
        post_title=getattr(post, "title", ""),
        post_text=post.body,
        by=by,
    )
    _carry_out(case, ruling)
    news.case_decided(case, ruling)
    cases.show(case)
    return ruling


@transaction.atomic
def rule_many(
    *,
    chosen: Sequence[tuple[int, int]],
    decision: str,
    by: Any,
    broken_rule: str = "",
    message: str = "",
) -> list[Outcome]:
    """Decide many cases (number, seen version) alike, each by itself, and say what came of each.

    At most `MOST_AT_ONCE`. Each is decided or left alone as if it were the only one.
    """
    found = selectors.cases_by_number(by, [pk for pk, _version in chosen[:MOST_AT_ONCE]])
    outcomes = []
    for pk, version in chosen[:MOST_AT_ONCE]:
        if (case := found.get(pk)) is None:
            outcomes.append(Outcome(pk, None, Outcome.GONE))
            continue
        try:
            with transaction.atomic():
                rule(
                    case=case,
                    seen_version=version,
                    decision=decision,
                    by=by,
                    rule=broken_rule,
                    message=message,
                )
            outcomes.append(Outcome(pk, case, Outcome.DONE))
        except AlreadyDecided as error:
            if error.case.is_open:
                outcomes.append(Outcome(pk, case, Outcome.REFUSED, reason=str(TEXT_CHANGED)))
                continue
            outcomes.append(Outcome(pk, case, Outcome.DECIDED, error.case.decided_by))
        except HeldByColleague as error:
            outcomes.append(Outcome(pk, case, Outcome.HELD, error.case.claimed_by))
        except Refused as refusal:
            outcomes.append(Outcome(pk, case, Outcome.REFUSED, reason=str(refusal)))
    return outcomes


@transaction.atomic
def revise(*, case: Case, by: Any, body: str, title: str = "", place: str = "") -> Case:
    """The author did what the moderator asked: the text is stored and comes back to the desk.

    It is the same case, with the screening's new findings; until it is decided nobody reads it.
    """
    _lock(case)
    case.refresh_from_db(fields=["state", "edit_until"])
    require(policy.may_revise(by, case))
    if case.reply is not None:
        discussion.revise_reply(reply=case.reply, body=body)
        found = screening.findings(body, author=by)
    else:
        assert case.idea is not None
        participation.revise_idea(idea=case.idea, title=title, body=body, place=place)
        found = screening.findings(title, body, place, author=by)
    return cases.open_case(case.post, cause=Case.Cause.EDITED, findings=found)


def _lock(case: Case, into: Idea | None = None) -> None:
    """The posts first, then the case: an author who changes the text locks them in this order.

    `no_key`: a row that points to the post (a case, a report) can still be written meanwhile. With
    the stronger lock its check would wait for us while we wait for its case.
    """
    if case.reply_id:
        Reply.objects.select_for_update(no_key=True).get(pk=case.reply_id)
    else:
        merged = case.idea.merged_into_id if case.idea else None
        participation.lock(case.idea_id, merged, into.pk if into else None)


def _carry_out(case: Case, ruling: Ruling) -> None:
    """Do to the post, and to its author's account, what was decided."""
    choice = Ruling.Decision
    match ruling.decision:
        case choice.HIDE | choice.ASK_EDIT | choice.SUSPEND:
            _hide(case, ruling)
        case choice.PUBLISH | choice.RESTORE | choice.MERGE:
            _publish(case, ruling)
        case choice.GRANT | choice.UPHOLD:
            appeals.settle(case=case, ruling=ruling)
    match ruling.decision:
        case choice.SUSPEND:
            author = case.post.author
            accounts.suspend(person=author, by=ruling.by, days=ruling.days or 0, case=case.pk)
        case choice.MERGE if case.idea is not None and ruling.into is not None:
            participation.merge_idea(idea=case.idea, into=ruling.into, by=ruling.by)
        case choice.SPLIT if case.idea is not None:
            participation.split_idea(idea=case.idea, by=ruling.by)


def _hide(case: Case, ruling: Ruling) -> None:
    if ruling.decision == Ruling.Decision.ASK_EDIT and not case.post.is_published:
        return  # it stays held: nobody can read it
    if case.reply is not None:
        discussion.hide_reply(reply=case.reply)
    elif case.idea is not None:
        participation.hide_idea(idea=case.idea, by=ruling.by, reason=ruling.message)


def _publish(case: Case, ruling: Ruling) -> None:
    if case.reply is not None:
        discussion.publish_reply(reply=case.reply)
    elif case.idea is not None:
        disposition.publish(idea=case.idea, by=ruling.by)

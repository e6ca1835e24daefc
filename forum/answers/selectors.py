"""What people read of official answers. Nothing about ratings below five raters."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Case, F, Q, QuerySet, When
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from accounts import policy as accounts_policy
from accounts import selectors as accounts_selectors
from core.http import decode_cursor, encode_cursor
from core.publishing import Visibility
from forum.answers import policy, variables
from forum.answers.models import (
    AnswerDraft,
    AnswerRating,
    AnswerScores,
    AnswerTemplate,
    AnswerVersion,
    Attachment,
    CommentRuling,
    Commitment,
    OfficialAnswer,
)
from participation import policy as participation_policy

if TYPE_CHECKING:
    from participation.models import Idea, Project

MINIMUM_RATERS = 5
ASPECTS = ("clear", "helpful", "timely", "courteous")
MOST_COMMENTS = 30
MOST_DRAFTS = 100
PAGE = 30
NEAR = timedelta(days=7)


def answer_to(idea: Idea) -> OfficialAnswer | None:
    """The official answer with what it shows; None when there is none."""
    return (
        OfficialAnswer.objects.filter(idea=idea)
        .select_related("unit", "officer__staff_profile__unit", "scores")
        .prefetch_related("commitments")
        .first()
    )


# --- Drafts -------------------------------------------------------------------------------------


def _drafts() -> QuerySet[AnswerDraft]:
    return AnswerDraft.objects.select_related(
        "unit", "author__staff_profile", "idea__project__unit", "idea__village"
    )


def open_draft(idea: Idea) -> AnswerDraft | None:
    """The draft of an aspirasi that is not public yet; the caller asks the policy."""
    draft = _drafts().filter(idea=idea, state__in=AnswerDraft.OPEN).first()
    if draft is not None:
        draft.idea = idea
    return draft


def draft_visible_to(person: Any, pk: int) -> AnswerDraft | None:
    """A draft, open or published, when the person may see it."""
    return next(iter(drafts_visible_to(person, [pk])), None)


def drafts_visible_to(person: Any, pks: list[int]) -> list[AnswerDraft]:
    """Of these drafts, those that the person may see."""
    return [d for d in _drafts().filter(pk__in=pks) if policy.may_see_draft(person, d)]


def draft_for_page(person: Any, pk: int) -> AnswerDraft:
    draft = draft_visible_to(person, pk)
    if draft is None:
        raise Http404("draft")
    return draft


@dataclass(slots=True)
class DraftRow:
    """A draft in the list of a responder, with what this person may do with it."""

    draft: AnswerDraft
    may_publish: bool
    may_check: bool
    may_write: bool


def drafts_for(person: Any) -> list[DraftRow]:
    """The open drafts that the person may see, what waits for the person's check first."""
    mine = Q(pk__in=())
    if (scope := accounts_policy.scope_of(person, "responder")) is not None:
        units, projects = scope
        mine = (
            Q()
            if units is None
            else Q(unit_id__in=units)
            | Q(idea__project__unit_id__in=units)
            | Q(idea__project_id__in=projects or ())
        )
    elif (scope := accounts_policy.scope_of(person, "leader")) is not None:
        units, _projects = scope
        mine = Q() if units is None else Q(unit_id__in=units)
    rows = _drafts().filter(mine, state__in=AnswerDraft.OPEN, idea__visibility=Visibility.PUBLISHED)
    found = [
        DraftRow(
            draft,
            may_publish=bool(policy.may_publish(person, draft)),
            may_check=draft.state == AnswerDraft.State.IN_REVIEW
            and bool(policy.may_check(person, draft)),
            may_write=bool(policy.may_answer(person, draft.idea)),
        )
        for draft in rows[:MOST_DRAFTS]
        if policy.may_see_draft(person, draft)
    ]
    return sorted(found, key=lambda row: not row.may_check)


# --- Attachments --------------------------------------------------------------------------------


def attachments_of(draft: AnswerDraft) -> list[Attachment]:
    """The files of a draft, in order."""
    return list(Attachment.objects.filter(pk__in=draft.attachments))


def published_attachments(idea: Idea) -> list[Attachment]:
    return list(Attachment.objects.filter(idea=idea, is_published=True))


def attachment_for(person: Any, key: UUID) -> Attachment:
    """A file that the person may open; Http404 otherwise.

    Of the standing answer of a published aspirasi: whoever sees the aspirasi. Any other: only who
    may write or check the answer.
    """
    row = (
        Attachment.objects.select_related("idea__project__unit")
        .prefetch_related("idea__project__phases")
        .filter(key=key)
        .first()
    )
    if row is None:
        raise Http404("attachment")
    if row.idea.is_published:
        if row.is_published and participation_policy.may_view_idea(person, row.idea):
            return row
        if policy.may_answer(person, row.idea):
            return row
        draft = open_draft(row.idea)
        if draft and row.pk in draft.attachments and policy.may_see_draft(person, draft):
            return row
    raise Http404("attachment")


# --- Versions -----------------------------------------------------------------------------------


@dataclass(slots=True)
class Version:
    """One version of an answer as the public reads it."""

    number: int
    body: str
    at: Any
    unit: Any
    officer: Any
    commitments: list[dict[str, Any]]
    details: dict[str, Any]


@dataclass(slots=True)
class Change:
    """What a field was and is."""

    label: str
    old: str
    new: str


@dataclass(slots=True)
class Comparison:
    """A version beside the one before it: the text by pieces (sign, words), the fields changed."""

    version: Version
    before: Version | None
    pieces: list[tuple[str, str]] = field(default_factory=list)
    details: list[Change] = field(default_factory=list)
    taken: list[dict[str, Any]] = field(default_factory=list)
    added: list[dict[str, Any]] = field(default_factory=list)


DETAILS = ("next_step", "cost", "cost_source", "period")


def versions_of(answer: OfficialAnswer) -> list[Version]:
    """Every version, the newest first, which is the one that stands."""
    now = Version(
        answer.version,
        answer.body,
        answer.edited_at or answer.published_at,
        answer.unit,
        answer.officer,
        [_promise(c.kind, c.text, c.reason, c.due_on) for c in answer.commitments.all()],
        {name: getattr(answer, name) for name in DETAILS}
        | {"attachments": [each["name"] for each in answer.attachments]},
    )
    kept = AnswerVersion.objects.filter(answer=answer).select_related("unit", "officer")
    older = [
        Version(
            row.version,
            row.body,
            row.at,
            row.unit,
            row.officer,
            [
                _promise(
                    each["kind"],
                    each["text"],
                    each.get("reason", ""),
                    date.fromisoformat(each["due_on"]) if each["due_on"] else None,
                )
                for each in row.commitments
            ],
            row.details,
        )
        for row in kept.order_by("-version")
    ]
    return [now, *older]


def _promise(kind: str, text: str, reason: str, due_on: date | None) -> dict[str, Any]:
    label = str(Commitment.Kind(kind).label)
    return {"label": label, "text": text, "reason": reason, "due_on": due_on}


def compared(version: Version, before: Version | None) -> Comparison:
    """What changed from the version before: words of the text, promises, the other fields."""
    found = Comparison(version, before)
    if before is None:
        found.pieces = [("=", version.body)]
        return found
    old, new = (re.findall(r"\S+\s*", each.body) for each in (before, version))
    # What stands everywhere ("dan", "yang") is passed over: comparing each with each is slow.
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=True)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            found.pieces.append(("=", "".join(old[i1:i2])))
            continue
        if i1 < i2:
            found.pieces.append(("-", "".join(old[i1:i2])))
        if j1 < j2:
            found.pieces.append(("+", "".join(new[j1:j2])))
    for name in DETAILS:
        was, now = before.details.get(name, ""), version.details.get(name, "")
        if was != now:
            found.details.append(Change(name, was, now))
    was, now = (", ".join(each.details.get("attachments", ())) for each in (before, version))
    if was != now:
        found.details.append(Change("attachments", was, now))
    found.taken = [each for each in before.commitments if each not in version.commitments]
    found.added = [each for each in version.commitments if each not in before.commitments]
    return found


# --- Templates ----------------------------------------------------------------------------------


def templates_for(person: Any, *, archived: bool = False) -> QuerySet[AnswerTemplate]:
    """The templates of the units that the person answers for, or of the person's own unit."""
    rows = AnswerTemplate.objects.select_related("unit", "category", "changed_by")
    if not archived:
        rows = rows.filter(is_archived=False)
    scope = accounts_policy.scope_of(person, "responder")
    if scope is None:
        return rows.none()
    units = scope[0]
    if units is None:
        return rows
    own = accounts_selectors.unit_of(person)
    return rows.filter(unit_id__in={*units, *([own.pk] if own else [])})


def templates_to_choose(person: Any, idea: Idea) -> list[AnswerTemplate]:
    """Those for the category of the aspirasi first, then those for all, then the others."""
    found = list(templates_for(person))
    return sorted(
        found, key=lambda t: (t.category_id != idea.category_id, t.category_id is not None, t.title)
    )


def template_for_page(person: Any, pk: int) -> AnswerTemplate:
    found = templates_for(person, archived=True).filter(pk=pk).first()
    if found is None:
        raise Http404("template")
    return found


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a template gives to an answer."""

    body: str
    next_step: str


def from_template(person: Any, pk: int, idea: Idea) -> Beginning | None:
    """A template filled in for an aspirasi; None when the person has no such template."""
    template = templates_for(person).filter(pk=pk).first()
    if template is None:
        return None
    unit = accounts_selectors.unit_of(person) or idea.project.unit
    return Beginning(
        variables.fill(template.body, idea=idea, unit=unit),
        variables.fill(template.next_step, idea=idea, unit=unit),
    )


# --- Promises -----------------------------------------------------------------------------------


def commitment_for_page(person: Any, pk: int) -> Commitment:
    """A promise of a published aspirasi that the person may see; Http404 otherwise."""
    found = (
        Commitment.objects.select_related(
            "answer__idea__project__unit", "answer__unit", "answer__officer"
        )
        .prefetch_related("answer__idea__project__phases", "changes")
        .filter(pk=pk, answer__idea__visibility=Visibility.PUBLISHED)
        .first()
    )
    if found is None or not participation_policy.may_view_idea(person, found.answer.idea):
        raise Http404("promise")
    return found


OPEN = (Commitment.State.PLANNED, Commitment.State.DELAYED)


@dataclass(slots=True)
class PromisePage:
    """One page of a project's promises and the cursor of the next ('' at the end)."""

    promises: list[Commitment]
    next_cursor: str = ""


def promises_of(project: Project, *, wanted: str = "", cursor: str = "") -> PromisePage:
    """What was promised with a date below the published aspirasi of a project, nearest date first.

    `wanted`: "dekat" (within 7 days), "lewat" (the day has passed), "ditepati"; anything else is
    all. The caller has asked whether the project may be seen.
    """
    rows = (
        Commitment.objects.filter(
            answer__idea__project=project,
            answer__idea__visibility=Visibility.PUBLISHED,
            due_on__isnull=False,
        )
        .exclude(kind=Commitment.Kind.NOT_POSSIBLE)
        .select_related("answer__idea", "answer__unit")
        .order_by("due_on", "id")
    )
    today = timezone.localdate()
    if wanted == "dekat":
        rows = rows.filter(state__in=OPEN, due_on__range=(today, today + NEAR))
    elif wanted == "lewat":
        rows = rows.filter(state__in=OPEN, due_on__lt=today)
    elif wanted == "ditepati":
        rows = rows.filter(state=Commitment.State.DONE)
    if cursor:
        text, pk = decode_cursor(cursor, str, int)
        try:
            day = date.fromisoformat(text)
        except ValueError as error:
            raise Http404("cursor") from error
        rows = rows.filter(Q(due_on__gt=day) | Q(due_on=day, pk__gt=pk))
    found = list(rows[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    return PromisePage(
        found[:PAGE],
        encode_cursor(last.due_on.isoformat(), last.pk) if last and last.due_on else "",
    )


def dated(*, near: bool, today: date, after: int, limit: int) -> list[Commitment]:
    """Open promises whose date is near, or has passed, and for which that was not told yet."""
    rows = Commitment.objects.filter(
        state__in=OPEN,
        due_on__isnull=False,
        pk__gt=after,
        answer__idea__visibility=Visibility.PUBLISHED,
    ).exclude(kind=Commitment.Kind.NOT_POSSIBLE)
    rows = rows.filter(untold(near=near))
    rows = (
        rows.filter(due_on__range=(today, today + NEAR)) if near else rows.filter(due_on__lt=today)
    )
    return list(
        rows.select_related("answer__idea__project", "answer__officer").order_by("pk")[:limit]
    )


def untold(*, near: bool) -> Q:
    """Not told yet for the date that holds now."""
    name = "near_told_for" if near else "missed_told_for"
    return Q(**{f"{name}__isnull": True}) | ~Q(**{name: F("due_on")})


# --- Ratings ------------------------------------------------------------------------------------


@dataclass(slots=True)
class Scores:
    """Means of the four aspects, 1 to 4, None for an aspect with too few answers; n raters."""

    raters: int
    means: dict[str, float | None]


@dataclass(frozen=True, slots=True)
class Comment:
    """What a resident wrote, without the resident; `since` is the month in which it appeared."""

    key: UUID
    text: str
    since: date | None


@dataclass(slots=True)
class Opinions:
    """What residents think of an answer, and what this person said of it."""

    scores: Scores | None
    comments: list[Comment]
    own: AnswerRating | None

    @property
    def said(self) -> dict[str, Any]:
        if self.own is None:
            return {}
        return {name: getattr(self.own, name) for name in (*ASPECTS, "comment")}


def opinions(answer: OfficialAnswer, person: Any) -> Opinions:
    """What residents think of an answer, as of the last release; and the person's own rating.

    Scores and comments are empty below the minimum number of raters; a single aspect too.
    """
    released = _released(answer)
    own, comments = _own_and_comments(answer, person)
    return Opinions(
        Scores(released.raters, released.means) if released else None,
        comments if released else [],
        own,
    )


def _released(answer: OfficialAnswer) -> AnswerScores | None:
    """The figures that are shown of an answer; None while they are of fewer than five people."""
    scores: AnswerScores | None = getattr(answer, "scores", None)
    return scores if scores is not None and scores.raters >= MINIMUM_RATERS else None


def _own_and_comments(
    answer: OfficialAnswer, person: Any
) -> tuple[AnswerRating | None, list[Comment]]:
    """The person's rating and the comments that are shown, in one query.

    Comments stand in the order of their random keys: their places tell nothing about when they
    were written.
    """
    shown, mine = ~Q(shown_comment=""), Q(person_id=person.pk)
    rows = AnswerRating.objects.filter(shown | mine, answer=answer)
    # The limit must not cut it off.
    own_first = Case(When(mine, then=0), default=1)
    found = list(rows.order_by(own_first, "comment_key")[: MOST_COMMENTS + 1])
    own = next((row for row in found if row.person_id == person.pk), None)
    with_comment = [row for row in found if row.shown_comment and row.comment_key]
    with_comment.sort(key=lambda row: str(row.comment_key))
    return own, [
        Comment(row.comment_key, row.shown_comment, row.shown_since)
        for row in with_comment[:MOST_COMMENTS]
        if row.comment_key
    ]


def shown_comment(answer: OfficialAnswer, key: UUID) -> AnswerRating:
    """A comment that is shown now; Http404 for any other, so that its address tells nothing."""
    row = AnswerRating.objects.filter(answer=answer, comment_key=key).exclude(shown_comment="")
    found = row.first() if _released(answer) else None
    if found is None:
        raise Http404("comment")
    return found


def comments_to_check(person: Any) -> list[CommentRuling]:
    """Comments that wait for this moderator, oldest first; never of an answer below five raters."""
    scope = accounts_policy.scope_of(person, "moderator")
    if scope is None:
        return []
    rows = CommentRuling.objects.filter(decision="", rating__released=True)
    units, projects = scope
    if units is not None:
        rows = rows.filter(
            Q(rating__answer__idea__project__unit_id__in=units)
            | Q(rating__answer__idea__project_id__in=projects or ())
        )
    rows = rows.exclude(rating__answer__officer_id=person.pk).exclude(asked_by_id=person.pk)
    return list(
        rows.select_related(
            "rating__answer__idea__project", "rating__answer__unit", "asked_by"
        ).order_by("pk")[:PAGE]
    )


def ruling_for_page(person: Any, pk: int) -> CommentRuling:
    """A comment to decide on, or one just decided; Http404 while its rating is not released."""
    found = (
        CommentRuling.objects.select_related(
            "rating__answer__idea__project", "rating__answer__unit", "decided_by", "asked_by"
        )
        .filter(pk=pk, rating__released=True)
        .first()
    )
    if found is None:
        raise Http404("comment")
    return found


@dataclass(frozen=True, slots=True)
class Evidence:
    """What residents thought of an officer's answer, without the residents: for the development of
    the officer, never for a ranking.
    """

    answer_id: int
    officer_id: int
    unit_id: int
    within_authority: bool
    means: dict[str, float | None]  # by aspect, 1 to 4; None below five scores
    raters: int
    month: date  # the first day of the month of the last release
    url: str


def evidence_of(answer: OfficialAnswer) -> Evidence | None:
    """The evidence of an answer; None below five raters.

    None too when the counted raters read texts of several officers: what was said of one never
    counts for another. The figures are those of the last release, so that asking before and after
    one rating tells nothing about it.
    """
    scores = _released(answer)
    if scores is None or scores.officer_id is None:
        return None
    return Evidence(
        answer_id=answer.pk,
        officer_id=scores.officer_id,
        unit_id=answer.unit_id,
        within_authority=answer.idea.status != "outside_authority",
        means=scores.means,
        raters=scores.raters,
        month=scores.released_on.replace(day=1),
        url=reverse("forum:idea", args=[answer.idea_id]),
    )

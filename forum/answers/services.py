"""What happens to an official answer: drafted, checked by a colleague, published, changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import selectors as accounts_selectors
from core import live, text
from core.live import Fragment
from core.policy import Refused, require
from forum.answers import policy, rendering, selectors, variables
from forum.answers.models import (
    AnswerDraft,
    AnswerDraftChange,
    AnswerTemplate,
    AnswerVersion,
    Attachment,
    Commitment,
    CommitmentChange,
    OfficialAnswer,
)
from forum.clock import rendering as clock_rendering
from forum.disposition import services as disposition
from forum.notify import news
from participation import rendering as participation_rendering
from participation import selectors as participation_selectors
from participation import services as participation

if TYPE_CHECKING:
    from core.documents import Document
    from participation.models import Idea

State = AnswerDraft.State


@dataclass(frozen=True, slots=True)
class Promise:
    """One thing that will, or will not, be done, and by when. `pk` goes on with a standing one."""

    kind: str
    text: str
    due_on: date | None = None
    reason: str = ""
    pk: int | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """What an officer filled in. `kept`: the attachments that stay, by key; None keeps all."""

    body: str = ""
    promises: Sequence[Promise] = ()
    status: str = "answered"
    next_step: str = ""
    cost: str = ""
    cost_source: str = ""
    period: str = ""
    checklist: Sequence[str] = ()
    kept: Sequence[UUID] | None = None
    files: Sequence[Document] = ()


class StaleAnswer(Exception):
    """A colleague changed the answer, or its draft, since this form was opened."""


class AlreadyPublished(Exception):
    """A colleague published this draft a moment before."""


class NotReady(Exception):
    """The draft still lacks something; `missing` says what, in sentences."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(" ".join(missing))
        self.missing = missing


# --- Drafts -------------------------------------------------------------------------------------


@transaction.atomic
def save_draft(
    *,
    idea: Idea,
    officer: Any,
    content: Content,
    seen_version: int = 0,
    seen_draft: int | None = None,
) -> AnswerDraft:
    """Keep an answer that is not ready, for the responders of the unit alone.

    There is one open draft of an aspirasi; whoever saved it last signs it. Saving takes a draft
    back from the colleague who checks it. `seen_version` is the version of the standing answer
    that the officer saw (0: none), `seen_draft` of the draft (None: not asked); StaleAnswer when a
    colleague was faster.
    """
    require(policy.may_answer(officer, idea))
    draft = AnswerDraft.objects.select_for_update().filter(idea=idea, state__in=AnswerDraft.OPEN)
    found = draft.first()
    standing = OfficialAnswer.objects.filter(idea=idea).first()
    if (standing.version if standing else 0) != seen_version:
        raise StaleAnswer
    if seen_draft is not None and (found.version if found else 0) != seen_draft:
        raise StaleAnswer
    before = found.state if found else ""
    made = found or AnswerDraft(idea=idea, version=0)
    made.author = officer
    made.unit = accounts_selectors.unit_of(officer) or idea.project.unit
    made.base_version = seen_version
    made.state = State.DRAFT if before == State.IN_REVIEW else before or State.DRAFT
    made.version += 1
    made.saved_at = timezone.now()
    _fill(made, content, fresh=found is None)
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError as error:  # a colleague began a draft at the same moment
        raise StaleAnswer from error
    if made.state != before:
        _remember(made, before, officer)
    return made


def _fill(draft: AnswerDraft, content: Content, *, fresh: bool) -> None:
    """Put what was filled in into the draft; what was uploaded and taken out again is deleted."""
    draft.body, draft.idea_status = content.body, content.status
    draft.next_step, draft.period = content.next_step, content.period
    draft.cost, draft.cost_source = content.cost, content.cost_source
    draft.promises = [_promise_row(promise) for promise in content.promises]
    draft.checklist = list(content.checklist)
    rows = Attachment.objects.filter(idea_id=draft.idea_id)
    present = rows.filter(is_published=True) if fresh else rows.filter(pk__in=draft.attachments)
    kept = [row for row in present if content.kept is None or row.key in content.kept]
    for row in present:
        if row not in kept and not row.is_published:
            _delete(row)
    added = [_attach(draft, document) for document in content.files]
    draft.attachments = [row.pk for row in (*kept, *added)]


def _attach(draft: AnswerDraft, document: Document) -> Attachment:
    row = Attachment(
        idea_id=draft.idea_id,
        name=document.name,
        content_type=document.content_type,
        size=len(document.content),
        added_by=draft.author,
    )
    name = f"{row.key}.{document.extension}"
    row.file.save(name, ContentFile(document.content), save=True)
    return row


def _delete(row: Attachment) -> None:
    storage, name = row.file.storage, row.file.name or ""
    row.delete()

    def delete_file() -> None:
        storage.delete(name)

    transaction.on_commit(delete_file, robust=True)


def _promise_row(promise: Promise) -> dict[str, Any]:
    row = asdict(promise)
    row["due_on"] = promise.due_on.isoformat() if promise.due_on else None
    return row


def promises_of(draft: AnswerDraft) -> list[Promise]:
    """The promises of a draft as they were filled in."""
    return [
        Promise(**{**row, "due_on": date.fromisoformat(row["due_on"]) if row["due_on"] else None})
        for row in draft.promises
    ]


def missing(draft: AnswerDraft) -> list[str]:
    """What a draft lacks before it may be sent, in sentences; nothing when it is complete."""
    found = [] if draft.body else [_("Tulis jawabannya dulu.")]
    promises = promises_of(draft)
    texts = [draft.body, draft.next_step, draft.cost, draft.period]
    texts += [part for promise in promises for part in (promise.text, promise.reason)]
    if left := variables.unfilled("\n".join(texts)):
        found.append(_("Masih ada yang belum diisi: %(what)s.") % {"what": ", ".join(left[:5])})
    if any(p.kind == Commitment.Kind.NOT_POSSIBLE and not p.reason for p in promises):
        found.append(_("Tulis alasan dari setiap hal yang belum bisa dipenuhi."))
    return found


@transaction.atomic
def send_for_review(*, draft: AnswerDraft, by: Any, seen_version: int) -> None:
    """Ask a colleague of the unit to look at the draft. NotReady when something is missing."""
    require(policy.may_answer(by, draft.idea))
    if lacking := missing(draft):
        raise NotReady(lacking)
    old = draft.state
    _move(draft, to=State.IN_REVIEW, since=(State.DRAFT, State.RETURNED), seen=seen_version)
    change = _remember(draft, old, by)
    news.draft_waits(draft, change, people=reviewers(draft) - {by.pk})


def reviewers(draft: AnswerDraft) -> set[int]:
    """The ids of those who are asked to check a draft: responders and leaders of its unit."""
    holders, units = accounts_selectors.holders, [draft.unit_id]
    found = {
        *holders("responder", units=units, project=draft.idea.project_id, everywhere=False),
        *holders("leader", units=units, everywhere=False),
    }
    return {person.pk for person in found} - {draft.author_id}


@transaction.atomic
def return_draft(*, draft: AnswerDraft, by: Any, remark: str, seen_version: int) -> None:
    """Give a draft back to its writer with a remark; the standing answer stays as it is."""
    require(policy.may_check(by, draft))
    _move(draft, to=State.RETURNED, since=(State.IN_REVIEW,), seen=seen_version)
    change = _remember(draft, State.IN_REVIEW, by, remark)
    news.draft_returned(draft, change)


@transaction.atomic
def take_back(*, draft: AnswerDraft, by: Any, seen_version: int) -> None:
    """Go on writing a draft that lies with a colleague."""
    require(policy.may_answer(by, draft.idea))
    _move(draft, to=State.DRAFT, since=(State.IN_REVIEW,), seen=seen_version)
    _remember(draft, State.IN_REVIEW, by)


def _move(draft: AnswerDraft, *, to: str, since: tuple[str, ...], seen: int) -> None:
    """Move a draft if it still is what was seen: of two who press at once, one gets through."""
    rows = AnswerDraft.objects.filter(pk=draft.pk, version=seen, state__in=since)
    if not rows.update(state=to, version=seen + 1):
        state = AnswerDraft.objects.values_list("state", flat=True).get(pk=draft.pk)
        raise AlreadyPublished if state == State.PUBLISHED else StaleAnswer
    draft.state, draft.version = to, seen + 1


def _remember(draft: AnswerDraft, old: str, by: Any, remark: str = "") -> AnswerDraftChange:
    return AnswerDraftChange.objects.create(
        draft=draft, old=old, new=draft.state, by=by, remark=remark
    )


# --- Publishing ---------------------------------------------------------------------------------


@transaction.atomic
def publish_draft(*, draft: AnswerDraft, by: Any, seen_version: int) -> OfficialAnswer:
    """Make a draft the official answer of the responsible unit, once.

    The earlier text stays in the versions. Raises AlreadyPublished or StaleAnswer when a colleague
    was faster, NotReady when something is missing. The aspirasi moves to the status that the draft
    names; whoever reads its page sees the answer and the new step.
    """
    require(policy.may_publish(by, draft))
    if lacking := missing(draft):
        raise NotReady(lacking)
    old = draft.state
    # On the state that the policy was asked about: a draft taken back meanwhile is not published.
    _move(draft, to=State.PUBLISHED, since=(old,), seen=seen_version)
    _remember(draft, old, by)
    idea = draft.idea
    answer = OfficialAnswer.objects.select_for_update().filter(idea=idea).first()
    if (answer.version if answer else 0) != draft.base_version:
        raise StaleAnswer
    answer = _write(answer, draft, reviewer=by if by.pk != draft.author_id else None)
    disposition.answered(idea=idea, by=draft.author, unit=draft.unit)
    participation.record_answer(idea=idea, status=draft.idea_status, by=draft.author)
    news.answer_published(answer, idea)
    show(idea, answer)
    return answer


def publish_answer(
    *,
    idea: Idea,
    officer: Any,
    body: str,
    promises: Sequence[Promise] = (),
    status: str = "answered",
    seen_version: int = 0,
) -> OfficialAnswer:
    """Write and publish in one go, where no second pair of eyes is wanted."""
    content = Content(body=body, promises=promises, status=status)
    with transaction.atomic():
        draft = save_draft(idea=idea, officer=officer, content=content, seen_version=seen_version)
        return publish_draft(draft=draft, by=officer, seen_version=draft.version)


@transaction.atomic
def hand_in(
    *, idea: Idea, officer: Any, content: Content, seen_version: int, seen_draft: int
) -> AnswerDraft:
    """Save and send in one go: to a colleague where the unit wants that, else to the public."""
    draft = save_draft(
        idea=idea,
        officer=officer,
        content=content,
        seen_version=seen_version,
        seen_draft=seen_draft,
    )
    if draft.unit.answers_need_review:
        send_for_review(draft=draft, by=officer, seen_version=draft.version)
    else:
        publish_draft(draft=draft, by=officer, seen_version=draft.version)
    return draft


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one of several drafts: a code, and the draft where it may be named."""

    code: str  # published, already, stale, not_allowed, not_ready
    draft: AnswerDraft | None = None
    missing: Sequence[str] = ()


def publish_many(*, chosen: Sequence[tuple[int, int]], by: Any) -> list[Outcome]:
    """Publish several drafts, (id, seen version) each, one after the other.

    Each is its own transaction: one that cannot be published keeps none of the others back.
    """
    return [_publish_one(pk, seen, by) for pk, seen in chosen]


def _publish_one(pk: int, seen: int, by: Any) -> Outcome:
    draft = selectors.draft_visible_to(by, pk)
    if draft is None:
        return Outcome("not_allowed")
    if draft.state == State.PUBLISHED:
        return Outcome("already", draft)
    if draft.version != seen:
        return Outcome("stale", draft)
    try:
        publish_draft(draft=draft, by=by, seen_version=seen)
    except Refused:
        return Outcome("not_allowed", draft)
    except AlreadyPublished:
        return Outcome("already", draft)
    except StaleAnswer:
        return Outcome("stale", draft)
    except NotReady as error:
        return Outcome("not_ready", draft, error.missing)
    return Outcome("published", draft)


def _write(answer: OfficialAnswer | None, draft: AnswerDraft, *, reviewer: Any) -> OfficialAnswer:
    """Put the draft in the place of the answer that stands, which stays in the versions."""
    if answer is None:
        answer = OfficialAnswer(idea=draft.idea)
    else:
        _keep_version(answer)
        answer.edited_at = timezone.now()
        answer.version += 1
    answer.unit, answer.officer, answer.reviewer = draft.unit, draft.author, reviewer
    answer.body, answer.body_html = draft.body, text.staff_html(draft.body)
    answer.next_step, answer.period = draft.next_step, draft.period
    answer.cost, answer.cost_source = draft.cost, draft.cost_source
    answer.checklist = draft.checklist
    files = Attachment.objects.filter(idea_id=draft.idea_id)
    files.update(is_published=False)
    shown = files.filter(pk__in=draft.attachments)
    shown.update(is_published=True)
    answer.attachments = [
        {"key": str(row.key), "name": row.name, "size": row.size} for row in shown.order_by("pk")
    ]
    answer.save()
    _write_promises(answer, promises_of(draft))
    return answer


def _keep_version(answer: OfficialAnswer) -> None:
    AnswerVersion.objects.create(
        answer=answer,
        version=answer.version,
        body=answer.body,
        commitments=[
            {
                "kind": c.kind,
                "text": c.text,
                "reason": c.reason,
                "due_on": c.due_on.isoformat() if c.due_on else None,
                "state": c.state,
            }
            for c in answer.commitments.all()
        ],
        details={
            "next_step": answer.next_step,
            "cost": answer.cost,
            "cost_source": answer.cost_source,
            "period": answer.period,
            "attachments": [each["name"] for each in answer.attachments],
        },
        checklist=answer.checklist,
        unit=answer.unit,
        officer=answer.officer,
        reviewer=answer.reviewer,
        at=answer.edited_at or answer.published_at,
    )


def _write_promises(answer: OfficialAnswer, promises: Sequence[Promise]) -> None:
    """Go on with the promises that stand, add the new ones, take back what was left out.

    A promise with a date never disappears and never moves in silence: both are changes that its
    history shows.
    """
    standing = [c for c in answer.commitments.all() if c.is_open]
    for promise in promises:
        same = next((c for c in standing if _continues(promise, c)), None)
        if same is None:
            fields = asdict(replace(promise, pk=None))
            del fields["pk"]
            Commitment.objects.create(answer=answer, **fields)
            continue
        standing.remove(same)
        old_state, old_due = same.state, same.due_on
        same.kind, same.text, same.reason = promise.kind, promise.text, promise.reason
        same.due_on = promise.due_on
        if old_due and promise.due_on and promise.due_on > old_due:
            same.state = Commitment.State.DELAYED
        _store(same, old_state, old_due, by=answer.officer)
    for left in standing:
        if left.due_on is None and not left.changes.exists():
            left.delete()
            continue
        old_state, left.state = left.state, Commitment.State.DROPPED
        _store(left, old_state, left.due_on, by=answer.officer)


def _continues(promise: Promise, commitment: Commitment) -> bool:
    if promise.pk is not None:
        return promise.pk == commitment.pk
    return (promise.kind, promise.text) == (commitment.kind, commitment.text)


def _store(commitment: Commitment, old_state: str, old_due: date | None, *, by: Any) -> None:
    if (old_state, old_due) != (commitment.state, commitment.due_on):
        commitment.state_at, commitment.state_reason = timezone.now(), ""
        CommitmentChange.objects.create(
            commitment=commitment,
            old=old_state,
            new=commitment.state,
            old_due_on=old_due,
            new_due_on=commitment.due_on,
            by=by,
        )
    commitment.version += 1
    commitment.save()


def show(idea: Idea, answer: OfficialAnswer) -> None:
    """Count the change and send answer and steps to who is reading. Last in the transaction."""
    revision = participation.count_change(idea, status=True)
    OfficialAnswer.objects.filter(pk=answer.pk).update(revision=revision)
    answer.revision = revision
    participation.announce_row(idea)

    def fragments() -> list[Fragment]:
        fresh = participation_selectors.fresh(idea.pk)
        return [
            rendering.official_fragment(fresh, selectors.answer_to(fresh)),
            participation_rendering.steps_fragment(fresh),
            clock_rendering.due_fragment(fresh),
            participation_rendering.status_fragment(fresh),
        ]

    live.push(idea.topic, revision, fragments)


# --- Templates ----------------------------------------------------------------------------------


@transaction.atomic
def save_template(
    *, by: Any, fields: dict[str, Any], template: AnswerTemplate | None = None
) -> AnswerTemplate:
    """Keep a template of the officer's unit, or change one. The form has checked its variables."""
    require(policy.may_use_templates(by))
    if template is None:
        unit = accounts_selectors.unit_of(by)
        assert unit is not None, "the form is not offered without a unit"
        template = AnswerTemplate(unit=unit)
    require(policy.may_change_template(by, template))
    for name, value in fields.items():
        setattr(template, name, value)
    template.changed_by, template.changed_at = by, timezone.now()
    template.save()
    return template


@transaction.atomic
def archive_template(*, template: AnswerTemplate, by: Any, archived: bool) -> None:
    """Take a template out of the choice, or put it back."""
    require(policy.may_change_template(by, template))
    AnswerTemplate.objects.filter(pk=template.pk).update(
        is_archived=archived, changed_by=by, changed_at=timezone.now()
    )

"""What happens to an aspirasi: received, published, hidden, moved on, supported."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_noop

from core import live, publishing, search
from core.live import Fragment
from core.photos import Picture
from core.policy import require
from core.publishing import Visibility
from notifications import services as notifications
from notifications.services import Category as News
from notifications.services import Happening
from participation import policy, rendering, tasks
from participation.models import (
    Follow,
    Idea,
    IdeaHistory,
    Photo,
    Project,
    ShownAs,
    Status,
    Support,
    Visit,
)


@dataclass(frozen=True, slots=True)
class IdeaDraft:
    """What a resident filled in, already checked by the form."""

    title: str
    body: str
    category_id: str
    village_id: str
    place: str = ""
    latitude: float | None = None
    longitude: float | None = None
    shown_as: str = ShownAs.NAME


@transaction.atomic
def receive_idea(
    *,
    author: Any,
    project: Project,
    draft: IdeaDraft,
    client_key: UUID,
    photos: Sequence[Picture] = (),
) -> tuple[Idea, bool]:
    """Store an aspirasi, held. Returns it and whether it is new.

    The same client key from the same author gives the first one back: a repeated send makes no
    second post.
    """
    require(policy.may_submit_idea(author, project))
    idea = Idea(
        project=project,
        author=author,
        client_key=client_key,
        title=draft.title,
        body=draft.body,
        category_id=draft.category_id,
        village_id=draft.village_id,
        place=draft.place,
        latitude=draft.latitude,
        longitude=draft.longitude,
        shown_as=draft.shown_as,
        search_text=search.normal_form(draft.title, draft.body, draft.place),
    )
    try:
        with transaction.atomic():
            idea.save()
    except IntegrityError:
        first = Idea.objects.filter(author=author, client_key=client_key).first()
        if first is None:
            raise
        return first, False
    add_photos(idea=idea, photos=photos)
    _remember(idea, IdeaHistory.Field.VISIBILITY, "", Visibility.HELD, author)
    return idea, True


def add_photos(*, idea: Idea, photos: Sequence[Picture]) -> None:
    """Put photos behind those that an aspirasi has."""
    if not photos:
        return
    first = idea.photos.count() + 1
    for position, picture in enumerate(photos, start=first):
        photo = Photo(idea=idea, width=picture.width, height=picture.height, position=position)
        photo.file.save(f"{photo.key}.webp", ContentFile(picture.content), save=True)


@transaction.atomic
def publish_idea(*, idea: Idea, by: Any) -> bool:
    """Make an aspirasi public, or public again. Returns False when somebody else already did."""
    old = idea.visibility
    if not publishing.claim(
        idea,
        to=Visibility.PUBLISHED,
        since=(Visibility.HELD, Visibility.HIDDEN),
        published_at=Coalesce("published_at", Value(timezone.now())),
    ):
        return False
    idea.refresh_from_db(fields=["published_at", "answered_at"])
    Project.objects.filter(pk=idea.project_id).update(
        idea_count=F("idea_count") + 1,
        answered_count=F("answered_count") + (1 if idea.answered_at else 0),
    )
    _remember(idea, IdeaHistory.Field.VISIBILITY, old, Visibility.PUBLISHED, by)
    _announce(idea)
    return True


@transaction.atomic
def hide_idea(*, idea: Idea, by: Any, reason: str) -> bool:
    """Take an aspirasi out of sight; the reason is for its author. False when it already was.

    The page becomes a tombstone; who watches it live is sent away to read that.
    """
    old = idea.visibility
    was_published = publishing.claim(idea, to=Visibility.HIDDEN, since=(Visibility.PUBLISHED,))
    if not was_published and not publishing.claim(
        idea, to=Visibility.HIDDEN, since=(Visibility.HELD,)
    ):
        return False
    if was_published:
        Project.objects.filter(pk=idea.project_id).update(
            idea_count=F("idea_count") - 1,
            answered_count=F("answered_count") - (1 if idea.answered_at else 0),
        )
    _remember(idea, IdeaHistory.Field.VISIBILITY, old, Visibility.HIDDEN, by, reason)
    if was_published:
        _announce(idea)
        live.close_topic(idea.topic)
    return True


@transaction.atomic
def revise_idea(*, idea: Idea, title: str, body: str, place: str) -> None:
    """Store what an author was asked to change, of an aspirasi that nobody else can read."""
    Idea.objects.filter(pk=idea.pk).exclude(visibility=Visibility.PUBLISHED).update(
        title=title,
        body=body,
        place=place,
        search_text=search.normal_form(title, body, place),
    )
    idea.refresh_from_db(fields=["title", "body", "place", "search_text"])


@transaction.atomic
def merge_idea(*, idea: Idea, into: Idea, by: Any) -> bool:
    """Make an aspirasi part of another one. False when it already is part of one.

    It stays readable and takes no more support or replies. Support never moves by itself: who gave
    it is told and may move the own (`move_support`).
    """
    lock(idea.pk, into.pk)
    for each in (idea, into):
        each.refresh_from_db(fields=["merged_into", "visibility"])
    require(policy.may_merge(by, idea, into))
    Idea.objects.filter(pk=idea.pk).update(merged_into=into)
    idea.merged_into = into
    change = _remember(idea, IdeaHistory.Field.MERGED, "", into.number, by)
    event = notifications.record(
        Happening(
            key=f"merged.{change.pk}",
            category=News.FOLLOWED,
            headline=gettext_noop(
                "Digabung dengan aspirasi serupa. Anda bisa memindahkan dukungan"
            ),
            url=reverse("forum:idea", args=[idea.pk]),
            thread_key=thread_key(idea),
            thread_title=idea.title,
            place_title=idea.project.title,
            source_kind="idea",
            source_id=idea.pk,
        )
    )
    if event is not None:
        tasks.tell_supporters.enqueue(event_id=event.pk, idea_id=idea.pk, by_id=by.pk)
    _announce(idea)
    _announce(into)
    return True


@transaction.atomic
def split_idea(*, idea: Idea, by: Any) -> bool:
    """Undo a merger. Support that its givers moved stays where they moved it."""
    lock(idea.pk, idea.merged_into_id)
    idea.refresh_from_db(fields=["merged_into"])
    into = idea.merged_into
    if into is None:
        return False
    require(policy.may_moderate(by, idea.project))
    Idea.objects.filter(pk=idea.pk).update(merged_into=None)
    idea.merged_into = None
    _remember(idea, IdeaHistory.Field.MERGED, into.number, "", by)
    _announce(idea)
    _announce(into)
    return True


@transaction.atomic
def move_support(*, idea: Idea, person: Any) -> bool:
    """Move one's own support to the aspirasi that this one was merged into.

    False when there is nothing to move. Who already supports the other one only takes this back.
    """
    own = Support.objects.select_for_update().filter(idea=idea, person=person).first()
    lock(idea.pk, idea.merged_into_id)
    idea.refresh_from_db(fields=["merged_into"])
    into = idea.merged_into
    if own is None or into is None:
        return False
    require(policy.may_support(person, into))
    own.delete()
    Idea.objects.filter(pk=idea.pk).update(support_count=F("support_count") - 1)
    support(idea=into, person=person)
    return True


@transaction.atomic
def change_status(*, idea: Idea, status: str, by: Any, reason: str = "") -> bool:
    """Say how far an aspirasi has come. Returns False when it already was there."""
    require(policy.may_change_status(by, idea))
    old = idea.status
    if not Idea.objects.filter(pk=idea.pk, status=old).exclude(status=status).update(status=status):
        return False
    idea.status = status
    change = _remember(idea, IdeaHistory.Field.STATUS, old, status, by, reason)
    tell_all(
        idea=idea,
        key=f"status.{change.pk}",
        own=News.STATUS,
        headline=gettext_noop("Status: %(status)s"),
        words={"status": _label(status)},
        by=by,
    )
    _announce(idea)
    return True


@transaction.atomic
def record_answer(*, idea: Idea, status: str, by: Any) -> None:
    """Note that an aspirasi has its official answer: time, status, the project's count."""
    first = Idea.objects.filter(pk=idea.pk, answered_at__isnull=True).update(
        answered_at=timezone.now()
    )
    if first and idea.is_published:
        Project.objects.filter(pk=idea.project_id).update(answered_count=F("answered_count") + 1)
    idea.refresh_from_db(fields=["answered_at", "status"])
    if idea.status != status:
        old, idea.status = idea.status, status
        Idea.objects.filter(pk=idea.pk).update(status=status)
        _remember(idea, IdeaHistory.Field.STATUS, old, status, by)


def lock(*pks: int | None) -> None:
    """Lock aspirasi until the transaction ends, in the order of their ids."""
    rows = Idea.objects.select_for_update(no_key=True).filter(pk__in=[pk for pk in pks if pk])
    list(rows.order_by("pk").values_list("pk", flat=True))


def count_change(idea: Idea, *, replies: int = 0, status: bool = False) -> int:
    """Count a visible change of an aspirasi's page; returns the new revision. Call it last.

    In the same update `replies` is added to the number of public replies, and `status` marks the
    steps region as changed.
    """
    changes: dict[str, Any] = {}
    if replies:
        changes["reply_count"] = F("reply_count") + replies
    if status:
        changes["status_revision"] = F("revision") + 1
    return live.bump(idea, **changes)


def announce_row(idea: Idea) -> None:
    """Tell who watches the project's list that this aspirasi's row changed."""
    revision = live.bump(idea.project)
    Idea.objects.filter(pk=idea.pk).update(project_revision=revision)
    idea.project_revision = revision

    def fragments() -> list[Fragment]:
        fresh = Idea.objects.select_related("category", "village", "author", "project").get(
            pk=idea.pk
        )
        return [rendering.row_fragment(fresh)]

    live.push(idea.project.topic, revision, fragments)


# --- Who hears of it ----------------------------------------------------------------------------


@transaction.atomic
def tell_all(
    *,
    idea: Idea,
    key: str,
    own: str,
    headline: str,
    words: dict[str, str],
    by: Any,
    others: str = News.FOLLOWED,
) -> None:
    """Tell the author, and in the background whoever supports it or follows the project.

    `own` is what kind of news it is for the author, `others` for the rest. `by` is not told; None
    when the clock did it. What this costs does not grow with the number of followers.
    """
    by_id = by.pk if by else 0
    happening = Happening(
        key=f"{key}.author",
        category=own,
        headline=headline,
        words=words,
        url=reverse("forum:idea", args=[idea.pk]),
        thread_key=thread_key(idea),
        thread_title=idea.title,
        place_title=idea.project.title,
        source_kind="idea",
        source_id=idea.pk,
    )
    if idea.author_id != by_id:
        notifications.tell(happening, recipients=[idea.author_id])
    event = notifications.record(replace(happening, key=key, category=others))
    if event is not None:
        tasks.tell_followers.enqueue(event_id=event.pk, idea_id=idea.pk, by_id=by_id)


def thread_key(idea: Idea) -> str:
    """Under which all news of an aspirasi is one line in a person's list."""
    return f"idea.{idea.pk}"


@transaction.atomic
def follow(*, project: Project, person: Any) -> None:
    """Hear of official answers and changes of status in a project."""
    require(policy.may_view_project(person, project))
    require(policy.may_take_part(person))
    Follow.objects.update_or_create(project=project, person=person, defaults={"muted": False})


@transaction.atomic
def mute(*, project: Project, person: Any) -> None:
    """Hear nothing of a project any more but official news of one's own posts."""
    require(policy.may_take_part(person))
    Follow.objects.update_or_create(project=project, person=person, defaults={"muted": True})


@transaction.atomic
def unfollow(*, project: Project, person: Any) -> None:
    """Hear of a project as if never asked."""
    Follow.objects.filter(project=project, person=person).delete()


VISIT_ENDS = timedelta(minutes=30)
NOTED_EVERY = timedelta(minutes=5)


def note_visit(*, person: Any, project: Project | None = None) -> datetime | None:
    """Note that the person looks at a project (or the home page) now.

    Returns the end of the visit before this one, None at the first. Looks less than half an hour
    apart are one visit; within five minutes nothing is written.
    """
    now = timezone.now()
    visit, is_new = Visit.objects.get_or_create(
        person=person, project=project, defaults={"at": now}
    )
    if is_new or now - visit.at < NOTED_EVERY:
        return visit.before
    before = visit.at if now - visit.at > VISIT_ENDS else visit.before
    # Of two pages opened at once only one moves the visit on.
    Visit.objects.filter(pk=visit.pk, at=visit.at).update(at=now, before=before)
    return before


@transaction.atomic
def support(*, idea: Idea, person: Any) -> bool:
    """Stand behind an aspirasi; False when the person already does."""
    require(policy.may_support(person, idea))
    _row, created = Support.objects.get_or_create(idea=idea, person=person)
    if created:
        counted = Idea.objects.filter(pk=idea.pk, merged_into=None).update(
            support_count=F("support_count") + 1
        )
        if not counted:  # merged since it was looked at
            idea.refresh_from_db(fields=["merged_into"])
            require(policy.may_support(person, idea))
    idea.refresh_from_db(fields=["support_count"])
    return created


@transaction.atomic
def withdraw_support(*, idea: Idea, person: Any) -> bool:
    """Take one's support back; False when there was none."""
    require(policy.may_support(person, idea))
    removed, _rows = Support.objects.filter(idea=idea, person=person).delete()
    if removed:
        Idea.objects.filter(pk=idea.pk).update(support_count=F("support_count") - 1)
    idea.refresh_from_db(fields=["support_count"])
    return bool(removed)


def _remember(
    idea: Idea, field: str, old: str, new: str, actor: Any, reason: str = ""
) -> IdeaHistory:
    return IdeaHistory.objects.create(
        idea=idea, field=field, old=old, new=new, actor=actor, reason=reason
    )


def _label(status: str) -> str:
    """The name of a status in Indonesian, which is what its translation is found by."""
    with translation.override("id"):
        return str(Status(status).label)


def _announce(idea: Idea) -> None:
    """A change that both the page and the project's list show."""
    revision = count_change(idea, status=True)

    def fragments() -> list[Fragment]:
        fresh = Idea.objects.get(pk=idea.pk)
        return [rendering.steps_fragment(fresh), rendering.status_fragment(fresh)]

    live.push(idea.topic, revision, fragments)
    announce_row(idea)

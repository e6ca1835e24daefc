"""What people read of projects and aspirasi; `visible_to` is the one predicate of visibility."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db import connection
from django.db.models import (
    Count,
    Exists,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Value,
    prefetch_related_objects,
)
from django.http import Http404
from django.utils import timezone

from accounts import policy as accounts_policy
from core import search
from core.http import decode_cursor, encode_cursor
from core.publishing import Visibility
from participation import policy
from participation.models import (
    Category,
    Follow,
    Idea,
    IdeaHistory,
    Phase,
    Photo,
    Project,
    Status,
    Support,
)

PAGE = 30


def categories() -> list[Category]:
    return list(Category.objects.all())


# --- Projects -----------------------------------------------------------------------------------


def projects_visible_to(person: Any) -> QuerySet[Project]:
    """Published projects; those of the staff only for civil servants. Unit and phases loaded."""
    rows = Project.objects.filter(is_published=True)
    if not accounts_policy.is_asn(person):
        rows = rows.filter(staff_only=False)
    return rows.select_related("unit", "village").prefetch_related("phases")


def project_by_slug(person: Any, slug: str) -> Project:
    """One project that the person may see; Http404 otherwise."""
    project = projects_visible_to(person).filter(slug=slug).first()
    if project is None:
        raise Http404("project")
    return project


def projects_by_deadline(person: Any) -> list[Project]:
    """Visible projects: open for ideas first, nearest deadline first, then the newest."""
    far = 10_000

    def urgency(project: Project) -> tuple[int, int, int]:
        phase = project.phase
        left = phase.days_left if phase else None
        return (0 if policy.takes_ideas(project) else 1, far if left is None else left, -project.pk)

    return sorted(projects_visible_to(person), key=urgency)


# What could not be told on its day, because nothing ran, is told up to so much later.
TOLD_LATE = timedelta(days=2)
CLOSES_SOON = timedelta(days=3)


def phases_begun(today: date) -> list[Phase]:
    """Phases that have begun today, or in the two days before, and still run."""
    rows = _told_phases().filter(starts_on__range=(today - TOLD_LATE, today))
    return [phase for phase in rows if phase.project.phase_on(today) == phase]


def phases_closing(today: date) -> list[Phase]:
    """Phases that take aspirasi and whose last day is at most three days away.

    Not one that begins today: that is told already. Not one that another phase ends before.
    """
    rows = _told_phases().filter(
        stage__in=policy.ACCEPTS_IDEAS,
        starts_on__lt=today,
        ends_on__range=(today, today + CLOSES_SOON),
    )
    return [phase for phase in rows if phase.project.phase_on(phase.ends_on or today) == phase]


def _told_phases() -> QuerySet[Phase]:
    rows = Phase.objects.filter(project__is_published=True).select_related("project")
    return rows.prefetch_related("project__phases").order_by("pk")


def phases_visible_to(person: Any) -> QuerySet[Phase]:
    """Phases of projects that the person may see, with the project's unit."""
    projects = projects_visible_to(person).values("pk")
    return Phase.objects.filter(project__in=projects).select_related("project__unit")


# --- Aspirasi -----------------------------------------------------------------------------------


def visible_to(person: Any) -> QuerySet[Idea]:
    """The published aspirasi of projects that the person may see."""
    rows = Idea.objects.filter(visibility=Visibility.PUBLISHED, project__is_published=True)
    if not accounts_policy.is_asn(person):
        rows = rows.filter(project__staff_only=False)
    return rows


def idea_for_page(person: Any, pk: int) -> Idea:
    """One aspirasi with what its page needs; Http404 when the person may not know of it.

    A hidden one is found by everybody who may see the project: its page is a tombstone.
    `reader_supports` says whether this person supports it, `has_merged` whether others are part of
    it.
    """
    rows = Idea.objects.select_related(
        "project__unit", "author__village", "category", "village", "merged_into"
    ).prefetch_related("project__phases", "photos")
    own = Support.objects.filter(idea=OuterRef("pk"), person_id=person.pk)
    rows = rows.annotate(
        reader_supports=Exists(own) if person.is_authenticated else Value(False),
        has_merged=Exists(Idea.objects.filter(merged_into=OuterRef("pk"))),
    )
    idea = rows.filter(pk=pk).first()
    if idea is None or not policy.may_view_project(person, idea.project):
        raise Http404("idea")
    if idea.visibility in (Visibility.HELD, Visibility.WITHDRAWN) and not policy.may_view_idea(
        person, idea
    ):
        raise Http404("idea")
    return idea


def merged_into(idea: Idea) -> list[Idea]:
    """The public aspirasi that are part of this one, in the order of their numbers."""
    rows = Idea.objects.filter(merged_into=idea, visibility=Visibility.PUBLISHED)
    return list(rows.only("id", "title", "support_count", "created_at").order_by("id"))


def merge_target(person: Any, pk: int) -> Idea | None:
    """A public aspirasi that the person may see, to merge another one into."""
    return visible_to(person).select_related("project").filter(pk=pk).first()


@dataclass(slots=True)
class IdeaFilter:
    """What a list of aspirasi is narrowed to. Unknown values are ignored, not errors."""

    query: str = ""
    village: str = ""
    category: str = ""
    status: str = ""
    sort: str = "newest"
    cursor: str = ""
    project: Project | None = None

    @property
    def count(self) -> int:
        """How many filters are set (the sort order is none)."""
        return sum(bool(value) for value in (self.query, self.village, self.category, self.status))


SORTS = {
    "newest": ("published_at", datetime),
    "supported": ("support_count", int),
    "answered": ("answered_at", datetime),
}


@dataclass(slots=True)
class IdeaPage:
    """One page of a list and the cursor of the next one ('' at the end)."""

    ideas: list[Idea] = field(default_factory=list)  # as much of them as ROW_STATE
    next_cursor: str = ""


# What tells whether the kept HTML of a row is still right; the rest is read when it is not.
ROW_STATE = (
    "project_revision",
    "support_count",
    "reply_count",
    "published_at",
    "answered_at",
    "project__id",
    "merged_into_id",
)


def list_ideas(person: Any, wanted: IdeaFilter) -> IdeaPage:
    """A page of the aspirasi that the person may see, in the order asked for.

    Pages are cut by the last row's place (keyset), so the thousandth page costs what the first
    one does, and a new aspirasi shifts nothing. Http404 for a cursor that is not ours.
    """
    rows = narrowed(visible_to(person), wanted)
    column, kind = SORTS[wanted.sort]
    if wanted.sort == "answered":
        rows = rows.filter(answered_at__isnull=False)
    if wanted.cursor:
        rows = _after(rows, wanted.cursor, column, kind)
    rows = rows.order_by(f"-{column}", "-id").select_related("project").only(*ROW_STATE)
    found = list(rows[: PAGE + 1])
    page = found[:PAGE]
    # One object for each project, with its phases: thirty rows are of a few projects.
    projects = {wanted.project.pk: wanted.project} if wanted.project else {}
    for idea in page:
        idea.project = projects.setdefault(idea.project_id, idea.project)
    if wanted.project is None:
        prefetch_related_objects(list(projects.values()), "phases")
    return IdeaPage(page, _cursor(page[-1], column) if len(found) > PAGE else "")


def ideas_for_rows(pks: list[int]) -> dict[int, Idea]:
    """Aspirasi with what their rows show, by id."""
    rows = Idea.objects.filter(pk__in=pks).select_related("category", "village", "project")
    return {idea.pk: idea for idea in rows.defer("search_text")}


def narrowed(rows: QuerySet[Idea], wanted: IdeaFilter) -> QuerySet[Idea]:
    """The rows that a filter leaves."""
    if wanted.project is not None:
        rows = rows.filter(project=wanted.project)
    if wanted.village:
        rows = rows.filter(village_id=wanted.village)
    if wanted.category:
        rows = rows.filter(category_id=wanted.category)
    if wanted.status:
        rows = rows.filter(status=wanted.status)
    if wanted.query:
        rows = search.matching(rows, wanted.query, field="search_text", table="participation_idea")
    return rows


def _cursor(idea: Idea, column: str) -> str:
    value = getattr(idea, column)
    return encode_cursor(value.isoformat() if isinstance(value, datetime) else value, idea.pk)


def _after(rows: QuerySet[Idea], cursor: str, column: str, kind: type) -> QuerySet[Idea]:
    value: Any
    if kind is datetime:
        text, pk = decode_cursor(cursor, str, int)
        try:
            value = datetime.fromisoformat(text)
            value.astimezone(UTC)  # the first and last days of all have no UTC
        except (ValueError, OverflowError) as error:
            raise Http404("cursor") from error
        if timezone.is_naive(value):
            raise Http404("cursor")
        value = connection.ops.adapt_datetimefield_value(value)
    else:
        value, pk = decode_cursor(cursor, int, int)
    # Row values use the index on both columns; the same condition by AND/OR does not.
    return rows.extra(
        where=[f"(participation_idea.{column}, participation_idea.id) < (%s, %s)"],
        params=[value, pk],
    )


def count_ideas(person: Any, wanted: IdeaFilter, page: IdeaPage, *, limit: int = 1000) -> int:
    """How many aspirasi a filter leaves, counted up to `limit` + 1 (then say "1.000+").

    That there are more than `limit` is kept for five minutes: it hardly changes, and finding it
    out anew costs as much as the page. `page` is the page shown, which may be all there is.
    """
    if not (wanted.cursor or page.next_cursor):
        return len(page.ideas)
    scope = (accounts_policy.is_asn(person), wanted.project and wanted.project.pk, wanted.sort)
    asked = repr((*scope, wanted.query, wanted.village, wanted.category, wanted.status))
    key = f"more-than-{limit}:{sha256(asked.encode()).hexdigest()}"
    if cache.get(key):
        return limit + 1
    rows = narrowed(visible_to(person), wanted)
    if wanted.sort == "answered":
        rows = rows.filter(answered_at__isnull=False)
    counted = rows.order_by()[: limit + 1].count()
    if counted > limit:
        cache.set(key, True, 300)
    return counted


def ideas_changed_since(project: Project, revision: int, *, limit: int = 100) -> list[Idea]:
    """Aspirasi whose row in the project's list changed after `revision`, in the order of change.

    Held ones never had a row; hidden ones are tombstones.
    """
    return list(
        Idea.objects.filter(project=project, project_revision__gt=revision)
        .exclude(visibility=Visibility.HELD)
        .select_related("category", "village", "author")
        .order_by("project_revision", "id")[:limit]
    )


def supported_by(person: Any, ideas: list[Idea]) -> set[int]:
    """Which of these aspirasi the person supports."""
    if not person.is_authenticated or not ideas:
        return set()
    return set(
        Support.objects.filter(person=person, idea__in=ideas).values_list("idea_id", flat=True)
    )


# --- Who hears of it ----------------------------------------------------------------------------


def audience(idea: Idea, *, after: int, limit: int) -> tuple[list[int], int | None]:
    """A batch of those who support an aspirasi or follow its project: ids in rising order.

    Without its author and without who has muted the project. `after` is where the batch before
    ended; returns also where this one ends, None when it is the last.
    """
    supporters = Support.objects.filter(idea=idea, person_id__gt=after).order_by("person_id")
    follows = Follow.objects.filter(project_id=idea.project_id, person_id__gt=after)
    followers = follows.filter(muted=False).order_by("person_id")
    found = {*supporters.values_list("person_id", flat=True)[:limit]}
    found |= {*followers.values_list("person_id", flat=True)[:limit]}
    batch = sorted(found)[:limit]
    end = batch[-1] if len(batch) == limit else None
    return not_muted(idea.project_id, set(batch) - {idea.author_id}), end


def followers(project_id: int, *, after: int, limit: int) -> tuple[list[int], int | None]:
    """A batch of those who follow a project: ids in rising order, and where it ends as above."""
    rows = Follow.objects.filter(project_id=project_id, muted=False, person_id__gt=after)
    batch = list(rows.order_by("person_id").values_list("person_id", flat=True)[:limit])
    return batch, batch[-1] if len(batch) == limit else None


def supporters(idea: Idea, *, after: int, limit: int) -> tuple[list[int], int | None]:
    """The same, only those who support it."""
    rows = Support.objects.filter(idea=idea, person_id__gt=after).order_by("person_id")
    batch = list(rows.values_list("person_id", flat=True)[:limit])
    end = batch[-1] if len(batch) == limit else None
    return not_muted(idea.project_id, set(batch) - {idea.author_id}), end


def not_muted(project_id: int, people: Iterable[int]) -> list[int]:
    """Of these people, those who want to hear of the project."""
    people = set(people)
    muted = Follow.objects.filter(project_id=project_id, muted=True, person_id__in=people)
    return sorted(people - set(muted.values_list("person_id", flat=True)))


def own_follows(person: Any) -> list[Follow]:
    """The projects that a person follows or has muted."""
    return list(
        Follow.objects.filter(person=person, project__in=projects_visible_to(person).values("pk"))
        .select_related("project")
        .order_by("muted", "project__title")
    )


def follow_of(person: Any, project: Project) -> Follow | None:
    if not person.is_authenticated:
        return None
    return Follow.objects.filter(person=person, project=project).first()


def own_ideas(person: Any) -> list[Idea]:
    """Everything a person sent, held and hidden included, newest first (at most 200)."""
    return list(
        Idea.objects.filter(author=person)
        .select_related("project", "category", "village", "author")
        .prefetch_related(
            Prefetch(
                "history",
                IdeaHistory.objects.filter(field=IdeaHistory.Field.VISIBILITY).order_by("-id"),
            )
        )
        .order_by("-id")[:200]
    )


def has_published(person: Any) -> bool:
    """Whether an aspirasi of the person ever was public."""
    return Idea.objects.filter(author=person, published_at__isnull=False).exists()


def published_by(person: Any) -> int:
    """How many aspirasi of the person ever were public."""
    return Idea.objects.filter(author=person, published_at__isnull=False).count()


def history(idea: Idea) -> list[IdeaHistory]:
    """Every change of status and visibility, oldest first."""
    return list(idea.history.select_related("actor"))


def similar_to(idea: Idea, *, limit: int = 3) -> list[Idea]:
    """Published aspirasi of the same project and category with the most support."""
    return list(
        Idea.objects.filter(
            project_id=idea.project_id,
            category_id=idea.category_id,
            visibility=Visibility.PUBLISHED,
            merged_into=None,
        )
        .exclude(pk=idea.pk)
        .only("id", "title", "support_count", "status")
        .order_by("-support_count", "-id")[:limit]
    )


def latest_changes(person: Any, *, limit: int = 6) -> list[IdeaHistory]:
    """The last changes of status of visible aspirasi, newest first."""
    return list(
        IdeaHistory.objects.filter(
            field=IdeaHistory.Field.STATUS, idea__in=visible_to(person).values("pk")
        )
        .select_related("idea__project__unit")
        .order_by("-id")[:limit]
    )


@dataclass(slots=True)
class SinceVisit:
    """What is new since a moment: the newest change of each aspirasi, and how many of which kind.

    At most 200 changes are looked at; `more` says that there were others before them.
    """

    moment: datetime
    changes: list[IdeaHistory]
    published: int
    moved: int
    more: bool


MOST_NEW, SHOWN_NEW = 200, 8


def changed_since(
    person: Any, moment: datetime, *, project: Project | None = None
) -> SinceVisit | None:
    """What the person sees changed since a moment, newest first; None when nothing did."""
    ideas = visible_to(person)
    if project is not None:
        ideas = ideas.filter(project=project)
    published = Q(field=IdeaHistory.Field.VISIBILITY, new=Visibility.PUBLISHED)
    rows = list(
        IdeaHistory.objects.filter(
            published | Q(field=IdeaHistory.Field.STATUS),
            idea__in=ideas.values("pk"),
            at__gt=moment,
        )
        .select_related("idea__project__unit")
        .order_by("-at", "-id")[:MOST_NEW]
    )
    if not rows:
        return None
    newest: dict[int, IdeaHistory] = {}
    for row in rows:
        newest.setdefault(row.idea_id, row)
    return SinceVisit(
        moment=moment,
        changes=list(newest.values())[:SHOWN_NEW],
        published=len({row.idea_id for row in rows if row.new == Visibility.PUBLISHED}),
        moved=len({row.idea_id for row in rows if row.field == IdeaHistory.Field.STATUS}),
        more=len(rows) == MOST_NEW,
    )


def city_figures() -> dict[str, int]:
    """Three figures of this year for the home page: sent, answered, done."""
    start = timezone.localtime().replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
    public = Idea.objects.filter(
        visibility=Visibility.PUBLISHED, project__staff_only=False, published_at__gte=start
    )
    return public.aggregate(
        sent=Count("pk"),
        answered=Count("pk", filter=Q(answered_at__isnull=False)),
        done=Count("pk", filter=Q(status=Status.DONE)),
    )


def waiting_for(person: Any, *, limit: int = 200) -> list[Idea]:
    """Published aspirasi without an official answer that this person may answer, oldest first."""
    rows = visible_to(person).filter(answered_at__isnull=True, status=Status.OPEN, merged_into=None)
    scope = accounts_policy.scope_of(person, "responder")
    if scope is None:
        return []
    units, projects = scope
    if units is not None:
        rows = rows.filter(Q(project__unit_id__in=units) | Q(project_id__in=projects or ()))
    return list(
        rows.select_related("project", "category", "village", "author").order_by(
            "published_at", "id"
        )[:limit]
    )


def fresh(pk: int) -> Idea:
    """An aspirasi as it is now, with its project."""
    return Idea.objects.select_related("project__unit", "author", "village", "category").get(pk=pk)


def photo_by_key(key: UUID) -> Photo:
    photo = (
        Photo.objects.select_related("idea__project")
        .prefetch_related("idea__project__phases")
        .filter(key=key)
        .first()
    )
    if photo is None:
        raise Http404("photo")
    return photo


def heads(*, ideas: list[int], projects: list[int]) -> dict[str, int]:
    """The revisions of watched aspirasi and projects, by topic."""
    found: dict[str, int] = {}
    if ideas:
        found |= {
            f"idea.{pk}": revision
            for pk, revision in Idea.objects.filter(pk__in=ideas).values_list("pk", "revision")
        }
    if projects:
        watched = Project.objects.filter(pk__in=projects)
        found |= {
            f"project.{pk}": revision for pk, revision in watched.values_list("pk", "revision")
        }
    return found


def was_sent(author: Any, client_key: UUID) -> bool:
    """Whether this form of the author was received before: its aspirasi exists."""
    return Idea.objects.filter(author=author, client_key=client_key).exists()

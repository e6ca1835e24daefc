"""What the moderation desk shows, and why a post of one's own is not public."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import policy as accounts_policy
from core.http import decode_cursor, encode_cursor
from core.publishing import Visibility
from forum.appeals.models import Appeal
from forum.discussion.models import Reply
from forum.moderation.models import AtDesk, Case, Desk, Ruling, Takeover
from participation import policy as participation_policy
from participation import selectors as participation_selectors

if TYPE_CHECKING:
    from participation.models import Idea

PAGE = 50
AT_DESK_FOR = timedelta(minutes=10)

QUEUES = ("open", "held", "flagged", "first", "appeal", "mine", "done")


VIEWERS = Prefetch(
    "viewers", AtDesk.objects.select_related("person").order_by("person__display_name")
)


@dataclass(slots=True)
class QueuePage:
    """A page of a queue and the cursor of the next one ('' at the end)."""

    cases: list[Case] = field(default_factory=list)
    next_cursor: str = ""


@dataclass(slots=True)
class AuthorRecord:
    """What a moderator knows of an author without knowing who it is.

    `age` is a coarse word, `posts` how many were ever public, `rulings` what was decided against
    posts of the account, newest first, without a way to those posts.
    """

    age: str
    posts: int
    rulings: list[Ruling]
    warnings: int
    suspended_until: datetime | None


AGAINST = (
    Ruling.Decision.HIDE,
    Ruling.Decision.ASK_EDIT,
    Ruling.Decision.WARN,
    Ruling.Decision.SUSPEND,
)


def cases_visible_to(person: Any) -> QuerySet[Case]:
    """The cases of what the person moderates: the city, some units, some projects."""
    rows = Case.objects.select_related(
        "project__unit",
        "idea__village",
        "idea__author__village",
        "idea__category",
        "reply__author__village",
        "reply__idea__village",
        "reply__as_unit",
        "decided_by",
        "claimed_by",
        "appeal__ruling__by",
    )
    scope = accounts_policy.scope_of(person, "moderator")
    if scope is None:
        return rows.none()
    units, projects = scope
    if units is None:
        return rows
    return rows.filter(Q(project__unit_id__in=units) | Q(project_id__in=projects or ()))


def queue(person: Any, *, which: str = "open", cursor: str = "") -> QueuePage:
    """A page of the open cases, the most urgent first (`cases.urgency`); `which` is one of QUEUES.

    "mine" are those that the person holds now; "done" those decided today, newest first. Http404
    for a cursor that is not ours.
    """
    column = "decided_at" if which == "done" else "urgent_at"
    rows = cases_visible_to(person).filter(_of_queue(which, person))
    if cursor:
        text, pk = decode_cursor(cursor, str, int)
        moment = _moment(text)
        side = "lt" if which == "done" else "gt"
        rows = rows.filter(
            Q(**{f"{column}__{side}": moment}) | Q(**{column: moment, f"pk__{side}": pk})
        )
    sign = "-" if which == "done" else ""
    found = list(rows.order_by(f"{sign}{column}", f"{sign}pk")[: PAGE + 1])
    page = QueuePage(found[:PAGE])
    if len(found) > PAGE:
        last = page.cases[-1]
        page.next_cursor = encode_cursor(getattr(last, column).isoformat(), last.pk)
    return page


def _of_queue(which: str, person: Any) -> Q:
    is_open = Q(state=Case.State.OPEN)
    match which:
        case "held":
            return is_open & Q(cause=Case.Cause.HELD)
        case "flagged":
            return is_open & Q(flag_count__gt=0)
        case "first":
            return is_open & Q(cause=Case.Cause.FIRST)
        case "appeal":
            return is_open & Q(cause=Case.Cause.APPEAL)
        case "mine":
            return is_open & Q(claimed_by=person, claimed_until__gt=timezone.now())
        case "done":
            midnight = timezone.make_aware(datetime.combine(timezone.localdate(), time.min))
            return ~is_open & Q(decided_at__gte=midnight)
    return is_open


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        moment.astimezone(UTC)  # the first and last days of all have no UTC
    except (ValueError, OverflowError) as error:
        raise Http404("cursor") from error
    if timezone.is_naive(moment):
        raise Http404("cursor")
    return moment


def is_in_queue(case: Case, which: str, person: Any) -> bool:
    """Whether a case that was just read stands in a queue, by the same rule as `queue`."""
    if not case.is_open:
        return False
    return {
        "held": case.cause == Case.Cause.HELD,
        "flagged": case.flag_count > 0,
        "first": case.cause == Case.Cause.FIRST,
        "appeal": case.cause == Case.Cause.APPEAL,
        "mine": case.holder == person,
    }.get(which, True)


def counts(person: Any) -> dict[str, int]:
    """How many cases each queue has, in one query."""
    rows = cases_visible_to(person).select_related(None).order_by()
    rows = rows.filter(_of_queue("open", person) | _of_queue("done", person))
    return rows.aggregate(
        **{which: Count("pk", filter=_of_queue(which, person)) for which in QUEUES}
    )


def following(person: Any, *, which: str, beside: int) -> Case | None:
    """The most urgent case of a queue that no colleague holds, to go on with."""
    free = Q(claimed_by=None) | Q(claimed_by=person) | Q(claimed_until__lte=timezone.now())
    rows = cases_visible_to(person).filter(_of_queue(which, person), free).exclude(pk=beside)
    rows = rows.filter(state=Case.State.OPEN)
    return rows.order_by("urgent_at", "pk").first()


def cases_by_number(person: Any, pks: list[int]) -> dict[int, Case]:
    return {case.pk: case for case in cases_visible_to(person).filter(pk__in=pks)}


def colleagues(person: Any) -> list[AtDesk]:
    """Who is at the desk now, by name; oneself first."""
    since = timezone.now() - AT_DESK_FOR
    rows = AtDesk.objects.filter(seen_at__gt=since).select_related("person")
    found = list(rows.order_by("person__display_name", "pk"))
    return sorted(found, key=lambda row: row.person_id != person.pk)


def case_for_page(person: Any, pk: int) -> Case:
    case = (
        cases_visible_to(person)
        .select_related("reply__quoted__author__village", "reply__quoted__as_unit")
        .prefetch_related(
            "flags",
            "idea__photos",
            "project__phases",
            Prefetch("rulings", Ruling.objects.select_related("by", "into")),
            VIEWERS,
            Prefetch("takeovers", Takeover.objects.select_related("by", "held_by")),
        )
        .filter(pk=pk)
        .first()
    )
    if case is None:
        raise Http404("case")
    return case


def cases_changed_since(person: Any, revision: int, *, limit: int) -> list[Case]:
    return list(
        cases_visible_to(person)
        .prefetch_related(VIEWERS)
        .filter(revision__gt=revision)
        .order_by("revision", "id")[:limit]
    )


def desk_revision() -> int:
    return Desk.objects.filter(pk=1).values_list("revision", flat=True).first() or 0


def last_hiding(posts: list[Idea] | list[Reply], *, kind: str) -> dict[int, Ruling]:
    """By post id, the ruling that keeps it out of sight. `kind`: "idea" or "reply"."""
    if not posts:
        return {}
    hides = (Ruling.Decision.HIDE, Ruling.Decision.ASK_EDIT, Ruling.Decision.SUSPEND)
    rulings = (
        Ruling.objects.filter(
            **{f"case__{kind}__in": [post.pk for post in posts]}, decision__in=hides
        )
        .select_related("by", "case")
        .order_by("id")
    )
    return {getattr(ruling.case, f"{kind}_id"): ruling for ruling in rulings}


def open_findings(posts: list[Idea] | list[Reply], *, kind: str) -> dict[int, list[Any]]:
    """By post id, what the screening found in posts that wait. `kind`: "idea" or "reply"."""
    if not posts:
        return {}
    rows = Case.objects.filter(
        **{f"{kind}__in": [post.pk for post in posts]}, state=Case.State.OPEN
    )
    return dict(rows.values_list(f"{kind}_id", "findings"))


def edits_asked_of(author: Any) -> dict[int, Ruling]:
    """By number, the aspirasi of an author that wait for the author's edit, with what asks it."""
    unread = (Visibility.HELD, Visibility.HIDDEN)
    rulings = Ruling.objects.filter(
        decision=Ruling.Decision.ASK_EDIT,
        case__idea__author=author,
        case__idea__visibility__in=unread,
        case__state=Case.State.WAITING,
        case__edit_until__gte=timezone.now(),
    ).select_related("case")
    return {ruling.case.idea_id: ruling for ruling in rulings.order_by("id")}  # type: ignore[misc]


def asks_for_edit(ruling: Ruling | None) -> bool:
    """Whether the author may still do what this decision asks for."""
    if ruling is None or ruling.decision != Ruling.Decision.ASK_EDIT:
        return False
    case = ruling.case
    waits = case.state == Case.State.WAITING and case.edit_until is not None
    return waits and timezone.now() <= case.edit_until  # type: ignore[operator]


def ruling_for_page(person: Any, pk: int) -> Ruling:
    """A decision with its case, for the author of the post and for whoever moderates it."""
    ruling = (
        Ruling.objects.select_related(
            "by",
            "into",
            "case__project",
            "case__idea",
            "case__reply__idea__project",
            "appeal__case",
        )
        .filter(pk=pk)
        .first()
    )
    if ruling is None:
        raise Http404("ruling")
    is_author = ruling.case.post.author_id == person.pk
    if not is_author and not participation_policy.may_moderate(person, ruling.case.project):
        raise Http404("ruling")
    return ruling


# --- What a moderator should know beside the text -----------------------------------------------


def author_record(author: Any, *, beside: int) -> AuthorRecord:
    """The record of an author, without the case that is open (`beside`)."""
    own = Q(case__idea__author=author) | Q(case__reply__author=author)
    rows = Ruling.objects.filter(own, decision__in=AGAINST).exclude(case=beside)
    # What an appeal has undone does not stand against anybody.
    rows = rows.exclude(appeal__outcome=Appeal.Outcome.GRANTED)
    rulings = list(rows.order_by("-id")[:10])
    return AuthorRecord(
        age=age_of(author),
        posts=posts_of(author),
        rulings=rulings,
        warnings=sum(ruling.decision == Ruling.Decision.WARN for ruling in rulings),
        suspended_until=author.suspended_until if author.is_suspended else None,
    )


def age_of(person: Any) -> str:
    """How old an account is, so coarse that the day says nothing of who it is."""
    days = (timezone.now() - person.joined_at).days
    if days < 1:
        return _("akun baru hari ini")
    if days < 30:
        return _("akun kurang dari sebulan")
    if days < 365:
        return _("akun beberapa bulan")
    return _("akun lebih dari setahun")


def posts_of(person: Any) -> int:
    """How many posts of a person were ever public."""
    replies = Reply.objects.filter(author=person, order__isnull=False).count()
    return replies + participation_selectors.published_by(person)


def earlier_cases(case: Case) -> list[Case]:
    """The settled cases of the same post, oldest first, with what was decided."""
    same = {"reply": case.reply_id} if case.reply_id else {"idea": case.idea_id}
    rows = Case.objects.filter(**same).exclude(pk=case.pk)
    rulings = Prefetch("rulings", Ruling.objects.select_related("by"))
    return list(rows.prefetch_related(rulings).order_by("pk")[:20])


def viewers(case: Case, *, but: Any) -> list[Any]:
    """The colleagues who have this case open now."""
    since = timezone.now() - AT_DESK_FOR
    return [
        row.person for row in case.viewers.all() if row.seen_at > since and row.person_id != but.pk
    ]

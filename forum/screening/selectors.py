"""What the screening reads: the lists in force, what was posted lately, the score in force."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Count, Max, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from accounts import policy as accounts_policy
from accounts import selectors as accounts_selectors
from forum.moderation.models import Rule, Ruling
from forum.screening import policy, repetition, score
from forum.screening.lexicon import Entry, Lexicon
from forum.screening.models import Fingerprint, LearntScore, ScoreSwitch, WordRule
from participation import selectors as participation_selectors

if TYPE_CHECKING:
    from participation.models import Project

MOST_ALIKE = 400  # rows looked at, however often a text was copied
PACE = timedelta(minutes=10)
LEARNT_FROM = 5000  # decisions, the newest
# Reasons that lie in the wording. What is off topic or private in one place is not in another.
ABOUT_WORDING = (Rule.PERSON, Rule.SPAM)

_lexicons: dict[int | None, tuple[tuple[Any, ...], Lexicon]] = {}
_weights: tuple[int, dict[str, float]] = (0, {})


def lexicon(project: Project | None = None) -> Lexicon:
    """The word lists that count today: the city's and the project's. Kept until one changes."""
    stamp = (
        *WordRule.objects.aggregate(changed=Max("changed_at"), number=Count("pk")).values(),
        timezone.localdate(),
    )
    key = project.pk if project else None
    known = _lexicons.get(key)
    if known is None or known[0] != stamp:
        if len(_lexicons) > 50:
            _lexicons.clear()
        known = _lexicons[key] = (stamp, Lexicon(_entries(key, timezone.localdate())))
    return known[1]


def _entries(project_pk: int | None, day: date) -> list[Entry]:
    rows = WordRule.objects.filter(
        Q(project=None) | Q(project_id=project_pk), is_active=True, valid_from__lte=day
    )
    # The project's own rows come first: of two of the same gravity the first is told.
    return [
        Entry(row.phrase, row.list, row.breaks, row.note, row.unless, row.disguised_only)
        for row in sorted(rows, key=lambda row: (row.project_id is None, row.pk))
    ]


@dataclass(frozen=True, slots=True)
class Earlier:
    """How often nearly the same text was posted in the project lately."""

    by_author: int
    other_authors: int


def earlier(
    whole: int, marks: Sequence[int], *, author: Any, project: Project, besides: tuple[str, int]
) -> Earlier:
    """Posts of the last days with this text, or nearly; `besides` is the post itself."""
    since = timezone.now() - timedelta(days=settings.FINGERPRINT_DAYS)
    rows = Fingerprint.objects.filter(project=project, mark__in=[whole, *marks], at__gte=since)
    shared: Counter[tuple[str, int, int]] = Counter()
    for kind, post, by, mark in rows.order_by("-at").values_list(
        "kind", "post_id", "author_id", "mark"
    )[:MOST_ALIKE]:
        if (kind, post) != besides:
            shared[(kind, post, by)] += repetition.ALIKE if mark == whole else 1
    alike = [post for post, number in shared.items() if number >= repetition.ALIKE]
    others = {by for _kind, _post, by in alike if by != author.pk}
    return Earlier(sum(by == author.pk for _kind, _post, by in alike), len(others))


def posts_lately(author: Any, *, besides: tuple[str, int]) -> int:
    """How many other posts the author sent within the last ten minutes."""
    rows = Fingerprint.objects.filter(author=author, at__gte=timezone.now() - PACE)
    rows = rows.exclude(kind=besides[0], post_id=besides[1])
    return rows.values("kind", "post_id").distinct().count()


# --- The learnt score ----------------------------------------------------------------------------


def score_in_force() -> LearntScore | None:
    return LearntScore.objects.order_by("-id").first()


def weights() -> dict[str, float]:
    """The weights in force, read again only when there is a newer version."""
    global _weights
    newest = LearntScore.objects.order_by("-id").values_list("pk", flat=True).first() or 0
    if newest != _weights[0]:
        row = LearntScore.objects.filter(pk=newest).first()
        _weights = (newest, row.weights if row else {})
    return _weights[1]


def uses_score(project: Project) -> bool:
    """On, until somebody switches it off for the project."""
    newest = ScoreSwitch.objects.filter(project=project).order_by("-id")
    return bool(newest.values_list("is_on", flat=True).first() is not False)


def score_switches(projects: Sequence[Project]) -> list[tuple[Project, bool]]:
    """Each project and whether the score is used in it."""
    rows = ScoreSwitch.objects.filter(project__in=projects).order_by("id")
    state = dict(rows.values_list("project_id", "is_on"))
    return [(project, state.get(project.pk, True)) for project in projects]


def decided_posts(since: datetime | None) -> list[score.Example]:
    """The posts that moderators decided about, each by its last decision, oldest first."""
    rulings = (
        Ruling.objects.filter(
            Q(decision=Ruling.Decision.HIDE, rule__in=ABOUT_WORDING)
            | Q(decision__in=[Ruling.Decision.PUBLISH, Ruling.Decision.RESTORE])
            | Q(decision=Ruling.Decision.KEEP)
        )
        .select_related("case__idea", "case__reply")
        .order_by("-id")
    )
    if since is not None:
        rulings = rulings.filter(at__gt=since)
    last: dict[tuple[str, int], score.Example] = {}
    for ruling in rulings[:LEARNT_FROM]:
        idea, reply = ruling.case.idea, ruling.case.reply
        hidden = ruling.decision == Ruling.Decision.HIDE
        if reply is not None:
            made = score.Example(reply.body, reply.author_id, hidden)
            last.setdefault(("reply", reply.pk), made)
        elif idea is not None:
            made = score.Example(f"{idea.title}\n{idea.body}", idea.author_id, hidden)
            last.setdefault(("idea", idea.pk), made)
    return list(reversed(last.values()))


def city_names() -> list[str]:
    """Names of agencies, kecamatan and kelurahan: they weigh nothing in the score."""
    names = [village.name for village in accounts_selectors.villages()]
    names += [village.district.name for village in accounts_selectors.villages()]
    for unit in accounts_selectors.units():
        names += [unit.name, unit.short_name]
    return names


# --- The page of the lists -----------------------------------------------------------------------


def rules_visible_to(person: Any) -> QuerySet[WordRule]:
    """The city's rules, and those of the projects that the person moderates."""
    rows = WordRule.objects.select_related("project", "changed_by")
    if accounts_policy.may_administer(person):
        return rows
    scope = accounts_policy.scope_of(person, "moderator")
    if scope is None:
        return rows.none()
    units, projects = scope
    if units is None:
        return rows
    return rows.filter(
        Q(project=None) | Q(project__unit_id__in=units) | Q(project_id__in=projects or ())
    )


PAGE = 50


def rules_for_page(person: Any, *, which: str, query: str, page: int) -> list[WordRule]:
    """One page of the rules, with one more than it shows when there is a next page."""
    rows = rules_visible_to(person)
    if which == "off":
        rows = rows.filter(is_active=False)
    elif which in WordRule.List.values:
        rows = rows.filter(list=which, is_active=True)
    if query:
        rows = rows.filter(Q(phrase__icontains=query) | Q(note__icontains=query))
    first = (page - 1) * PAGE
    return list(rows.order_by("phrase", "id")[first : first + PAGE + 1])


def rule_for_page(person: Any, pk: int) -> WordRule:
    rule = rules_visible_to(person).filter(pk=pk).first()
    if rule is None:
        raise Http404("word rule")
    return rule


def projects_for(person: Any) -> list[Project]:
    """The projects whose own rules the person may write."""
    projects = list(participation_selectors.projects_by_deadline(person))
    if accounts_policy.may_administer(person):
        return projects
    return [
        project
        for project in projects
        if accounts_policy.has_role(
            person, "moderator", unit_id=project.unit_id, project_id=project.pk
        )
    ]


def may_edit_city(person: Any) -> bool:
    """Whether the person may write rules for the whole city."""
    return bool(policy.may_edit_rules(person))


def is_listed(phrase: str, *, project: Project | None, besides: WordRule | None) -> bool:
    """Whether another rule of the same place has this phrase."""
    rows = WordRule.objects.filter(phrase=phrase, project=project)
    return rows.exclude(pk=besides.pk if besides else 0).exists()

"""The public register of moderation: every decision with its rule, never a text or a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from statistics import median

from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.db.models import QuerySet
from django.utils import timezone

from core.http import decode_cursor, encode_cursor
from forum.appeals.models import Appeal
from forum.moderation.models import Rule, Ruling
from participation import selectors as participation

PAGE = 50
KEPT = 600  # seconds for which the figures of a period are kept
FROM_FIGURES = 5  # a median of fewer decisions would tell of one of them

ON_APPEALS = (Ruling.Decision.GRANT, Ruling.Decision.UPHOLD)


@dataclass(frozen=True, slots=True)
class Entry:
    """One decision as the public reads it."""

    number: str
    day: date
    kind: str
    project: str
    decision: str
    rule: str
    hours: int
    appeal: str


@dataclass(slots=True)
class Wanted:
    """What the register is narrowed to. Unknown values are passed over."""

    month: str = ""  # 2026-11
    decision: str = ""
    rule: str = ""
    cursor: str = ""

    @property
    def count(self) -> int:
        return sum(bool(value) for value in (self.month, self.decision, self.rule))


@dataclass(slots=True)
class Page:
    """One page of the register and the cursor of the next one ('' at the end)."""

    entries: list[Entry] = field(default_factory=list)
    next_cursor: str = ""


@dataclass(slots=True)
class Figures:
    """What was decided in a period. `median_hours`: from the opening of a case to its decision."""

    total: int = 0
    decisions: list[tuple[str, int]] = field(default_factory=list)
    rules: list[tuple[str, int]] = field(default_factory=list)
    median_hours: int | None = None
    appeals: int = 0
    granted: int = 0
    upheld: int = 0


def decisions(wanted: Wanted) -> QuerySet[Ruling]:
    """The decisions on posts of projects that everybody sees, newest first.

    What came of an appeal stands with the decision that it was about.
    """
    everybody = participation.projects_visible_to(AnonymousUser()).prefetch_related(None)
    rows = (
        Ruling.objects.filter(case__project__in=everybody.select_related(None).values("pk"))
        .exclude(decision__in=ON_APPEALS)
        .select_related("case__project", "appeal")
        .order_by("-id")
    )
    if period := _period(wanted.month):
        rows = rows.filter(at__gte=period[0], at__lt=period[1])
    if wanted.decision in Ruling.Decision.values:
        rows = rows.filter(decision=wanted.decision)
    if wanted.rule in Rule.values:
        rows = rows.filter(rule=wanted.rule)
    return rows


def page(wanted: Wanted) -> Page:
    """Fifty decisions after the cursor."""
    rows = decisions(wanted)
    if wanted.cursor:
        (after,) = decode_cursor(wanted.cursor, int)
        rows = rows.filter(pk__lt=after)
    found = list(rows[: PAGE + 1])
    more = len(found) > PAGE
    shown = found[:PAGE]
    return Page(
        entries=[entry(ruling) for ruling in shown],
        next_cursor=encode_cursor(shown[-1].pk) if more else "",
    )


def entries(wanted: Wanted) -> Iterator[Entry]:
    """Every decision of the filter, in pieces: memory stays flat."""
    for ruling in decisions(wanted).iterator(chunk_size=1000):
        yield entry(ruling)


def entry(ruling: Ruling) -> Entry:
    """What may be public of a decision."""
    local = timezone.localtime(ruling.at)
    appeal = getattr(ruling, "appeal", None)
    return Entry(
        number=f"K-{local.year}-{ruling.pk}",
        day=local.date(),
        kind="reply" if ruling.case.reply_id else "idea",
        project=ruling.case.project.title,
        decision=str(ruling.get_decision_display()),
        rule=str(ruling.get_rule_display()) if ruling.rule else "",
        hours=round((ruling.at - ruling.case.opened_at).total_seconds() / 3600),
        appeal=str(appeal.get_outcome_display()) if appeal else "",
    )


def figures(month: str) -> Figures:
    """The statistics of a month, or of all time; kept for ten minutes."""
    key = f"register.{month if _period(month) else 'all'}"
    found: Figures | None = cache.get(key)
    if found is None:
        found = _figures(Wanted(month=month))
        cache.set(key, found, KEPT)
    return found


def _figures(wanted: Wanted) -> Figures:
    rows = decisions(wanted).values_list("decision", "rule", "at", "case__opened_at")
    by_decision: Counter[str] = Counter()
    by_rule: Counter[str] = Counter()
    hours: list[float] = []
    for decision, rule, at, opened_at in rows.iterator(chunk_size=5000):
        by_decision[decision] += 1
        hours.append((at - opened_at).total_seconds() / 3600)
        if rule:
            by_rule[rule] += 1
    appealed = Appeal.objects.filter(ruling__in=decisions(wanted).order_by().values("pk"))
    outcomes = Counter(appealed.order_by().values_list("outcome", flat=True))
    return Figures(
        total=len(hours),
        decisions=by_decision.most_common(),
        rules=by_rule.most_common(),
        median_hours=round(median(hours)) if len(hours) >= FROM_FIGURES else None,
        appeals=outcomes.total(),
        granted=outcomes[Appeal.Outcome.GRANTED],
        upheld=outcomes[Appeal.Outcome.UPHELD],
    )


def months() -> list[str]:
    """The twelve newest months, newest first, as in 2026-11."""
    today = timezone.localdate()
    count = today.year * 12 + today.month - 1
    return [f"{n // 12:04d}-{n % 12 + 1:02d}" for n in range(count, count - 12, -1)]


def _period(month: str) -> tuple[datetime, datetime] | None:
    """The beginning of a month and of the next one in the city's zone; None when it is none."""
    try:
        first = date.fromisoformat(f"{month}-01") if len(month) == 7 else None
    except ValueError:
        first = None
    if first is None or not 2000 <= first.year < 3000:
        return None
    after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    begin, end = (timezone.make_aware(datetime.combine(day, time.min)) for day in (first, after))
    return begin, end

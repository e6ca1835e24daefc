"""A case as a row of the desk's list, and the regions of the desk that change while it is open."""

from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.live import Fragment
from forum.moderation import policy, selectors
from forum.moderation.cases import PRIVATE_DATA_FIRST
from forum.moderation.models import Case

SOON = 40 * 60  # seconds before the deadline from which a case counts as urgent

NAMES = {
    "open": lambda: _("Perlu diperiksa"),
    "held": lambda: _("Ditahan saringan"),
    "flagged": lambda: _("Dilaporkan warga"),
    "first": lambda: _("Tulisan pertama"),
    "appeal": lambda: _("Keberatan"),
    "mine": lambda: _("Saya pegang"),
    "done": lambda: _("Selesai hari ini"),
}


def deadline(case: Case) -> dict[str, Any]:
    """How near the deadline is when this is rendered; the browser moves it on."""
    allowed = (case.due_at - case.opened_at).total_seconds() or 1
    left = (case.due_at - timezone.now()).total_seconds()
    level = "merah" if left <= 0 else "kuning" if left < SOON else "hijau"
    percent = round(100 * min(max(left / allowed, 0), 1))
    return {
        "level": level,
        "percent": percent,
        "minutes": round(allowed / 60),
        "due_at": case.due_at,
    }


def why_urgent(case: Case) -> str:
    """In words, why a case stands before others with the same deadline; '' when it does not."""
    forward = case.due_at - case.urgent_at
    if forward >= PRIVATE_DATA_FIRST:
        return _("Didahulukan: data pribadi yang dilaporkan masih terbaca.")
    minutes = round(forward.total_seconds() / 60)
    if minutes <= 0:
        return ""
    return ngettext(
        "Didahulukan %(n)s menit karena laporan warga.",
        "Didahulukan %(n)s menit karena laporan warga.",
        minutes,
    ) % {"n": minutes}


def ticket(
    case: Case,
    *,
    reader: Any,
    current: bool = False,
    which: str = "open",
    picked: bool = False,
) -> str:
    holder = case.holder if case.is_open else None
    return render_to_string(
        "forum/_ticket.html",
        {
            "case": case,
            "current": current,
            "which": which,
            "picked": picked,
            "deadline": deadline(case),
            "holder": holder,
            "is_own": holder is not None and holder == reader,
            "comes_first": case.due_at - case.urgent_at >= PRIVATE_DATA_FIRST,
        },
    )


def fragment(case: Case, *, which: str, reader: Any) -> Fragment:
    """A case of this queue as a ticket; any other leaves the list."""
    belongs = selectors.is_in_queue(case, which, reader)
    return {
        "id": f"perkara-{case.pk}",
        "list": "antrean",
        "order": int(case.urgent_at.timestamp()),
        "revision": case.revision,
        "html": ticket(case, which=which, reader=reader) if belongs else "",
    }


def hold(case: Case, *, reader: Any) -> str:
    """Who is at a case: who holds it, who looks at it, who has decided it meanwhile."""
    holder = case.holder if case.is_open else None
    return render_to_string(
        "forum/_hold.html",
        {
            "case": case,
            "holder": holder,
            "is_own": holder is not None and holder == reader,
            "may_rule": bool(policy.may_rule(reader, case)),
            "viewers": [p for p in selectors.viewers(case, but=reader) if p != holder],
        },
    )


def hold_fragment(case: Case, *, reader: Any) -> Fragment:
    """The same region where the case is open on the page; elsewhere it is dropped."""
    return {
        "id": f"pegang-{case.pk}",
        "list": None,
        "order": 0,
        "revision": case.revision,
        "html": hold(case, reader=reader),
    }


def queues_context(person: Any, *, which: str) -> dict[str, Any]:
    """The queues with their numbers, and who is at the desk."""
    counts = selectors.counts(person)
    desk = reverse("forum:desk")
    return {
        "counts": counts,
        "queues": [
            {
                "key": key,
                "name": name(),
                "count": counts[key],
                "url": desk if key == "open" else f"{desk}?antrean={key}",
            }
            for key, name in NAMES.items()
        ],
        "queue_name": NAMES[which](),
        "colleagues": selectors.colleagues(person),
        "reader": person,
    }


def queues_fragment(person: Any, *, which: str, revision: int) -> Fragment:
    """The column of queues, for this moderator."""
    context = {"which": which, **queues_context(person, which=which)}
    return {
        "id": "antrean-meja",
        "list": None,
        "order": 0,
        "revision": revision,
        "html": render_to_string("forum/_desk_queues.html", context),
    }

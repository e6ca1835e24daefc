"""The public register of moderation decisions: a page and a file."""

from __future__ import annotations

import itertools
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.sheets import csv_response
from forum.moderation.models import Rule, Ruling
from forum.register import selectors
from forum.register.selectors import Wanted


@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """What the moderators decided, by month, decision and rule. No texts, no persons."""
    wanted = _wanted(request)
    found = selectors.figures(wanted.month)
    decisions, rules = dict(Ruling.Decision.choices), dict(Rule.choices)
    query = request.GET.copy()
    query.pop("dari", None)
    context = {
        "wanted": wanted,
        "query": query.urlencode(),
        "page": selectors.page(wanted),
        "figures": found,
        "by_decision": [(decisions[value], number) for value, number in found.decisions],
        "by_rule": [(rules[value], number) for value, number in found.rules],
        "months": [(month, date.fromisoformat(f"{month}-01")) for month in selectors.months()],
        "decisions": [
            choice for choice in Ruling.Decision.choices if choice[0] not in selectors.ON_APPEALS
        ],
        "rules": Rule.choices,
    }
    return render(request, "forum/register.html", context)


@require_safe
def register_csv(request: HttpRequest) -> HttpResponse:
    """The same decisions as a file for a spreadsheet, all that the filter finds."""
    wanted = _wanted(request)
    head = [
        _("nomor"),
        _("tanggal"),
        _("jenis"),
        _("proyek"),
        _("keputusan"),
        _("aturan"),
        _("jam sampai diputuskan"),
        _("keberatan"),
    ]
    kinds = {"idea": _("aspirasi"), "reply": _("balasan")}
    rows = (
        [
            each.number,
            each.day.isoformat(),
            kinds[each.kind],
            each.project,
            each.decision,
            each.rule,
            each.hours,
            each.appeal,
        ]
        for each in selectors.entries(wanted)
    )
    name = f"register-moderasi-{wanted.month or timezone.localdate().isoformat()}.csv"
    return csv_response(name, itertools.chain([head], rows))


def _wanted(request: HttpRequest) -> Wanted:
    get = request.GET.get
    return Wanted(
        month=get("bulan", "")[:7],
        decision=get("keputusan", "")[:20],
        rule=get("aturan", "")[:20],
        cursor=get("dari", ""),
    )

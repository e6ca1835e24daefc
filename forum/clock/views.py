"""Each unit's clock for everybody, and the days off for the city admin."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import policy as accounts_policy
from accounts import selectors as accounts_selectors
from core.http import whole_number
from core.policy import require
from forum.clock import selectors, services
from forum.clock.forms import HolidayForm
from forum.clock.models import Holiday


@require_safe
def unit_clocks(request: HttpRequest) -> HttpResponse:
    """How each unit keeps its time; no persons. Civil servants see staff projects counted too."""
    rules = selectors.time_rules()
    table = selectors.unit_clocks(
        accounts_selectors.units(),
        staff_projects=accounts_policy.is_asn(request.user),
        rules=rules,
    )
    context = {
        "table": [row for row in table if row.n or row.green or row.amber or row.paused],
        "settings": rules.settings,
        "minimum": selectors.MINIMUM_ITEMS,
        "may_administer": accounts_policy.may_administer(request.user),
    }
    return render(request, "forum/unit_clocks.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def holidays(request: HttpRequest) -> HttpResponse:
    """The days off of a year, and the form to add one."""
    require(accounts_policy.may_administer(request.user))
    form = HolidayForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _saved(request, Holiday(), form):
        messages.success(request, _("Hari libur tersimpan. Tenggat yang terbuka dihitung ulang."))
        return redirect(f"{reverse('forum:holidays')}?tahun={form.cleaned_data['date'].year}")
    this_year = selectors.local_day().year
    year = min(max(whole_number(request.GET.get("tahun")) or this_year, 2000), 9000)
    context = {
        "form": form,
        "year": year,
        "years": sorted({*selectors.holiday_years(), this_year}),
        "holidays": selectors.holidays_of(year),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "forum/holidays.html", context, status=status)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit_holiday(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a day off, or say that it does not apply."""
    require(accounts_policy.may_administer(request.user))
    holiday = selectors.holiday_for_page(pk)
    form = HolidayForm(request.POST or None, initial=HolidayForm.values_of(holiday))
    if request.method == "POST" and form.is_valid() and _saved(request, holiday, form):
        messages.success(request, _("Hari libur tersimpan. Tenggat yang terbuka dihitung ulang."))
        return redirect(f"{reverse('forum:holidays')}?tahun={holiday.date.year}")
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "holiday": holiday}
    return render(request, "forum/edit_holiday.html", context, status=status)


def _saved(request: HttpRequest, holiday: Holiday, form: HolidayForm) -> bool:
    try:
        services.save_holiday(holiday=form.fill(holiday), by=request.user)
    except services.DayTaken:
        form.add_taken()
        return False
    return True

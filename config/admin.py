"""Admin pages for city admins: failed work, the clock's calendar and rules, words, projects."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.admin import ForCityAdmins
from core import background
from core.models import FailedJob
from forum.clock import services as clock
from forum.clock.models import ClockRule, ClockSettings, Holiday
from forum.screening import selectors as screening_selectors
from forum.screening import services as screening
from forum.screening.models import WordRule
from participation.models import Project


@admin.register(FailedJob)
class FailedJobAdmin(ForCityAdmins):
    list_display = ["name", "finished_at", "tries", "last_line"]
    ordering = ["-finished_at"]
    fields = readonly_fields = [
        "name", "arguments", "enqueued_at", "finished_at", "tries", "traceback",
    ]  # fmt: skip
    actions = ["run_chosen_again"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("pekerjaan"))
    def name(self, job: FailedJob) -> str:
        return background.rules_of(job).name

    @admin.display(description=_("percobaan"))
    def tries(self, job: FailedJob) -> int:
        return len(job.worker_ids)

    @admin.display(description=_("isi"))
    def arguments(self, job: FailedJob) -> str:
        return str(job.args_kwargs["kwargs"] or job.args_kwargs["args"])

    @admin.display(description=_("galat"))
    def last_line(self, job: FailedJob) -> str:
        return job.traceback.strip().rpartition("\n")[2][:200]

    @admin.action(description=_("Jalankan lagi yang dipilih"), permissions=["view"])
    def run_chosen_again(self, request: HttpRequest, chosen: QuerySet[FailedJob]) -> None:
        count = sum(background.run_again(job.pk) for job in chosen)
        self.message_user(
            request,
            ngettext(
                "%(count)d pekerjaan akan dijalankan lagi.",
                "%(count)d pekerjaan akan dijalankan lagi.",
                count,
            ) % {"count": count},
            messages.SUCCESS,
        )  # fmt: skip


class ForTheClock(ForCityAdmins):
    """Whatever moves due dates has the open ones worked out anew."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        clock.calendar_changed()


@admin.register(Holiday)
class HolidayAdmin(ForTheClock):
    list_display = ["date", "name", "kind", "applies", "source"]
    list_filter = ["kind", "applies"]
    date_hierarchy = "date"
    search_fields = ["name"]


@admin.register(ClockRule)
class ClockRuleAdmin(ForTheClock):
    list_display = ["step", "category", "project_kind", "days", "valid_from", "regulation"]
    list_filter = ["step"]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.name == "project_kind":
            kinds = [("", _("Semua jenis")), *Project.Kind.choices]
            return forms.ChoiceField(label=_("Jenis proyek"), choices=kinds, required=False)
        return super().formfield_for_dbfield(db_field, request, **options)


@admin.register(ClockSettings)
class ClockSettingsAdmin(ForTheClock):
    list_display = ["valid_from", "amber_days", "escalation_days", "completion_days", "regulation"]


@admin.register(WordRule)
class WordRuleAdmin(ForCityAdmins):
    """The word lists as a table; moderators have a page of their own."""

    list_display = ["phrase", "list", "breaks", "project", "valid_from", "is_active"]
    list_filter = ["list", "breaks", "is_active"]
    search_fields = ["phrase", "note"]
    fields = [
        "phrase", "list", "breaks", "unless", "disguised_only", "note", "project", "valid_from",
        "is_active",
    ]  # fmt: skip

    def save_model(self, request: HttpRequest, obj: WordRule, form: Any, change: bool) -> None:
        saved = screening.save_rule(
            by=request.user, rule=obj if change else None, **form.cleaned_data
        )
        obj.pk = saved.pk


class ProjectSwitches(forms.ModelForm):  # type: ignore[type-arg]
    """What a city admin may turn on and off in a project."""

    uses_score = forms.BooleanField(
        label=_("Pakai skor dari keputusan sebelumnya"),
        help_text=_("Hanya meminta petugas memeriksa. Tidak pernah menyembunyikan sendiri."),
        required=False,
    )

    class Meta:
        model = Project
        fields = ["premoderated", "first_posts_checked", "takes_stance"]
        labels = {
            "premoderated": _("Periksa setiap aspirasi sebelum tayang"),
            "first_posts_checked": _("Periksa tulisan pertama dari akun baru"),
            "takes_stance": _("Balasan boleh menyebut setuju atau tidak"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["uses_score"].initial = screening_selectors.uses_score(self.instance)


@admin.register(Project)
class ProjectAdmin(ForCityAdmins):
    """The switches of a project. Its numbers and its revision belong to the services."""

    form = ProjectSwitches
    list_display = ["title", "unit", "premoderated", "first_posts_checked", "takes_stance"]
    list_filter = ["premoderated", "first_posts_checked", "takes_stance"]
    list_select_related = ["unit"]
    search_fields = ["title"]
    facts = ["title", "slug", "unit", "kind", "opened_on", "idea_count", "answered_count"]
    readonly_fields = [*facts, "revision"]
    fieldsets = [
        (None, {"fields": [*ProjectSwitches.Meta.fields, "uses_score"]}),
        (_("Tentang proyek"), {"fields": readonly_fields}),
    ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Project, form: Any, change: bool) -> None:
        # Only what was switched: a save of the whole row would undo a count made meanwhile.
        switched = [name for name in form.changed_data if name != "uses_score"]
        obj.save(update_fields=switched)
        if "uses_score" in form.changed_data:
            is_on = form.cleaned_data["uses_score"]
            screening.switch_score(project=obj, is_on=is_on, by=request.user)

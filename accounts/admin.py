"""The admin pages of people, roles, units and the city: for city admins, through the services."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import policy, selectors, services
from accounts.models import City, District, Person, RoleGrant, StaffProfile, Unit, Village


def _sign_out(request: HttpRequest, extra_context: Any = None) -> HttpResponse:
    services.sign_out(request)
    return redirect("participation:home")


# Signing in and out of the admin is signing in and out of the forum, second step included.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.logout = _sign_out  # type: ignore[method-assign,assignment]
admin.site.site_header = _("Rembuk, pengaturan kota")
admin.site.site_title = _("Rembuk")
admin.site.index_title = _("Pengaturan")


class ForCityAdmins(admin.ModelAdmin):  # type: ignore[type-arg]
    """Open to city admins and superusers; nothing is ever deleted here."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(policy.may_administer(request.user))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(policy.may_administer(request.user))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(policy.may_administer(request.user))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(policy.may_administer(request.user))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class NewPersonForm(forms.ModelForm):  # type: ignore[type-arg]
    """Enters a civil servant, who then signs in by a code sent to this address."""

    class Meta:
        model = Person
        fields = ["email", "display_name", "village"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for field, check in (
            ("email", services.checked_email),
            ("display_name", services.checked_display_name),
        ):
            if field in cleaned:
                try:
                    cleaned[field] = check(cleaned[field])
                except ValidationError as error:
                    self.add_error(None, error)
        return cleaned


@admin.register(Person)
class PersonAdmin(ForCityAdmins):
    list_display = ["display_name", "email", "village", "joined_at", "is_active"]
    list_filter = ["is_active", "village__district"]
    search_fields = ["display_name", "email"]
    ordering = ["-joined_at"]
    fields = ["email", "display_name", "village", "is_staff", "joined_at", "blocked_at"]
    readonly_fields = ["email", "joined_at", "blocked_at"]
    actions = ["block_chosen", "unblock_chosen"]
    form = NewPersonForm

    def get_queryset(self, request: HttpRequest) -> QuerySet[Person]:
        return selectors.people()

    def get_form(self, request: Any, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if change:
            kwargs["form"] = forms.ModelForm
        return super().get_form(request, obj, change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if obj else ["email", "display_name", "village"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return []
        # Who opens the admin pages may change everything here: given by a superuser only.
        return (
            self.readonly_fields
            if request.user.is_superuser
            else [*self.readonly_fields, "is_staff"]
        )

    def save_model(self, request: HttpRequest, obj: Person, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            services.forget_names()
            return
        made = services.create_person(
            email=obj.email, display_name=obj.display_name, village_code=obj.village_id
        )
        obj.pk = made.pk
        obj.refresh_from_db()

    @admin.action(description=_("Blokir yang dipilih"))
    def block_chosen(self, request: HttpRequest, chosen: QuerySet[Person]) -> None:
        for person in chosen:
            decision = policy.may_block(request.user, person)
            if decision:
                reason = gettext("Lewat halaman pengaturan")
                services.block(person=person, by=request.user, reason=reason)
            else:
                self.message_user(request, f"{person}: {decision.reason}", messages.ERROR)

    @admin.action(description=_("Buka blokir yang dipilih"))
    def unblock_chosen(self, request: HttpRequest, chosen: QuerySet[Person]) -> None:
        for person in chosen:
            if policy.may_block(request.user, person):
                services.unblock(person=person, by=request.user)


@admin.register(RoleGrant)
class RoleGrantAdmin(ForCityAdmins):
    list_display = ["person", "role", "unit", "project", "granted_at", "ended_at"]
    list_filter = ["role", "unit", ("ended_at", admin.EmptyFieldListFilter)]
    search_fields = ["person__display_name", "person__email"]
    autocomplete_fields = ["person"]
    fields = ["person", "role", "unit", "project"]
    actions = ["end_chosen"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: RoleGrant, form: Any, change: bool) -> None:
        grant = services.grant_role(
            person=obj.person, role=obj.role, unit=obj.unit, project=obj.project, by=request.user
        )
        obj.pk = grant.pk
        obj.refresh_from_db()

    @admin.action(description=_("Akhiri peran yang dipilih"), permissions=["view"])
    def end_chosen(self, request: HttpRequest, chosen: QuerySet[RoleGrant]) -> None:
        for grant in chosen.select_related("person", "unit", "project"):
            services.end_role(grant=grant, by=request.user)


@admin.register(StaffProfile)
class StaffProfileAdmin(ForCityAdmins):
    list_display = ["person", "position", "unit"]
    list_filter = ["unit"]
    search_fields = ["person__display_name", "position"]
    autocomplete_fields = ["person"]


@admin.register(Unit)
class UnitAdmin(ForCityAdmins):
    list_display = ["name", "short_name", "position", "is_active", "answers_need_review"]
    search_fields = ["name", "short_name"]


@admin.register(City)
class CityAdmin(ForCityAdmins):
    """The row comes from `load_city`; here only what may change later."""

    list_display = ["name", "province", "population"]
    fields = ["name", "population", "theme"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: City, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        selectors.forget_city()


@admin.register(District)
class DistrictAdmin(ForCityAdmins):
    list_display = ["name", "code"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(Village)
class VillageAdmin(ForCityAdmins):
    list_display = ["name", "district", "code", "postal_code"]
    list_filter = ["district"]
    search_fields = ["name", "official_name"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

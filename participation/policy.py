"""Who may see a project or an aspirasi, send one, support one, move its status."""

from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import policy as accounts_policy
from core.policy import YES, Decision, no
from core.publishing import Visibility
from participation.models import Idea, Project, Stage

ACCEPTS_IDEAS = (Stage.PROPOSAL, Stage.DISCUSSION)
ACCEPTS_SUPPORT = (Stage.PROPOSAL, Stage.DISCUSSION)
ACCEPTS_REPLIES = (Stage.PROPOSAL, Stage.DISCUSSION, Stage.DECISION, Stage.IMPLEMENTATION)


def may_view_project(person: Any, project: Project) -> Decision:
    """Everybody sees a published project; a project of the staff only civil servants."""
    if project.is_published and not project.staff_only:
        return YES
    if accounts_policy.is_asn(person) and (project.is_published or may_moderate(person, project)):
        return YES
    return no(_("Proyek ini hanya untuk pegawai pemerintah kota."))


def may_take_part(person: Any) -> Decision:
    """A signed-in person who is neither blocked nor suspended for a time."""
    if not person.is_authenticated:
        return no(_("Masuk dulu untuk ikut serta."))
    if person.blocked_at:
        return no(_("Akun Anda sedang dibatasi, jadi belum bisa menulis."))
    if person.is_suspended:
        until = timezone.localtime(person.suspended_until)
        return no(
            _("Akun Anda dibatasi sampai %(time)s. Sampai saat itu Anda hanya bisa membaca.")
            % {"time": formats.date_format(until, gettext("j F Y, H.i"))}
        )
    return YES


def may_submit_idea(person: Any, project: Project) -> Decision:
    """During proposal and discussion, up to and including the last day."""
    if not (decision := may_view_project(person, project)):
        return decision
    if not _open(project, ACCEPTS_IDEAS):
        return no(_("Masukan untuk proyek ini sudah ditutup."))
    return may_take_part(person)


def may_support(person: Any, idea: Idea) -> Decision:
    if not (decision := may_view_idea(person, idea)):
        return decision
    if idea.merged_into_id:
        return no(_("Aspirasi ini sudah digabung. Dukung aspirasi gabungannya."))
    if not takes_support(idea.project) or not idea.is_published:
        return no(_("Dukungan untuk aspirasi ini sudah ditutup."))
    return may_take_part(person)


def takes_support(project: Project) -> bool:
    return _open(project, ACCEPTS_SUPPORT)


def takes_replies(project: Project) -> bool:
    return _open(project, ACCEPTS_REPLIES)


def takes_ideas(project: Project) -> bool:
    return _open(project, ACCEPTS_IDEAS)


def _open(project: Project, stages: tuple[Stage, ...]) -> bool:
    phase = project.phase
    if phase is None or phase.stage not in stages:
        return False
    # A discussion whose last day has passed is closed even before the next phase has begun;
    # replies stay open between two phases.
    return stages is ACCEPTS_REPLIES or not phase.is_over(timezone.localdate())


def may_view_idea(person: Any, idea: Idea) -> Decision:
    """Published: whoever sees the project. Anything else: its author and the moderators."""
    if not (decision := may_view_project(person, idea.project)):
        return decision
    if idea.visibility == Visibility.PUBLISHED:
        return YES
    if person.is_authenticated and (
        person.pk == idea.author_id or may_moderate(person, idea.project)
    ):
        return YES
    return no(_("Aspirasi ini tidak tayang."))


def may_moderate(person: Any, project: Project) -> Decision:
    """A moderator for the city, for the responsible unit, or for this project."""
    if accounts_policy.has_role(
        person, "moderator", unit_id=project.unit_id, project_id=project.pk
    ):
        return YES
    return no(_("Hanya petugas moderasi yang dapat melakukan ini."))


def may_merge(person: Any, idea: Idea, into: Idea | None) -> Decision:
    """A moderator of the project, into another public aspirasi of the same project.

    Neither is part of another one or has others in it: a merger is one step, so that supporters
    always stand before the aspirasi that is left.
    """
    if not (decision := may_moderate(person, idea.project)):
        return decision
    if into is None or into.project_id != idea.project_id or not into.is_published:
        return no(_("Pilih aspirasi lain yang tayang di proyek yang sama."))
    if into.pk == idea.pk:
        return no(_("Aspirasi tidak bisa digabung dengan dirinya sendiri."))
    if into.merged_into_id:
        return no(_("Aspirasi tujuan sudah digabung ke aspirasi lain."))
    if idea.merged_into_id or idea.merged.exists():
        return no(_("Aspirasi ini sudah bagian dari penggabungan lain. Pisahkan dulu."))
    return YES


def may_answer(person: Any, project: Project) -> Decision:
    """A responder of the responsible unit (or with a grant for the city or this project)."""
    if accounts_policy.has_role(
        person, "responder", unit_id=project.unit_id, project_id=project.pk
    ):
        return YES
    return no(_("Hanya pejabat penghubung perangkat daerah ini yang dapat menjawab."))


def may_change_status(person: Any, idea: Idea) -> Decision:
    """Whoever may answer officially also says how far the work has come."""
    if not idea.is_published:
        return no(_("Aspirasi ini tidak tayang."))
    return may_answer(person, idea.project)

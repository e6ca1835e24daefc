"""Official answers: what waits for one, the form, drafts, versions, files, the status."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import policy as accounts_policy
from accounts import selectors as accounts_selectors
from core.http import not_yet, whole_number
from core.policy import require
from core.text import staff_html, to_html
from forum.answers import checklist, forms, policy, selectors, services, variables
from forum.answers.forms import AnswerForm, PromiseFormSet, StatusForm
from forum.answers.models import AnswerDraft, Commitment, OfficialAnswer
from forum.disposition import services as disposition_services
from participation import policy as participation_policy
from participation import selectors as participation_selectors
from participation.selectors import Status

LATE = {
    "already": gettext_lazy("Draf ini sudah tayang: rekan Anda lebih dulu menerbitkannya."),
    "stale": gettext_lazy("Draf ini baru saja berubah. Baca lagi, lalu putuskan."),
}


@login_required
@require_safe
@never_cache
def answer_queue(request: HttpRequest) -> HttpResponse:
    """The aspirasi that wait for an official answer of this person's unit, and its drafts."""
    require(accounts_policy.may_use_staff_pages(request.user))
    context = {
        "ideas": participation_selectors.waiting_for(request.user),
        "drafts": selectors.drafts_for(request.user),
        "may_use_templates": policy.may_use_templates(request.user),
    }
    return render(request, "forum/answer_queue.html", context)


# --- Writing an answer --------------------------------------------------------------------------


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the official answer: keep a draft, send it, begin with a template.

    The button says what happens (`aksi`): simpan and templat keep a draft; anything else sends it
    to a colleague or to the public, as the unit wants.
    """
    shown = participation_selectors.idea_for_page(request.user, pk)
    require(policy.may_answer(request.user, shown))
    current = selectors.answer_to(shown)
    draft = selectors.open_draft(shown)
    if request.method == "POST":
        return _take_answer(request, shown, current, draft)
    if draft is not None and draft.state == AnswerDraft.State.IN_REVIEW:
        return redirect("forum:answer_draft", pk=draft.pk)
    files = _files(shown, draft)
    initial = forms.answer_initial(current, draft, status=shown.status)
    initial["kept"] = [str(each.key) for each in files]
    _begin_with_template(request, shown, initial)
    promises = services.promises_of(draft) if draft else forms.standing_promises(current)
    form = AnswerForm(initial=initial, attachments=files)
    rows = PromiseFormSet(initial=forms.promise_initial(promises), prefix="janji")
    hints = checklist.hints(
        initial.get("body", ""), next_step=initial.get("next_step", ""), promises=promises
    )
    context = _answer_context(request, shown, current, draft, form, rows)
    return render(request, "forum/answer.html", {**context, "hints": hints})


def _take_answer(
    request: HttpRequest, shown: Any, current: OfficialAnswer | None, draft: AnswerDraft | None
) -> HttpResponse:
    action = request.POST.get("aksi", "")
    sending = action not in ("simpan", "templat")
    form = AnswerForm(
        request.POST, request.FILES, attachments=_files(shown, draft), sending=sending
    )
    rows = PromiseFormSet(request.POST, prefix="janji", form_kwargs={"sending": sending})
    status = 422
    if form.is_valid() & rows.is_valid():
        sent = {
            "idea": shown,
            "officer": request.user,
            "content": form.content(rows.promises()),
            "seen_version": form.cleaned_data["version"],
            "seen_draft": form.cleaned_data["draft_version"] or 0,
        }
        try:
            if sending:
                return _sent(request, services.hand_in(**sent))
            draft = services.save_draft(**sent)
        except (services.StaleAnswer, services.AlreadyPublished):
            status = 409
            current, draft = selectors.answer_to(shown), selectors.open_draft(shown)
            data = request.POST.copy()
            data["version"] = str(current.version if current else 0)
            data["draft_version"] = str(draft.version if draft else 0)
            form.data = data
            form.add_stale()
        else:
            if "X-Autosave" in request.headers:
                return JsonResponse({"draft_version": draft.version})
            return _kept(request, shown, action)
    context = _answer_context(request, shown, current, draft, form, rows)
    context |= {"stale": status == 409, "files_lost": bool(request.FILES)}
    return render(request, "forum/answer.html", context, status=status)


def _sent(request: HttpRequest, draft: AnswerDraft) -> HttpResponse:
    if draft.state == AnswerDraft.State.PUBLISHED:
        messages.success(request, _("Jawaban resmi sudah tayang."))
        return redirect(f"{reverse('forum:idea', args=[draft.idea_id])}#jawaban-resmi")
    if services.reviewers(draft):
        messages.success(request, _("Draf dikirim. Rekan Anda memeriksanya dulu sebelum tayang."))
    else:
        messages.warning(
            request,
            _(
                "Draf dikirim, tetapi belum ada rekan atau pimpinan yang bisa memeriksanya. "
                "Minta admin kota menambahkannya."
            ),
        )
    return redirect("forum:answer_draft", pk=draft.pk)


def _kept(request: HttpRequest, shown: Any, action: str) -> HttpResponse:
    page = reverse("forum:answer", args=[shown.pk])
    template = whole_number(request.POST.get("templat"))
    if action == "templat" and template is not None:
        return redirect(f"{page}?templat={template}#id_body")
    messages.success(
        request, _("Draf tersimpan. Hanya rekan di perangkat daerah Anda yang melihatnya.")
    )
    return redirect(page)


def _begin_with_template(request: HttpRequest, shown: Any, initial: dict[str, Any]) -> None:
    """Put a template below what is already there: nothing typed is replaced."""
    wanted = whole_number(request.GET.get("templat"))
    if wanted is None:
        return
    found = selectors.from_template(request.user, wanted, shown)
    if found is None:
        messages.error(request, _("Templat itu tidak ada atau sudah diarsipkan."))
        return
    parts = [initial.get("body", ""), found.body]
    initial["body"] = "\n\n".join(part for part in parts if part)
    initial["next_step"] = initial.get("next_step") or found.next_step


def _files(shown: Any, draft: AnswerDraft | None) -> list[Any]:
    return selectors.attachments_of(draft) if draft else selectors.published_attachments(shown)


def _answer_context(
    request: HttpRequest,
    shown: Any,
    current: OfficialAnswer | None,
    draft: AnswerDraft | None,
    form: AnswerForm,
    rows: Any,
) -> dict[str, Any]:
    unit = accounts_selectors.unit_of(request.user) or shown.project.unit  # type: ignore[arg-type]
    return {
        "idea": shown,
        "body": to_html(shown.body),
        "form": form,
        "rows": rows,
        "current": current,
        "draft": draft,
        "history": list(draft.history.select_related("by")) if draft else [],
        "returned": draft is not None and draft.state == AnswerDraft.State.RETURNED,
        "needs_review": unit.answers_need_review,
        "templates": selectors.templates_to_choose(request.user, shown),
    }


# --- Drafts -------------------------------------------------------------------------------------


@login_required
@require_safe
@never_cache
def answer_draft(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft as it would be read, for those who may write or check it."""
    draft = selectors.draft_for_page(request.user, pk)
    return render(request, "forum/answer_draft.html", _draft_context(request, draft))


def _draft_context(
    request: HttpRequest, draft: AnswerDraft, form: forms.RemarkForm | None = None
) -> dict[str, Any]:
    promises = services.promises_of(draft)
    is_open = draft.state in AnswerDraft.OPEN
    return {
        "draft": draft,
        "idea": draft.idea,
        "body": staff_html(draft.body),
        "promises": [
            {
                "label": Commitment.Kind(each.kind).label,
                "text": each.text,
                "reason": each.reason,
                "due_on": each.due_on,
            }
            for each in promises
        ],
        "status_word": dict(Status.choices).get(draft.idea_status, ""),
        "attachments": selectors.attachments_of(draft),
        "ticks": [(label, value in draft.checklist) for value, label in checklist.Tick.choices],
        "hints": checklist.hints(draft.body, next_step=draft.next_step, promises=promises),
        "missing": services.missing(draft) if is_open else [],
        "history": list(draft.history.select_related("by")),
        "is_open": is_open,
        "in_review": draft.state == AnswerDraft.State.IN_REVIEW,
        "may_publish": policy.may_publish(request.user, draft),
        "may_check": policy.may_check(request.user, draft),
        "may_write": policy.may_answer(request.user, draft.idea),
        "form": form or forms.RemarkForm(),
    }


@login_required
@require_POST
def publish_draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish a draft that was read. Of two who press at once the second is told."""
    draft = selectors.draft_for_page(request.user, pk)
    if draft.state == AnswerDraft.State.PUBLISHED:
        return _late(request, draft.pk, "already")
    try:
        services.publish_draft(draft=draft, by=request.user, seen_version=_seen(request))
    except services.AlreadyPublished:
        return _late(request, draft.pk, "already")
    except services.StaleAnswer:
        return _late(request, draft.pk, "stale")
    except services.NotReady:
        return not_yet(request, "forum/answer_draft.html", _draft_context(request, draft))
    return _sent(request, draft)


@login_required
@require_POST
def return_draft(request: HttpRequest, pk: int) -> HttpResponse:
    draft = selectors.draft_for_page(request.user, pk)
    require(policy.may_check(request.user, draft))
    form = forms.RemarkForm(request.POST)
    if not form.is_valid():
        return not_yet(request, "forum/answer_draft.html", _draft_context(request, draft, form))
    try:
        services.return_draft(
            draft=draft,
            by=request.user,
            remark=form.cleaned_data["remark"],
            seen_version=_seen(request),
        )
    except services.AlreadyPublished:
        return _late(request, draft.pk, "already", form)
    except services.StaleAnswer:
        return _late(request, draft.pk, "stale", form)
    messages.success(request, _("Draf dikembalikan kepada penulisnya dengan catatan Anda."))
    return redirect("forum:answer_queue")


@login_required
@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    draft = selectors.draft_for_page(request.user, pk)
    try:
        services.take_back(draft=draft, by=request.user, seen_version=_seen(request))
    except services.AlreadyPublished:
        return _late(request, draft.pk, "already")
    except services.StaleAnswer:
        return _late(request, draft.pk, "stale")
    return redirect("forum:answer", pk=draft.idea_id)


@login_required
@require_POST
def publish_drafts(request: HttpRequest) -> HttpResponse:
    """Publish the drafts that are ticked, and say of each what came of it."""
    require(accounts_policy.may_use_staff_pages(request.user))
    chosen = []
    for each in request.POST.getlist("draf")[: selectors.MOST_DRAFTS]:
        key, _colon, seen = each.partition(":")
        pair = whole_number(key), whole_number(seen)
        if pair[0] is not None and pair[1] is not None:
            chosen.append((pair[0], pair[1]))
    if not chosen:
        messages.error(request, _("Pilih dulu draf yang akan diterbitkan."))
        return redirect("forum:answer_queue")
    outcomes = services.publish_many(chosen=list(dict.fromkeys(chosen)), by=request.user)
    count = sum(outcome.code == "published" for outcome in outcomes)
    return render(request, "forum/answers_published.html", {"outcomes": outcomes, "count": count})


def _late(
    request: HttpRequest, pk: int, code: str, form: forms.RemarkForm | None = None
) -> HttpResponse:
    """The draft as it is now, with what happened meanwhile; what was typed stays."""
    draft = selectors.draft_for_page(request.user, pk)
    context = _draft_context(request, draft, form) | {"late": LATE[code]}
    return render(request, "forum/answer_draft.html", context, status=409)


def _seen(request: HttpRequest) -> int:
    return whole_number(request.POST.get("version")) or 0


# --- Versions and files -------------------------------------------------------------------------


@require_safe
@never_cache
def answer_versions(request: HttpRequest, pk: int) -> HttpResponse:
    """Every version of an answer, and what changed in one of them."""
    shown = participation_selectors.idea_for_page(request.user, pk)
    require(participation_policy.may_view_idea(request.user, shown))
    current = selectors.answer_to(shown) if shown.is_published else None
    if current is None:
        raise Http404("answer")
    versions = selectors.versions_of(current)
    wanted = whole_number(request.GET.get("versi")) or current.version
    place = next((n for n, each in enumerate(versions) if each.number == wanted), None)
    if place is None:
        raise Http404("version")
    before = versions[place + 1] if place + 1 < len(versions) else None
    context = {
        "idea": shown,
        "versions": versions,
        "shown": selectors.compared(versions[place], before),
    }
    return render(request, "forum/answer_versions.html", context)


@require_safe
@never_cache
def attachment(request: HttpRequest, key: UUID) -> HttpResponse:
    """A file of an answer, always to be saved and never to be run in the page."""
    row = selectors.attachment_for(request.user, key)
    if settings.MEDIA_ACCEL_PREFIX:
        response = HttpResponse(content_type=row.content_type)
        response["X-Accel-Redirect"] = f"{settings.MEDIA_ACCEL_PREFIX}{row.file.name}"
    else:
        response = FileResponse(row.file.open(), content_type=row.content_type)  # type: ignore[assignment]
    response["Content-Disposition"] = content_disposition_header(True, row.name)
    response["X-Content-Type-Options"] = "nosniff"
    return response


# --- Templates ----------------------------------------------------------------------------------


@login_required
@require_safe
@never_cache
def answer_templates(request: HttpRequest) -> HttpResponse:
    require(policy.may_use_templates(request.user))
    rows = selectors.templates_for(request.user, archived=True)
    return render(request, "forum/answer_templates.html", {"templates": rows})


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer_template(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Make a template, or change one."""
    require(policy.may_use_templates(request.user))
    template = selectors.template_for_page(request.user, pk) if pk is not None else None
    unit = template.unit if template else accounts_selectors.unit_of(request.user)  # type: ignore[arg-type]
    if template is not None:
        require(policy.may_change_template(request.user, template))
    initial = {}
    if template is not None:
        initial = {
            "title": template.title,
            "category": template.category_id or "",
            "body": template.body,
            "next_step": template.next_step,
        }
    form = forms.TemplateForm(request.POST or None, initial=initial)
    if request.method == "POST" and unit is not None and form.is_valid():
        services.save_template(by=request.user, fields=form.fields_of_template(), template=template)
        messages.success(request, _("Templat tersimpan."))
        return redirect("forum:answer_templates")
    context = {
        "form": form,
        "template": template,
        "unit": unit,
        "variables": variables.NAMES.items(),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "forum/answer_template.html", context, status=status)


@login_required
@require_POST
def archive_template(request: HttpRequest, pk: int) -> HttpResponse:
    template = selectors.template_for_page(request.user, pk)
    archived = request.POST.get("arsip", "ya") == "ya"
    services.archive_template(template=template, by=request.user, archived=archived)
    messages.success(
        request, _("Templat diarsipkan.") if archived else _("Templat bisa dipakai lagi.")
    )
    return redirect("forum:answer_templates")


# --- Status -------------------------------------------------------------------------------------


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change_status(request: HttpRequest, pk: int) -> HttpResponse:
    shown = participation_selectors.idea_for_page(request.user, pk)
    require(participation_policy.may_change_status(request.user, shown))
    form = StatusForm(request.POST or None, initial={"status": shown.status})
    if request.method == "POST" and form.is_valid():
        disposition_services.change_status(
            idea=shown,
            status=form.cleaned_data["status"],
            by=request.user,
            reason=form.cleaned_data["reason"],
        )
        messages.success(request, _("Status sudah diperbarui."))
        return redirect("forum:idea", pk=pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "forum/change_status.html", {"idea": shown, "form": form}, status=status)

"""The pieces of screen that every page shares: icons, form fields, times, numbers, live words."""

from datetime import UTC, date, datetime
from functools import cache

from django import forms, template
from django.forms.utils import flatatt
from django.templatetags.static import static
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()


# ── Signs, times, figures ────────────────────────────────────────────────────


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """A decorative icon of the sprite; the words beside it carry the meaning."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#i-{}"/></svg>',
        static("img/icons.svg"),
        name,
    )


@register.simple_tag
def time(value: date | None, relative: bool = True, short: bool = False) -> SafeString | str:
    """A moment in the city's zone; the browser shortens recent ones to "3 jam lalu"."""
    if not value:
        return ""
    if not isinstance(value, datetime):
        text = formats.date_format(value, _("j M") if short else _("j F Y"))
        return format_html('<time datetime="{}">{}</time>', value.isoformat(), text)
    if timezone.is_naive(value):
        value = timezone.make_aware(value)
    pattern = _("j M, H.i") if short else _("j F Y, H.i")
    text = formats.date_format(timezone.localtime(value), pattern)
    moment = value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    attributes = {"datetime": moment, "data-relative": relative and not short}
    return format_html("<time{}>{}</time>", flatatt(attributes), text)


@register.filter
def number(value: int | float | None) -> str:
    """1284 becomes 1.284 and 4.5 becomes 4,5, as the page's language writes them."""
    if value is None or value == "":
        return ""
    return formats.number_format(value, use_l10n=True, force_grouping=True)


@register.filter
def initials(name: str) -> str:
    """Two letters for an avatar. Titles count neither before ("Hj.") nor after ("..., S.T.")."""
    words = [word for word in str(name).split(",")[0].split() if word[0].isalnum()]
    names = [word for word in words if not word.endswith(".")] or words
    return "".join(
        word[0] for word in (names[:1] + names[-1:] if len(names) > 1 else names)
    ).upper()


@register.simple_tag(takes_context=True)
def here(context: template.Context, *view_names: str) -> SafeString | str:
    """Marks the menu entry of the page itself (first name) or of its section (the others)."""
    match = getattr(context.get("request"), "resolver_match", None)
    if match is None or match.view_name not in view_names:
        return ""
    return format_html(' aria-current="{}"', "page" if match.view_name == view_names[0] else "true")


# ── Forms ────────────────────────────────────────────────────────────────────

KINDS = (
    (forms.RadioSelect, "choices"),
    (forms.CheckboxSelectMultiple, "choices"),
    (forms.CheckboxInput, "checkbox"),
    (forms.Select, "select"),
    (forms.Textarea, "textarea"),
    (forms.FileInput, "file"),
)


def kind_of(widget: forms.Widget) -> str:
    if "data-photos" in widget.attrs:
        return "photos"
    return next((kind for widget_type, kind in KINDS if isinstance(widget, widget_type)), "text")


def choices_of(bound: forms.BoundField, described_by: str) -> list[dict]:
    """The options of a radio or checkbox group, each with its words and its own hint."""
    hints = getattr(bound.field, "choice_hints", {})
    return [
        {
            "id": choice.data["attrs"].get("id"),
            "name": choice.data["name"],
            "value": choice.data["value"],
            "type": choice.data["type"],
            "checked": choice.data["selected"],
            "label": choice.choice_label,
            "hint": hints.get(str(choice.data["value"]), ""),
            "required": choice.data["attrs"].get("required", False)
            and choice.data["type"] == "radio",
            "described_by": described_by,
        }
        for choice in bound.subwidgets
    ]


@register.inclusion_tag("ui/field.html")
def field(
    bound: forms.BoundField,
    label: str = "",
    hint: str = "",
    counter: bool = False,
    short: bool = False,
    inline: bool = False,
    optional: bool = True,
) -> dict:
    """One field in the order label, hint, input, error, wired for screen readers."""
    widget = bound.field.widget
    kind = kind_of(widget)
    hint = hint or str(bound.help_text)
    longest = getattr(bound.field, "max_length", None)
    counter = bool(counter and longest)
    ids = {name: f"{bound.auto_id}_{name}" for name in ("helptext", "error", "count")}
    described_by = " ".join(
        ids[name]
        for name, shown in (
            ("helptext", hint and kind != "checkbox"),
            ("error", bound.errors),
            ("count", counter),
        )
        if shown
    )
    classes = ["input", "input--short" if short else "", widget.attrs.get("class", "")]
    attributes: dict[str, str | bool] = {"class": " ".join(filter(None, classes))}
    if kind == "checkbox":
        attributes = {}
    if kind == "textarea" and widget.attrs.get("rows") == "10":
        attributes["rows"] = "5"  # Django's default fills a phone's screen
    if described_by:
        attributes["aria-describedby"] = described_by
    value = bound.value() or ""
    return {
        "bound": bound,
        "kind": kind,
        "label": label or bound.label,
        "hint": hint,
        "ids": ids,
        "described_by": described_by,
        "input": "" if kind == "choices" else bound.as_widget(attrs=attributes),
        "choices": choices_of(bound, described_by) if kind == "choices" else (),
        "inline": inline,
        "optional": optional and not bound.field.required and kind != "checkbox",
        "counter": counter,
        "longest": longest,
        "length": len(value) if counter else 0,
        "photos": widget.attrs.get("data-photos"),
    }


@register.inclusion_tag("ui/form_errors.html")
def form_errors(form: forms.BaseForm) -> dict:
    """What to mend, at the top of a form that came back, each line a link to its field."""
    lines = [{"text": text, "to": ""} for text in form.non_field_errors()]
    for bound in form:
        group = kind_of(bound.field.widget) == "choices"
        target = "" if bound.is_hidden else bound.auto_id + ("_0" if group else "")
        lines += [{"text": text, "to": target} for text in bound.errors]
    waits = any(error.code == "wait" for error in form.non_field_errors().as_data())
    return {"lines": lines, "count": len(lines), "waits": waits}


@register.inclusion_tag("ui/send_error.html")
def send_error() -> dict:
    """Hidden words for a form whose request did not get through; the script shows them."""
    return {}


@register.inclusion_tag("ui/draft_state.html")
def draft_state() -> dict:
    """Where a form says that its draft is kept on the device."""
    return {}


@register.inclusion_tag("ui/draft_discard.html")
def draft_discard() -> dict:
    """Throws the kept draft away; takes its room always, so that nothing shifts when it appears."""
    return {}


# ── Live pages ───────────────────────────────────────────────────────────────


@register.simple_tag
def live_words(kind: str) -> SafeString:
    """What a live region says, as attributes, so that the script carries no language."""
    new = {
        "reply": (_("1 balasan baru. Tampilkan"), _("{n} balasan baru. Tampilkan")),
        "idea": (_("1 aspirasi baru. Tampilkan"), _("{n} aspirasi baru. Tampilkan")),
        "case": (_("1 perkara baru. Tampilkan"), _("{n} perkara baru. Tampilkan")),
        "notice": (_("1 kabar baru. Tampilkan"), _("{n} kabar baru. Tampilkan")),
        "question": (_("1 pertanyaan baru. Tampilkan"), _("{n} pertanyaan baru. Tampilkan")),
    }[kind]
    said = {
        "reply": (_("1 balasan baru"), _("{n} balasan baru")),
        "idea": (_("1 aspirasi baru"), _("{n} aspirasi baru")),
        "case": (_("1 perkara baru"), _("{n} perkara baru")),
        "notice": (_("1 kabar baru"), _("{n} kabar baru")),
        "question": (_("1 pertanyaan baru"), _("{n} pertanyaan baru")),
    }[kind]
    words = {
        "kind": kind,
        "new-one": new[0],
        "new-many": new[1],
        "say-one": said[0],
        "say-many": said[1],
        "connected": _("Terhubung"),
        "connecting": _("Menyambung kembali"),
        "retry": _("coba ke-{n}, {s} detik lagi"),
        "polling": _("Diperbarui berkala"),
        "offline": _("Tidak ada internet"),
        "ended": _("Pembaruan langsung berhenti. Muat ulang"),
        "stale": _("Ada banyak yang baru. Muat ulang"),
    }
    return flatatt({f"data-live-{name}": text for name, text in words.items()})


@register.inclusion_tag("ui/live_bar.html")
def live_bar() -> dict:
    """The place above a live list where news waits until it is tapped."""
    return {}


@register.inclusion_tag("ui/live_conn.html")
def live_conn() -> dict:
    """The state of the connection, in words."""
    return {}


@register.inclusion_tag("ui/live_pause.html")
def live_pause() -> dict:
    """Switches off the spoken announcements of a live region."""
    return {}

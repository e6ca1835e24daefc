"""The forms of residents: an aspirasi, and what a list is narrowed to."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.cache import cache
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts import selectors as accounts_selectors
from core import photos
from core.forms import ClientKeyField, LineField, TextField
from participation import selectors
from participation.identity import way_choices
from participation.models import Project, ShownAs, Status
from participation.selectors import SORTS, IdeaFilter
from participation.services import IdeaDraft

MOST_PHOTOS = 4


class PhotosInput(forms.FileInput):
    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Up to four photos, each decoded and made small; every wrong one gets its own sentence."""

    widget = PhotosInput(attrs={"accept": "image/*", "data-photos": MOST_PHOTOS})

    def clean(self, data: Any, initial: Any = None) -> list[photos.Picture]:
        uploads = [upload for upload in (data or []) if upload]
        if len(uploads) > MOST_PHOTOS:
            raise forms.ValidationError(_("Paling banyak 4 foto. Pilih yang paling jelas."))
        pictures, errors = [], []
        for position, upload in enumerate(uploads, start=1):
            try:
                pictures.append(photos.read(upload, position=position))
            except forms.ValidationError as error:
                errors.append(error)
        if errors:
            raise forms.ValidationError(errors)
        return pictures


class IdeaForm(forms.Form):
    """A new aspirasi for a project."""

    title = LineField(
        label=_("Apa yang Anda usulkan?"),
        help_text=_(
            "Satu kalimat, seperti judul berita. Contoh: “Perbaiki ubin lepas di jalur utama”."
        ),
        max_length=100,
        required_message=_("Tulis usul Anda dalam satu kalimat."),
    )
    body = TextField(
        label=_("Ceritakan lebih lanjut"),
        help_text=_(
            "Apa masalahnya, siapa yang terdampak, dan apa harapan Anda. "
            "Jangan tulis NIK, nomor telepon, atau nama orang lain."
        ),
        max_length=5000,
        required_message=_("Ceritakan masalah dan harapan Anda, dua kalimat sudah cukup."),
    )
    category = forms.ChoiceField(
        label=_("Tentang apa?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Pilih satu kategori."),
            "invalid_choice": _("Pilih satu kategori dari daftar."),
        },
    )
    village = forms.ChoiceField(
        label=_("Kelurahan"),
        error_messages={
            "required": _("Pilih kelurahan supaya aspirasi sampai ke petugas yang tepat."),
            "invalid_choice": _("Pilih kelurahan dari daftar."),
        },
    )
    place = LineField(
        label=_("Patokan"),
        help_text=_("Boleh kosong. Sebut patokan yang mudah dicari petugas."),
        max_length=120,
        required=False,
    )
    latitude = forms.FloatField(
        widget=forms.HiddenInput, required=False, min_value=-90, max_value=90
    )
    longitude = forms.FloatField(
        widget=forms.HiddenInput, required=False, min_value=-180, max_value=180
    )
    photos = PhotosField(
        label=_("Foto"),
        help_text=_("Boleh kosong, paling banyak 4. Lokasi dan data kamera di dalam foto dihapus."),
        required=False,
    )
    shown_as = forms.ChoiceField(
        label=_("Nama yang ditampilkan"),
        help_text=_(
            "Petugas yang menjawab dan yang memeriksa melihat nama yang sama dengan pembaca lain."
        ),
        widget=forms.RadioSelect,
        choices=ShownAs.choices,
        initial=ShownAs.NAME,
        error_messages={
            "required": _("Pilih nama yang ditampilkan."),
            "invalid_choice": _("Pilih nama yang ditampilkan."),
        },
    )
    client_key = ClientKeyField()

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = category_choices()  # type: ignore[attr-defined]
        self.fields["village"].choices = village_choices(_("Pilih kelurahan"))  # type: ignore[attr-defined]
        if person.village_id:
            self.fields["village"].initial = person.village_id
        self.fields["shown_as"].choices = way_choices(person)  # type: ignore[attr-defined]
        village = person.village.name if person.village else ""
        self.fields["shown_as"].choice_hints = {  # type: ignore[attr-defined]
            ShownAs.NAME: (
                _("Nama dan kelurahan Anda (%(village)s) tampil") % {"village": village}
                if village
                else _("Nama Anda tampil di aspirasi ini")
            ),
            ShownAs.PSEUDONYM: (
                _("Tampil sebagai “Warga %(village)s”, tanpa nama") % {"village": village}
                if village
                else _("Tampil sebagai “Warga”, tanpa nama")
            ),
            ShownAs.HIDDEN: _("Nama dan kelurahan Anda tidak tampil"),
        }

    def draft(self) -> IdeaDraft:
        data = self.cleaned_data
        return IdeaDraft(
            title=data["title"],
            body=data["body"],
            category_id=data["category"],
            village_id=data["village"],
            place=data["place"],
            latitude=data["latitude"],
            longitude=data["longitude"],
            shown_as=data["shown_as"],
        )


def category_choices() -> list[tuple[str, str]]:
    return [(category.slug, category.label) for category in selectors.categories()]


def village_choices(empty: Any) -> list[tuple[Any, Any]]:
    """Kelurahan grouped by kecamatan, after an empty choice."""
    return [("", empty), *accounts_selectors.village_groups()]


SORT_CHOICES = [
    ("newest", _("Terbaru")),
    ("supported", _("Dukungan terbanyak")),
    ("answered", _("Baru ditanggapi")),
]


@dataclass(frozen=True, slots=True)
class FilterChoices:
    """What a list can be narrowed to, read once per page."""

    villages: list[tuple[str, list[tuple[str, str]]]]
    categories: list[tuple[str, str]]

    @property
    def village_names(self) -> dict[str, str]:
        return {code: name for _district, villages in self.villages for code, name in villages}


def filter_choices() -> FilterChoices:
    """Kept for some minutes: both lists change once in years and stand on every list page."""
    key = f"filter-choices:{get_language()}"
    kept = cache.get(key)
    if kept is None:
        kept = (accounts_selectors.village_groups(), category_choices())
        cache.set(key, kept, 300)
    return FilterChoices(*kept)


def read_filter(data: Any, choices: FilterChoices, *, project: Project | None = None) -> IdeaFilter:
    """What the address asks a list to show. Whatever is not known is ignored."""
    query = data.get("q", "").replace("\x00", " ").strip()[:200]
    village, category = data.get("kelurahan", ""), data.get("kategori", "")
    status, sort = data.get("status", ""), data.get("urut", "newest")
    return IdeaFilter(
        query=query,
        village=village if village in choices.village_names else "",
        category=category if category in dict(choices.categories) else "",
        status=status if status in Status.values else "",
        sort=sort if sort in SORTS else "newest",
        cursor=data.get("kursor", ""),
        project=project,
    )

"""The English of the screens: collected from the code, compiled, and checked for gaps.

Indonesian is the source: its texts stand in the code and need no catalogue. (A counted text has one
form in Indonesian; without a catalogue Django chooses between two, and both are written alike.)
"""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.test.utils import override_settings

if TYPE_CHECKING:
    import polib

ROOT: Path = settings.BASE_DIR
PO = ROOT / "locale" / "en" / "LC_MESSAGES" / "django.po"
MO = PO.with_suffix(".mo")

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")

# Where texts for people stand. Tests speak to developers; the rest is not ours.
SOURCES = ("*.py", "*.html", "*.txt")
NOT_OURS = {"tests", "var", "staticfiles", "node_modules", "docs", "deploy"}

# No dates and no names of people: the same texts give the same file.
HEADER = {
    "Project-Id-Version": "Rembuk",
    "Language": "en",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=2; plural=(n != 1);",
}


class Command(BaseCommand):
    help = "Collect (--update), compile (--compile) or check (--check) the English translation."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--update", action="store_true", help="collect the texts into the .po")
        parser.add_argument("--compile", action="store_true", help="write the .mo from the .po")
        parser.add_argument(
            "--check", action="store_true", help="fail on anything stale or missing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not any(options[name] for name in ("update", "compile", "check")):
            raise CommandError("Say what to do: --update, --compile or --check.")
        if options["update"]:
            self.update()
        if options["compile"]:
            self.compile()
        if options["check"]:
            self.check_all()

    def update(self) -> None:
        """Merge the texts of the code into the .po; changed ones come as fuzzy, to be looked at."""
        if not _has_gettext():
            raise CommandError("xgettext is not installed (on Debian: apt install gettext).")
        catalogue = _collected()
        PO.parent.mkdir(parents=True, exist_ok=True)
        catalogue.save(str(PO))
        open_entries = len(_unfinished(catalogue))
        self.stdout.write(f"{len(catalogue)} texts, {open_entries} to translate: {_short(PO)}")

    def compile(self) -> None:
        MO.write_bytes(_stored().to_binary())
        self.stdout.write(f"Written: {_short(MO)}")

    def check_all(self) -> None:
        """Fail unless the .po has every text, every text is translated, and the .mo matches."""
        catalogue = _stored()
        complaints = [f"not translated: {_where(entry)}" for entry in _unfinished(catalogue)]
        complaints += [
            f"other placeholders than the Indonesian: {_where(entry)}"
            for entry in catalogue
            if entry.translated() and not _same_placeholders(entry)
        ]
        if _has_gettext():
            complaints += _differences(stored=catalogue, collected=_collected())
        elif os.environ.get("CI"):
            complaints.append("xgettext is not installed, so new texts cannot be looked for")
        else:
            self.stderr.write("xgettext is not installed: not looked for new texts.")
        if not MO.exists() or MO.read_bytes() != catalogue.to_binary():
            complaints.append(f"{_short(MO)} does not match the .po")
        if complaints:
            raise CommandError(
                "The English translation is not up to date:\n  "
                + "\n  ".join(complaints)
                + "\nCollect with `make messages`, translate, and run it once more to compile."
            )
        self.stdout.write(f"{len(catalogue)} texts, all translated and compiled.")


def _polib() -> Any:
    """polib belongs to the development requirements only: running a city needs the .mo, not it."""
    try:
        import polib
    except ImportError as error:
        raise CommandError(
            "polib is missing; it comes with requirements-dev.txt (make messages installs it)."
        ) from error
    return polib


def _has_gettext() -> bool:
    return all(shutil.which(tool) for tool in ("xgettext", "msguniq", "msgmerge", "msgattrib"))


def _stored() -> "polib.POFile":
    polib = _polib()
    if not PO.exists():
        raise CommandError(f"{_short(PO)} does not exist: make messages")
    return polib.pofile(str(PO), wrapwidth=98)


def _collected() -> "polib.POFile":
    """The .po as it would be after collecting, made in a copy: nothing here changes."""
    polib = _polib()
    with tempfile.TemporaryDirectory(prefix="rembuk-texts-") as folder:
        copy = Path(folder)
        for source in _sources():
            target = copy / source.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
        target = copy / PO.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        if PO.exists():
            shutil.copyfile(PO, target)
        with chdir(copy), override_settings(LOCALE_PATHS=[copy / "locale"]):
            call_command(
                "makemessages", locale=["en"], add_location="file", no_obsolete=True, verbosity=0
            )
        catalogue = polib.pofile(str(target), wrapwidth=98)
    catalogue.header = ""
    catalogue.metadata = dict(HEADER)
    catalogue.metadata_is_fuzzy = False
    return catalogue


def _sources() -> Iterator[Path]:
    for folder, folders, _files in os.walk(ROOT):
        here = Path(folder)
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith((".", "__")) and not (here == ROOT and name in NOT_OURS)
        )
        for pattern in SOURCES:
            if here != ROOT:
                yield from sorted(here.glob(pattern))


def _unfinished(catalogue: "polib.POFile") -> list["polib.POEntry"]:
    return [entry for entry in catalogue if not entry.obsolete and not entry.translated()]


def _differences(*, stored: "polib.POFile", collected: "polib.POFile") -> list[str]:
    """What the code says and the .po does not, and the other way round."""
    before = {_key(entry): entry for entry in stored if not entry.obsolete}
    after = {_key(entry): entry for entry in collected}
    new = [f"new in the code: {_where(after[key])}" for key in after.keys() - before.keys()]
    gone = [f"no longer used: {_where(before[key])}" for key in before.keys() - after.keys()]
    return sorted(new) + sorted(gone)


def _key(entry: "polib.POEntry") -> tuple[str, str, str]:
    return entry.msgctxt or "", entry.msgid, entry.msgid_plural or ""


def _same_placeholders(entry: "polib.POEntry") -> bool:
    """A translation names the same %(values)s: a wrong name would be an error page.

    The form for one may leave the number out ("1 reply", "a reply").
    """
    given = _placeholders(entry.msgid) | _placeholders(entry.msgid_plural)
    if entry.msgid_plural:
        return all(_placeholders(text) <= given for text in entry.msgstr_plural.values())
    return _placeholders(entry.msgstr) == given


def _placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text or ""))


def _where(entry: "polib.POEntry") -> str:
    place = entry.occurrences[0][0] if entry.occurrences else "?"
    return f"{entry.msgid!r} ({place})"


def _short(path: Path) -> str:
    return str(path.relative_to(ROOT))

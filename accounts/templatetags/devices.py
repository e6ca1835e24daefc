"""Says of a browser's long signature what a person recognises: "Chrome, Android"."""

from django import template
from django.utils.translation import gettext as _

register = template.Library()

# The first mark found counts: Edge and Opera also call themselves Chrome, Chrome also Safari.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)


@register.filter
def device(signature: str) -> str:
    """The browser and the system, as far as they are known."""
    names = [
        next((name for mark, name in marks if mark in signature), "")
        for marks in (BROWSERS, SYSTEMS)
    ]
    return ", ".join(filter(None, names)) or _("Peramban tidak dikenal")

"""System checks: what the sending of news needs of this installation's settings."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.utils.module_loading import import_string

from notifications import push


@register()
def web_push_key(**_: Any) -> list[CheckMessage]:
    """A key that is none would fail at every message, and no browser could subscribe."""
    if not push.is_configured():
        return []
    try:
        push.public_key(settings.VAPID_PRIVATE_KEY)
    except ValueError:
        return [
            Error(
                "VAPID_PRIVATE_KEY is no key for Web Push.",
                hint="Make one with `manage.py vapid_keys`, or remove it.",
                id="rembuk.E010",
            )
        ]
    return []


@register()
def message_bridge(**_: Any) -> list[CheckMessage]:
    """A bridge that cannot be imported would lose no message, but send none."""
    if not settings.MESSAGE_BRIDGE:
        return []
    try:
        import_string(settings.MESSAGE_BRIDGE)
    except ImportError:
        return [
            Error(
                f"MESSAGE_BRIDGE names nothing that can be imported: {settings.MESSAGE_BRIDGE}",
                hint="notifications.bridge.Folder, or a class as docs/bridge.md describes it.",
                id="rembuk.E011",
            )
        ]
    return []

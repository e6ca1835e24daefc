"""A session as a calendar entry: iCalendar, RFC 5545."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts import selectors as accounts_selectors
from forum.sessions.models import Session

LINE = 75  # octets, without the line end (RFC 5545, 3.1)


def calendar(session: Session, *, url: str, host: str) -> bytes:
    """The .ics file of a session, in the city's time zone; a cancelled one says so.

    Kept by UID: a calendar that has the entry takes the newer SEQUENCE over it.
    """
    zone_name = accounts_selectors.city().time_zone
    zone = ZoneInfo(zone_name)
    cancelled = session.is_cancelled
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Rembuk//Tanya langsung//ID",
        "CALSCALE:GREGORIAN",
        f"METHOD:{'CANCEL' if cancelled else 'PUBLISH'}",
        *_zone_lines(zone_name, session.starts_at.astimezone(zone)),
        "BEGIN:VEVENT",
        f"UID:tanya-{session.pk}@{host}",
        f"DTSTAMP:{_utc(timezone.now())}",
        f"SEQUENCE:{session.version - 1 + cancelled}",
        f"STATUS:{'CANCELLED' if cancelled else 'CONFIRMED'}",
        f"DTSTART;TZID={zone_name}:{_local(session.starts_at, zone)}",
        f"DTEND;TZID={zone_name}:{_local(session.ends_at, zone)}",
        f"SUMMARY:{_escaped(session.title)}",
        f"DESCRIPTION:{_escaped(session.description or session.project.title)}",
        f"URL:{url}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(folded(line) + "\r\n" for line in lines).encode()


def folded(line: str) -> str:
    """A line broken after at most 75 octets, never within a letter; what follows begins blank."""
    parts, part, size = [], "", 0
    for letter in line:
        width = len(letter.encode())
        # The blank of a continuation counts too.
        if size + width > LINE - (1 if parts else 0):
            parts.append(part)
            part, size = "", 0
        part, size = part + letter, size + width
    return "\r\n ".join([*parts, part])


def _zone_lines(name: str, moment: datetime) -> list[str]:
    """The zone's offset. The zones of Indonesia know no summer time, so one rule is all."""
    offset = moment.utcoffset() or timedelta()
    minutes = int(offset.total_seconds()) // 60
    sign = "+" if minutes >= 0 else "-"
    written = f"{sign}{abs(minutes) // 60:02d}{abs(minutes) % 60:02d}"
    return [
        "BEGIN:VTIMEZONE",
        f"TZID:{name}",
        "BEGIN:STANDARD",
        "DTSTART:19700101T000000",
        f"TZOFFSETFROM:{written}",
        f"TZOFFSETTO:{written}",
        "END:STANDARD",
        "END:VTIMEZONE",
    ]


def _local(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime("%Y%m%dT%H%M%S")


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _escaped(text: str) -> str:
    """A text value: backslash, semicolon, comma and line end are written out (3.3.11)."""
    for sign, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        text = text.replace(sign, written)
    return text

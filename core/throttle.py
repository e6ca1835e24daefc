"""How often a person may do something: counters in the shared cache, a sentence when it is enough.

`settings.LIMITS` is the table: by act, "number/window" with the window s, m, h, d or "10m"; for
everybody ("person"), for accounts younger than a day ("new", instead), and for the address that
new accounts come from ("address": wide, because a mobile carrier puts a whole kelurahan behind
one). A window slides: what was done in the one before counts for the share still within reach.

Nothing depends on the counters: without the cache everybody may go on.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import logging
import re
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

log = logging.getLogger(__name__)

NEW_ACCOUNT = timedelta(hours=24)
SENT_AGAIN = 20  # times that one form may be sent again without counting
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_ACTS = {
    "idea": gettext_lazy("Anda sudah mengirim beberapa aspirasi berturut-turut."),
    "reply": gettext_lazy("Anda sudah mengirim banyak balasan berturut-turut."),
    "edit": gettext_lazy("Anda sudah beberapa kali mengubah balasan."),
    "support": gettext_lazy("Anda sudah memberi banyak dukungan berturut-turut."),
    "flag": gettext_lazy("Anda sudah mengirim banyak laporan berturut-turut."),
    "rate": gettext_lazy("Anda sudah beberapa kali mengirim penilaian."),
    "question": gettext_lazy("Anda sudah mengirim beberapa pertanyaan berturut-turut."),
    "appeal": gettext_lazy("Anda sudah mengirim beberapa keberatan berturut-turut."),
    "follow": gettext_lazy("Anda sudah beberapa kali mengikuti dan berhenti mengikuti."),
}


@dataclass(frozen=True, slots=True)
class Window:
    """At most `most` in any `seconds`."""

    most: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Wait:
    """It is enough for now: from when on the person may go on."""

    act: str
    until: datetime

    @property
    def seconds(self) -> int:
        return max(1, int((self.until - timezone.now()).total_seconds()) + 1)

    @property
    def error(self) -> ValidationError:
        """The sentence for a form, which then does not say that something is to be mended."""
        return ValidationError(self.sentence, code="wait")

    @property
    def sentence(self) -> str:
        """Why and until when, in the city's time: "pukul 14.32", with the day when not today."""
        local = timezone.localtime(self.until + timedelta(seconds=59))
        at = formats.date_format(local, "H.i")
        if local.date() != timezone.localdate():
            at = _("%(day)s pukul %(time)s") % {
                "day": formats.date_format(local, "j F"),
                "time": at,
            }
            when = _("Silakan lanjut mulai %(at)s.") % {"at": at}
        elif self.seconds < 60:
            when = _("Silakan lanjut %(seconds)d detik lagi.") % {"seconds": self.seconds}
        else:
            when = _("Silakan lanjut mulai pukul %(time)s.") % {"time": at}
        return f"{_ACTS.get(self.act, '')} {when}".strip()

    def put_on(self, response: HttpResponse) -> HttpResponse:
        """Make an answer a 429 that says when to come back."""
        response.status_code = 429
        response["Retry-After"] = str(self.seconds)
        return response


def is_new(person: Any) -> bool:
    """Whether the account is younger than a day."""
    return timezone.now() - person.joined_at < NEW_ACCOUNT


def count(request: HttpRequest, act: str, *, once: Any = None) -> Wait | None:
    """Count one act of the person who sent this request; a Wait when it is one too many.

    An act that is refused does not count. `once`: the key of the form; the same form sent again is
    the same act, so it is neither counted nor refused.
    """
    rules = settings.LIMITS.get(act)
    person = request.user
    if not rules or not person.is_authenticated:
        return None
    try:
        seen = f"limit:once:{act}:{person.pk}:{once}"
        if once is not None and 0 < (cache.get(seen) or 0) < SENT_AGAIN:
            _add(seen, 1, 86400)
            return None
        wait = _count(_buckets(request, act, rules), time.time())
        if wait is not None:
            return Wait(act, datetime.fromtimestamp(wait, tz=timezone.get_current_timezone()))
        if once is not None:
            _add(seen, 1, 86400)
    except Exception as error:
        log.warning("throttle: %s is not counted: %r", act, error)
    return None


def _buckets(
    request: HttpRequest, act: str, rules: dict[str, list[str]]
) -> list[tuple[str, Window]]:
    """The counters that an act of this request falls into."""
    person: Any = request.user
    new = is_new(person)
    own = rules.get("new", rules["person"]) if new else rules["person"]
    counters = [(f"limit:{act}:p{person.pk}", window(text)) for text in own]
    if new:
        place = address_of(request)
        counters += [(f"limit:{act}:a{place}", window(text)) for text in rules.get("address", ())]
    return counters


def _count(counters: list[tuple[str, Window]], now: float) -> float | None:
    """Count in all of them, or in none; the time from which on it is allowed when in none."""
    counted: list[tuple[str, int]] = []
    until = 0.0
    for name, limit in counters:
        number = int(now // limit.seconds)
        passed = now % limit.seconds / limit.seconds
        present, before = f"{name}:{limit.seconds}:{number}", f"{name}:{limit.seconds}:{number - 1}"
        earlier = cache.get(before) or 0
        with_this = _add(present, 1, 2 * limit.seconds)
        counted.append((present, 2 * limit.seconds))
        if earlier * (1 - passed) + with_this > limit.most:
            until = max(until, _free_at(limit, number, earlier, with_this - 1))
    if until:
        for name, seconds in counted:
            _add(name, -1, seconds)
        return max(until, now)
    return None


def _free_at(limit: Window, number: int, earlier: int, present: int) -> float:
    """The first moment at which one more fits, if nothing else is done until then."""
    start = number * limit.seconds
    if present < limit.most:  # when enough of the earlier window has slid out of reach
        return start + limit.seconds * (1 - (limit.most - 1 - present) / max(earlier, 1))
    return start + limit.seconds * (2 - (limit.most - 1) / present)


def _add(name: str, number: int, seconds: int) -> int:
    """Add to a counter that lives so long; what it says then. 0 without a cache."""
    cache.add(name, 0, seconds)
    try:
        return cache.incr(name, number)
    except ValueError:  # thrown out in between to make room
        return max(number, 0)


@lru_cache(maxsize=64)
def window(text: str) -> Window:
    """ "5/h" is 5 in an hour, "8/10m" 8 in ten minutes."""
    match = re.fullmatch(r"(\d+)/(\d*)([smhd])", text)
    if match is None:
        raise ValueError(f"{text!r} is no limit: write 5/h or 8/10m")
    most, times, unit = match.groups()
    return Window(int(most), int(times or 1) * _SECONDS[unit])


def address_of(request: HttpRequest) -> str:
    """A name for the address that a request came from, which does not tell the address.

    As many steps back in X-Forwarded-For as there are trusted proxies; what stands before them can
    be made up by anybody. IPv6: the network of the household (/64), since devices change theirs.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXIES:
        said = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
        if len(said) >= settings.TRUSTED_PROXIES:
            address = said[-settings.TRUSTED_PROXIES]
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if known.version == 6:
        known = ipaddress.ip_network(f"{known}/64", strict=False).network_address
    key = settings.SECRET_KEY.encode()
    return hmac.new(key, known.packed, hashlib.sha256).hexdigest()[:20]

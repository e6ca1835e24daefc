"""What every page knows: the city, whether this is the demo, which menu the reader gets."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from accounts import policy, selectors
from accounts.models import Role


def city(request: HttpRequest) -> dict[str, Any]:
    """`city` for masthead and colours; `demo` and `demo_mail` for the demo's hints; `nav`."""
    person = getattr(request, "user", None)
    return {
        "city": selectors.city(),
        "demo": settings.DEMO,
        "demo_mail": bool(policy.may_read_demo_mail(request)),
        "nav": {
            "staff": bool(policy.may_use_staff_pages(person)),
            "desk": policy.holds_role(person, Role.MODERATOR),
            "audit": policy.has_role(person, Role.AUDITOR),
            "answers": policy.holds_role(person, Role.RESPONDER),
            "drafts": policy.holds_role(person, Role.LEADER)
            and not policy.holds_role(person, Role.RESPONDER),
            "tasks": any(
                policy.holds_role(person, role)
                for role in (Role.MODERATOR, Role.RESPONDER, Role.LEADER)
            ),
        },
    }

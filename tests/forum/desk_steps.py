"""What the tests of the desk do again and again."""

from django.urls import reverse

from forum.moderation import services as moderation
from forum.moderation.models import Case
from notifications.models import Notice
from tests.jobs import drain


def url(name, *args):
    return reverse(f"forum:{name}", args=args)


def text_of(response):
    return response.content.decode()


def fresh(case):
    return Case.objects.select_related("project", "idea__project", "reply__idea__project").get(
        pk=case.pk
    )


def decide(case, decision, by, **more):
    """One decision through the service, with a rule and a message where they are wanted."""
    case = fresh(case)
    reason = {"rule": "person", "message": "Jangan menyebut nama."}
    with_reason = decision in ("hide", "ask_edit", "warn", "suspend")
    return moderation.rule(
        case=case,
        seen_version=case.version,
        decision=decision,
        by=by,
        **{**(reason if with_reason else {}), **more},
    )


def form(case, decision, **changes):
    """The fields of a decision as a browser sends them."""
    reason = {"rule": "person", "message": "Jangan menyebut nama."}
    return {"decision": decision, "version": fresh(case).version, **reason, **changes}


def told(person):
    """The headlines in a person's list, oldest first."""
    drain()
    rows = Notice.objects.filter(person=person).select_related("latest").order_by("pk")
    return [row.latest.text for row in rows]

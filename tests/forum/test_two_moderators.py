"""Two moderators at one case: one decision, one notice, and the other is told who decided."""

import pytest

from forum.moderation import services as moderation
from forum.moderation.models import Ruling
from forum.moderation.services import AlreadyDecided
from notifications.models import Event
from tests.forum.desk_steps import fresh
from tests.together import at_once

ROUNDS = 50


@pytest.mark.django_db(transaction=True)
def test_fifty_times_two_decide_at_once(
    make_reply, make_person, moderator, second_moderator, resident
):
    decisions = ("hide", "keep", "ask_edit", "suspend")
    author = make_person()
    for round_ in range(ROUNDS):
        # An author who is limited writes no more: a new one each time that could have happened.
        author = make_person() if author.is_suspended or round_ % 4 == 3 else author
        reply = make_reply(f"Balasan {round_}", author=author)
        case = moderation.flag(target=reply, person=resident, reason="person")
        waiting = iter(
            [(moderator, "hide"), (second_moderator, decisions[round_ % len(decisions)])]
        )

        def decide(case=case, waiting=waiting):
            person, decision = next(waiting)
            try:
                moderation.rule(
                    case=fresh(case), seen_version=1, decision=decision, by=person,
                    rule="person", message="Uji.", days=7 if decision == "suspend" else None,
                )  # fmt: skip
            except AlreadyDecided as late:
                return late.case.decided_by_id
            return "decided"

        answers = at_once(2, decide)
        ruling = Ruling.objects.get(case=case)  # one, never two
        assert len(answers) == 2 and answers.count("decided") == 1, (round_, answers)
        assert ruling.by_id in answers, "the other is told who decided"
        assert Event.objects.filter(key=f"ruling.{ruling.pk}").count() == (
            0 if ruling.decision == "keep" else 1
        )
        assert Event.objects.filter(source_kind="flag", source_id=case.pk).count() == 1
        reply.refresh_from_db()
        assert reply.is_published == (ruling.decision == "keep")
        assert fresh(case).version == 2


@pytest.mark.django_db(transaction=True)
def test_reporting_and_deciding_at_once_never_wait_for_each_other(
    make_reply, make_person, moderator
):
    for round_ in range(15):
        reply = make_reply(f"Balasan {round_}")
        case = moderation.flag(target=reply, person=make_person(), reason="spam")
        flagger = make_person()
        turns = iter("flag rule".split())

        def act(case=case, reply=reply, flagger=flagger, turns=turns):
            if next(turns) == "flag":
                moderation.flag(target=reply, person=flagger, reason="person")
            else:
                moderation.rule(case=fresh(case), seen_version=1, decision="keep", by=moderator)
            return True

        assert at_once(2, act) == [True, True], round_
        unsettled = reply.cases.exclude(state="closed")
        assert sum(each.flag_count for each in reply.cases.all()) == 2
        assert unsettled.count() == (0 if case.flags.count() == 2 else 1)

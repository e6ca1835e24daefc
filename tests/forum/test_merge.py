"""Two aspirasi become one: the other stays readable, and nobody's support moves by itself."""

import uuid

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.policy import Refused
from forum.discussion import services as discussion
from forum.moderation import services as moderation
from forum.moderation.models import Case
from participation import selectors
from participation import services as participation
from participation.models import Idea, IdeaHistory, Project, Support
from tests.forum.desk_steps import decide, form, fresh, text_of, told, url
from tests.jobs import drain
from tests.together import at_once


@pytest.fixture
def target(make_idea, make_person):
    return make_idea(author=make_person(), title="Lampu di seluruh taman")


def read(idea):
    return Idea.objects.select_related("project", "merged_into").get(pk=idea.pk)


def merge(idea, into, by):
    case = moderation.examine(target=read(idea), by=by)
    return decide(case, "merge", by, into=read(into))


def test_a_merged_aspirasi_stays_readable_and_takes_nothing_more(
    idea, target, moderator, other_resident, sign_in, client
):
    case = moderation.examine(target=idea, by=moderator)
    answer = sign_in(moderator).post(
        url("rule", case.pk), form(case, "merge", into=read(target).number)
    )
    assert answer.status_code == 302
    page = text_of(client.get(url("idea", idea.pk)))
    assert f"Digabung ke {target.number}" in page and idea.body in page
    assert "Lampu di seluruh taman" in page
    of_target = text_of(client.get(url("idea", target.pk)))
    assert "1 aspirasi digabung ke sini" in of_target and idea.title in of_target
    with pytest.raises(Refused, match="sudah digabung"):
        participation.support(idea=read(idea), person=other_resident)
    answer = sign_in(other_resident).post(
        url("reply", idea.pk), {"body": "Halo.", "client_key": str(uuid.uuid4())}
    )
    assert answer.status_code == 403 and "Halo." in text_of(answer)
    assert read(idea).reply_count == read(idea).support_count == 0
    assert IdeaHistory.objects.get(field="merged").new == target.number
    history = text_of(client.get(url("idea_history", idea.pk)))
    assert f"Digabung ke {target.number}" in history
    assert "Digabung ke aspirasi lain" in text_of(client.get("/aspirasi/"))
    assert selectors.similar_to(read(target)) == []


def test_a_held_one_is_published_with_the_merger(make_idea, target, moderator, client):
    held = make_idea(body="Hubungi 0812-0000-1234.")
    decide(Case.objects.get(idea=held), "merge", moderator, into=read(target))
    assert read(held).is_published and read(held).merged_into_id == target.pk


def test_supporters_are_told_and_each_moves_the_own_support(
    idea, target, moderator, make_person, resident, sign_in
):
    moves, stays, both = make_person(), make_person(), make_person()
    for person in (moves, stays, both):
        participation.support(idea=idea, person=person)
    participation.support(idea=target, person=both)
    merge(idea, target, moderator)
    assert (read(idea).support_count, read(target).support_count) == (3, 1), "nothing moved"
    news = "Digabung dengan aspirasi serupa. Anda bisa memindahkan dukungan"
    for person in (moves, stays, both):
        assert told(person) == [news]
    assert told(resident) == ["Aspirasi Anda digabung dengan aspirasi serupa"]
    address = f"/aspirasi/{idea.pk}/pindah-dukungan/"
    for person in (moves, both):
        browser = sign_in(person)
        assert "Pindahkan dukungan saya" in text_of(browser.get(url("idea", idea.pk)))
        for _twice in range(2):
            assert browser.post(address)["Location"] == url("idea", target.pk)
    assert (read(idea).support_count, read(target).support_count) == (1, 2)
    assert "Pindahkan dukungan saya" not in text_of(sign_in(moves).get(url("idea", idea.pk)))
    stranger = make_person()
    sign_in(stranger).post(address)
    assert not Support.objects.filter(person=stranger).exists()


def test_undone_it_stands_alone_again_and_what_was_moved_stays(
    idea, target, moderator, make_person, sign_in, client
):
    person = make_person()
    participation.support(idea=idea, person=person)
    merge(idea, target, moderator)
    participation.move_support(idea=read(idea), person=person)
    case = moderation.examine(target=read(idea), by=moderator)
    page = text_of(sign_in(moderator).get(url("desk_item", case.pk)))
    assert 'value="split"' in page and 'value="merge"' not in page
    decide(case, "split", moderator)
    assert read(idea).merged_into is None
    assert (read(idea).support_count, read(target).support_count) == (0, 1)
    participation.support(idea=read(idea), person=person)
    assert "digabung ke sini" not in text_of(client.get(url("idea", target.pk)))
    assert not participation.move_support(idea=read(idea), person=person)


@pytest.mark.parametrize("into", ["", "R-2026-999999", "abc", "-", "9" * 30, "itself", "elsewhere"])
def test_a_target_that_will_not_do_is_an_error_at_its_field(
    idea, make_idea, make_project, moderator, sign_in, into
):
    if into == "itself":
        into = str(idea.pk)
    elif into == "elsewhere":
        into = str(make_idea(project_=make_project()).pk)
    case = moderation.examine(target=idea, by=moderator)
    answer = sign_in(moderator).post(url("rule", case.pk), form(case, "merge", into=into))
    assert answer.status_code == 422 and 'id="id_into_error"' in text_of(answer)
    assert fresh(case).is_open and read(idea).merged_into is None


def test_no_chains(idea, target, make_idea, moderator):
    third = make_idea(title="Ketiga")
    merge(idea, target, moderator)
    for one, other in ((target, third), (third, idea), (idea, third)):
        with pytest.raises(Refused):
            merge(one, other, moderator)
    assert read(target).merged_into is None and read(third).merged_into is None


def test_a_moderator_of_another_unit_merges_nothing(idea, target, moderator_elsewhere):
    with pytest.raises(Refused):
        participation.merge_idea(idea=read(idea), into=read(target), by=moderator_elsewhere)


# --- Counters -------------------------------------------------------------------------------------

STEPS = ["merge", "split", "support", "unsupport", "move", "hide", "restore", "reply"]


class _RollBack(Exception):
    pass


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(STEPS), st.integers(0, 2), st.integers(0, 2)), max_size=30
    )
)
def test_counters_are_right_under_every_order(
    steps, idea, target, make_idea, resident, other_resident, moderator
):
    try:
        with transaction.atomic():
            third = make_idea(title="Ketiga")
            ideas, people = (idea, target, third), (resident, other_resident, moderator)
            for step, n, m in steps:
                one, other, person = read(ideas[n]), read(ideas[m]), people[m]
                try:
                    with transaction.atomic():
                        _take(step, one, other, person, moderator)
                except Refused:
                    pass
            _recount(idea.project_id)
            raise _RollBack
    except _RollBack:
        pass


def _take(step, one, other, person, moderator):
    if step == "merge":
        participation.merge_idea(idea=one, into=other, by=moderator)
    elif step == "split":
        participation.split_idea(idea=one, by=moderator)
    elif step == "support":
        participation.support(idea=one, person=person)
    elif step == "unsupport":
        participation.withdraw_support(idea=one, person=person)
    elif step == "move":
        participation.move_support(idea=one, person=person)
    elif step == "hide":
        participation.hide_idea(idea=one, by=moderator, reason="uji")
    elif step == "restore":
        participation.publish_idea(idea=one, by=moderator)
    else:
        discussion.submit_reply(author=person, idea=one, body="Setuju.", client_key=uuid.uuid4())


def _recount(project_pk):
    ideas = Idea.objects.filter(project=project_pk)
    assert (
        Project.objects.get(pk=project_pk).idea_count
        == ideas.filter(visibility="published").count()
    )
    for idea in ideas:
        assert idea.support_count == Support.objects.filter(idea=idea).count()
        assert idea.reply_count == idea.replies.filter(visibility="published").count()
        if idea.merged_into_id:
            assert idea.merged_into.merged_into_id is None, "a chain"
            assert idea.merged_into_id != idea.pk


@pytest.mark.django_db(transaction=True)
def test_merging_both_ways_and_moving_at_once_ends_with_one_merger(
    idea, target, moderator, second_moderator, make_person
):
    people = [make_person() for _ in range(3)]
    for round_ in range(5):
        for person in people:
            participation.support(idea=read(idea), person=person)
            participation.support(idea=read(target), person=person)
        turns = iter([(idea, target), (target, idea)])

        def go(turns=turns):
            one, other = next(turns)
            try:
                return participation.merge_idea(idea=read(one), into=read(other), by=moderator)
            except Refused:
                return False

        assert sorted(at_once(2, go)) == [False, True], round_
        merged = idea if read(idea).merged_into_id else target
        movers = iter(people)

        def move(merged=merged, movers=movers):
            return participation.move_support(idea=read(merged), person=next(movers))

        assert at_once(3, move) == [True] * 3
        _recount(idea.project_id)
        participation.split_idea(idea=read(merged), by=moderator)
        for person in people:
            for each in (idea, target):
                participation.withdraw_support(idea=read(each), person=person)
    drain()

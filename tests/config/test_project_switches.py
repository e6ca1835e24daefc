"""The switches of a project in the admin: for city admins alone, and nothing but the switches."""

import pytest
from django.contrib import admin
from django.urls import reverse

from forum.screening import selectors as screening
from participation.models import Project

LIST = reverse("admin:participation_project_changelist")
SWITCHES = ("premoderated", "first_posts_checked", "takes_stance")


@pytest.fixture
def admin_of(sign_in):
    """A browser of somebody whom Django lets to the door of the admin."""

    def enter(person):
        type(person).objects.filter(pk=person.pk).update(is_staff=True)
        return sign_in(person)

    return enter


def page_of(project) -> str:
    return reverse("admin:participation_project_change", args=[project.pk])


def test_a_city_admin_switches_each_and_nothing_else(project, idea, city_admin, admin_of):
    browser = admin_of(city_admin)
    assert project.title in browser.get(LIST).content.decode()
    page = browser.get(page_of(project)).content.decode()
    assert page.count(" checked") == 1, "the score is in use until somebody switches it off"
    sent = {**dict.fromkeys(SWITCHES, "on"), "idea_count": "99", "revision": "0", "title": "Lain"}
    before = Project.objects.get(pk=project.pk)
    assert browser.post(page_of(project), sent).status_code == 302
    after = Project.objects.get(pk=project.pk)
    assert all(getattr(after, name) for name in SWITCHES) and not screening.uses_score(after)
    for name in ("title", "idea_count", "revision"):
        assert getattr(after, name) == getattr(before, name)
    assert browser.post(page_of(project), {"uses_score": "on"}).status_code == 302
    after.refresh_from_db()
    assert not any(getattr(after, name) for name in SWITCHES) and screening.uses_score(after)


@pytest.mark.parametrize("who", ["resident", "responder", "moderator", "leader", "auditor"])
def test_nobody_else_gets_there(who, project, cast, admin_of):
    browser = admin_of(getattr(cast, who))
    for path in (LIST, page_of(project)):
        answer = browser.get(path)
        assert answer.status_code in (302, 403)  # 302: a second step is asked for, still no page
        assert project.title not in answer.content.decode()
    assert browser.post(page_of(project), dict.fromkeys(SWITCHES, "on")).status_code in (302, 403)
    assert not Project.objects.get(pk=project.pk).takes_stance


def test_a_project_is_neither_made_nor_deleted_there(project, city_admin, admin_of):
    browser = admin_of(city_admin)
    assert browser.get(reverse("admin:participation_project_add")).status_code == 403
    delete = reverse("admin:participation_project_delete", args=[project.pk])
    assert browser.post(delete, {"post": "yes"}).status_code == 403
    assert Project.objects.filter(pk=project.pk).exists()


def test_no_post_and_no_author_of_one_is_in_the_admin(
    project, idea, make_reply, city_admin, admin_of
):
    reply = make_reply("Bangku di bawah pohon asam.")
    for path in (LIST, page_of(project), reverse("admin:index")):
        page = admin_of(city_admin).get(path).content.decode()
        assert "Pengaturan" in page
        for part in (idea.title, reply.body, idea.author.display_name, reply.author.display_name):
            assert part not in page
    told = {model._meta.label for model in admin.site._registry}
    posts = {"participation.Idea", "participation.Photo", "participation.Support", "forum.Reply",
             "forum.ReplyVersion", "forum.Question", "forum.Case", "forum.Ruling",
             "forum.AnswerRating", "forum.Note", "forum.IdentityReveal"}  # fmt: skip
    assert not told & posts

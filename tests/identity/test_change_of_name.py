"""A new name stands on the pages at once, although their rows are kept rendered."""

import pytest
from django.urls import reverse


@pytest.fixture
def browser(sign_in, other_resident):
    return sign_in(other_resident)


def save_profile(browser, **changes):
    form = {"display_name": "Budi Prasetyo", "village": "61.71.01.1006", "language": "id"}
    return browser.post(reverse("accounts:profile"), {**form, **changes})


def test_a_change_of_name_reaches_a_discussion_that_was_kept(
    idea, make_reply, browser, client, django_capture_on_commit_callbacks
):
    make_reply()
    page = reverse("forum:idea", args=[idea.pk])
    assert "Budi Prasetyo" in client.get(page).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        save_profile(browser, display_name="Budi Santoso")
    shown = client.get(page).content.decode()
    assert "Budi Santoso" in shown
    assert "Budi Prasetyo" not in shown


def test_a_change_of_kelurahan_reaches_a_pseudonym(
    idea, make_reply, browser, client, django_capture_on_commit_callbacks
):
    make_reply(shown_as="pseudonym")
    page = reverse("forum:idea", args=[idea.pk])
    assert "Warga Akcaya" in client.get(page).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        save_profile(browser, village="61.71.01.1004")
    assert "Warga Akcaya" not in client.get(page).content.decode()


def test_a_name_changed_by_a_city_admin_reaches_it_too(
    idea, make_reply, other_resident, city_admin, sign_in, client,
    django_capture_on_commit_callbacks,
):  # fmt: skip
    make_reply()
    page = reverse("forum:idea", args=[idea.pk])
    client.get(page)
    city_admin.is_staff = True
    city_admin.save()
    with django_capture_on_commit_callbacks(execute=True):
        sign_in(city_admin).post(
            f"/admin/accounts/person/{other_resident.pk}/change/",
            {"display_name": "Budi Santoso", "village": ""},
        )
    assert "Budi Prasetyo" not in client.get(page).content.decode()


def test_without_a_change_the_kept_rows_are_used(idea, make_reply, client):
    """Else every page would render all its replies."""
    from django.core.cache import cache

    make_reply()
    page = reverse("forum:idea", args=[idea.pk])
    client.get(page)
    kept = {key for key in cache._cache if "discussion:" in key}
    client.get(page)
    assert kept == {key for key in cache._cache if "discussion:" in key} != set()

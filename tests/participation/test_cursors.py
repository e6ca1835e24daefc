"""A cursor that nobody gave out is an unknown address, never a fault of the server."""

import pytest
from django.urls import reverse

from core.http import encode_cursor


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_moment_outside_of_time_is_not_found(moment, client, moderator, sign_in):
    cursor = {"kursor": encode_cursor(moment, 1)}
    assert client.get(reverse("participation:idea_list"), cursor).status_code == 404
    assert sign_in(moderator).get(reverse("forum:desk"), cursor).status_code == 404

"""Projects of the city and what residents propose for them."""

from django.apps import AppConfig


class ParticipationConfig(AppConfig):
    name = "participation"

"""The installation itself: settings, addresses, demo content."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "config"
    label = "config"

"""Telling people what concerns them."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"

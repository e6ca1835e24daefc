"""The conversation of residents and civil servants: discussion, official answers, moderation."""

from django.apps import AppConfig


class ForumConfig(AppConfig):
    name = "forum"

"""What every other app stands on and what knows no product word."""

from django.apps import AppConfig
from django.urls import register_converter
from django.utils.module_loading import autodiscover_modules


class CoreConfig(AppConfig):
    name = "core"

    def ready(self) -> None:
        from core import checks  # noqa: F401  (registers the system checks)
        from core.http import NumberConverter

        # Here and not in config.urls: the addresses of the sockets use it too.
        register_converter(NumberConverter, "number")
        # Every process knows every task by its name, whoever it is that enqueues or runs it.
        autodiscover_modules("tasks")

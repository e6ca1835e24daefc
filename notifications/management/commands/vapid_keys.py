"""Makes the pair of keys with which this forum signs what it hands to push services."""

from typing import Any

from django.core.management.base import BaseCommand

from notifications import push


class Command(BaseCommand):
    help = (
        "Prints a new key for Web Push: put the first line into the environment. With another key "
        "every device must be registered again."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        private = push.new_private_key()
        self.stdout.write(f"VAPID_PRIVATE_KEY={private}")
        self.stdout.write(f"# Browsers are told the public half: {push.public_key(private)}")

"""Marks an address from which mail came back: by hand, or from the mail server's pipe."""

import sys
from email import message_from_binary_file, policy
from email.message import EmailMessage
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from notifications import services


class Command(BaseCommand):
    help = (
        "Send nothing more to an address: `bounce name@example.org`, or feed a returned mail "
        "(a delivery report) to `bounce -`, as a mail server's pipe does."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", help="the address, or - for a returned mail on stdin")
        parser.add_argument("--reason", default="")

    def handle(self, *args: Any, address: str, reason: str, **options: Any) -> None:
        if address != "-":
            if "@" not in address:
                raise CommandError(f"{address!r} is no e-mail address.")
            services.mark_unreachable(address=address, reason=reason)
            self.stdout.write(f"Marked: {address}")
            return
        source = getattr(sys.stdin, "buffer", sys.stdin)
        report = message_from_binary_file(source, policy=policy.default)
        failed = list(refused(report))  # type: ignore[arg-type]
        for failed_address, status in failed:
            services.mark_unreachable(address=failed_address, reason=reason or status)
            self.stdout.write(f"Marked: {failed_address} ({status})")
        if not failed:
            # A full mailbox, a delay, an answer from a person: nothing that lasts.
            self.stdout.write("Nothing to mark: no lasting failure in this mail.")


def refused(report: EmailMessage) -> list[tuple[str, str]]:
    """The addresses that a delivery report (RFC 3464) says cannot be reached, with the status."""
    found = []
    for part in report.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for block in part.get_payload():  # type: ignore[union-attr]
            action = str(block.get("Action", "")).strip().lower()  # type: ignore[union-attr]
            status = str(block.get("Status", "")).strip()  # type: ignore[union-attr]
            recipient = str(block.get("Final-Recipient", ""))  # type: ignore[union-attr]
            address = recipient.rpartition(";")[2].strip().strip("<>")
            if action == "failed" and status.startswith("5") and "@" in address:
                found.append((address, status))
    return found

"""Is the log of opened identities as it was written?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from forum.identity import selectors


class Command(BaseCommand):
    help = "Computes the chain of the identity log anew; fails with the first row that is wrong."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--head", metavar="HASH", help="the head that was noted at row --length"
        )
        parser.add_argument("--length", metavar="N", type=int, help="how many rows there were then")

    def handle(self, *args: Any, head: str | None, length: int | None, **options: Any) -> None:
        state = selectors.check_chain()
        if not state.is_whole:
            raise CommandError(f"The log was changed: row {state.broken_at} is not as written.")
        if head and selectors.head_at(length or state.length) != head:
            raise CommandError("The log was rewritten: it no longer leads to the head noted then.")
        self.stdout.write(f"The log is whole: {state.length} rows, head {state.head or 'none'}.")

"""Work in the background: sending what is due, with what its readers may see by then."""

from datetime import timedelta
from time import monotonic

from django.core.mail import get_connection
from django.utils import timezone

from core.background import task
from core.schedule import scheduled
from forum.answers import promises
from forum.clock import tasks as clock_tasks
from forum.disposition import tasks as disposition_tasks
from forum.notify import sources
from forum.screening import tasks as screening_tasks
from forum.sessions import tasks as session_tasks
from notifications import services as notifications
from notifications.services import Channel

# Every process imports this module, and through it the tasks of the parts.
__all__ = [
    "clock_tasks",
    "disposition_tasks",
    "screening_tasks",
    "send_due_mail",
    "send_letters",
    "send_letters_on",
    "session_tasks",
]

# A job that goes on for long would keep a worker from everything else.
MOST_LETTERS = 200
MOST_SECONDS = 60


@scheduled("forum.send_due_mail", every=timedelta(minutes=1))
def send_due_mail() -> None:
    """Send what is due, each channel in a job of its own: a slow one holds up no other."""
    notifications.free_abandoned()
    notifications.read_reports()
    for channel in notifications.channels_due():
        send_letters_on.enqueue(channel=channel)


# At midnight UTC, which is morning in every zone of the country.
@scheduled("forum.tell_of_promised_dates", every=timedelta(days=1))
def tell_of_promised_dates() -> None:
    """Promised dates that are near, and those that have passed."""
    promises.tell_of_dates(now=timezone.now())


@task(name="forum.send_letters")
def send_letters_on(*, channel: str = Channel.EMAIL) -> None:
    send_letters(channel)


def send_letters(channel: str = Channel.EMAIL) -> int:
    """Send what is due through a channel, for a while; then let another job go on with the rest.

    Returns how many letters were looked at. Mail goes over one connection.
    """
    connection = get_connection() if channel == Channel.EMAIL else None
    began = monotonic()
    try:
        for number in range(MOST_LETTERS):
            letter = notifications.next_letter(channel=channel, now=timezone.now())
            if letter is None:
                return number
            try:
                shown = sources.visible(letter.person, letter.events)
                notifications.send(letter, shown, connection=connection)
            except Exception as error:
                notifications.put_aside(letter, error)
            if monotonic() - began > MOST_SECONDS:
                break
    finally:
        if connection is not None:
            connection.close()
    send_letters_on.enqueue(channel=channel)
    return number + 1

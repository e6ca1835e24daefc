"""Work in the background: sending the mail that is due, with what its readers may see by then."""

from datetime import timedelta

from django.core.mail import get_connection
from django.utils import timezone

from core.background import task
from core.schedule import scheduled
from forum.notify import sources
from forum.screening import tasks as screening
from notifications import services as notifications

__all__ = ["screening", "send_due_mail", "send_letters", "send_letters_on"]

# A job that goes on for long would keep a worker from everything else.
MOST_LETTERS = 200


@scheduled("forum.send_due_mail", every=timedelta(minutes=1))
def send_due_mail() -> None:
    """Send what is due, then let another job go on with the rest."""
    notifications.free_abandoned()
    send_letters()


@task(name="forum.send_letters")
def send_letters_on() -> None:
    send_letters()


def send_letters() -> int:
    """Send at most so many letters over one connection; how many were looked at."""
    connection = get_connection()
    try:
        for number in range(MOST_LETTERS):
            letter = notifications.next_letter(now=timezone.now())
            if letter is None:
                return number
            try:
                shown = sources.visible(letter.person, letter.events)
                notifications.send(letter, shown, connection=connection)
            except Exception as error:
                notifications.put_aside(letter, error)
    finally:
        connection.close()
    send_letters_on.enqueue()
    return MOST_LETTERS

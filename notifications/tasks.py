"""Work in the background: telling the people whom an event names, sending a code."""

from core.background import task
from notifications import fanout, phones


@task(name="notifications.tell")
def tell(*, event_id: int, people: list[int]) -> None:
    """Tell these people of an event, a batch at a time."""
    people = sorted(set(people))
    for start in range(0, len(people), fanout.BATCH):
        fanout.reach(event_id=event_id, people=people[start : start + fanout.BATCH])
    fanout.finish(event_id=event_id)


@task(name="notifications.send_code", retries=3)
def send_code(*, person_id: int) -> None:
    """Send a code to the number that a person gave. Run again it is another code."""
    phones.send_code(person_id=person_id)

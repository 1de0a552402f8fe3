"""A library that lends books. Each book is a stream of the log "books": lent (member, until), returned."""

import datetime
import functools

from dynamodb_log import EventLog, NewEvent, Projector, now

LOAN = datetime.timedelta(days=28)


class NotPossible(Exception):
    pass


def evolve(member, event):
    """Who has the book after an event."""
    return event.payload["member"] if event.type == "lent" else None


class Desk:
    """Commands and questions. `clock`: says what time it is."""

    def __init__(self, log, clock=now):
        self._log = log
        self._clock = clock

    def lend(self, id, member):
        until = (self._clock() + LOAN).isoformat()

        def decide(holder):
            if holder:
                raise NotPossible(f"{holder} has the book {id}.")
            return [NewEvent("lent", {"member": member, "until": until})]

        self._log.decide("books", id, initial=None, evolve=evolve, decide=decide)
        return until

    def take_back(self, id):
        def decide(holder):
            if not holder:
                raise NotPossible(f"Nobody has the book {id}.")
            return [NewEvent("returned")]

        self._log.decide("books", id, initial=None, evolve=evolve, decide=decide)

    def is_overdue(self, id):
        for event in self._log.read("books", id, backwards=True, limit=1):
            return event.type == "lent" and datetime.datetime.fromisoformat(event.payload["until"]) < self._clock()
        return False


@functools.lru_cache
def books():
    """The read models `books#<id>`: who has it, and how often it was lent."""
    projector = Projector(EventLog.connect("local"), "books", type="book")

    @projector.on("lent")
    def lent(event, book):
        if not event.payload["member"]:
            raise ValueError("nobody has borrowed it")
        book["member"] = event.payload["member"]
        book["loans"] = book.get("loans", 0) + 1

    @projector.on("returned")
    def returned(event, book):
        book["member"] = None

    return projector


def handler(event, context):
    """The function that builds the read models."""
    books().handle(event)

"""Workers of subscriptions, for the tests: each says what it has handled."""

from dynamodb_log import Expected, NewEvent, Subscription
from dynamodb_log.attributes import to_item


class Reader:
    """A worker of a group, and what it has handled."""

    def __init__(self, log, group="mails", **options):
        self.handled = []
        self.log = log
        self.subscription = Subscription(log, group, retries=2, lease_seconds=30, **options)
        self.subscription.on_any(self.handle)
        self.fails = set()  # (id, version) whose handler raises

    def handle(self, event):
        if (event.id, event.version) in self.fails:
            raise RuntimeError(f"cannot handle {event.id}/{event.version}")
        self.handled.append((event.id, event.version))

    def read(self, rounds=20):
        """Reads until there is nothing new."""
        for _ in range(rounds):
            if not self.subscription.run_once():
                return self.handled
        raise AssertionError("there is always something new")

    def later(self, seconds):
        self.log.environment.seconds += seconds
        return self

    def stop(self):
        self.subscription.stop()
        self.subscription.run()


def append(log, id, count=1):
    log.append("users", id, count * [NewEvent("signup")], Expected.ANY)


def versions(handled, id):
    return [version for one, version in handled if one == id]


def stored_event(tables, id, version):
    """An event that is written to the table past the library, as its item."""
    item = to_item({
        "pk": f"users#{id}#stream", "sk": version, "type": "signup", "log": "users", "payload": {"id": id},
    })
    tables.client.put_item(TableName=tables.log_table, Item=item)
    return item

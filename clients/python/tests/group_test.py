"""Workers of a group come, leave and die while events are appended: nothing is missed."""

import random
import threading
import time

from dynamodb_log import Expected, NewEvent, Subscription, SystemEnvironment

STREAMS, APPENDS = 15, 240
SECONDS = 120  # in which it must be done, on a busy machine too


def test_nothing_is_missed(tables):
    draw = random.Random(20261128)
    handled, lock = [], threading.Lock()
    deadline = time.monotonic() + SECONDS

    def new_log():
        return tables.new_log(environment=SystemEnvironment())

    def write():
        log = new_log()
        for _ in range(APPENDS):
            log.append("users", str(draw.randrange(STREAMS)), NewEvent("counted"), Expected.ANY)

    def missing():
        with lock:
            return APPENDS - len(set(handled))

    def work(stops_after, dies):
        """Handles so many events, then stops, or is never heard of again; 0: handles all."""
        subscription = Subscription(new_log(), "counters", lease_seconds=0.5, idle_seconds=0.01)
        count = 0

        @subscription.on_any
        def handle(event):
            nonlocal count
            count += 1
            with lock:
                handled.append((event.id, event.version))
            if count == stops_after:
                subscription.stop()

        while missing() and count != (stops_after or -1) and time.monotonic() < deadline:
            if not subscription.run_once():
                time.sleep(0.01)
        if not dies:
            subscription.stop()
            subscription.run()  # gives back its leases

    writer = threading.Thread(target=write)
    writer.start()
    workers = []
    for number in range(9):
        stops_after = draw.randrange(10, 50) if number < 6 else 0
        workers.append(threading.Thread(target=work, args=(stops_after, number % 2 == 0)))
        workers[-1].start()
        if number % 3 == 2:
            for one in workers[:-1]:
                one.join(1)
    for thread in [writer, *workers]:
        thread.join()
    assert missing() == 0
    for stream in range(STREAMS):
        versions = list(dict.fromkeys(version for id, version in handled if id == str(stream)))
        assert versions == sorted(versions)

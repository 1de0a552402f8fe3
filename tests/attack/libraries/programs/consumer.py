"""A consumer of the group "counted" that writes a line for each event it has handled: `consumer.py FILE`. SIGTERM stops it,
from when there is a file FILE.ready. The line: nanoseconds of the machine's steady clock, stream, version."""
import signal
import sys
import time

from dynamodb_log import EventLog, Subscription

subscription = Subscription(EventLog.connect("local"), "counted", lease_seconds=1.5, idle_seconds=0.02)
signal.signal(signal.SIGTERM, lambda *_: subscription.stop())
open(sys.argv[1] + ".ready", "w").close()

with open(sys.argv[1], "ab", buffering=0) as file:

    @subscription.on_any
    def handle(event):
        file.write(b"%d %s %d\n" % (time.monotonic_ns(), event.id.encode(), event.version))

    subscription.run()

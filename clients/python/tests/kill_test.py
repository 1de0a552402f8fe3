"""Writers in threads, and a server that is killed in the middle: no event is lost, and none is
there twice."""

import threading
import uuid

from cloud import Cloud
from dynamodb_log import EventLog, Expected, NewEvent

WRITERS, APPENDS = 6, 25


def test_appends_survive_a_kill_of_the_server(tmp_path):
    appended, errors, a_third = [], [], threading.Event()

    def write(url):
        log = EventLog.connect("local", endpoint_url=url, attempts=500)
        try:
            for number in range(APPENDS):
                event_id = str(uuid.uuid4())
                result = log.append("users", "42", NewEvent("counted", {"number": number}, event_id), Expected.ANY)
                appended.append((result.version, event_id))
                if len(appended) >= WRITERS * APPENDS // 3:
                    a_third.set()
        except Exception as error:
            errors.append(error)
            a_third.set()

    with Cloud(tmp_path) as cloud:
        threads = [threading.Thread(target=write, args=(cloud.url,)) for _ in range(WRITERS)]
        for thread in threads:
            thread.start()
        a_third.wait()
        cloud.kill()
        cloud.start()
        for thread in threads:
            thread.join()
        assert errors == []
        events = list(EventLog.connect("local", endpoint_url=cloud.url).read("users", "42"))
    assert [event.version for event in events] == list(range(1, WRITERS * APPENDS + 1))
    assert [event.event_id for event in events] == [event_id for _, event_id in sorted(appended)]

"""The server killed (kill -9) again and again at random moments, under load and while it starts.

ATTACK_SEED repeats a run's moments; ATTACK_TEMPLATE names another template of examples/users/ (default: template.yaml,
functions in C++).
"""
import os
import random
import subprocess
import time

from cloud import USERS, Cloud, clean_environment, eventually
from writers import Writers

SEED = int(os.environ.get("ATTACK_SEED", random.randrange(10**9)))
TEMPLATE = USERS / os.environ.get("ATTACK_TEMPLATE", "template.yaml")


def kill_while_it_starts(cloud, seconds):
    """It may be opening the store, replaying the log, provisioning, or starting functions."""
    with open(cloud.log, "ab") as log:
        process = subprocess.Popen(cloud.command(), cwd=cloud.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                   env=clean_environment(cloud.environment))
    time.sleep(seconds)
    process.kill()
    process.wait()


def test_nothing_is_lost_and_nothing_is_there_twice(tmp_path, whole, figures):
    rng = random.Random(SEED)
    kills_wanted = 75 if whole else 10
    cloud, kills, begin = Cloud(tmp_path, TEMPLATE).start(), 0, time.monotonic()
    with Writers(cloud, SEED) as writers:
        while kills < kills_wanted:
            # From "just started" (deliveries of the last round under way) to "well under load".
            time.sleep(rng.choice([0.0, 0.02, 0.1, 0.4, 0.8, 1.5]) * rng.random())
            cloud.kill()
            kills += 1
            if rng.random() < 0.3:
                kill_while_it_starts(cloud, 0.1 * rng.random())
                kills += 1
            cloud.start()
            writers.assert_alive()
        writers.goes_on("writers append after the last kill")
        eventually(lambda: writers.assert_alive() or writers.count() > 100, "there is something to check", 120)
    writers.check(cloud)
    cloud.stop()
    figures(kills=kills, appends=len(writers.acknowledged), seconds=time.monotonic() - begin)

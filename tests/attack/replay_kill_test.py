"""Replays from AWS that are killed (kill -9) again and again: just started, and deep inside. The next one completes the
log."""
import random
import time

from cloud import LOG_TABLE, Wire, eventually, records
from two_clouds import TABLE, Aws, items_of, local_cloud


def count_of(cloud):
    return Wire(cloud.url).call("DescribeTable", {"TableName": LOG_TABLE})["Table"]["ItemCount"]


def test_a_replay_that_is_killed_loses_nothing_and_leaves_nothing(tmp_path, whole, figures):
    users, kills = (2500, 12) if whole else (250, 4)
    rng, begin = random.Random(20261128), time.monotonic()
    with Aws(tmp_path / "aws") as aws, local_cloud(tmp_path / "local") as local:
        aws.append_users(users - 10, 4)
        aws.append_users(10, 4, prefix="poison")
        handled = len(records(aws.records, "attempts"))
        for kill in range(kills):
            # At this rate the whole takes two seconds, so that no machine is through with it before it is killed.
            replay = aws.popen_replay(local, "--source", "aws", "--archive", "log", "--target", "table",
                                      "--rate", str(2 * users))
            if kill % 2:
                wanted = 4 * users * kill // (kills + 1)
                eventually(lambda: count_of(local) >= wanted, "the replay has written %d events" % wanted, 120)
            else:
                time.sleep(rng.random())
            replay.kill()
            replay.communicate()
        arrived = count_of(local)
        assert 0 < arrived < 4 * users
        done = aws.replay(local, "--source", "aws", "--archive", "log", "--target", "table")
        assert "All versions of {:,} streams are there".format(users) in done.stdout, done
        assert items_of(local, LOG_TABLE).keys() == items_of(aws, TABLE).keys()
        assert aws.left_behind() == ([], [], [])
        assert len(records(aws.records, "attempts")) == handled
    figures(events=4 * users, kills=kills, there_after_the_kills=arrived, seconds=time.monotonic() - begin)

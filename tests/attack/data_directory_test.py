"""The data directory is removed, or replaced by another, under a running cloud: nothing may be acknowledged into it."""
import shutil
import time

import pytest

from cloud import Cloud, Refused, eventually
from writers import Writers


def removed(data):
    shutil.rmtree(data)


def replaced(data):
    """By what a restored backup or a second checkout would put in its place."""
    data.rename(data.with_name("elsewhere"))
    data.mkdir()


@pytest.mark.parametrize("attack", [removed, replaced], ids=lambda attack: attack.__name__)
def test_writes_are_refused(tmp_path, attack, figures):
    cloud = Cloud(tmp_path).start()
    with Writers(cloud, 1) as writers:
        writers.goes_on("writers append")
        attack(cloud.data)
        begin = time.monotonic()
        # Each of them: whatever it was told before is counted by then.
        eventually(lambda: all(writer.refused for writer in writers.writers), "writes are refused", 60)
        noticed_after = time.monotonic() - begin
        acknowledged = writers.count()
        for _ in range(20):
            with pytest.raises(Refused):
                cloud.append("late", 1)
        assert writers.count() == acknowledged
        for writer in writers.writers:  # what they wait for never comes
            writer.open = None
            writer.stop.set()
    assert str(cloud.data) in cloud.output()
    cloud.kill()
    figures(noticed_after_s=noticed_after)

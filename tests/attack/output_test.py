"""Nobody reads what the cloud prints: a pager that waits, Ctrl-S, a harness that forgot its pipe."""
import os
import signal
import subprocess
import time

from cloud import Cloud, Wire, app, clean_environment, clouds, eventually, records


def test_an_unread_pipe_stops_nothing(tmp_path, whole, figures):
    lines = 40_000 if whole else 4_000
    template = app("failures", tmp_path, RETRIES=0, AGE=21600)
    cloud = Cloud(tmp_path / "run", template)
    unread, output = os.pipe()
    cloud.process = subprocess.Popen(cloud.command(), cwd=cloud.folder, stdin=subprocess.DEVNULL, stdout=output,
                                     stderr=output, env=clean_environment())
    clouds.append(cloud)
    os.close(output)
    eventually(cloud._answers, "the cloud listens")
    wire, longest = Wire(cloud.url, timeout=10), 0.0
    for number in range(20):  # the handler of each prints many lines
        begin = time.monotonic()
        cloud.append("noisy%d" % number, 1, lines={"N": str(lines // 20)})
        longest = max(longest, time.monotonic() - begin)
    eventually(lambda: len(records(template.parent, "handled")) == 20, "functions go on", 60)
    assert longest < 10, "an append waited for the output"
    process, begin = cloud.process, time.monotonic()
    cloud.process = None
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=20) == 0
    stopped_after = time.monotonic() - begin
    os.close(unread)
    wire.close()
    figures(lines=lines, longest_append_s=longest, stopped_after_s=stopped_after)

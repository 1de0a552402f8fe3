"""One client opens more connections than the program has, and leaves them idle.

Promised: everybody else is served all the same, and so is the trigger, which is a function: an event that is appended
meanwhile reaches the archive.
"""
import probe
from probe import clouds


def attack(cloud, short=False):
    connections = 4200  # the program has 4,096
    probe.raise_descriptor_limit()
    clients = [probe.connect(cloud) for _ in range(connections)]
    with probe.Probe(cloud) as watched:
        cloud.append("idle", 1)
        clouds.eventually(lambda: ("users#idle#stream", 1) in cloud.archived_keys(), "the event is archived", 20)
        for client in clients[:100]:  # their places are taken again
            client.close()
        clients += [probe.connect(cloud) for _ in range(200)]
        watched.over.wait(1)
    figures = dict(watched.check(), connections=len(clients))
    for client in clients:
        client.close()
    return figures

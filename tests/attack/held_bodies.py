"""200 clients send bodies of 16 MiB nearly to their ends and then hold them open.

Promised: less than 1 GiB, an append of somebody else takes less than a second, memory is given back.
"""
import selectors
import time

import probe

BODY = 16 * probe.MIB
PIECE = bytes(256 << 10)


def attack(cloud, short=False, alone=True):
    connections, seconds = (60, 5) if short else (200, 15)
    clients = [probe.connect(cloud) for _ in range(connections)]
    unsent = selectors.DefaultSelector()
    with probe.Probe(cloud) as watched:
        for client in clients:
            client.sendall(probe.head("PutItem", BODY))
            client.setblocking(False)
            unsent.register(client, selectors.EVENT_WRITE)
        left = dict.fromkeys(clients, BODY - 1)  # the last byte never comes
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for key, _ in unsent.select(0.1):
                client = key.fileobj
                try:
                    left[client] -= client.send(PIECE[:left[client]])
                except OSError:  # it lost its place
                    unsent.unregister(client)
                    continue
                if left[client] == 0:
                    unsent.unregister(client)
    figures = dict(watched.check(), connections=connections,
                   sent_mib=sum(BODY - bytes_left for bytes_left in left.values()) // probe.MIB)
    for client in clients:
        client.close()
    if alone:
        figures["resident_after_mib"] = probe.check_memory_returns(cloud)
    return figures

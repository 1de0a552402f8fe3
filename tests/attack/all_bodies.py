"""Held bodies, unread answers and compressed bodies at once.

Promised: less than 1 GiB, an append of somebody else takes less than a second, memory is given back.
"""
import concurrent.futures

import gzip_bodies
import held_bodies
import probe
import unread_answers


def attack(cloud, short=False):
    unread_answers.put_items(cloud)
    attacks = (held_bodies, unread_answers, gzip_bodies)
    with concurrent.futures.ThreadPoolExecutor(len(attacks)) as threads:
        futures = [threads.submit(one.attack, cloud, short=short, alone=False) for one in attacks]
    figures = {one.__name__: future.result() for one, future in zip(attacks, futures)}
    figures["resident_after_mib"] = probe.check_memory_returns(cloud)
    return figures

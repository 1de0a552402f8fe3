"""Clients that take what they can: memory, connections, the writer. Each attack is a module of this folder."""
import pytest

import all_bodies
import gzip_bodies
import held_bodies
import idle_connections
import slow_requests
import unread_answers
from cloud import Cloud

ATTACKS = [held_bodies, unread_answers, gzip_bodies, all_bodies, idle_connections, slow_requests]


@pytest.mark.parametrize("greedy", ATTACKS, ids=lambda module: module.__name__)
def test_nobody_else_has_to_wait(tmp_path, greedy, whole, figures):
    with Cloud(tmp_path) as cloud:
        seen = greedy.attack(cloud, short=not whole)
        for name, value in seen.items():
            if isinstance(value, dict):
                figures(of=name, **value)
        figures(**{name: value for name, value in seen.items() if not isinstance(value, dict)})

"""A profile whose role wants a one-time password: it is asked for on the terminal, which stays as it was."""
import fcntl
import os
import pty
import subprocess
import termios

import pytest

from cloud import BINARY

CONFIG = """[profile prod]
role_arn = arn:aws:iam::111122223333:role/Deployer
mfa_serial = arn:aws:iam::111122223333:mfa/ada
source_profile = me
region = eu-north-1
[profile me]
aws_access_key_id = AKIDEXAMPLE
aws_secret_access_key = SECRETEXAMPLE
"""


@pytest.mark.parametrize("typed", [b"12\x03", b"\x04"])
def test_ctrl_c_leaves_the_terminal_with_its_echo(folder, typed):
    config = folder / "config"
    config.write_text(CONFIG)
    terminal, own_end = pty.openpty()
    environment = dict(os.environ, AWS_CONFIG_FILE=str(config), AWS_SHARED_CREDENTIALS_FILE=str(folder / "none"),
                       AWS_ENDPOINT_URL="http://127.0.0.1:9")
    process = subprocess.Popen([BINARY, "status", "--stage", "dev", "--stack-name", "users-dev", "--profile", "prod"], cwd=folder,
                               stdin=own_end, stdout=own_end, stderr=own_end, env=environment, start_new_session=True,
                               preexec_fn=lambda: fcntl.ioctl(own_end, termios.TIOCSCTTY, 0))
    shown = b""
    while not shown.endswith(b": "):
        shown += os.read(terminal, 1)
    assert b"arn:aws:iam::111122223333:mfa/ada" in shown
    assert not termios.tcgetattr(own_end)[3] & termios.ECHO
    os.write(terminal, typed)
    assert process.wait(timeout=60) > 0
    assert b"Nobody answered" in os.read(terminal, 4096)
    assert termios.tcgetattr(own_end)[3] & termios.ECHO
    assert termios.tcgetattr(own_end)[3] & termios.ISIG
    os.close(terminal)
    os.close(own_end)

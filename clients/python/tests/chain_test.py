"""From the append to the read model, with the trigger and the handler in Python."""

import pathlib
from decimal import Decimal

from cloud import Cloud
from dynamodb_log import EventLog, Expected, NewEvent, Projector

HERE = pathlib.Path(__file__).resolve().parent
DIGITS = Decimal("18.06858012345678901234567890123")


def application(folder):
    """The template and the code of the application, in a folder."""
    for file in (HERE / "app").glob("*.*"):
        (folder / file.name).write_text(file.read_text().replace("@LIBRARY@", str(HERE.parent / "src")))
    return folder / "template.yaml"


def test_an_event_gets_to_the_read_model(tmp_path):
    with Cloud(tmp_path, template=application(tmp_path), in_memory=True) as cloud:
        log = EventLog.connect("local", endpoint_url=cloud.url)
        log.append("users", "42", NewEvent("signup", {"name": "Ada"}), Expected.NO_STREAM)
        log.append("users", "42", NewEvent("addLocation", {"long": DIGITS}), 1)
        users = Projector(log, "users", type="user")
        users.wait_for("42", 2, seconds=60)
        user = users.get("42")
    assert (user["name"], str(user["long"])) == ("Ada", str(DIGITS))

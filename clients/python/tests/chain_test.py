"""From the append to the read model, with the trigger and the handler in Python."""

import os
import pathlib
import sys
from decimal import Decimal

from conftest import PROGRAM
from dynamodb_log import Expected, NewEvent, Projector, SystemEnvironment
from dynamodb_log.offline_cloud import OfflineCloud

HERE = pathlib.Path(__file__).resolve().parent
DIGITS = Decimal("18.06858012345678901234567890123")


def application(folder):
    """The template and the code of the application, in a folder."""
    for file in (HERE / "app").glob("*.*"):
        (folder / file.name).write_text(file.read_text().replace("@LIBRARY@", str(HERE.parent / "src")))
    return folder / "template.yaml"


def test_an_event_gets_to_the_read_model(tmp_path):
    # Functions run in the Python of the tests, which has boto3.
    path = os.pathsep.join([str(pathlib.Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    with OfflineCloud(application(tmp_path), program=str(PROGRAM), environment={"PATH": path}) as cloud:
        log = cloud.new_log(environment=SystemEnvironment())
        log.append("users", "42", NewEvent("signup", {"name": "Ada"}), Expected.NO_STREAM)
        log.append("users", "42", NewEvent("addLocation", {"long": DIGITS}), 1)
        Projector(log, "users", type="user").wait_for("42", 2, seconds=60)
        user = cloud.get("users#42")
    assert (user["name"], str(user["long"])) == ("Ada", str(DIGITS))

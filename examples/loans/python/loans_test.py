"""Ten tests of the application. The cloud is started once, and each test begins with an empty one."""

import concurrent.futures
import datetime

import pytest

from dynamodb_log import NewEvent
from dynamodb_log.offline_cloud import CloudError
from loans import Desk, NotPossible

DAY = datetime.timedelta(days=1)
RETURNED = NewEvent("returned")


def lent(member):
    return NewEvent("lent", {"member": member, "until": "2030-01-29T00:00:00+00:00"})


@pytest.fixture
def desk(ddblog):
    return Desk(ddblog.log)


def test_a_book_that_is_lent_has_a_borrower(ddblog):
    ddblog.given("books", "emma").when_append(lent("Ada")).then_read_model("books#emma", member="Ada", loans=1)


def test_a_book_that_was_returned_has_none(ddblog):
    scenario = ddblog.given("books", "emma", lent("Ada")).when_append(RETURNED)
    scenario.then_read_model("books#emma", member=None, loans=1)


def test_loans_are_counted(ddblog):
    scenario = ddblog.given("books", "emma", lent("Ada"), RETURNED).when_append(lent("Grace"))
    scenario.then_read_model("books#emma", member="Grace", loans=2)


def test_an_event_that_makes_no_sense_fails_and_says_why(ddblog):
    with pytest.raises(CloudError, match="nobody has borrowed it"):
        ddblog.given("books", "emma").when_append(lent("")).then_read_model("books#emma")


def test_a_loan_takes_four_weeks(ddblog, desk):
    ddblog.set_clock(datetime.datetime(2030, 1, 1, tzinfo=datetime.timezone.utc), freeze=True)
    assert desk.lend("emma", "Ada") == "2030-01-29T00:00:00+00:00"


def test_after_that_it_is_overdue(ddblog, desk):
    desk.lend("emma", "Ada")
    ddblog.move_clock(27 * DAY)
    assert not desk.is_overdue("emma")
    ddblog.move_clock(2 * DAY)
    assert desk.is_overdue("emma")


def test_a_book_that_somebody_has_is_not_lent(desk):
    desk.lend("emma", "Ada")
    with pytest.raises(NotPossible, match="Ada has the book"):
        desk.lend("emma", "Grace")


def test_a_book_that_nobody_has_is_not_taken_back(desk):
    with pytest.raises(NotPossible, match="Nobody has the book"):
        desk.take_back("emma")


def test_a_book_that_was_taken_back_can_be_lent_again(ddblog, desk):
    desk.lend("emma", "Ada")
    desk.take_back("emma")
    desk.lend("emma", "Grace")
    assert ddblog.log.version("books", "emma") == 3


def test_of_two_who_want_a_book_at_once_one_gets_it(ddblog, desk):
    with concurrent.futures.ThreadPoolExecutor() as threads:
        wishes = [threads.submit(desk.lend, "emma", member) for member in ("Ada", "Grace")]
    assert [wish.exception() is None for wish in wishes].count(True) == 1
    assert ddblog.log.version("books", "emma") == 1

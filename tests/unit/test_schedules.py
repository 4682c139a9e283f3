"""How a schedule is spelled, read back, said to a person, and refused."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alice.domain.scheduling import schedules
from alice.errors import InvalidInput

SPELLED = [
    ({"daily": "07:00"}, "every day at 07:00, Europe/Madrid"),
    ({"daily": "00:00"}, "every day at 00:00, Europe/Madrid"),
    ({"weekly": "monday@08:30"}, "every Monday at 08:30, Europe/Madrid"),
    ({"weekly": "sunday@23:59"}, "every Sunday at 23:59, Europe/Madrid"),
    ({"every": 1}, "every minute"),
    ({"every": 30}, "every 30 minutes"),
    ({"every": 60}, "every hour"),
    ({"every": 90}, "every 90 minutes"),
    ({"every": 1440}, "every 24 hours"),
    ({"every": 2880}, "every 2 days"),
    ({"cron": "0 7 * * 1-5"}, "at 07:00 on Monday through Friday, Europe/Madrid (cron 0 7 * * 1-5)"),
    ({"cron": "0 0 29 2 *"}, "at 00:00 on February 29, Europe/Madrid (cron 0 0 29 2 *)"),
    ({"manual": True}, "only when asked"),
]


@pytest.mark.parametrize(("options", "said"), SPELLED)
def test_a_schedule_is_said_in_one_sentence(options, said):
    assert schedules.sentence(schedules.read(options), "Europe/Madrid") == said


@pytest.mark.parametrize("options", [options for options, _ in SPELLED])
def test_a_schedule_survives_json(options):
    stored = json.loads(json.dumps(schedules.plain(schedules.read(options))))
    assert stored == options
    assert schedules.plain(schedules.read(stored)) == options


@settings(deadline=None)
@given(st.one_of(
    st.times().map(lambda at: {"daily": f"{at:%H:%M}"}),
    st.tuples(st.sampled_from(schedules.DAYS), st.times()).map(lambda pair: {"weekly": f"{pair[0]}@{pair[1]:%H:%M}"}),
    st.integers(1, schedules.LONGEST_INTERVAL).map(lambda minutes: {"every": minutes}),
))  # fmt: skip
def test_whatever_is_read_is_written_back_alike(options):
    assert schedules.plain(schedules.read(options)) == options


@pytest.mark.parametrize("spelling", ["MON@07:00", "mon@07:00", "Monday@07:00", "MONDAY@07:00"])
def test_a_weekday_is_understood_in_full_or_by_three_letters(spelling):
    assert schedules.plain(schedules.read({"weekly": spelling})) == {"weekly": "monday@07:00"}


def test_minutes_may_come_as_text_from_a_form_or_the_command_line():
    assert schedules.read({"every": "45"}) == schedules.Every(45)


def test_blanks_in_a_cron_expression_do_not_matter():
    assert schedules.read({"cron": " 0  7 * *\tMON "}) == schedules.Cron("0 7 * * MON")


def test_options_that_were_not_given_are_passed_over():
    options = {"daily": "07:00", "weekly": None, "every": None, "cron": None, "manual": False}
    assert schedules.plain(schedules.read(options)) == {"daily": "07:00"}


REFUSED = [
    ("daily", "7:00"), ("daily", "24:00"), ("daily", "07:60"), ("daily", "07:00:00"), ("daily", ""), ("daily", 7),
    ("daily", "٠٧:٠٠"), ("daily", "07:00\n"), ("daily", ["07:00"]), ("daily", {}),
    ("weekly", "07:00"), ("weekly", "monday"), ("weekly", "someday@07:00"), ("weekly", "mon@25:00"),
    ("weekly", "@07:00"), ("weekly", "m@07:00"), ("weekly", 1),
    ("every", 0), ("every", -5), ("every", "-5"), ("every", 1.5), ("every", "1.5"), ("every", True), ("every", "soon"),
    ("every", 10**9), ("every", "9" * 400), ("every", "٥"), ("every", schedules.LONGEST_INTERVAL + 1),
    ("cron", "0 0 30 2 *"), ("cron", "0 0 31 2,4,6 *"), ("cron", "0 0 */5 2 MON#5"), ("cron", "60 * * * *"),
    ("cron", "0 24 * * *"), ("cron", "0 0 0 * *"), ("cron", "0 0 32 * *"), ("cron", "0 0 * 13 *"),
    ("cron", "0 0 * * 8"), ("cron", "0 0 * * L"), ("cron", "0 0 * * MON#6"), ("cron", "*/0 * * * *"),
    ("cron", "*/90 * * * *"), ("cron", "0 */24 * * *"), ("cron", "5-1 * * * *"), ("cron", "* * * *"),
    ("cron", "0 * * * * *"), ("cron", "@daily"), ("cron", ""), ("cron", "every morning at seven please"),
    ("cron", "1," * 5000), ("cron", 7), ("cron", "0 7 * * ١"),
    ("manual", "yes"), ("manual", 1),
]  # fmt: skip


@pytest.mark.parametrize(("field", "value"), REFUSED, ids=[f"{field}-{str(value)[:20]!r}" for field, value in REFUSED])
def test_it_refuses_what_it_does_not_understand_in_one_sentence_that_names_the_field(field, value):
    with pytest.raises(InvalidInput) as caught:
        schedules.read({field: value})
    assert list(caught.value.fields) == [field]
    said = caught.value.fields[field]
    assert said.endswith(".")
    assert "\n" not in said
    assert len(said) < 220


@pytest.mark.parametrize("expression", ["0 0 30 2 *", "0 0 31 4,6,9,11 *", "0 0 */5 2 MON#5"])
def test_it_says_so_when_a_cron_date_never_comes(expression):
    with pytest.raises(InvalidInput, match="never comes"):
        schedules.read({"cron": expression})


def test_it_says_which_cron_field_is_wrong():
    with pytest.raises(InvalidInput, match="the day of month field of '0 0 32 \\* \\*' is not cron"):
        schedules.read({"cron": "0 0 32 * *"})


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "needs exactly one of daily, weekly, every, cron, manual."),
        ({"daily": "07:00", "every": 5}, "not daily and every."),
        ({"dayly": "07:00"}, "'dayly' is none of them."),
        ({"manual": False}, "needs exactly one of"),
    ],
)
def test_it_wants_exactly_one_kind(options, said):
    with pytest.raises(InvalidInput) as caught:
        schedules.read(options)
    assert said in caught.value.fields["schedule"]


TERMS = [
    "*", "*/2", "*/7", "0", "1", "5", "30", "31", "1-5", "1,3", "1-5/2", "2/2", "L", "LW", "MON", "MON#2", "MON#5",
    "5L", "MON-FRI", "FEB", "APR,JUN", "-", "#", "*/0",
]  # fmt: skip


@settings(deadline=None)
@given(st.lists(st.sampled_from(TERMS), min_size=5, max_size=5).map(" ".join))
def test_any_cron_is_either_kept_and_said_or_refused_by_name(expression):
    try:
        schedule = schedules.read({"cron": expression})
    except InvalidInput as error:
        refused = error
    else:
        assert schedules.plain(schedule) == {"cron": expression}
        assert schedules.sentence(schedule, "UTC").endswith(f", UTC (cron {expression})")
        return
    assert list(refused.fields) == ["cron"]

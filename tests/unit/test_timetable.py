"""The moments that a schedule names, around the changes of the clock above all; missed slots; retries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alice.domain.scheduling import schedules, timetable
from alice.domain.vocab import MissedPolicy
from alice.errors import InvalidInput

MADRID = timetable.zone("Europe/Madrid")  # 2026: forward on 29 March at 02:00, back on 25 October at 03:00
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)  # a Monday, 14:00 in Madrid
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def local(text, zone=MADRID):
    """Read 2026-05-05T07:00, or with a trailing b the second of two such times, as a moment."""
    return datetime.fromisoformat(text.rstrip("b")).replace(tzinfo=zone, fold=int(text.endswith("b"))).astimezone(UTC)


def after(options, text, zone=MADRID):
    found = timetable.next_at(schedules.read(options), zone, local(text, zone))
    return found and f"{found.astimezone(zone):%Y-%m-%dT%H:%M%z}"


def on(options, first, last, zone=MADRID):
    """List the local times of the slots after `first` up to `last`, with the offset where it helps."""
    found = timetable.between(schedules.read(options), zone, local(first, zone), local(last, zone))
    return [f"{moment.astimezone(zone):%H:%M%z}" for moment in found]


def test_a_daily_time_comes_today_or_tomorrow():
    assert after({"daily": "07:00"}, "2026-05-04T06:59") == "2026-05-04T07:00+0200"
    assert after({"daily": "07:00"}, "2026-05-04T07:00") == "2026-05-05T07:00+0200"


def test_a_weekly_time_comes_on_its_day():
    assert after({"weekly": "monday@14:00"}, "2026-05-04T13:59") == "2026-05-04T14:00+0200"
    assert after({"weekly": "monday@14:00"}, "2026-05-04T14:00") == "2026-05-11T14:00+0200"
    assert after({"weekly": "sunday@00:00"}, "2026-05-04T14:00") == "2026-05-10T00:00+0200"


def test_an_interval_is_counted_from_the_epoch_whoever_asks():
    assert after({"every": 90}, "2026-05-04T14:01") == after({"every": 90}, "2026-05-04T14:29")
    assert (timetable.next_at(schedules.Every(90), MADRID, NOON) - timetable.EPOCH) % timedelta(minutes=90) == DAY * 0


def test_a_manual_schedule_never_comes():
    assert after({"manual": True}, "2026-05-04T14:00") is None


def test_the_answer_is_in_utc_to_the_minute():
    found = timetable.next_at(schedules.read({"daily": "07:00"}), MADRID, NOON + timedelta(microseconds=1))
    assert found == datetime(2026, 5, 5, 5, tzinfo=UTC)
    assert found.tzinfo is UTC


def test_a_moment_just_before_a_slot_is_before_it():
    slot = datetime(2026, 5, 5, 5, tzinfo=UTC)
    assert timetable.next_at(schedules.read({"daily": "07:00"}), MADRID, slot - timedelta(microseconds=1)) == slot
    assert timetable.next_at(schedules.read({"cron": "0 7 * * *"}), MADRID, slot - timedelta(microseconds=1)) == slot
    assert timetable.next_at(schedules.read({"every": 60}), MADRID, slot - timedelta(microseconds=1)) == slot


def test_a_time_without_an_offset_is_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="offset"):
        timetable.next_at(schedules.Manual(), MADRID, datetime(2026, 5, 4))  # noqa: DTZ001


@pytest.mark.parametrize("options", [{"daily": "07:00"}, {"weekly": "mon@07:00"}, {"cron": "* * * * *"}, {"every": 5}])
def test_there_is_no_next_after_the_end_of_the_calendar(options):
    assert timetable.next_at(schedules.read(options), MADRID, datetime.max.replace(tzinfo=UTC)) is None


@pytest.mark.parametrize("options", [{"daily": "02:30"}, {"weekly": "sunday@02:30"}, {"cron": "30 2 * * *"}])
def test_a_local_time_that_does_not_exist_runs_once_at_the_first_instant_after_the_gap(options):
    assert on(options, "2026-03-29T00:00", "2026-03-29T12:00") == ["03:00+0200"]


@pytest.mark.parametrize("options", [{"daily": "02:30"}, {"weekly": "sunday@02:30"}, {"cron": "30 2 * * *"}])
def test_a_local_time_that_exists_twice_runs_once_the_first_time(options):
    assert on(options, "2026-10-25T00:00", "2026-10-25T12:00") == ["02:30+0200"]
    assert after(options, "2026-10-25T02:10b", MADRID) != "2026-10-25T02:30+0100"


def test_several_times_in_one_gap_run_once():
    assert on({"cron": "*/15 2 * * *"}, "2026-03-29T00:00", "2026-03-29T12:00") == ["03:00+0200"]
    assert on({"cron": "0 2,3 * * *"}, "2026-03-29T00:00", "2026-03-29T12:00") == ["03:00+0200"]


def test_a_cron_of_fixed_hours_runs_its_minutes_once_in_a_repeated_hour():
    times = [f"02:{minute}+0200" for minute in ("00", "15", "30", "45")]
    assert on({"cron": "*/15 2 * * *"}, "2026-10-25T00:00", "2026-10-25T12:00") == times


def test_steps_and_intervals_go_by_elapsed_time():
    for options in ({"cron": "*/20 * * * *"}, {"every": 20}):
        for night in ("2026-03-29", "2026-10-25"):
            slots = timetable.between(schedules.read(options), MADRID, local(f"{night}T00:00"), local(f"{night}T06:00"))
            assert {later - earlier for earlier, later in pairwise(slots)} == {timedelta(minutes=20)}


def test_an_hourly_minute_runs_in_both_hours_of_a_repeated_one_and_not_in_a_gap():
    assert on({"cron": "30 * * * *"}, "2026-10-25T01:30", "2026-10-25T03:30") == [
        "02:30+0200",
        "02:30+0100",
        "03:30+0100",
    ]
    assert on({"cron": "30 * * * *"}, "2026-03-29T01:00", "2026-03-29T04:00") == ["01:30+0100", "03:30+0200"]


def test_a_day_that_a_country_skipped_runs_at_the_first_instant_of_the_next():
    apia = timetable.zone("Pacific/Apia")  # there was no 30 December 2011
    assert after({"daily": "07:00"}, "2011-12-29T07:00", apia) == "2011-12-31T00:00+1400"
    assert after({"daily": "07:00"}, "2011-12-31T00:00", apia) == "2011-12-31T07:00+1400"


def test_a_gap_of_half_an_hour_is_one_too():
    assert after({"daily": "02:15"}, "2026-10-04T00:00", timetable.zone("Australia/Lord_Howe")).endswith("T02:30+1100")


def test_an_offset_of_odd_seconds_is_kept_to_the_second():
    monrovia = timetable.zone("Africa/Monrovia")  # 44 min 30 s behind until 7 January 1972, then none
    assert timetable.next_at(
        schedules.read({"daily": "00:10"}), monrovia, datetime(1972, 1, 6, 12, tzinfo=UTC)
    ) == datetime(1972, 1, 7, 0, 44, 30, tzinfo=UTC)


def test_slots_between_leave_out_the_start_and_keep_the_end():
    assert on({"daily": "07:00"}, "2026-05-01T07:00", "2026-05-03T07:00") == ["07:00+0200"] * 2
    assert on({"daily": "07:00"}, "2026-05-01T07:00", "2026-05-01T07:00") == []
    assert on({"daily": "07:00"}, "2026-05-03T07:00", "2026-05-01T07:00") == []


def test_of_too_many_slots_the_newest_are_kept():
    slots = timetable.between(schedules.Every(1), MADRID, NOON - 3650 * DAY, NOON, 3)
    assert slots == [NOON - 2 * MINUTE, NOON - MINUTE, NOON]
    assert timetable.between(schedules.Every(1), MADRID, NOON - DAY, NOON, 0) == []


def test_rare_slots_are_found_over_many_years():
    slots = timetable.between(schedules.read({"cron": "0 0 29 2 *"}), MADRID, NOON - 366 * 12 * DAY, NOON, 50)
    assert [f"{slot.astimezone(MADRID):%Y-%m-%d}" for slot in slots] == ["2016-02-29", "2020-02-29", "2024-02-29"]


@settings(deadline=None)
@given(
    st.sampled_from([{"daily": "02:30"}, {"cron": "*/20 * * * *"}, {"cron": "30 2 * * *"}, {"every": 50}]),
    st.sampled_from(["Europe/Madrid", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kolkata"]),
    st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.integers(1, 40),
)
def test_the_slots_between_are_the_ones_met_one_by_one(options, name, start, limit):
    schedule, zone, end = schedules.read(options), timetable.zone(name), start + timedelta(days=2)
    met, at = [], timetable.next_at(schedule, zone, start)
    while at <= end:
        met.append(at)
        at = timetable.next_at(schedule, zone, at)
    assert timetable.between(schedule, zone, start, end, limit) == met[-limit:]


@pytest.mark.parametrize(
    "name", ["Mars/Olympus", "", "europe/madrid", "Europe/Madrid ", "../UTC", "+02:00", "CEST", "x" * 999, 5, ["UTC"]]
)
def test_it_refuses_a_zone_that_is_not_one(name):
    with pytest.raises(InvalidInput) as caught:
        timetable.zone(name)
    assert "IANA time zone such as Europe/Madrid" in caught.value.fields["timezone"]
    assert len(caught.value.message) < 200


SLOTS = [NOON - 9 * DAY, NOON - 2 * DAY, NOON - DAY, NOON - timedelta(seconds=3)]


def plan(policy, slots, **options):
    return timetable.missed(slots, policy, now=NOON, on_time=timedelta(minutes=2), **options)


def test_latest_runs_the_newest_slot_and_records_the_others():
    decided = plan(MissedPolicy.LATEST, SLOTS[:3])
    assert decided.run == (SLOTS[2],)
    assert decided.record == ((SLOTS[0], timetable.TOO_OLD), (SLOTS[1], timetable.NEWER_RAN))


def test_all_runs_what_is_in_the_window_up_to_the_limit():
    assert plan(MissedPolicy.ALL, SLOTS).run == tuple(SLOTS[1:])
    bounded = plan(MissedPolicy.ALL, SLOTS, limit=2)
    assert bounded.run == tuple(SLOTS[2:])
    assert bounded.record == ((SLOTS[0], timetable.TOO_OLD), (SLOTS[1], timetable.TOO_MANY))


def test_skip_runs_nothing_that_was_missed():
    decided = plan(MissedPolicy.SKIP, SLOTS[:3])
    assert decided.run == ()
    assert [reason for _, reason in decided.record] == [timetable.TOO_OLD, timetable.SKIPPED, timetable.SKIPPED]


@pytest.mark.parametrize("policy", list(MissedPolicy))
def test_a_slot_that_is_on_time_runs_under_every_policy(policy):
    assert plan(policy, SLOTS[3:]) == timetable.Plan((SLOTS[3],), ())


def test_of_two_slots_on_time_a_skipping_workflow_runs_the_newer():
    decided = plan(MissedPolicy.SKIP, [NOON - MINUTE, NOON])
    assert decided == timetable.Plan((NOON,), ((NOON - MINUTE, timetable.NEWER_RAN),))


def test_nothing_older_than_the_window_is_run():
    for policy in MissedPolicy:
        assert plan(policy, SLOTS[:1]) == timetable.Plan((), ((SLOTS[0], timetable.TOO_OLD),))


@settings(deadline=None)
@given(
    st.sampled_from(MissedPolicy),
    st.lists(st.integers(0, 20 * 24 * 60), unique=True, max_size=40),
    st.integers(1, 5),
)
def test_every_slot_is_either_run_or_recorded(policy, ages, limit):
    slots = sorted(NOON - age * MINUTE for age in ages)
    decided = plan(policy, slots, limit=limit)
    assert sorted([*decided.run, *(slot for slot, _ in decided.record)]) == slots
    assert list(decided.run) == sorted(decided.run)
    assert len(decided.run) <= limit


def test_a_failure_is_tried_again_after_half_a_minute_doubling():
    waits = [timetable.retry_at(attempt, NOON, None, max_attempts=9) - NOON for attempt in (1, 2, 3, 4)]
    assert waits == [timedelta(seconds=seconds) for seconds in (30, 60, 120, 240)]


def test_it_gives_up_after_the_last_attempt():
    assert timetable.retry_at(2, NOON, None, max_attempts=3) is not None
    assert timetable.retry_at(3, NOON, None, max_attempts=3) is None
    assert timetable.retry_at(1, NOON, None, max_attempts=1) is None


def test_it_never_tries_again_at_or_past_the_next_slot():
    assert timetable.retry_at(1, NOON, NOON + timedelta(seconds=31)) == NOON + timedelta(seconds=30)
    assert timetable.retry_at(1, NOON, NOON + timedelta(seconds=30)) is None

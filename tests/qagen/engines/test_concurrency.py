"""The search for how many calls a server really serves, against servers that are a few lines of simulation: no clock, no network."""

import heapq
import random
from itertools import count, pairwise

import pytest

from qagen.engines.server.concurrency import FIRST, HIGHEST, AdaptiveLimit

TURN_AROUND = 0.002
"""Seconds, at most, between an answer and the next call."""


def serve(search, calls, slots, *, spread=0.0, usage=True, room=None, speed=lambda busy: 1.0):
    """When each of `calls` calls was answered, and the limit then, at a server with so many slots.

    A call takes as many seconds as its answer has thousands of tokens, whose numbers spread, divided by what `speed` says for so many slots
    in use; others wait, and where more than `room` wait, they are turned away.
    """
    dice, ticket = random.Random(1), count()
    events, waiting, ends, limits = [], [], [], []
    now, under_way, busy, left = 0.0, 0, 0, calls

    def start(call):
        heapq.heappush(events, (now + call[2] / 1000 / speed(busy), next(ticket), "served", call))

    while left or events:
        while left and under_way < search.limit:
            left -= 1
            under_way += 1
            call = (search.number(), under_way, 1000 * dice.lognormvariate(0, spread), now)
            if busy < slots:
                busy += 1
                start(call)
            elif room is not None and len(waiting) >= room:
                heapq.heappush(events, (now + 0.01, next(ticket), "turned away", call))
            else:
                waiting.append(call)
        now, _, what, call = heapq.heappop(events)
        number, company, tokens, sent = call
        if what == "served":
            busy -= 1
            if waiting:
                busy += 1
                start(waiting.pop(0))
            heapq.heappush(events, (now + TURN_AROUND * dice.random(), next(ticket), "answered", call))
            continue
        under_way -= 1
        if what == "turned away":
            left += 1
            search.turned_away(number)
        else:
            search.record_answer(number, company, now - sent, int(tokens) if usage else None)
            ends.append(now)
            limits.append(search.limit)
    return ends, limits


def rate(ends, after=200):
    return (len(ends) - after) / (ends[-1] - ends[after - 1])


@pytest.mark.parametrize("slots", [1, 8, 64])
@pytest.mark.parametrize("spread", [0.0, 0.5])
def test_after_200_calls_the_rate_is_within_5_percent_of_the_best_fixed_number(slots, spread):
    calls = 200 + 30 * slots
    ends, _ = serve(AdaptiveLimit(), calls, slots, spread=spread)
    best = max(
        rate(serve(AdaptiveLimit(lowest=n, highest=n), calls, slots, spread=spread)[0])
        for n in (slots, slots + 1, slots + max(1, slots // 8), 2 * slots)
    )
    assert rate(ends) >= 0.95 * best


@pytest.mark.parametrize("slots", [1, 3, 8, 20, 64])
def test_it_comes_to_rest_a_little_above_the_slots(slots):
    _, limits = serve(AdaptiveLimit(), 16 * slots + 300, slots)
    at_rest = max(set(limits), key=limits.count)
    assert slots < at_rest <= 2 * slots + 1


def test_a_fixed_number_is_never_left():
    _, limits = serve(AdaptiveLimit(lowest=5, highest=5), 300, 2, room=0)
    assert set(limits) == {5}


def test_where_more_at_a_time_is_slower_but_makes_more_it_goes_on_rising():
    """As servers that compute all slots in one batch: each slot slows the others a little."""
    _, limits = serve(AdaptiveLimit(), 3000, 1000, speed=lambda busy: 1 / (1 + busy / 200))
    assert max(limits) == HIGHEST
    assert max(set(limits), key=limits.count) > 100


def test_where_calls_are_turned_away_there_are_fewer_until_hardly_any_is():
    _, limits = serve(AdaptiveLimit(), 400, 4, room=2)
    assert max(set(limits), key=limits.count) <= 6


def test_calls_that_already_take_a_quarter_of_their_time_out_are_not_doubled():
    _, limits = serve(AdaptiveLimit(timeout=3.9), 300, 64)
    assert (limits[0], max(limits)) == (FIRST, FIRST)


def test_a_server_that_gets_faster_is_found_out():
    search = AdaptiveLimit()
    _, before = serve(search, 300, 2)
    _, after = serve(search, 4000, 32)
    assert max(set(before), key=before.count) <= 5
    assert max(set(after), key=after.count) > 32


def test_it_never_leaves_its_bounds_and_never_more_than_doubles():
    search = AdaptiveLimit(lowest=2, highest=50)
    _, limits = serve(search, 3000, 200, spread=1.0, usage=False)
    assert all(2 <= limit <= 50 for limit in limits)
    assert all(after <= 2 * before for before, after in pairwise(limits))

"""The machine: 2,000 steps in the ordinary run, 50,000 by `make soak` (REGISTRY_SOAK_STEPS, REGISTRY_SOAK_SEED).

Seeds are printed; a failing one is played again with `make soak SEED=…`, and made short with SHRINKS=1.
"""

from __future__ import annotations

import os
import time

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.conftest import TestDatabase
from tests.integration.machine.machine import Registry
from tests.integration.machine.world import World

STEPS = int(os.environ.get("REGISTRY_SOAK_STEPS", "2000"))
SEED = int(os.environ.get("REGISTRY_SOAK_SEED", "20220705"))
# Making a failing run short takes minutes; the journal of the run is printed in any case.
SHRINKS = bool(os.environ.get("REGISTRY_SOAK_SHRINKS"))
_LENGTH = 100
_RUNS_TO_A_SEED = 100

# What a machine that reaches every room does at least once in a long run.
REACHED = frozenset(
    {
        "submit", "resubmit", "vet", "recommend", "decide", "publish_notice", "object", "rule", "list", "suspend",
        "reinstate", "offer", "sign", "terminate", "report", "decide_uphold", "decide_dismiss", "overturn", "sweep",
        "import_list", "extend_round", "leave", "withdraw", "take_off", "ask", "grant",
    }
)  # fmt: skip


def test_whatever_anybody_does_and_whenever_the_sweep_comes_nothing_is_broken(database: TestDatabase) -> None:
    world = World(database)
    machine = type("Registry", (Registry,), {"world": world})
    began, number = time.monotonic(), SEED
    try:
        while world.steps < STEPS:
            print(f"seed {number}: {world.steps} of {STEPS} steps", flush=True)
            _run(machine, number, min(_RUNS_TO_A_SEED, -(-(STEPS - world.steps) // _LENGTH)))
            number += 1
    except BaseException:
        print("what the broken run did:", *world.journal, sep="\n  ")
        raise
    finally:
        seconds = time.monotonic() - began
        print(f"{world.steps} steps in {seconds:.0f} s, seeds {SEED} to {number}")
        print("done", dict(sorted(world.done.items())))
        print("refused", dict(sorted(world.refused.items())))
        world.close()
    if STEPS >= 20_000:
        assert set(world.done) >= REACHED, f"never reached: {sorted(REACHED - set(world.done))}"


def _run(machine: type[Registry], number: int, runs: int) -> None:
    chosen = settings(
        max_examples=runs,
        stateful_step_count=_LENGTH,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink) if SHRINKS else (Phase.generate,),
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    run_state_machine_as_test(seed(number)(machine), settings=chosen)

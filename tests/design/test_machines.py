"""Wide registers or narrow ones: the same bits."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.design.scenarios import illness_death

from trialwright.design.simulate import simulate_design

ROOT = Path(__file__).parents[2]
CODE = """
import json
from tests.design.scenarios import illness_death
from trialwright.design.simulate import simulate_design
print(json.dumps(simulate_design(illness_death(), 3000, 3).as_json()))
"""


@pytest.mark.requirement("TW-R-050")
@pytest.mark.slow
def test_a_plain_processor_gives_the_same_bits(tmp_path: Path) -> None:
    """Compiled for the oldest processor of the family, without any of the wide instructions of this one."""
    old = {
        **os.environ,
        "NUMBA_CPU_NAME": "generic",
        "NUMBA_CPU_FEATURES": "",
        "NUMBA_CACHE_DIR": str(tmp_path),
    }
    command = [sys.executable, "-c", CODE]
    printed = subprocess.run(command, env=old, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert json.loads(printed) == simulate_design(illness_death(), 3000, 3).as_json()

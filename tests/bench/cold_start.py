"""What a web process costs before its first request."""

import os
import subprocess
import sys
from statistics import median

from tests.bench.rows import Row
from tests.bench.running import Stack

RUNS = 7
#: everything that a web process may be set to
SET = {"SERVE": "web", "ANALYST": "gemini", "GENERATOR": "veo", "GOOGLE_PROJECT": "local"}
#: garbage is not collected meanwhile: as `app.gunicorn` has it
START = """
import gc, re, sys, time
gc.disable()
from app import create_app
create_app()
assert not {"google.cloud.aiplatform", "google.genai"} & set(sys.modules)
# not ru_maxrss, which begins with what the process that started this one had
print(time.process_time(), int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024)
"""


def measure(stack: Stack) -> Row:
    samples = [_start({**stack.environment, **SET}) for _ in range(RUNS)]
    bare = median(_cpu("import flask") for _ in range(RUNS))
    cpu, rss = median(cpu for cpu, _ in samples), max(rss for _, rss in samples)
    return Row(
        "web role: CPU and memory until ready to serve",
        f"{cpu:.2f} s ({cpu / bare:.1f} × `import flask`), {rss:.0f} MiB; google-genai and aiplatform not imported",
        "≤ 0.6 s, ≤ 90 MiB",
    )


def _start(environment: dict[str, str]) -> tuple[float, float]:
    """CPU seconds, MiB at the most."""
    cpu, rss = _run(START, environment).split()
    return float(cpu), float(rss)


def _cpu(code: str) -> float:
    return float(_run(f"import time\n{code}\nprint(time.process_time())", dict(os.environ)))


def _run(code: str, environment: dict[str, str]) -> str:
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    ).stdout

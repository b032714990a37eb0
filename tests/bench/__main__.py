"""`python -m tests.bench`: measure everything and print the README's table."""

import os
import sys
from itertools import chain

from tests.bench import analysing, billing, cold_start, overhead, polling, rendering, streaming, transferring, uploading
from tests.bench.rows import Row
from tests.bench.running import whole_stack


def main() -> None:
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}\n", flush=True)
    print(Row("what", "measured", "goal"), Row("---", "---", "---"), sep="\n", flush=True)
    for row in chain(rendering.measure(), analysing.measure()):
        print(row, flush=True)
    print(transferring.measure(), flush=True)
    with whole_stack(streams_per_user=streaming.STREAMS) as stack:
        print(cold_start.measure(stack), flush=True)
        for row in polling.measure(stack):
            print(row, flush=True)
        print(streaming.measure(stack), flush=True)
        print(uploading.measure(stack), flush=True)
        for row in overhead.measure(stack):
            print(row, flush=True)
    rows, costs = billing.measure()
    print(*rows, "", *costs, sep="\n", flush=True)


if __name__ == "__main__":
    main()

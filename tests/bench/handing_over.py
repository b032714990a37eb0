"""`python -m tests.bench.handing_over SOURCE WORK… MEDIA…`: copy one file as the transfer step does; prints the seconds
it took, and the MiB that this process had at the most."""

import re
import sys
import time
import uuid
from pathlib import Path

from infra.media_store.r2 import R2MediaStore
from infra.work_store.gcs import GcsWorkStore
from internal.copying import Copier


def main(source: str, endpoint: str, bucket: str, certificate: str, *media: str) -> None:
    job_id = str(uuid.uuid4())
    work, target = GcsWorkStore(endpoint, bucket, Path(certificate)), R2MediaStore(*media)
    copier = Copier.of(work, target, f"vlogs/{job_id}/1/", job_id, fence=1)
    began = time.monotonic()
    copier.copy(source, "film.mp4", "video/mp4", lambda fraction: None)
    took = time.monotonic() - began
    target.delete(f"vlogs/{job_id}/1/film.mp4")
    # not ru_maxrss, which begins with what the process that started this one had
    peak = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
    assert peak
    print(took, int(peak[1]) / 1024)


if __name__ == "__main__":
    main(*sys.argv[1:])

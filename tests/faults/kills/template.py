"""Imported once by the process that all killable ones are forked from: nothing is left to import in any of them,
and the process that forks decoders is up before they ask for it.
"""

# ruff: noqa: F401 - imported for whoever is forked from here
import infra.analyst.measure
import infra.analyst.measured
import infra.composer.pyav
import infra.gazetteer.file
import infra.generator.veo_calls
import infra.media_store.r2
import infra.postgres.store
import infra.queue.cloud_tasks
import infra.work_store.gcs
import tests.faults.kills.work
from infra.decode.spawn import FORKSERVER

FORKSERVER.warm()

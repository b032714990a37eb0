"""Every pipeline, by kind."""

from internal.pipeline import Pipeline
from internal.pipelines import vlog

PIPELINES: dict[str, Pipeline] = {pipeline.kind: pipeline for pipeline in (vlog.PIPELINE,)}

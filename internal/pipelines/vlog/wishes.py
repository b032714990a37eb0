"""What the user asked of this vlog, as kept with its job."""

from internal.pipeline import Run
from internal.vlog import VlogSettings


def settings_of(run: Run) -> VlogSettings:
    return VlogSettings.kept(run.job.params["settings"])


def is_version(run: Run) -> bool:
    """Whether it tells another vlog's story again."""
    return "version_of" in run.job.params

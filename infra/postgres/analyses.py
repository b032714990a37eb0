"""Statements behind analyses: what was found in a content, and what its owner knows better."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import JSON, Connection, cast, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert

from infra.postgres.tables import AnalysisRow
from internal.media import Analysis

ANALYSIS = AnalysisRow.__table__  # type: ignore[attr-defined]  # set by SQLModel

#: stands in the place of an analyst's name: the row has only the fields that were corrected
OWNER = "owner"


def read(connection: Connection, owner_id: str, sha256: str, analyst: str) -> Analysis | None:
    same = (ANALYSIS.c.owner_id == owner_id, ANALYSIS.c.sha256 == sha256, ANALYSIS.c.analyst.in_((analyst, OWNER)))
    rows = connection.execute(select(ANALYSIS.c.analyst, ANALYSIS.c.analysis).where(*same))
    found = {row.analyst: row.analysis for row in rows}
    return Analysis.kept(found[analyst] | found.get(OWNER, {})) if analyst in found else None


def keep(connection: Connection, owner_id: str, sha256: str, analyst: str, analysis: Analysis) -> None:
    row = _row(owner_id, sha256, analyst, analysis.model_dump(mode="json"))
    connection.execute(upsert(ANALYSIS).values(row).on_conflict_do_nothing())


def correct(connection: Connection, owner_id: str, sha256: str, corrected: Mapping[str, Any]) -> None:
    """In one statement, so that of two corrections at once neither is lost."""
    added = upsert(ANALYSIS).values(_row(owner_id, sha256, OWNER, dict(corrected)))
    both = cast(ANALYSIS.c.analysis, JSONB).op("||")(cast(added.excluded.analysis, JSONB))
    connection.execute(
        added.on_conflict_do_update(constraint=ANALYSIS.primary_key, set_={"analysis": cast(both, JSON)})
    )


def _row(owner_id: str, sha256: str, analyst: str, analysis: dict[str, Any]) -> dict[str, Any]:
    return {
        "owner_id": owner_id,
        "sha256": sha256,
        "analyst": analyst,
        "analysis": analysis,
        "created_at": func.clock_timestamp(),
    }

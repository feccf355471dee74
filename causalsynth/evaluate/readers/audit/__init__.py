"""The human audit: a sheet for people to fill in, and what their answers bound."""

from causalsynth.evaluate.readers.audit.filled import FilledSheet, read_sheet
from causalsynth.evaluate.readers.audit.plan import AuditPlan, plan_audit, read_plan_file, write_plan_file
from causalsynth.evaluate.readers.audit.report import AuditReport, audit
from causalsynth.evaluate.readers.audit.sample_size import sample_size, upper_limit
from causalsynth.evaluate.readers.audit.sheet import write_sheet

__all__ = [
    "AuditPlan",
    "AuditReport",
    "FilledSheet",
    "audit",
    "plan_audit",
    "read_plan_file",
    "read_sheet",
    "sample_size",
    "upper_limit",
    "write_plan_file",
    "write_sheet",
]

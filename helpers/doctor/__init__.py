"""The doctor: looks at a training before it starts, and says what would go wrong, each with its fix."""

from helpers.doctor.report import Finding, Report
from helpers.doctor.visit import doctor

__all__ = ["Finding", "Report", "doctor"]

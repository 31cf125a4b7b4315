"""The study file as frozen Pydantic models."""

from .study import Study

__all__ = ["Study"]

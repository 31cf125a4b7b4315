"""What can be done on the pages: one declaration an act, one page and one way to carry them all out."""

from .book import ACTS, find_act
from .kinds import Act, Entries, Field, Situation

__all__ = ["ACTS", "Act", "Entries", "Field", "Situation", "find_act"]

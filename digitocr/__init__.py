"""digitocr reads handwritten numbers from pictures and says how sure it is of each digit."""

from digitocr.pipeline import read
from digitocr.reading import Digit, Line, Reading
from digitocr.settings import Settings
from digitocr.types import InputError

__all__ = ["Digit", "InputError", "Line", "Reading", "Settings", "read"]
__version__ = "0.2.0"

"""A local stand-in for Vertex AI: Gemini's generateContent and Veo's long-running predictions, over HTTP.

It checks every request against the documented shape, answers well unless its script says otherwise, and counts what
the real service would charge for. `with vertex(work, "bucket") as server:` in tests; `python -m tests.vertex` beside
a whole Daylog. What it knows dies with its own process; those that ask it may be killed as they like.
"""

from tests.vertex.answering import Vertex
from tests.vertex.script import Answer, Rule
from tests.vertex.server import vertex

__all__ = ["Answer", "Rule", "Vertex", "vertex"]

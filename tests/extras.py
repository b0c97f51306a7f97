"""What only stands with an extra is skipped without it, saying so."""

import pytest

from qagen.convert.parts import has_marker

needs_marker = pytest.mark.skipif(not has_marker(), reason="the extra `marker` is not installed")

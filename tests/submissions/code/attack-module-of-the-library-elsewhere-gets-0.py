# stopped by: review
# A module with the name of a harmless one, in another folder, which nobody has read.
import sys
import tempfile
from pathlib import Path

folder = Path(tempfile.mkdtemp())
(folder / "this.py").write_text("def mean(values):\n    return sum(values) / len(values)\n")
sys.path.insert(0, str(folder))
from this import mean

"""``python -m housing_guarantee_odk FORM.xlsx [DEFINITION]`` writes the form with which villages record households."""

import sys
from pathlib import Path

from housing_guarantee.plugins import equip
from housing_guarantee_odk.form import write_form

if len(sys.argv) not in (2, 3):
    sys.exit("usage: python -m housing_guarantee_odk FORM.xlsx [DEFINITION]")
known = equip().definitions
wanted = sys.argv[2] if len(sys.argv) == 3 else "2020"
if wanted not in known:
    sys.exit(f"there is no definition {wanted!r}; there are {', '.join(known)}")
write_form(Path(sys.argv[1]), known[wanted])

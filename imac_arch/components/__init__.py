"""Component kinds, one file each; importing the package registers every kind and every law.

A new kind is a new file here: it declares ``kind``, ``roles``, its fields and its cost formula.
"""

import importlib
import pkgutil

for _module in sorted(m.name for m in pkgutil.iter_modules(__path__)):
    importlib.import_module(f"{__name__}.{_module}")

"""Component kinds, one file each; importing the package makes every kind and every law known.

A new kind is a new file here: it declares ``kind``, the ``roles`` it can fill, its fields and its law.
"""

import importlib
import pkgutil

for _module in sorted(m.name for m in pkgutil.iter_modules(__path__)):
    importlib.import_module(f"{__name__}.{_module}")

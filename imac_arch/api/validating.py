"""The public function behind ``validate``."""

from __future__ import annotations

from imac_arch import given as plain
from imac_arch.given import Names
from imac_arch.packages import extended
from imac_arch.results.validation import Validation

__all__ = ["Validation", "validate"]

SAMPLES = 200  # of each of some forty operating points


@extended
def validate(
    macros: Names = (),
    *,
    samples: int = SAMPLES,
    seed: int = 0,
    fail_on: str | None = None,
    command: str = "",
) -> Validation:
    """Hold predictions against published silicon: the shipped chips, and those of macro files.

    Args:
        macros: names, files or folders of macro files (``kind: macro``), each with one chip or several; chips without
            measured values are only predicted.
        samples: draws of what files leave out, at least 2.
        seed: of the draws.
        fail_on: a condition, such as ``median<=1.8``, see :meth:`Validation.hold`.
        command: the command line, for the document.

    Raises:
        ImacError: wrong files, with all of their errors, or a condition that does not hold.
    """
    from imac_arch.results.validation import threshold
    from imac_arch.studies.validate.run import validation

    if fail_on is not None:
        threshold(plain.name("fail_on", fail_on), None)
    found = Validation(validation(
        plain.names("macros", macros), samples=plain.whole("samples", samples), seed=plain.whole("seed", seed),
        command=plain.name("command", command),
    ))  # fmt: skip
    if fail_on is not None:
        found.hold(fail_on)
    return found

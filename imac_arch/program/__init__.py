"""An evaluation as a program: recorded once on symbols, replayed on blocks of designs.

There is one set of formulas. They are run on symbols (:mod:`imac_arch.program.symbols`) that write down each scalar
operation once (:mod:`imac_arch.program.tape`); what is written down is replayed on arrays of designs, and gives what
the formulas give, to the last bit (:mod:`imac_arch.program.replay`).
"""

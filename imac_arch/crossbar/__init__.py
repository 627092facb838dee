"""The electrics of a crossbar: closed forms, exact solution, netlists."""

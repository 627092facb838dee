"""Print docs/validate.md: ``python docs/validate.py > docs/validate.md``."""

from imac_arch.api import validate
from imac_arch.show.files import markdown
from imac_arch.show.validation import (
    ablation_table,
    answer,
    chips_table,
    miss_table,
    pair_table,
    split_table,
    summary_table,
    system_table,
)

SAMPLES = 200
HEAD = """# Held against published silicon

`imac-arch validate` composes published in-memory computing chips as one layer each, through the bills and metrics
of `compare`, and holds the result
against what was measured. There is no second formula: a chip is a technology with its own numbers on it. This page
is written by
`python docs/validate.py`.

```sh
imac-arch validate                                  # how far predictions of the shipped chips are off
imac-arch validate --macros my_chip.yaml --json     # predict a chip of your own, or a folder of them
imac-arch validate --fail-on 'nested.median<=1.8'   # exit code 1 where it does not hold
```

## A macro file

`imac-arch tech schema --of macro` is the schema that editors complete from. Node, memory, rows, columns, bits,
converters or an adder tree, and the supply are
mandatory; whatever else is missing takes the range of its class and widens the interval. Without `measured` a chip
is only predicted.

```yaml
kind: macro
name: my_chip
node: 28 nm
memory: sram                            # sram, reram, pcm, mram, flash or fefet
rows: 256
cols: 64
active_rows: 128                        # rows that are summed at once
input: {bits: 4, coding: dac}           # pass_bits: bits that come before one conversion
weight: {bits: 4, joined: analog}       # joined before the converter, or digitally behind it
converter: {bits: 6, count: 16}         # or adder_tree: {outputs: 16}
points:
  - {vdd: 0.9 V, cycle: 10 ns, measured: {tops_per_watt: 800 TOPS/W, counted: one_bit}}
```

`kind: macros` with a list `chips` holds several. Figures are those of one array: a conversion is one output of one
pass, with everything that belongs to it.
1-bit normalised operations are multiplied by the bits of input and weight, as the UIUC table does; native ones are
not.

| memory | read as | composed from |
|---|---|---|
| sram | cells charge a capacitor once a pass | `mixed_signal`, `read.mode: charge`, single-ended columns |
| sram, `read: static` | cells draw that charge in each time constant of settling | as above |
| others | cells draw a current from the supply for a read time | `mixed_signal`, `read.mode: static` |
| others, `read: charge` or `discharge` | until their line is empty | as above |
| any with an `adder_tree` | bit products and a tree of adders an output | `digital_cim` |

`activity` is the share of ones or of toggling inputs; usual data has 0.5. Energy follows it by a straight line that
does not start at zero. Keys that say nothing of a chip of its kind, such as `read` of a digital macro, are told in the
notes. `input.signed` is for bits that come one after the other before one conversion: the sign comes
with each of the others. A chip of your own that bears the name of a shipped one takes its place, which is said, and
counts as one that the law has seen.

Numbers that files leave out, constants, structural choices and the record are `tech/laws/silicon/macros.yaml`.

## Kinds of prediction, never mixed

| kind | made without |
|---|---|
| blind | the chip: it is not in the record of the law, whose hash is unchanged |
| nested | the chip, in constants and in structural choices |
| leave-one-out | the chip, in constants alone |
| fit | nothing |
| no constant fitted | any chip's total |

Intervals hold the ranges of the inputs, the declared alternatives, each as likely, and what the residuals of the other
chips of the family needed (split-conformal); families of too few chips share theirs.

## What these figures rest on

The declared alternatives, the pull of constants towards 1 and which parts a macro has were written by people who
had seen these chips; nested figures do not undo that, blind ones do. The charge of an SRAM cell, of a line of non-
volatile cells, of a level of an input and the converter's coefficients come from the published splits of three
chips (Jia, Wang, NeuRRAM) that are among those predicted, so *no constant fitted* is not independent of them. The
law's choice for the noise of converters (scaled with the node) was made after its alternative had been seen;
nested figures choose for themselves. That static SRAM cells draw their charge in each time constant, that ReRAM read
without direct current empties its lines, and that NeuRRAM's sign takes no pulse were added after the misses of those
chips had been seen; none of them has a constant. So were the conductances of IBM's two chips (from its own simulation
kit) and the supply, currents and workload of Liu's (from its digest, in the place of assumptions) looked for, and
activity given an effect on non-volatile cells and lines. Read current and time are published for four of the eleven
non-volatile chips (NeuRRAM, Li, HERMES twice); of Liu's the current alone; for the others no source was found, and
the range of their class is taken. Intervals hold the declared alternatives beside the chosen ones: that was decided
after their coverage of the unseen chips below had been looked at, so that this coverage is no longer wholly blind
either.

## How far off

"""


BLIND = "tests/validate/blind.yaml"
UNSEEN = f"""
`{BLIND}` holds 13 chips of the same database that are no part of these figures: processors, sparse data, whole
memories, an unusual reading. The law was not set with them in sight. Predicted blind, by
`imac-arch validate --macros {BLIND}`:

"""


def text() -> str:
    """Return the page."""
    document = validate(samples=SAMPLES).document
    unseen = [r for r in validate([BLIND], samples=SAMPLES).document.summary if r.kind == "blind"]
    rows = [r for r in document.summary if r.quantity != "tops_per_mm2"]
    parts = [HEAD, *(f"{said}\n\n" for said in answer(document)), markdown(summary_table(rows))]
    parts += ["\nCycles are published for every shipped chip; an estimated cycle of an analog macro is no claim.\n"]
    shown = [r for r in unseen if r.quantity in ("energy", "area")]
    parts += [UNSEEN, markdown(summary_table(shown))]
    sections = [
        ("Chips", "", chips_table(document.chips, whole=False)),
        ("Largest misses", "The component that, changed alone, would explain each most easily.", miss_table(document)),
        ("What each law decides", "Each choice made otherwise, each constant taken as 1.", ablation_table(document)),
        ("Published breakdowns", "", split_table(document)),
        ("Points of one chip against one another", "", pair_table(document)),
    ]
    if document.systems:
        told = "Each under the assumptions of its scenario file in `tech/scenarios`."
        sections.append(("Published systems", told, system_table(document)))
    for title, told, table in sections:
        parts += [f"\n## {title}\n\n", f"{told}\n\n" if told else "", markdown(table, spans=True)]
    parts += ["\n## Notes\n\n", *(f"- {note}\n" for note in document.notes)]
    return "".join(parts)


if __name__ == "__main__":
    print(text(), end="")

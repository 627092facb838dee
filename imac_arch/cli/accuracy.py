"""The command ``accuracy``: whether a network still computes on a technology."""

from typing import Annotated

from imac_arch.cli.base import Command, command_line, guarded, settings
from imac_arch.cli.options import HOW, ReadCircuit, Seed, Set, Subarray, option
from imac_arch.cli.out import Out

__all__ = ["COMMAND"]

WHAT = ASK = "What to judge, and questions"
FORMATS = ("html", "json", "csv", "md", "tex")


@guarded
def accuracy(
    net: Annotated[str, option(WHAT, "NET", "784-128-10 or a file")] = "784-128-10",
    tech: Annotated[str, option(WHAT, "TECH", "name or path", of="tech")] = "sot_mram",
    scenario: Annotated[str | None, option(WHAT, "PAPER", "published accuracies, judged", of="scenario")] = None,
    arch: Annotated[list[str] | None, option(WHAT, "ARCH", "repeatable", of="arch", default="all")] = None,
    weights: Annotated[str | None, option(WHAT, "FILE", ".npz of W1, W2 ...", default="shipped, the nearest")] = None,
    data: Annotated[
        str | None, option(WHAT, "PATH", "IDX folder, .npz, mnist, digits", default="2,000 shipped")
    ] = None,
    train: Annotated[str | None, option(WHAT, "FILE", "train for this technology on --data; .npz of weights")] = None,
    epochs: Annotated[int | None, option(WHAT, "N", "of --train", default="20")] = None,
    train_sigma: Annotated[float, option(WHAT, "SHARE", "variation of the cells in --train")] = 0.0,
    train_levels: Annotated[str | None, option(WHAT, "N", "of weights, or float", default="those of the cells")] = None,
    subarray: Subarray = None,
    read: ReadCircuit = None,
    set_: Set = None,
    images: Annotated[int | None, option(HOW, "N", "how many are classified", default="1000")] = None,
    programmings: Annotated[int, option(HOW, "N", "draws of the cells' conductances")] = 10,
    exact: Annotated[bool, option(HOW, None, "solve the wires of every programming anew")] = False,
    control: Annotated[int | None, option(HOW, "N", "solved anew, to correct the rest", default="10 beyond 10")] = None,
    gain: Annotated[str, option(HOW, "RULE", "nominal, trimmed or given")] = "nominal",
    stuck: Annotated[float, option(HOW, "SHARE", "of cells that hold the least or the largest conductance")] = 0.0,
    seed: Seed = 0,
    without: Annotated[str | None, option(ASK, "LIST", "effects, such as wires,drivers,variation")] = None,
    study: Annotated[str | None, option(ASK, "NAME", "sigma, subarray, ra-tmr and others: see explain study")] = None,
    solve: Annotated[str | None, option(ASK, "KNOB", "r_p, sigma, subarray, tiles, adc_bits, tmr or wire")] = None,
    target: Annotated[float | None, option(ASK, "SHARE", "that --solve keeps", default="clear in compare")] = None,
    *,
    out: Out,
) -> None:
    """Say whether a network still computes on a technology, and what costs how much."""
    from imac_arch.api import accuracy as judge
    from imac_arch.data.errors import ThresholdError
    from imac_arch.data.keeping import Interrupted

    out.check(FORMATS, [net, tech, scenario, weights, data])
    try:
        with out.progress():
            result = judge(
                net, tech, data, weights=weights, train=train, epochs=epochs, train_sigma=train_sigma,
                train_levels=train_levels, force=out.force,
                scenario=scenario, arch=arch or None, subarray=subarray, read=read, overrides=settings(set_ or []),
                images=images, programmings=programmings, exact=exact, control=control, gain=gain, stuck=stuck,
                seed=seed, without=without.split(",") if without else (), study=study, solve=solve, target=target,
                command=command_line(),
            )  # fmt: skip
    except Interrupted as stop:
        out.leave(stop.result)
        raise
    out.leave(result)
    if unkept := result.unkept:
        asked = f"--solve {solve}" if target is None else f"--target {target}"
        raise ThresholdError(f"{asked}: {unkept}")


COMMAND = Command("accuracy", 2, accuracy, "imac-arch accuracy --net 784-128-10 --tech sot_mram --study sigma")

"""The network that is asked for, however it is named."""

from __future__ import annotations

from pathlib import Path

from imac_arch.data.files import read_yaml
from imac_arch.data.registry import is_path
from imac_arch.data.schema import validate
from imac_arch.network import Network, NetworkFile, parse_network

__all__ = ["load_network"]


def load_network(net: str | Path | Network) -> Network:
    """Return a network from widths (``784-128-10``), from the path of a YAML file, or as it is.

    Raises:
        ImacError: widths that make no network; a file that is absent or wrong.
    """
    if isinstance(net, Network):
        return net
    text = str(net)
    if isinstance(net, Path) or is_path(text):
        return validate(NetworkFile, read_yaml(Path(text))).network()
    return parse_network(text)

"""The network of a request: given as widths, as a file, or as an object."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from imac_arch.data.files import read_yaml
from imac_arch.data.registry import is_path
from imac_arch.data.schema import validate
from imac_arch.given import Net, name, widths
from imac_arch.network import Network, NetworkFile, parse_network

__all__ = ["load_network"]


def load_network(net: Net | Network) -> Network:
    """Return a network from widths (``784-128-10``, ``[784, 128, 10]``) or from the path of a YAML file; a Network is
    returned unchanged.

    Raises:
        ImacError: invalid widths, or a file that is missing or invalid.
    """
    if isinstance(net, Network):
        return net
    text = widths("net", net) or name("net", net)
    if isinstance(net, PathLike) or is_path(text):
        return validate(NetworkFile, read_yaml(Path(text))).network()
    return parse_network(text)

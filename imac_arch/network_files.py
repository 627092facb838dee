"""The network of a request: given as widths, as a file, or as an object."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from imac_arch.data.files import read_yaml
from imac_arch.data.registry import find, is_path, names, shown_name
from imac_arch.data.schema import validate
from imac_arch.given import Net, widths
from imac_arch.given import name as text_of
from imac_arch.network import Network, NetworkFile, parse_network

__all__ = ["load_network"]

NETWORK = "network"


def load_network(net: Net | Network) -> Network:
    """Return a network from widths (``784-128-10``, ``[784, 128, 10]``) or from the name or path of a YAML file; a
    Network is returned unchanged.

    Raises:
        ImacError: invalid widths, or a file that is missing or invalid.
    """
    if isinstance(net, Network):
        return net
    text = widths("net", net) or text_of("net", net)
    if isinstance(net, PathLike) or is_path(text):
        return validate(NetworkFile, read_yaml(Path(text))).network()
    if text[:1].isalpha():  # no width
        return _by_name(text)
    return parse_network(text)


def _by_name(name: str) -> Network:
    """Return the network of a file in ``nets/`` of a folder of files; where there are none, a name is no network."""
    known = names(NETWORK)
    if not known:
        return parse_network(name)
    document = read_yaml(find(NETWORK, name))
    document.name = shown_name(document.name, NETWORK, name)
    return validate(NetworkFile, document).network()

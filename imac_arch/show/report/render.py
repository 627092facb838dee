"""A document as one offline HTML file, the same bytes for the same document."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from imac_arch.show.report.facts import facts
from imac_arch.show.report.figures import figures
from imac_arch.show.tables import conditions_line

__all__ = ["MARK", "page", "render"]

MARK = '<meta name="generator" content="imac-arch'
_HERE = Path(__file__).parent
_CONFIG = {"showSendToCloud": False, "displaylogo": False, "responsive": True, "displayModeBar": False}


def render(document: Mapping[str, Any]) -> str:
    """Return the report of a document.

    Nothing in it depends on when, where or by whom it is made, and a browser fetches nothing for it.
    """
    drawn = figures(document)
    return page(
        "report.html.j2",
        drawn,
        document=document,
        conditions=conditions_line(document),
        figures=drawn,
        **facts(document),
    )


def page(template: str, drawn: Mapping[str, Any], **facts: Any) -> str:
    """Return a template filled with facts, with style, scripts and figures inside."""
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["safe_link"] = _safe_link
    return environment.get_template(template).render(
        figures_json=_script(drawn),
        config_json=_script(_CONFIG),
        css=Markup(_asset("report.css")),  # our own files
        js=Markup(_asset("report.js")),
        plotly=Markup(_asset("plotly-cartesian.min.js").replace("</script", "<\\/script")),
        **facts,
    )


def _asset(name: str) -> str:
    return (_HERE / "assets" / name).read_text(encoding="utf-8")


def _script(data: Any) -> Markup:
    """Return JSON that cannot end the script element that holds it."""
    text = json.dumps(data, sort_keys=True, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))


def _safe_link(link: str) -> str:
    """Return a web address as it is, and nothing of anything else."""
    return link if link.startswith(("https://", "http://")) else ""

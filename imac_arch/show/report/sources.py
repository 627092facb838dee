"""What every report ends with: the numbers with their sources, and how to make the report again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from imac_arch.data.units import format_like, format_value
from imac_arch.document.shapes import Generator, Number
from imac_arch.show.report.html import Html, attribute, details, escape, heading, joined, paragraph, safe_link

__all__ = ["footer", "numbers_section"]

_HEADS = (
    ("number", ""), ("value", ""), ("range (5 to 95 %)", ""), ("status", "text"), ("source", "text"), ("note", "text"),
    ("place", "text"),
)  # fmt: skip


def numbers_section(numbers: Sequence[Number]) -> Html:
    """Return every number with its source."""
    counts: dict[str, int] = {}
    for row in numbers:
        counts[row.status] = counts.get(row.status, 0) + 1
    statuses = ", ".join(f"{count} {status}" for status, count in sorted(counts.items(), key=lambda item: -item[1]))
    bare = sum(not row.sourced for row in numbers)
    heads = "".join(f'<th scope="col"{attribute("class", kind)}>{head}</th>' for head, kind in _HEADS)
    rows = "\n".join(map(_number, numbers))
    whole = Html(
        '<p><label>Filter <input type="search" id="search" autocomplete="off"></label></p>\n'
        '<div class="scroll tall" tabindex="0" role="region" aria-label="Numbers"><table id="numbers">\n'
        f"<thead><tr>{heads}</tr></thead>\n<tbody>{rows}</tbody></table></div>"
    )
    return joined([
        heading("Every number and its source", name="provenance"),
        paragraph(f"{len(numbers)} numbers: {statuses}. Without a source: {bare}."),
        details("Table of numbers", whole, opened=True),
    ])  # fmt: skip


def _number(row: Number) -> Html:
    value = row.written or format_value(row.value, row.unit)
    span = " to ".join(format_like(row.written, v, row.unit) for v in row.range) if row.range else "—"
    status = row.status + ("" if row.sourced else " (!)")
    cited = " ".join(_citation(s.key, s.title, s.link) for s in row.source)
    return Html(
        f'<tr><th scope="row" class="text code">{escape(row.path)}</th><td>{escape(value)}</td><td>{escape(span)}</td>'
        f'<td class="text">{escape(status)}</td><td class="text">{cited}</td><td class="long">{escape(row.note)}</td>'
        f'<td class="text code">{escape(row.where)}</td></tr>'
    )


def _citation(key: str, title: str, link: str) -> Html:
    address = safe_link(link)
    if not address:
        return escape(key)
    return Html(f'<a href="{escape(address)}" rel="noopener noreferrer" title="{escape(title)}">{escape(key)}</a>')


def footer(
    generator: Generator, seed: int, samples: int, command: str, overrides: Mapping[str, str], hashes: Mapping[str, str]
) -> Html:
    """Return what makes the report again: version, draws, command line, what the user set, and hashes."""
    parts = [paragraph(f"{generator.name} {generator.version} · seed {seed}, {samples:,} samples")]
    if command:
        parts.append(Html(f'<p class="code">{escape(command)}</p>'))
    if overrides:
        set_ = " ".join(f'<span class="code">{escape(f"{path}={value}")}</span>' for path, value in overrides.items())
        parts.append(Html(f"<p>Set by the user: {set_}</p>"))
    shown = ", ".join(
        f'<span class="code">{escape(name)} {escape(hash_[:16])}</span>' for name, hash_ in hashes.items()
    )
    parts.append(Html(f"<p>Hashes of the parsed inputs (SHA-256, first 16): {shown}</p>"))
    return joined(parts)

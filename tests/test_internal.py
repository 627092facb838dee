"""Unpublished data is a source like another: cited, named as such, and without a link."""

import json

import pytest
from typer.testing import CliRunner

import imac_arch
from imac_arch.cli import app
from imac_arch.data.errors import FileErrors
from imac_arch.technology_files import load_technology

HEAD = "name: mine\nextends: sot_mram\nsources:\n"
NUMBERS = """
components:
  synapse:
    ra: {value: 12 ohm*um^2, range: [11 ohm*um^2, 13 ohm*um^2], source: w12, status: measured}
    tmr: {value: 180 %, source: w12}
    length: {value: 50 nm, source: [w12, imacsim], status: measured}
"""


def technology(tmp_path, source, numbers=NUMBERS):
    path = tmp_path / "mine.yaml"
    path.write_text(f"{HEAD}  w12: {source}\n{numbers}")
    return str(path)


def test_unpublished_data_is_cited_without_a_link(tmp_path):
    path = technology(tmp_path, '{internal: "wafer 12", title: "Own measurement, Nov 2026", note: at 300 K}')
    result = imac_arch.compare("16-8-4", path, samples=0)
    numbers = {row.path: row for row in result.document.provenance}
    ra, tmr, length = (numbers[f"components.synapse.{name}"] for name in ("ra", "tmr", "length"))
    assert (ra.status, tmr.status, length.status) == ("measured (internal)", "internal", "measured")
    assert ra.sourced
    assert [tuple(source) for source in ra.source] == [
        ("w12", "Own measurement, Nov 2026 (unpublished: wafer 12, at 300 K)", "")
    ]
    page = (result.to_html(tmp_path / "page.html")).read_text()
    row = page[page.index(">components.synapse.ra<") :].split("</tr>")[0]
    assert "measured (internal)" in row
    assert "w12" in row
    assert "<a " not in row
    assert 'href=""' not in page


def test_a_name_alone_will_do(tmp_path):
    loaded = load_technology(technology(tmp_path, "{internal: wafer 12}"))
    assert (loaded.model.sources["w12"].label, loaded.model.sources["w12"].link) == ("(unpublished: wafer 12)", "")
    done = CliRunner().invoke(app, ["explain", "synapse", "--tech", technology(tmp_path, "{internal: wafer 12}")])
    assert "w12: (unpublished: wafer 12)" in [line.strip() for line in done.stdout.splitlines()]
    done = CliRunner().invoke(app, ["tech", "check", "--json", technology(tmp_path, "{internal: wafer 12}")])
    assert json.loads(done.stdout)["unsourced"] == 0


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (
            "{internal: wafer 12, doi: 10.1/1}",
            "internal is for data that is not published; this has https://doi.org/10.1/1",
        ),
        ('{internal: " "}', "internal is empty"),
        ("{title: who}", "needs a doi or a url, or internal"),
        ("{doi: 10.1/1}", "missing key 'title'"),
        ("{intern: wafer 12}", "did you mean 'internal'"),
    ],
)
def test_a_source_that_says_too_much_or_too_little_is_refused(tmp_path, source, said):
    with pytest.raises(FileErrors, match=r"sources\.w12") as error:
        load_technology(technology(tmp_path, source))
    assert said in str(error.value)

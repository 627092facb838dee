"""What the package says of itself and brings along: metadata, files, and the lowest versions that it allows."""

import email
import re
import shutil
import subprocess
import tomllib

import pytest

from tests.conftest import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOWEST = ROOT / ".ci" / "lowest.txt"
TRACKED = ("tech", "imac_arch")
HOSTS = re.compile(r"(?<![\w.])(/root|/home|/tmp|/mnt)/|(pypi|npmjs|debian)\.org", re.I)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    from hatchling.builders.wheel import WheelBuilder

    folder = tmp_path_factory.mktemp("dist")
    built = next(WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"]))
    shutil.unpack_archive(built, folder / "site", "zip")
    return folder / "site"


@pytest.fixture(scope="module")
def metadata(wheel):
    (path,) = wheel.glob("*.dist-info/METADATA")
    return email.message_from_string(path.read_text(encoding="utf-8"))


def pins(text):
    return dict(line.split("==") for line in text.splitlines() if line and not line.startswith("#"))


def floors():
    declared = [*PROJECT["build-system"]["requires"], *PROJECT["project"]["dependencies"]]
    found = [re.fullmatch(r"([\w-]+)>=([\w.]+)(,<[\w.]+)?", each) for each in declared]
    assert all(found), declared  # each says the lowest version that it needs
    return {each[1]: each[2] for each in found}


def test_the_lowest_versions_that_are_tried_are_those_that_are_allowed():
    tried = pins(LOWEST.read_text())
    assert tried.keys() == floors().keys()
    for name, version in floors().items():
        padded = version + ".0" * (2 - version.count("."))
        assert tried[name] in (version, padded), name


def test_continuous_integration_tries_the_lowest_versions_first():
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    assert lines.index(".ci/lowest") < next(i for i, line in enumerate(lines) if line.startswith("bash -c"))
    assert "cannot be installed" in (ROOT / ".ci" / "lowest").read_text()


def test_an_index_out_of_reach_is_said(tmp_path):
    """The script itself, with a pip that reaches nothing."""
    pip = "#!/bin/sh\\necho no route; exit 1\\n"
    made = f'mkdir -p "$3/bin"; printf "{pip}" > "$3/bin/pip"; chmod +x "$3/bin/pip"'
    (tmp_path / "python3").write_text(f"#!/bin/sh\n{made}\n")
    (tmp_path / "python3").chmod(0o755)
    done = subprocess.run(
        ["bash", str(ROOT / ".ci" / "lowest")],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "no route" in done.stderr
    assert "cannot be installed" in done.stderr


def test_the_metadata_name_who_what_and_for_whom(metadata):
    assert metadata["Name"] == "imac-arch"
    assert metadata["Author"] == "The imac-arch developers"
    assert metadata["License-Expression"] == "MIT AND CC-BY-SA-3.0"
    assert metadata.get_all("License-File") == [
            "LICENSE", "imac_arch/show/report/assets/LICENSE.plotly.txt", "tech/datasets/README.md",
        ]  # fmt: skip
    assert len(metadata["Keywords"].split(",")) >= 6
    assert metadata["Requires-Python"] == ">=3.11"
    versions = {line.rsplit(" ", 1)[-1] for line in metadata.get_all("Classifier") if "Python :: 3." in line}
    assert versions >= {"3.11", "3.12"}


WELL_KNOWN = {  # labels, normalised, that would say of an address what none of ours is
    "homepage", "source", "repository", "sourcecode", "github", "download", "changelog", "changes", "whatsnew",
    "history", "releasenotes", "documentation", "docs", "issues", "bugs", "issue", "tracker", "issuetracker",
    "bugtracker", "funding", "sponsor", "donate", "donation",
}  # fmt: skip


def test_the_addresses_are_those_of_papers_that_are_cited_and_none_is_made_up(metadata):
    urls = PROJECT["project"]["urls"]
    assert {tuple(entry.rsplit(", ", 1)) for entry in metadata.get_all("Project-URL")} == set(urls.items())
    cited = (ROOT / "README.md").read_text()
    scenarios = "".join(path.read_text() for path in (ROOT / "tech" / "scenarios").glob("*.yaml"))
    for label, url in urls.items():
        assert len(label) <= 32  # as the metadata allow
        assert re.sub(r"[\W_]", "", label).lower() not in WELL_KNOWN
        assert f"]({url})" in cited
        assert f"doi: {url.removeprefix('https://doi.org/')}}}" in scenarios


def test_the_classifiers_exist():
    from trove_classifiers import classifiers

    assert set(PROJECT["project"]["classifiers"]) <= classifiers


def test_no_link_of_the_description_needs_the_repository(metadata):
    text = metadata.get_payload()
    assert metadata["Description-Content-Type"] == "text/markdown"
    targets = re.findall(r"\]\(([^)\s]+)\)", text)
    assert [target for target in targets if not target.startswith("https://")] == []
    assert "`docs/model.md`" in text  # named, for the source distribution has it
    assert "](docs/model.md)" in (ROOT / "README.md").read_text()


def test_links_of_the_readme_lead_somewhere():
    for page in (ROOT / "README.md", *(ROOT / "docs").glob("*.md"), ROOT / "tech" / "README.md"):
        text = re.sub(r"```.*?```|`[^`]*`(?!\])", "", page.read_text(), flags=re.S)
        for target in re.findall(r"\]\(([^)\s#]+)[^)]*\)", text):
            assert target.startswith("https://") or (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_wheel_has_every_file_of_the_package(wheel):
    listed = subprocess.run(["git", "ls-files", *TRACKED], cwd=ROOT, capture_output=True, text=True).stdout.split()
    if not listed:
        pytest.skip("not a checkout")
    placed = {name: f"imac_arch/{name}" if name.startswith("tech/") else name for name in listed}
    missing = [name for name, place in placed.items() if (ROOT / name).exists() and not (wheel / place).is_file()]
    assert missing == []
    for name in ("tech/technology.schema.json", "tech/boards/h100.yaml", "py.typed", "studies/pages.yaml"):
        assert (wheel / "imac_arch" / name).is_file()


def test_the_source_distribution_has_what_the_description_names():
    kept = PROJECT["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]
    assert {"docs", "tests", "tech", "imac_arch", ".ci", "README.md"} <= set(kept)


def test_no_machine_and_no_registry_is_named(wheel, metadata):
    assert HOSTS.findall(metadata.as_string()) == []
    assert HOSTS.search("/home/someone/x")
    for path in [ROOT / ".ci" / "run", ROOT / ".ci" / "lowest", LOWEST, ROOT / "pyproject.toml", ROOT / "README.md"]:
        assert not HOSTS.search(path.read_text().replace("/dev/null", "")), path

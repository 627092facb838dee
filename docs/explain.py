"""Print docs/explain.md: ``python docs/explain.py > docs/explain.md``."""

from imac_arch.studies.pages import pages_markdown
from imac_arch.technology_files import load_law

if __name__ == "__main__":
    print(pages_markdown(load_law("limits")), end="")

"""Draws the sample ebook and slides (PDF) from their sources: `python -m scripts.papers`; again, the same bytes."""

from scripts.papers.draw import PAPERS, ROOT, draw


def main() -> None:
    """Draw every paper into `assets/`."""
    for source, target in PAPERS.items():
        path = ROOT / target
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(draw(source))
        print(f"{target}: {path.stat().st_size // 1000} KB")


if __name__ == "__main__":
    main()

"""Run every measurement, one after the other: `make bench`."""

from bench import matching, pages


def main() -> None:
    """Print each measurement under its heading."""
    for measurement in (matching, pages):
        print(f"== {(measurement.__doc__ or '').splitlines()[0]}")
        measurement.main()
        print()


if __name__ == "__main__":
    main()

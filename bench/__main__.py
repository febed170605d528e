"""Run every measurement, one after the other: `make bench`."""

import argparse

from bench import matching, pages, search, sites, trials

MEASUREMENTS = {"matching": matching, "pages": pages, "sites": sites, "trials": trials, "search": search}


def main() -> None:
    """Print each measurement under its heading; `--only sites` leaves the others out."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--only", choices=MEASUREMENTS, help="run one measurement alone")
    only = parser.parse_args().only
    for measurement in [MEASUREMENTS[only]] if only else MEASUREMENTS.values():
        print(f"== {(measurement.__doc__ or '').splitlines()[0]}")
        measurement.main()
        print()


if __name__ == "__main__":
    main()

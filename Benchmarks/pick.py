#!/usr/bin/env python3
"""Opens a safetensors file of 5 GB and reads one tensor of it, 4 MB, to the last byte, with Lucid and with safetensors.

    swift build -c release --product lucid-bench && python Benchmarks/pick.py [LUCID-BENCH]

The file is sparse: 1250 tensors of zeros. Each run is a process of its own; the two take turns.
"""

import json
import os
import pathlib
import statistics
import struct
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
BENCH = sys.argv[1] if len(sys.argv) > 1 else str(ROOT / ".build/release/lucid-bench")
COUNT, SIZE, ROUNDS = 1250, 4 << 20, 15

SAFETENSORS = """
import sys, time
import numpy
from safetensors import safe_open
def resident():
    return int(next(l for l in open("/proc/self/status") if l.startswith("VmRSS:")).split()[1])
before = resident()
start = time.perf_counter()
file = safe_open(sys.argv[1], "np")
opened = time.perf_counter()
total = file.get_tensor(sys.argv[2]).sum()
print((opened - start) * 1e3, (time.perf_counter() - opened) * 1e3, resident() - before)
"""


def write(path):
    header = {
        f"layers.{n}.weight": {"dtype": "F32", "shape": [1024, 1024], "data_offsets": [n * SIZE, (n + 1) * SIZE]}
        for n in range(COUNT)
    }
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        file.truncate(8 + len(text) + COUNT * SIZE)


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/large.safetensors"
        write(path)
        name = f"layers.{COUNT // 2}.weight"
        sides = {
            "lucid": [BENCH, "pick", path, name],
            "safetensors.safe_open (NumPy)": [sys.executable, "-c", SAFETENSORS, path, name],
        }
        rows = {side: [] for side in sides}
        for _ in range(ROUNDS):
            for side, command in sides.items():
                result = subprocess.run(command, capture_output=True, text=True, check=True)
                rows[side].append([float(word) for word in result.stdout.split()])
        print(f"{os.path.getsize(path)} bytes, {COUNT} tensors; medians of {ROUNDS}")
        for side, values in rows.items():
            opening, reading, memory = (statistics.median(column) for column in zip(*values))
            print(f"{side:32} open {opening:8.3f} ms, read one of 4 MB {reading:8.3f} ms, resident {memory:8.0f} kB more")


main()

#!/usr/bin/env python3
"""Compares the time from a file to a loaded ResNet-50 with PyTorch's and safetensors', page cache warm, in one run.

    swift build -c release --product lucid-bench && python Benchmarks/load.py [LUCID-BENCH]

Each side builds the architecture without random parameters (PyTorch on the meta device) and takes turns with the others.
"""

import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import torch
import torchvision
from safetensors.torch import load_file, save_file

ROOT = pathlib.Path(__file__).resolve().parents[1]
BENCH = sys.argv[1] if len(sys.argv) > 1 else str(ROOT / ".build/release/lucid-bench")
RUNS, ROUNDS = 20, 3


def lucid(path):
    result = subprocess.run([BENCH, "load", "resnet50", path, str(RUNS)], capture_output=True, text=True, check=True)
    times, memory = result.stdout.splitlines()
    return [float(t) for t in times.split()], int(memory)


def python(read, build=True):
    times = []
    for _ in range(RUNS):
        with torch.device("meta"):
            made = None if build else torchvision.models.resnet50()
        start = time.perf_counter()
        if build:
            with torch.device("meta"):
                made = torchvision.models.resnet50()
        read(made)
        times.append((time.perf_counter() - start) * 1e3)
    return times


def main():
    with tempfile.TemporaryDirectory() as folder:
        torch_path, safe_path = f"{folder}/resnet50.pth", f"{folder}/resnet50.safetensors"
        state = torchvision.models.resnet50().state_dict()
        torch.save(state, torch_path)
        save_file(state, safe_path)

        def from_torch(made):
            made.load_state_dict(torch.load(torch_path, mmap=True, weights_only=True), assign=True)

        def from_safetensors(made):
            made.load_state_dict(load_file(safe_path), assign=True)

        rows = {}
        for _ in range(ROUNDS):
            for name, path in [("lucid .pth", torch_path), ("lucid .safetensors", safe_path)]:
                times, memory = lucid(path)
                rows.setdefault(name, []).extend(times)
                rows.setdefault(f"{name} memory", []).append(memory)
            for name, read in [("torch mmap assign", from_torch), ("safetensors load_file assign", from_safetensors)]:
                rows.setdefault(name, []).extend(python(read))
                rows.setdefault(f"{name}, model built before", []).extend(python(read, build=False))
        for name, values in rows.items():
            unit = "kB beyond the file's pages" if name.endswith("memory") else "ms"
            print(f"{name:46} median {statistics.median(values):9.2f}  best {min(values):9.2f} {unit}")


main()

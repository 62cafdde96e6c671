#!/usr/bin/env python3
"""Compares a download over the loopback interface with `curl | sha256sum`, and times what a file in the cache costs.

    swift build -c release --product lucid && swift build -c release --product lucid-bench && Benchmarks/download.py

Both sides fetch the same file from the same server and take turns; Lucid also writes it to disk, in FOLDER, and verifies
it. Reported are the medians, and the most memory that `lucid weights fetch` had beyond what it has for a file of next to
no bytes. A hit is timed with checkpoints of the same tensors whose sizes differ a thousandfold.
"""

import argparse
import hashlib
import json
import os
import pathlib
import re
import shutil
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]


def serve(folder):
    """Serves the files of a folder, parts too, with sendfile; returns the port."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)

    def answer(connection):
        with connection, connection.makefile("rb") as reader:
            while head := reader.readline():
                fields = {}
                while (line := reader.readline()) not in (b"\r\n", b""):
                    name, _, value = line.decode().partition(":")
                    fields[name.lower()] = value.strip()
                path = pathlib.Path(folder) / pathlib.Path(head.split()[1].decode()).name
                size = path.stat().st_size
                asked = re.fullmatch(r"bytes=(\d+)-(\d*)", fields.get("range", ""))
                start, end = 0, size
                if asked:
                    start, end = int(asked[1]), min(size, int(asked[2] or size - 1) + 1)
                lines = ["HTTP/1.1 206 Partial Content" if asked else "HTTP/1.1 200 OK", 'ETag: "b"']
                if asked:
                    lines.append(f"Content-Range: bytes {start}-{end - 1}/{size}")
                lines += ["Accept-Ranges: bytes", f"Content-Length: {end - start}", "", ""]
                connection.sendall("\r\n".join(lines).encode())
                with open(path, "rb") as file:
                    try:
                        while start < end:
                            start += os.sendfile(connection.fileno(), file.fileno(), start, end - start)
                    except OSError:
                        return

    def accept():
        while True:
            threading.Thread(target=answer, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return listener.getsockname()[1]


def write_checkpoint(path, count):
    """A safetensors file of 100 tensors of `count` bytes in all."""
    each = count // 100
    header = json.dumps(
        {f"layer{i}.weight": {"dtype": "U8", "shape": [each], "data_offsets": [i * each, (i + 1) * each]} for i in range(100)}
    ).encode()
    header += b" " * (-len(header) % 8)
    digest = hashlib.sha256()
    with open(path, "wb") as file:

        def put(data):
            file.write(data)
            digest.update(data)

        put(struct.pack("<Q", len(header)) + header)
        block = os.urandom(1 << 20)
        left = each * 100
        while left:
            put(block[: min(left, len(block))])
            left -= min(left, len(block))
    return digest.hexdigest()


def fetch(lucid, url, sha256, folder):
    """The seconds and the peak memory in kB of fetching into a new cache."""
    home = pathlib.Path(folder) / "home"
    shutil.rmtree(home, ignore_errors=True)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("LUCID_")} | {"LUCID_HOME": str(home)}
    start = time.perf_counter()
    process = subprocess.Popen([lucid, "weights", "fetch", url, "--sha256", sha256], stdout=subprocess.DEVNULL, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    elapsed = time.perf_counter() - start
    if status != 0:
        sys.exit(f"lucid weights fetch failed with status {status}")
    return elapsed, usage.ru_maxrss


def curl(url, sha256):
    start = time.perf_counter()
    output = subprocess.run(["sh", "-c", 'curl -s "$1" | sha256sum', "sh", url], capture_output=True, text=True, check=True)
    elapsed = time.perf_counter() - start
    assert output.stdout.split()[0] == sha256, "curl has got something else"
    return elapsed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=1000, help="the file's size in MB")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--folder", help="where the files and the cache are; else the folder for temporary files")
    parser.add_argument("--lucid", default=str(ROOT / ".build/release/lucid"))
    parser.add_argument("--bench", default=str(ROOT / ".build/release/lucid-bench"))
    options = parser.parse_args()

    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        sizes = {"large.safetensors": options.size * 1_000_000, "small.safetensors": 1_000_000}
        digests = {name: write_checkpoint(f"{folder}/{name}", size) for name, size in sizes.items()}
        port = serve(folder)
        urls = {name: f"http://127.0.0.1:{port}/{name}" for name in sizes}
        large, small = "large.safetensors", "small.safetensors"

        least = min(fetch(options.lucid, urls[small], digests[small], folder)[1] for _ in range(3))
        ours, theirs, peaks = [], [], []
        for _ in range(options.rounds):
            theirs.append(curl(urls[large], digests[large]))
            elapsed, peak = fetch(options.lucid, urls[large], digests[large], folder)
            ours.append(elapsed)
            peaks.append(peak)
        mb = sizes[large] / 1e6
        lucid, peer = statistics.median(ours), statistics.median(theirs)
        print(f"download of {mb:.0f} MB over loopback, medians of {options.rounds} rounds, taking turns")
        print(f"  lucid weights fetch  {lucid:6.2f} s  {mb / lucid:6.0f} MB/s  ({min(ours):.2f} to {max(ours):.2f} s)")
        print(f"  curl | sha256sum     {peer:6.2f} s  {mb / peer:6.0f} MB/s  ({min(theirs):.2f} to {max(theirs):.2f} s)")
        print(f"  throughput against curl | sha256sum: {peer / lucid:.0%}")
        print(f"  memory beyond that of a small file: {(max(peaks) - least) / 1024:.1f} MiB")

        print("hit: found in the cache and opened, nothing in memory before")
        environment = os.environ | {"LUCID_HOME": f"{folder}/home", "LUCID_OFFLINE": "1"}
        for name in (small, large):
            if name == small:
                online = {k: v for k, v in environment.items() if k != "LUCID_OFFLINE"}
                command = [options.lucid, "weights", "fetch", urls[name], "--sha256", digests[name]]
                subprocess.run(command, env=online, check=True, stdout=subprocess.DEVNULL)
            times = []
            for _ in range(5):
                command = [options.bench, "hit", urls[name], digests[name], "200"]
                output = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
                times += [float(t) for t in output.split()]
            times.sort()
            print(
                f"  {sizes[name] / 1e6:6.0f} MB  median {statistics.median(times):.3f} ms, "
                f"99 of 100 below {times[int(len(times) * 0.99)]:.3f} ms"
            )


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Times inference of Lucid beside PyTorch, ONNX Runtime, OpenVINO, MNN and ncnn, with the same parameters and pictures.

    python3 Benchmarks/compare.py [--models resnet18,resnet50] [--batches 1,16] [--rounds 15] [--threads N]
                                  [--peers torch,MNN] [--json FILE]

Every engine runs in a process of its own and they take turns, a few runs each, so that what else the machine does falls
on all of them alike. Their logits must agree with PyTorch's, or the comparison fails. What is reported is the median of
each engine's runs, and Lucid's plan divided by the other's: below 1, Lucid is faster. Absolute times on a shared machine
mean little.

With one picture it also measures the peak memory of a process that loads the network from a file and runs it once, two
callers that share one network with a core each, and how long a plan takes to make: with nothing known about the machine,
and with what was measured before.

--json adds to what the file holds of the same machine. Benchmarks/chart.py makes the table and the picture of it.
"""

import argparse
import importlib.metadata
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

import engines
import networks
import turns

HERE = pathlib.Path(__file__).resolve().parent
MODELS = ("resnet18 resnet50 vgg16 mobilenet_v2 mobilenet_v3_large efficientnet_b0 efficientnet_lite0 densenet121 "
          "convnext_tiny vit_b_16 swin_t").split()
# The greatest difference from PyTorch that counts as agreement, relative to the largest logit: what Lucid promises where
# it convolves by Winograd's algorithm, what is allowed to a peer, and to one that was seen to be 4e-3 off, with ResNet-50.
LUCID_BOUND = 1e-4
PEER_BOUND = 1e-3
PEER_BOUNDS = {"MNN": 1e-2}


class Comparison:
    """One network in all engines."""

    def __init__(self, model, folder, options):
        self.model, self.folder, self.options = model, pathlib.Path(folder), options

    def files(self, batch):
        return networks.Files(self.folder, self.model, batch)

    def lucid(self, batch, mode, threads):
        files = self.files(batch)
        name = "lucid" if mode != "eager" else "lucid eager"
        output = self.folder / f"logits-{name}-{batch}.npy"
        command = [self.options.bench, "infer", self.model, files.lucid, files.pictures, output, mode]
        engine = turns.Engine(name, [str(part) for part in command], threads)
        return engine, self.error(output, files)

    def peer(self, name, batch, threads, callers=1):
        """The engine, or why there is none; and its error."""
        kind, files = engines.PEERS[name], self.files(batch)
        reason = kind.missing() or (None if batch == 1 or kind.does_batches else "does one picture at a time")
        if reason:
            return reason, None
        script, where = str(HERE / "engines.py"), [name, str(self.folder), self.model, str(batch)]
        python = [sys.executable, "-W", "ignore", script]
        made = subprocess.run([*python, "prepare", *where], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if made.returncode != 0:
            return "cannot convert: " + last_line(made.stdout), None
        output = self.folder / f"logits-{name}-{batch}.npy"
        command = [*python, "serve", *where, "--threads", str(threads), "--callers", str(callers), "--output", str(output)]
        try:
            engine = turns.Engine(name, command, threads)
        except turns.DidNotStart as failure:
            return f"failed: {failure}", None
        return engine, self.error(output, files)

    def error(self, output, files):
        import numpy as np

        logits, reference = np.load(output), np.load(files.reference)
        if logits.shape != reference.shape:
            raise SystemExit(f"{output.name}: the shape is {logits.shape}, not {reference.shape}")
        return float(abs(logits - reference).max() / abs(reference).max())

    def start(self, batch, threads, modes, callers=1):
        """All engines that there are, with their errors, and the reasons of the others."""
        found, errors, absent = [], {}, {}
        for mode in modes:
            engine, error = self.lucid(batch, mode, threads)
            found.append(engine)
            errors[engine.name] = error
        for name in self.options.peers:
            engine, error = self.peer(name, batch, threads, callers)
            if isinstance(engine, str):
                absent[name] = engine
            else:
                found.append(engine)
                errors[name] = error
        for name, error in errors.items():
            bound = LUCID_BOUND if name.startswith("lucid") else PEER_BOUNDS.get(name, PEER_BOUND)
            if not error <= bound:
                raise SystemExit(f"{self.model}, batch {batch}: {name} differs by {error:.1e} of the largest logit, "
                                 f"more than {bound:.0e}")
        return found, errors, absent

    def speed(self, batch):
        found, errors, absent = self.start(batch, self.options.threads, ["plan", "eager"])
        runs = 3 if batch == 1 else 1
        turns.take_turns(found, self.options.rounds, runs, warm=runs)
        for engine in found:
            engine.close()
        result = {e.name: {"ms": e.median, "fastest": min(e.times), "mb": e.megabytes, "error": errors[e.name]}
                  for e in found}
        result |= {name: {"absent": reason} for name, reason in absent.items()}
        return {"model": self.model, "batch": batch, "engines": result}

    def callers(self):
        """Pictures a second of two callers with a core each."""
        found, _, absent = self.start(1, 1, ["pair"], callers=2)
        turns.take_turns(found, self.options.rounds, 3, warm=3)
        for engine in found:
            engine.close()
        result = {e.name: {"rate": 6e3 / e.median} for e in found}
        result |= {name: {"absent": reason} for name, reason in absent.items()}
        return {"model": self.model, "engines": result}

    def building(self, batch):
        """Milliseconds to make a plan, with an empty cache folder and with what that run left there."""
        count = str(self.options.threads)
        times = {"cold": [], "remembered": []}
        for _ in range(5):
            with tempfile.TemporaryDirectory() as home:
                env = dict(os.environ, LUCID_HOME=home, OMP_NUM_THREADS=count, LUCID_THREADS=count)
                for name in times:
                    size = str(networks.size(self.model))
                    command = [self.options.bench, "build", self.model, str(batch), size]
                    times[name].append(float(subprocess.check_output(command, env=env, text=True)))
        return {"model": self.model, "batch": batch} | {name: statistics.median(t) for name, t in times.items()}


def last_line(text):
    lines = text.strip().splitlines()
    return lines[-1].strip() if lines else "it says nothing"


def fastest_peer(row, key, better):
    peers = {n: e[key] for n, e in row["engines"].items() if key in e and not n.startswith("lucid")}
    return better(peers, key=peers.get) if peers else None


def show(row):
    """One line; and the ratio to the fastest peer."""
    lucid = row["engines"]["lucid"]["ms"]
    cells = [f"{n} {e['ms']:.2f} ({lucid / e['ms']:.2f})" for n, e in row["engines"].items() if "ms" in e]
    print(f"{row['model']:20} batch {row['batch']:3}  {'  '.join(cells)}")
    for name, engine in row["engines"].items():
        if "absent" in engine:
            print(f"    {name}: {engine['absent']}")
    best = fastest_peer(row, "ms", min)
    if best:
        print(f"    {lucid / row['engines'][best]['ms']:.3f} of the fastest peer's time, {best}")
    memory = "  ".join(f"{n} {e['mb']:.0f}" for n, e in row["engines"].items() if "mb" in e)
    print(f"    peak MB: {memory}")
    errors = "  ".join(f"{n} {e['error']:.0e}" for n, e in row["engines"].items() if "error" in e)
    print(f"    errors: {errors}", flush=True)


def machine(threads):
    """What the figures belong to."""
    with open("/proc/cpuinfo") as lines:
        names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    versions = {}
    for package in ("torch", "onnxruntime", "openvino", "MNN", "ncnn"):
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            versions[package] = None
    return {"processor": names[0] if names else "unknown", "cores": os.cpu_count(), "threads": threads,
            "versions": versions}


def keep(path, about, results):
    """Adds to a file of results, replacing those of the same kind; begins anew where it is of another machine."""
    try:
        kept = json.loads(path.read_text())
    except FileNotFoundError:
        kept = {}
    if kept.get("machine") != about:
        kept = {"machine": about}
    for section, rows in results.items():
        def key(row):
            return (row["model"], row.get("batch"))

        new = {key(row) for row in rows}
        kept[section] = [row for row in kept.get(section, []) if key(row) not in new] + rows
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(kept, indent=1) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", default=",".join(MODELS), help="those that Lucid lacks are left out")
    parser.add_argument("--batches", default="1,16")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--peers", default=",".join(engines.PEERS))
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--only", choices=["speed", "callers", "building"], help="measure one thing")
    parser.add_argument("--bench", default=str(HERE.parent / ".build/release/lucid-bench"))
    options = parser.parse_args()
    options.peers = [name for name in options.peers.split(",") if name]
    unknown = [name for name in options.peers if name not in engines.PEERS]
    if unknown:
        parser.error(f"no engine {unknown[0]}; there are {', '.join(engines.PEERS)}")
    batches = [int(batch) for batch in options.batches.split(",")]
    print(f"{options.threads} threads, medians in ms (ratio: Lucid's plan over it)")
    for model in options.models.split(","):
        names = subprocess.run([options.bench, "names", model], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if names.returncode != 0:
            print(f"{model}: {last_line(names.stderr)}")
            continue
        pairs = [line.split() for line in names.stdout.splitlines()]
        names = [(name, tuple(int(n) for n in shape)) for name, *shape in pairs]
        results = {}
        with tempfile.TemporaryDirectory() as folder:
            comparison = Comparison(model, folder, options)
            networks.write(folder, model, batches, names, options.threads)
            if options.only in (None, "speed"):
                results["speed"] = []
                for batch in batches:
                    row = comparison.speed(batch)
                    show(row)
                    results["speed"].append(row)
            if options.only in (None, "callers") and 1 in batches:
                row = comparison.callers()
                rates = {n: f"{n} {e['rate']:.1f}" for n, e in row["engines"].items() if "rate" in e}
                print(f"    pictures a second, two callers with a core each: {'  '.join(rates.values())}", flush=True)
                results["callers"] = [row]
            if options.only in (None, "building"):
                results["building"] = [comparison.building(batch) for batch in batches]
                for row in results["building"]:
                    print(f"    plan for batch {row['batch']}: {row['cold']:.0f} ms, {row['remembered']:.0f} ms with "
                          "remembered choices", flush=True)
        if options.json:
            keep(options.json, machine(options.threads), results)


if __name__ == "__main__":
    main()

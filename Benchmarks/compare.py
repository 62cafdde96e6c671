#!/usr/bin/env python3
"""Times inference of Lucid beside PyTorch's and, where they are installed, ONNX Runtime's and OpenVINO's.

    python3 Benchmarks/compare.py [--models resnet18,resnet50] [--batches 1,16] [--rounds 15] [--threads N]

Every engine runs in a process of its own and they take turns, a few runs each, so that what else the machine does falls
on all of them alike. What is reported is the median of each engine's runs, and Lucid's divided by the other's: below 1,
Lucid is faster. Absolute times on a shared machine mean little.
"""

import argparse
import importlib.util
import os
import pathlib
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent


class Engine:
    """A process that times runs on request."""

    def __init__(self, name, command, env):
        self.name, self.times = name, []
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env)
        line = self.process.stdout.readline()
        if line.strip() != "ready":
            raise RuntimeError(f"{name} did not start: {line!r}")

    def run(self, count):
        self.process.stdin.write(f"{count}\n")
        self.process.stdin.flush()
        self.times += [float(t) for t in self.process.stdout.readline().split()]

    def close(self):
        self.process.stdin.close()
        self.process.wait()

    @property
    def median(self):
        return statistics.median(self.times)


def serve(kind, model, batch, threads):
    """What the Python engines run in their processes."""
    import time

    import numpy as np
    import torch

    torch.set_num_threads(threads)
    if model.startswith("efficientnet_lite"):
        import timm

        net = timm.create_model("tf_" + model).eval()
        size = {"0": 224, "1": 240, "2": 260}[model[-1]]
    else:
        import torchvision

        net, size = getattr(torchvision.models, model)().eval(), 224
    x = torch.randn(batch, 3, size, size)
    if kind == "torch":
        def run():
            with torch.inference_mode():
                net(x)
    else:
        import io

        file = io.BytesIO()
        torch.onnx.export(net, (x,), file, input_names=["x"], dynamo=False)
        array = np.ascontiguousarray(x.numpy())
        if kind == "onnxruntime":
            import onnxruntime

            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = threads
            session = onnxruntime.InferenceSession(file.getvalue(), options, providers=["CPUExecutionProvider"])

            def run():
                session.run(None, {"x": array})
        else:
            import openvino

            core = openvino.Core()
            compiled = core.compile_model(
                core.read_model(io.BytesIO(file.getvalue())), "CPU",
                {"INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"})
            request = compiled.create_infer_request()

            def run():
                request.infer({0: array})
    for _ in range(3):
        run()
    print("ready", flush=True)
    for line in sys.stdin:
        times = []
        for _ in range(int(line)):
            start = time.perf_counter()
            run()
            times.append((time.perf_counter() - start) * 1e3)
        print(" ".join(f"{t:.3f}" for t in times), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", default="resnet18,resnet50,vgg16,mobilenet_v2,efficientnet_lite0")
    parser.add_argument("--batches", default="1,16")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--bench", default=str(HERE.parent / ".build/release/lucid-bench"))
    parser.add_argument("--serve", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        return serve(options.serve[0], options.serve[1], int(options.serve[2]), options.threads)
    env = dict(os.environ, OMP_NUM_THREADS=str(options.threads))
    peers = [p for p in ("torch", "onnxruntime", "openvino") if importlib.util.find_spec(p)]
    print(f"{options.threads} threads, medians in ms (ratio: Lucid's plan over it)")
    for model in options.models.split(","):
        for batch in (int(b) for b in options.batches.split(",")):
            engines = [Engine(f"lucid {mode}", [options.bench, model, str(batch), mode], env) for mode in ("plan", "eager")]
            engines += [
                Engine(p, [sys.executable, __file__, "--threads", str(options.threads), "--serve", p, model, str(batch)], env)
                for p in peers
            ]
            for _ in range(options.rounds):
                for engine in engines:
                    engine.run(3 if batch == 1 else 1)
            plan = engines[0].median
            row = "  ".join(f"{e.name} {e.median:8.2f} ({plan / e.median:4.2f})" for e in engines)
            print(f"{model:20} batch {batch:3}  {row}", flush=True)
            for engine in engines:
                engine.close()


if __name__ == "__main__":
    main()

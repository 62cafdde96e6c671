#!/usr/bin/env python3
"""Times a training step of Lucid beside PyTorch's in its two memory formats, and the memory that each takes.

    python3 Benchmarks/train.py [--runs resnet18:16,resnet50:8,mobilenet_v2:16] [--rounds 7] [--threads 2]

A step is forward, cross entropy, backward and SGD with momentum 0.9 and weight decay 1e-4 on float32 pictures of 224x224.
Every engine runs in a process of its own and they take turns, one step each, so that what else the machine does falls on
all alike. Reported are medians, and Lucid's divided by PyTorch's better one: below 1, Lucid is faster; and likewise the peak
resident memory of the processes.
"""

import argparse
import os
import pathlib
import sys

import turns

HERE = pathlib.Path(__file__).resolve().parent


def serve(form, model, batch, threads):
    """What PyTorch runs in its processes."""
    import resource
    import time

    import torch
    import torchvision

    torch.set_num_threads(threads)
    net = getattr(torchvision.models, model)().train()
    x, labels = torch.randn(batch, 3, 224, 224), torch.randint(0, 1000, (batch,))
    if form == "channels_last":
        net, x = net.to(memory_format=torch.channels_last), x.to(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9, weight_decay=1e-4)

    def step():
        start = time.perf_counter()
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(net(x), labels).backward()
        optimizer.step()
        return (time.perf_counter() - start) * 1e3

    for _ in range(2):
        step()
    print("ready", flush=True)
    for line in sys.stdin:
        print(" ".join(f"{step():.3f}" for _ in range(int(line))), flush=True)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", default="resnet18:16,resnet50:8,mobilenet_v2:16")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--bench", default=str(HERE.parent / ".build/release/lucid-bench"))
    parser.add_argument("--serve", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        return serve(options.serve[0], options.serve[1], int(options.serve[2]), options.threads)
    print(f"{options.threads} threads, medians in ms, peak memory in MB")
    for model, batch in (run.split(":") for run in options.runs.split(",")):
        engines = [turns.Engine("lucid", [options.bench, "train", model, batch], options.threads)]
        for form in ("contiguous", "channels_last"):
            command = [sys.executable, __file__, "--threads", str(options.threads), "--serve", form, model, batch]
            engines.append(turns.Engine(f"torch {form}", command, options.threads))
        turns.take_turns(engines, options.rounds)
        for engine in engines:
            engine.close()
        best = min(engines[1:], key=lambda e: e.median)
        row = "  ".join(f"{e.name} {e.median:8.1f} ({e.megabytes:5.0f} MB)" for e in engines)
        print(
            f"{model:14} batch {batch:>3}  {row}  time {engines[0].median / best.median:4.2f}, "
            f"memory {engines[0].kilobytes / best.kilobytes:4.2f} of PyTorch's {best.name[6:]}", flush=True)


if __name__ == "__main__":
    main()

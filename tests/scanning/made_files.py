"""Files as scanners write them, small."""

from __future__ import annotations

import numpy as np
import simplejpeg

from tests.scanning.pages import Grey


def jpeg(shade: int, size: int = 40) -> bytes:
    grey: Grey = np.full((size, size, 1), shade, np.uint8)
    return bytes(simplejpeg.encode_jpeg(grey, quality=80, colorspace="GRAY"))


def pdf(streams: list[bytes], size: int = 40) -> bytes:
    """A plain PDF of one image a page, as scanners write them."""
    made, places = bytearray(b"%PDF-1.4\n"), dict[int, int]()

    def add(number: int, body: bytes) -> None:
        places[number] = len(made)
        made.extend(b"%d 0 obj\n" % number + body + b"\nendobj\n")

    drawn = b"q 100 0 0 100 0 0 cm /I Do Q"
    for n, stream in enumerate(streams):
        head = b"<</Type/XObject/Subtype/Image/Width %d/Height %d" % (size, size)
        head += b"/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/DCTDecode/Length %d>>" % len(stream)
        add(3 * n + 3, head + b"\nstream\n" + stream + b"\nendstream")
        add(3 * n + 4, b"<</Length %d>>\nstream\n%s\nendstream" % (len(drawn), drawn))
        shown = b"/Resources<</XObject<</I %d 0 R>>>>/Contents %d 0 R>>" % (3 * n + 3, 3 * n + 4)
        add(3 * n + 5, b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]" + shown)
    kids = b" ".join(b"%d 0 R" % (3 * n + 5) for n in range(len(streams)))
    add(1, b"<</Type/Catalog/Pages 2 0 R>>")
    add(2, b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(streams), kids))
    table = b"".join(b"%010d 00000 n \n" % places[number] for number in sorted(places))
    start = len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1) + table
    return bytes(made + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(places) + 1, start))

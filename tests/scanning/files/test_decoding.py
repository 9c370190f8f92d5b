"""Images are decoded by a child that holds no key: same pixels, same errors, and trouble costs the image alone."""

from __future__ import annotations

import struct
import sys
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
import simplejpeg
from hypothesis import given, settings
from hypothesis import strategies as st

from scanning.errors import UndecodableImage
from scanning.files import decoding, decoding_main
from scanning.files.decoding import BAD, GOOD, SIZE, Decoder, DecoderCaps
from scanning.files.sources import Grey, Media, decode
from tests.scanning.pages import answer_page, noisy

PAGE = noisy(answer_page(100))


def jpeg(grey: Grey) -> bytes:
    return bytes(simplejpeg.encode_jpeg(np.ascontiguousarray(grey[:, :, None]), quality=80, colorspace="GRAY"))


STREAM = jpeg(PAGE)


@pytest.fixture(scope="module")
def decoder() -> Iterator[Decoder]:
    with Decoder() as one:
        yield one


def outcome(decoder: Decoder | None, stream: bytes, media: Media) -> bytes | str:
    """The pixels, or what was said instead."""
    try:
        grey = decode(stream, media) if decoder is None else decoder.decode(stream, media)
    except UndecodableImage as e:
        return str(e)
    return repr(grey.shape).encode() + grey.tobytes()


@pytest.mark.parametrize("media", list(Media))
def test_the_child_gives_the_same_pixels(decoder: Decoder, media: Media) -> None:
    """JPEG and PNG, and each array is the caller's own."""
    stream = STREAM if media is Media.JPEG else cv2.imencode(".png", PAGE)[1].tobytes()
    first, second = decoder.decode(stream, media), decoder.decode(stream, media)
    assert np.array_equal(first, decode(stream, media))
    first[:] = 0
    assert np.array_equal(second, decode(stream, media))


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_damaged_images_have_the_same_outcome(decoder: Decoder, data: st.DataObject) -> None:
    """Cut short or with flipped bits: same pixels or same words, and never pixels of the page before."""
    content = bytearray(STREAM[: data.draw(st.integers(0, len(STREAM)))])
    for at in data.draw(st.lists(st.integers(0, max(0, len(content) - 1)), max_size=4)):
        if content:
            content[at] ^= data.draw(st.integers(1, 255))
    media = data.draw(st.sampled_from(Media))
    inside = outcome(None, bytes(content), media)
    other = jpeg(np.full((1500, 1100), data.draw(st.integers(0, 255)), np.uint8))
    decoder.decode(other, Media.JPEG)  # whatever lies in the shared memory before must not show
    assert outcome(decoder, bytes(content), media) == inside


def _huge_png(width: int, height: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("stream", "media", "why"),
    [
        (jpeg(PAGE[:500]), Media.JPEG, "more than 1000"),
        (_huge_png(60_000, 60_000), Media.PNG, "60000x60000"),
        (b"\xff" * 200_000, Media.JPEG, "200000 bytes"),
    ],
    ids=["jpeg", "png", "bytes"],
)
def test_caps_of_one_image_hold(stream: bytes, media: Media, why: str) -> None:
    """Pixels and bytes are counted before anything is decoded, and the child goes on."""
    with Decoder(DecoderCaps(stream_bytes=150_000, pixels=1000)) as small:
        with pytest.raises(UndecodableImage, match=why):
            small.decode(stream, media)
        assert small.decode(jpeg(PAGE[:20, :30]), Media.JPEG).shape == (20, 30)


def test_a_child_that_dies_or_hangs_costs_one_image(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next image gets a fresh child."""
    with Decoder() as decoder:
        decoder.decode(STREAM, Media.JPEG)
        decoder._child.interrupt()
        time.sleep(0.05)
        assert decoder.decode(STREAM, Media.JPEG).shape == PAGE.shape
        with monkeypatch.context() as hanging:
            # Half a request: the child waits for the rest of it, and we wait for its answer.
            hanging.setattr("crosscheck.limited.write_frame", lambda pipe, request: pipe.write(request[:3]))
            decoder.caps = DecoderCaps(seconds=0.2)
            with pytest.raises(UndecodableImage, match="longer"):
                decoder.decode(STREAM, Media.JPEG)
        decoder.caps = DecoderCaps()
        assert decoder.decode(STREAM, Media.JPEG).shape == PAGE.shape


class _Saying:
    """A child that was taken over: it says whatever it likes."""

    def __init__(self, *frames: bytes) -> None:
        self.frames = frames

    def ask(self, _request: bytes, _seconds: float, _limit: int) -> tuple[bytes, ...]:
        return self.frames

    def close(self) -> None:
        pass


@pytest.mark.parametrize(
    "frames",
    [
        (),
        (b"",),
        (GOOD,),
        (GOOD + SIZE.pack(0, 5, 0, 0),),
        (GOOD + SIZE.pack(70_000, 70_000, 0, 0),),
        (BAD + b"x", b""),
        (b"\7",),
    ],
)
def test_nonsense_from_the_child_is_no_image(frames: tuple[bytes, ...]) -> None:
    """Sizes are checked here, not believed."""
    with Decoder() as lying:
        lying._child = _Saying(*frames)  # type: ignore[assignment]
        with pytest.raises(UndecodableImage):
            lying.decode(STREAM, Media.JPEG)


@pytest.mark.skipif(sys.platform != "linux", reason="reads Linux's list of open files")
def test_the_child_has_no_open_file_and_no_connection(decoder: Decoder) -> None:
    """Only its pipes, nothing, and the shared memory."""
    decoder.decode(STREAM, Media.JPEG)
    running = decoder._child._running
    assert running is not None
    handles = [str(h.readlink()) for h in Path(f"/proc/{running.process.pid}/fd").iterdir()]
    kinds = {handle.partition(":")[0] for handle in handles}
    assert kinds <= {"pipe", "/dev/null", "/memfd", "/memfd:page (deleted)"}, handles
    status = Path(f"/proc/{running.process.pid}/status").read_text()
    assert "Seccomp:\t2" in status


def test_requests_are_answered_without_a_process() -> None:
    """The child's own part, seen from inside."""
    memory = decoding._shared(1 << 20)
    try:
        memory.memory[: len(STREAM)] = STREAM
        pixels = np.frombuffer(memory.memory, np.uint8, offset=1 << 19)
        assert len(STREAM) < 1 << 19
        with pytest.raises(UndecodableImage, match="more than"):
            decoding_main.decoded(memoryview(STREAM), Media.JPEG, pixels, 100)
        small = jpeg(PAGE[:40, :60])
        assert decoding_main.decoded(memoryview(small), Media.JPEG, pixels, pixels.size) == (40, 60)
        assert np.array_equal(pixels[:2400].reshape(40, 60), decode(small, Media.JPEG))
        del pixels
    finally:
        memory.close()

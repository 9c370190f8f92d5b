"""Stored page images to pixels, in a limited child process that holds no key and reaches nothing.

A worker that opens originals has the batch's working key; a decoder of strangers' images must not run beside it.
The image goes to the child, and the pixels come back, through memory that both see: nothing is piped, and nothing
touches a disk. The pixels are copied out before anybody looks at them, so that a child that was taken over can't
change a picture that was checked.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import secrets
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing import shared_memory
from types import TracebackType

import numpy as np

from crosscheck.limited import Child, ChildFault
from scanning.errors import UndecodableImage
from scanning.files.colours import Small
from scanning.files.sources import Grey, Media

# Request: media, length of the stream, most pixels, bytes of memory, seconds of CPU. Answer: height and width in grey,
# then in colour (0 and 0 when there is none), or text.
REQUEST = struct.Struct(">BQQQd")
SIZE = struct.Struct(">IIII")
GOOD, BAD = b"\0", b"\1"
MEDIA = (Media.JPEG, Media.PNG)
_ANSWER_LIMIT = 4096


@dataclass(frozen=True, slots=True)
class DecoderCaps:
    """Hard limits for one image: bytes of the stream, pixels, wall-clock and CPU seconds, memory of the child."""

    stream_bytes: int = 1 << 27
    pixels: int = 60_000_000
    seconds: float = 20.0
    memory_bytes: int = 1 << 30


@dataclass(frozen=True, slots=True, eq=False)
class Decoded:
    """An image as grey pixels, HxW uint8, and small in colour where it has any."""

    grey: Grey
    colours: Small | None


class Decoder:
    """Decodes one image after another in one limited child process, replaced when it dies or hangs. Keep one per
    worker; not for several threads at once."""

    def __init__(self, caps: DecoderCaps | None = None) -> None:
        self.caps = caps or DecoderCaps()
        self._shared = _shared(self.caps.stream_bytes + self.caps.pixels)
        arguments = (self._shared.name, str(self.caps.stream_bytes), str(self.caps.pixels))
        self._child = Child("scanning.files.decoding_main", arguments, self._shared.handles)

    def __enter__(self) -> Decoder:
        return self

    def __exit__(self, kind: type[BaseException] | None, e: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the child and give the memory back."""
        self._child.close()
        self._shared.close()

    def decode(self, stream: bytes, media: Media) -> Grey:
        """The image as grey pixels, HxW uint8: what `sources.decode` gives. Raises as `decoded` does."""
        return self.decoded(stream, media).grey

    def decoded(self, stream: bytes, media: Media) -> Decoded:
        """The image as grey pixels and, small, in colour: arrays of their own.

        Raises UndecodableImage, also when the image is beyond the caps, hangs or stops the decoder, and
        ReaderNotStarted when no process can be started.
        """
        caps = self.caps
        if len(stream) > caps.stream_bytes:
            raise UndecodableImage(detail=f"{len(stream)} bytes are more than {caps.stream_bytes}")
        self._shared.memory[: len(stream)] = stream
        request = REQUEST.pack(MEDIA.index(media), len(stream), caps.pixels, caps.memory_bytes, caps.seconds)
        match self._child.ask(request, caps.seconds, _ANSWER_LIMIT):
            case ChildFault.TIMED_OUT:
                raise UndecodableImage(detail=f"it took longer than {caps.seconds:g} s")
            case ChildFault():
                raise UndecodableImage(detail="it stopped the program that decodes it")
            case (answer,):
                return self._pixels(answer)
            case _:
                raise UndecodableImage(detail="the program that decodes it gave no answer")

    def _pixels(self, answer: bytes) -> Decoded:
        """What the child says, checked: a child that talks nonsense decoded nothing."""
        if answer[:1] != GOOD:
            raise UndecodableImage(detail=answer[1:].decode("utf-8", "replace") or "no image in it")
        if len(answer) != 1 + SIZE.size:
            raise UndecodableImage(detail="the program that decodes it gave no answer")
        height, width, high, wide = SIZE.unpack(answer[1:])
        if not 0 < height * width <= self.caps.pixels or height * width + 3 * high * wide > self.caps.pixels:
            raise UndecodableImage(detail=f"{width}x{height} pixels")
        grey = self._copied(0, height * width).reshape(height, width)
        if not high * wide:
            return Decoded(grey, None)
        return Decoded(grey, Small(self._copied(grey.size, 3 * high * wide).reshape(high, wide, 3), high / height))

    def _copied(self, begin: int, count: int) -> Grey:
        return np.frombuffer(self._shared.memory, np.uint8, count, self.caps.stream_bytes + begin).copy()


@dataclass(frozen=True, slots=True)
class _Shared:
    """Memory that a child can share: the name it is found by (`handle:N` or the system's), the open files (POSIX) to
    inherit, and what has to be closed in the end."""

    memory: mmap.mmap
    name: str
    handles: Sequence[int]
    ends: contextlib.ExitStack

    def close(self) -> None:
        self.memory.close()
        self.ends.close()


def _shared(size: int) -> _Shared:
    """Shared memory without a name that others could open, except on Windows, where the name can't be guessed.
    The system gives memory to it only as it is used."""
    ends = contextlib.ExitStack()
    if os.name == "nt":
        name = f"crosscheck-{secrets.token_hex(16)}"
        return _Shared(mmap.mmap(-1, size, tagname=name), name, (), ends)  # type: ignore[call-arg, unused-ignore]
    if hasattr(os, "memfd_create"):
        handle = _unshrinkable(size)
        ends.callback(os.close, handle)
    else:
        block = shared_memory.SharedMemory(create=True, size=size)
        ends.callback(block.close)
        block.unlink()  # the name goes at once; who inherits the handle keeps the memory
        handle = block._fd  # type: ignore[attr-defined]
    return _Shared(mmap.mmap(handle, size), f"handle:{handle}", (handle,), ends)


def _unshrinkable(size: int) -> int:
    """A nameless file in memory. Sealed: a child that made it smaller would stop the parent in the middle of a page."""
    import fcntl

    handle = os.memfd_create("page", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    os.ftruncate(handle, size)
    fcntl.fcntl(handle, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL)
    return handle

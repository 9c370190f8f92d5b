"""Pictures are worked on by one thread, as in the product's workers."""

from __future__ import annotations

import cv2

cv2.setNumThreads(1)

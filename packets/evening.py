"""Make experts' pages even: works have one page or six, and the flow counts works. Pure.

Exchanges (`packets.exchanging`) that make pages more even and readers no less evenly linked are taken, many at once.
Those that leave pages as uneven as they are carry a page too many from expert to expert, until somebody lacks one.
"""

from __future__ import annotations

import numpy as np

from packets.exchanging import Board, offered, taken, weighed
from packets.network import Ints, Truth

_ROUNDS = 128
_PATIENCE = 16  # rounds that gain less than a twentieth together before giving up
_OFFERS = 4096  # at least, in a round
_TRIES = 64  # at most, for each reader


def evened(board: Board, pages: Ints) -> None:
    """Exchange readers within stretches until everybody's pages are as near to `aims` as can be; `pages` of works in
    the board's order. Changes the board."""
    if not len(pages) or pages.min() == pages.max():
        return
    over = np.bincount(board.readers.reshape(-1), np.repeat(pages, board.seats.shape[1]), board.experts)
    over = over.astype(np.int64) - aims(board, pages)
    least, patience = int((over * over).sum()), _PATIENCE
    for number in range(_ROUNDS):
        _round(board, pages, over, number)
        squares = int((over * over).sum())
        patience = _PATIENCE if 100 * squares < 95 * least else patience - 1
        least = min(least, squares) if patience == _PATIENCE else least
        if not patience or not _far(over).any():
            return


def aims(board: Board, pages: Ints) -> Ints:
    """Pages that each expert should have, rounded down: the same for all whose numbers of works differ by one at most,
    and more for those with more works."""
    reads = np.bincount(board.readers.reshape(-1), minlength=board.experts)
    found, alike = np.zeros_like(reads), list[int]()
    for works in np.unique(reads).tolist():
        if alike and works > alike[0] + 1:
            alike = []
        alike.append(works)
        some = np.isin(reads, alike)
        found[some] = (
            int(pages.sum()) * board.seats.shape[1] * int(reads[some].sum()) // (int(reads.sum()) * int(some.sum()))
        )
    return found


def _far(over: Ints) -> Truth:
    """Whose pages are neither the aim, which was rounded down, nor one more."""
    return (over < 0) | (over > 1)


def _round(board: Board, pages: Ints, over: Ints, number: int) -> None:
    work, at = np.nonzero(_far(over)[board.readers] & (board.size > 1)[:, None])
    if not len(work):
        return
    tries = min(_TRIES, max(1, max(_OFFERS, len(pages)) // len(work)))
    work, at = np.repeat(work, tries), np.repeat(at, tries)
    offers = offered(board, work, at, board.lots(f"evening {number}", len(work)))
    leaves, comes = board.reader(offers.one, offers.at), board.reader(offers.other, offers.by)
    gains = pages[offers.other] - pages[offers.one]
    worth = gains * (over[leaves] - over[comes] + gains)  # half of what the sum of squares grows by
    likely = np.flatnonzero((worth <= 0) & (gains != 0))
    offers, leaves, comes, gains, worth = (
        offers.some(likely),
        leaves[likely],
        comes[likely],
        gains[likely],
        worth[likely],
    )
    change = weighed(board, offers)
    some = taken(board, offers, change, worth, change.more <= 0, leaves, comes)
    over[leaves[some]] += gains[some]
    over[comes[some]] -= gains[some]

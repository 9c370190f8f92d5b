"""PDFs that were made to do harm: bombs, rings, lies, programs inside. Written by hand, since no library would."""

from __future__ import annotations

import io
import zlib
from collections.abc import Mapping

import pypdf

from drill.hostile_pictures import HEIGHT, WIDTH, jpeg
from drill.recipe import UNSEEN, Dice, Opens, Recipe, refused
from scanning.files.sources import FileFaultKind

_POINTS = 72 / 200
_BOX = f"[0 0 {WIDTH * _POINTS:.2f} {HEIGHT * _POINTS:.2f}]"
_DRAW = f"q {WIDTH * _POINTS:.2f} 0 0 {HEIGHT * _POINTS:.2f} 0 0 cm /X Do Q".encode()
_CATALOGUE = b"<</Type/Catalog/Pages 2 0 R>>"
_TREE = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
_PAGE = f"<</Type/Page/Parent 2 0 R/MediaBox{_BOX}/Resources<</XObject<</X 5 0 R>>>>/Contents 4 0 R>>".encode()
_ENCRYPTED = refused(FileFaultKind.ENCRYPTED, FileFaultKind.DAMAGED)
_CODINGS = ("JBIG2Decode", "JPXDecode", "DCTDecode", "FlateDecode", "LZWDecode", "RunLengthDecode")
Objects = Mapping[int, bytes]


def stream(content: bytes, entries: str = "") -> bytes:
    """A stream object."""
    return f"<</Length {len(content)}{entries}>>\nstream\n".encode() + content + b"\nendstream"


def packed(content: bytes, entries: str = "") -> bytes:
    """A stream object, deflated."""
    return stream(zlib.compress(content, 9), "/Filter/FlateDecode" + entries)


def image(dice: Dice) -> bytes:
    """An image object: an ordinary little JPEG."""
    size = f"/Width {WIDTH}/Height {HEIGHT}/BitsPerComponent 8/ColorSpace/DeviceGray"
    return stream(jpeg(dice), f"/Type/XObject/Subtype/Image/Filter/DCTDecode{size}")


def pdf(objects: Objects, trailer: str = "") -> bytes:
    """A PDF of these objects by number, with its table; object 1 is the catalogue."""
    out, places = b"%PDF-1.7\n", {}
    for number, content in sorted(objects.items()):
        places[number] = len(out)
        out += f"{number} 0 obj\n".encode() + content + b"\nendobj\n"
    rows = [f"{places[n]:010d} 00000 n \n" if n in places else "0000000000 65535 f \n" for n in range(max(places) + 1)]
    end = f"xref\n0 {len(rows)}\n{''.join(rows)}trailer\n<</Root 1 0 R/Size {len(rows)}{trailer}>>\nstartxref\n"
    return out + end.encode() + f"{len(out)}\n%%EOF\n".encode()


def scan(dice: Dice, changed: Objects | None = None, trailer: str = "") -> bytes:
    """A scan of one page, some of its objects replaced or added: catalogue 1, tree 2, page 3, contents 4, image 5."""
    return pdf({1: _CATALOGUE, 2: _TREE, 3: _PAGE, 4: stream(_DRAW), 5: image(dice)} | dict(changed or {}), trailer)


def pages(dice: Dice, count: int) -> bytes:
    """A scan of many pages, one picture shown on all of them."""
    kids = range(10, 10 + count)
    tree = f"<</Type/Pages/Kids[{' '.join(f'{n} 0 R' for n in kids)}]/Count {count}>>".encode()
    return scan(dice, {2: tree} | dict.fromkeys(kids, _PAGE))


def _boxed(dice: Dice, box: str, more: str = "") -> bytes:
    return scan(dice, {3: _PAGE.replace(_BOX.encode(), box.encode()).replace(b"/Parent", f"{more}/Parent".encode())})


def _drawing(dice: Dice, content: bytes, resources: str = "", others: Objects | None = None) -> bytes:
    """A page that is drawn by this content."""
    page = _PAGE.replace(b"<</XObject<</X 5 0 R>>>>", f"<</XObject<</X 5 0 R/F 6 0 R>>{resources}>>".encode())
    return scan(dice, {3: page, 4: packed(content)} | dict(others or {}))


def _pictured(dice: Dice, entries: str, content: bytes) -> bytes:
    """A page whose picture is this."""
    return scan(dice, {5: stream(content, f"/Type/XObject/Subtype/Image{entries}")})


def _form(content: bytes, entries: str = "") -> bytes:
    return packed(content, f"/Type/XObject/Subtype/Form/BBox[0 0 600 800]{entries}")


def _kids_in_a_ring(dice: Dice) -> bytes:
    return scan(dice, {2: b"<</Type/Pages/Kids[2 0 R 3 0 R]/Count 2>>"})


def _deep_tree(dice: Dice) -> bytes:
    depth = 3_000
    steps = {n: f"<</Type/Pages/Parent {n - 1} 0 R/Kids[{n + 1} 0 R]/Count 1>>".encode() for n in range(10, depth)}
    return scan(dice, {2: b"<</Type/Pages/Kids[10 0 R]/Count 1>>"} | steps | {depth: _PAGE})


def _tables_in_a_ring(dice: Dice) -> bytes:
    whole = scan(dice)
    at = int(whole[whole.rindex(b"startxref") :].split()[1])
    return whole.replace(b"/Size", f"/Prev {at} /Size".encode(), 1)


def _table_astray(dice: Dice) -> bytes:
    whole = scan(dice)
    return whole[: whole.rindex(b"startxref")] + f"startxref\n{dice.integers(0, 1 << 40)}\n%%EOF\n".encode()


def _nested(dice: Dice) -> bytes:
    return scan(dice, {1: b"<</Type/Catalog/Pages 2 0 R/Deep " + b"[" * 200_000 + b"]" * 200_000 + b">>"})


def _nested_dictionaries(dice: Dice) -> bytes:
    return scan(dice, {5: b"<</A" * 50_000 + b" 1 " + b">>" * 50_000})


def _form_in_itself(dice: Dice) -> bytes:
    return _drawing(dice, b"/F Do", others={6: _form(b"/F Do /F Do", "/Resources<</XObject<</F 6 0 R>>>>")})


def _forms_by_tens(dice: Dice) -> bytes:
    """Each form draws the next one ten times: ten thousand million drawings."""
    steps = {
        n: _form(b"/F Do " * 10, f"/Resources<</XObject<</F {n + 1} 0 R>>>>") if n < 16 else _form(b"0 0 9 9 re f")
        for n in range(6, 17)
    }
    return _drawing(dice, b"/F Do", others=steps)


def _deflated_twice(dice: Dice) -> bytes:
    content = zlib.compress(zlib.compress(b"0 0 m 9 9 l S " * 8_000_000, 9), 9)
    return scan(dice, {4: stream(content, "/Filter[/FlateDecode/FlateDecode]")})


def _many_strokes(dice: Dice) -> bytes:
    return _drawing(dice, b"0 0 m 40 60 l 9 9 l 30 2 l S\n" * 400_000)


def _open_graphics_states(dice: Dice) -> bytes:
    return _drawing(dice, b"q " * 300_000 + b"0 0 9 9 re f")


def _fine_tiles(dice: Dice) -> bytes:
    pattern = stream(b"0 0 1 1 re f", "/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 1 1]/XStep .001/YStep .001")
    return _drawing(dice, b"/Pattern cs /P scn 0 0 600 800 re f", "/Pattern<</P 7 0 R>>", {7: pattern})


def _long_shading(dice: Dice) -> bytes:
    function = stream(b"{ " + b"dup mul 1 add sqrt " * 20_000 + b"}", "/FunctionType 4/Domain[0 1 0 1]/Range[0 1]")
    shading = b"<</ShadingType 1/ColorSpace/DeviceGray/Function 8 0 R>>"
    return _drawing(dice, b"/S sh", "/Shading<</S 7 0 R>>", {7: shading, 8: function})


def _font_in_itself(dice: Dice) -> bytes:
    font = b"<</Type/Font/Subtype/Type3/FontBBox[0 0 9 9]/FontMatrix[1 0 0 1 0 0]/CharProcs<</a 8 0 R>>"
    font += b"/Encoding<</Differences[97/a]>>/FirstChar 97/LastChar 97/Widths[9]/Resources<</Font<</T 7 0 R>>>>>>"
    text = b"BT /T 9 Tf (aaaaaaaa) Tj ET"
    return _drawing(dice, text, "/Font<</T 7 0 R>>", {7: font, 8: stream(b"9 0 d0 " + text)})


def _font_of_rubbish(dice: Dice) -> bytes:
    font = b"<</Type/Font/Subtype/TrueType/BaseFont/Bad/FontDescriptor 8 0 R/FirstChar 32/LastChar 33/Widths[9 9]>>"
    others = {7: font, 8: b"<</Type/FontDescriptor/FontName/Bad/Flags 4/FontFile2 9 0 R>>", 9: stream(dice.bytes(3000))}
    return _drawing(dice, b"BT /T 9 Tf ( !) Tj ET", "/Font<</T 7 0 R>>", others)


def _mask_in_itself(dice: Dice) -> bytes:
    size = f"/Width {WIDTH}/Height {HEIGHT}/BitsPerComponent 8/ColorSpace/DeviceGray/SMask 5 0 R"
    return scan(dice, {5: stream(jpeg(dice), f"/Type/XObject/Subtype/Image/Filter/DCTDecode{size}")})


def _colours_in_themselves(dice: Dice) -> bytes:
    entries = f"/Width {WIDTH}/Height {HEIGHT}/BitsPerComponent 8/ColorSpace 7 0 R"
    picture = stream(dice.bytes(WIDTH * HEIGHT), f"/Type/XObject/Subtype/Image{entries}")
    return scan(dice, {5: picture, 7: b"[/Indexed 7 0 R 255 <00>]"})


def _huge_picture(dice: Dice) -> bytes:
    side = int(dice.integers(48_000, 50_000)) // 8 * 8
    entries = f"/Width {side}/Height {side}/BitsPerComponent 1/ColorSpace/DeviceGray/Filter/FlateDecode"
    return _pictured(dice, entries, zlib.compress(bytes(60_000_000), 9))


def _fax_of_nothing(dice: Dice) -> bytes:
    side = "/Width 60000/Height 60000/BitsPerComponent 1/ColorSpace/DeviceGray/Filter/CCITTFaxDecode"
    return _pictured(dice, f"{side}/DecodeParms<</K -1/Columns 60000/Rows 60000>>", dice.bytes(500))


def _rubbish_of(coding: str, width: int, height: int) -> Recipe:
    entries = f"/Width {width}/Height {height}/BitsPerComponent 8/ColorSpace/DeviceGray/Filter/{coding}"
    return Recipe(
        f"PDF, {coding} of rubbish, {width}x{height}", "pdf",
        lambda dice: _pictured(dice, entries, dice.bytes(int(dice.integers(1_200, 3_000)))), UNSEEN,
        dear=width > 9_999,
    )  # fmt: skip


def _wild_predictor(dice: Dice) -> bytes:
    parameters = "/Filter/FlateDecode/DecodeParms<</Predictor 15/Colors 2147483647/BitsPerComponent 16/Columns 99999>>"
    entries = f"/Width {WIDTH}/Height {HEIGHT}/BitsPerComponent 8/ColorSpace/DeviceGray{parameters}"
    return _pictured(dice, entries, zlib.compress(dice.bytes(2_000)))


def _programs(dice: Dice) -> bytes:
    """What a viewer might run or fetch: a script, a program, a form that is sent, an address."""
    actions = b'/OpenAction<</S/JavaScript/JS(app.launchURL\\("file:///etc/passwd"\\))>>/AA<</WC<</S/Launch/F(sh)>>>>'
    link = b"<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI(file:///etc/passwd)/Next<</S/SubmitForm/F(x)>>>>>>"
    page = _PAGE.replace(b"/Parent", b"/Annots[7 0 R]/AA<</O<</S/Launch/F(calc.exe)>>>>/Parent")
    return scan(dice, {1: _CATALOGUE[:-2] + actions + b">>", 3: page, 7: link})


def _outside_content(dice: Dice) -> bytes:
    """A picture that says it lies in a file of this computer."""
    size = f"/Width {WIDTH}/Height {HEIGHT}/BitsPerComponent 8/ColorSpace/DeviceGray/F(/etc/passwd)"
    return scan(dice, {5: stream(jpeg(dice), f"/Type/XObject/Subtype/Image/FFilter/DCTDecode{size}")})


def _portfolio(dice: Dice) -> bytes:
    """A PDF that carries PDFs: only its own page counts."""
    inner = {n: packed(scan(dice), "/Type/EmbeddedFile/Subtype/application#2Fpdf") for n in (8, 9)}
    specs = {10: b"<</Type/Filespec/F(a.pdf)/EF<</F 8 0 R>>>>", 11: b"<</Type/Filespec/F(b.pdf)/EF<</F 9 0 R>>>>"}
    names = b"/Collection<</View/D>>/Names<</EmbeddedFiles<</Names[(a)10 0 R(b)11 0 R]>>>>"
    return scan(dice, {1: _CATALOGUE[:-2] + names + b">>"} | inner | specs)


def _many_updates(dice: Dice) -> bytes:
    whole = scan(dice)
    at = int(whole[whole.rindex(b"startxref") :].split()[1])
    for _ in range(800):
        table = f"xref\n0 1\n0000000000 65535 f \ntrailer\n<</Root 1 0 R/Size 6/Prev {at}>>\nstartxref\n{len(whole)}\n"
        at, whole = len(whole), whole + table.encode() + b"%%EOF\n"
    return whole


def _many_notes(dice: Dice) -> bytes:
    notes = b"<</Type/Annot/Subtype/Square/Rect[0 0 30 30]/IC[1 0 0]>>" * 500
    return scan(dice, {3: _PAGE.replace(b"/Parent", b"/Annots[" + notes + b"]/Parent")})


def _locked(dice: Dice, user: str) -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(scan(dice)))
    writer.encrypt(user, "owner", algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _unknown_lock(dice: Dice) -> bytes:
    return scan(dice, {7: b"<</Filter/Unheard.Of/V 9/R 9>>"}, "/Encrypt 7 0 R/ID[<00><00>]")


def _without_trailer(dice: Dice) -> bytes:
    return (whole := scan(dice))[: whole.rindex(b"xref\n0")]


def _counted(dice: Dice, count: int) -> bytes:
    return scan(dice, {2: f"<</Type/Pages/Kids[3 0 R]/Count {count}>>".encode()})


RECIPES = (
    Recipe("PDF", "pdf", scan, Opens(1)),
    Recipe("PDF of 20 pages", "pdf", lambda dice: pages(dice, 20), Opens(20)),
    Recipe("PDF behind rubbish", "pdf", lambda dice: dice.bytes(400) + scan(dice), Opens(1)),
    Recipe("PDF, no trailer", "pdf", _without_trailer),
    Recipe("PDF, 5000 pages", "pdf", lambda dice: pages(dice, 5_000), refused(FileFaultKind.TOO_MANY_PAGES), dear=True),
    Recipe(
        "PDF, no pages", "pdf", lambda dice: scan(dice, {2: b"<</Type/Pages/Kids[]/Count 0>>"}),
        refused(FileFaultKind.NO_PAGES, FileFaultKind.DAMAGED),
    ),
    Recipe("PDF, says a million pages", "pdf", lambda dice: _counted(dice, 1_000_000)),
    Recipe("PDF, says minus one pages", "pdf", lambda dice: _counted(dice, -1)),
    Recipe("PDF, page tree in a ring", "pdf", _kids_in_a_ring),
    Recipe("PDF, page tree 3000 deep", "pdf", _deep_tree),
    Recipe("PDF, tables in a ring", "pdf", _tables_in_a_ring),
    Recipe("PDF, table astray", "pdf", _table_astray),
    Recipe("PDF, 200 000 arrays deep", "pdf", _nested),
    Recipe("PDF, 50 000 dictionaries deep", "pdf", _nested_dictionaries, UNSEEN),
    Recipe("PDF, page of a kilometre", "pdf", lambda dice: _boxed(dice, "[0 0 2834645 2834645]")),
    Recipe("PDF, page of no width", "pdf", lambda dice: _boxed(dice, "[0 0 0 0]")),
    Recipe("PDF, page inside out", "pdf", lambda dice: _boxed(dice, "[9e30 9e30 -9e30 -9e30]")),
    Recipe("PDF, million points to a unit", "pdf", lambda dice: _boxed(dice, _BOX, "/UserUnit 1000000")),
    Recipe("PDF, form in itself", "pdf", _form_in_itself, dear=True),
    Recipe("PDF, forms by tens", "pdf", _forms_by_tens, dear=True),
    Recipe("PDF, deflated twice", "pdf", _deflated_twice, dear=True),
    Recipe("PDF, 1 600 000 strokes", "pdf", _many_strokes, dear=True),
    Recipe("PDF, 300 000 open states", "pdf", _open_graphics_states, dear=True),
    Recipe("PDF, fine tiles", "pdf", _fine_tiles, dear=True),
    Recipe("PDF, long shading", "pdf", _long_shading, dear=True),
    Recipe("PDF, font in itself", "pdf", _font_in_itself),
    Recipe("PDF, font of rubbish", "pdf", _font_of_rubbish),
    Recipe("PDF, mask in itself", "pdf", _mask_in_itself),
    Recipe("PDF, colours in themselves", "pdf", _colours_in_themselves, UNSEEN),
    Recipe("PDF, picture of 2 400 megapixels", "pdf", _huge_picture, UNSEEN, dear=True),
    Recipe("PDF, fax of nothing", "pdf", _fax_of_nothing, UNSEEN, dear=True),
    *(_rubbish_of(coding, 300, 400) for coding in _CODINGS),
    *(_rubbish_of(coding, 60_000, 60_000) for coding in _CODINGS),
    Recipe("PDF, wild predictor", "pdf", _wild_predictor, UNSEEN),
    Recipe("PDF with programs", "pdf", _programs),
    Recipe("PDF, picture elsewhere", "pdf", _outside_content),
    Recipe("PDF of PDFs", "pdf", _portfolio, Opens(1)),
    Recipe("PDF, 800 updates", "pdf", _many_updates),
    Recipe("PDF, 500 notes", "pdf", _many_notes),
    Recipe("PDF, locked", "pdf", lambda dice: _locked(dice, "secret"), refused(FileFaultKind.ENCRYPTED), dear=True),
    Recipe("PDF, locked for changes only", "pdf", lambda dice: _locked(dice, ""), Opens(1), dear=True),
    Recipe("PDF, unknown lock", "pdf", _unknown_lock, _ENCRYPTED),
    Recipe("PDF called JPEG", "jpg", scan, Opens(1)),
)  # fmt: skip

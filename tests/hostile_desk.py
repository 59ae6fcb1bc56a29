"""A desk over documents that somebody wrote to do harm, taken in by the real pipeline; used by the tests of the face."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import docx

from bot.desk import HelpDesk
from corpus.store import Corpus
from index.publishing import publish
from index.search import open_current
from ingest.pipeline import ingest
from settings import Settings

#: Each runs `alert` where it reaches a page unescaped, in one of the places where text can stand.
SCRIPT = "<script>alert(1)</script>"
IMAGE = "\"><img src=x onerror='alert(2)'>"
ATTRIBUTE = "' autofocus onfocus=alert(3) x='"
ADDRESS = "javascript:alert(4)"
TEMPLATE = "{{7*7}}${7*7}{% raw %}</textarea></title><svg onload=alert(5)>"
#: Turns the reading direction round, so that what follows reads backwards.
TURNED = "\u202egnp.exe\u2066"
LONG = "dài" * 3000
ATTACKS = (
    SCRIPT,
    IMAGE,
    ATTRIBUTE,
    ADDRESS,
    TEMPLATE,
    TURNED,
    "<!--<script>",
    "]]>",
    "\r\nSet-Cookie: a=b",
    LONG,
)

#: What is asked and sent as a parameter.
QUESTIONS = (
    f"Thời hạn trả kết quả {SCRIPT} là bao lâu?",
    f"Quyết định 99/QĐ-{IMAGE} còn hiệu lực không?",
    f"Ai chủ trì {ATTRIBUTE}?",
    f"Danh mục nhiệm vụ {TEMPLATE} {TURNED} gồm những gì?",
)

_MARKDOWN = f"""---
so_hieu: "99/QĐ-<img src=x onerror=alert(6)>"
loai_van_ban: "Quyết định {SCRIPT}"
co_quan_ban_hanh: "Bộ Nội vụ <b onclick=alert(7)>x</b>"
ngay_ban_hanh: "2024-01-01"
nguoi_ky: "{SCRIPT}"
trich_yeu: "Về thời hạn trả kết quả {SCRIPT}</title>{TURNED}"
tinh_chat: "tom_luoc"
don_vi_bien_soan: "Ban biên tập {SCRIPT}"
nguon: "{ADDRESS}"
---

# Điều 1. Thời hạn trả kết quả {SCRIPT}

1. Thời hạn trả kết quả là ba ngày làm việc {IMAGE}, xem [tại đây]({ADDRESS}).

2. Hồ sơ {TEMPLATE} {TURNED} được trả lại. {LONG}

Phụ lục I

DANH MỤC NHIỆM VỤ {SCRIPT}

| <i>STT</i> | Nhiệm vụ {SCRIPT} | Cơ quan chủ trì |
|---|---|---|
| 1 | Danh mục {IMAGE} | Vụ {ATTRIBUTE} |
"""

_PLAIN = f"""CHÍNH PHỦ
Số: 61/2018/NĐ-CP
CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Hà Nội, ngày 23 tháng 4 năm 2018

NGHỊ ĐỊNH
Về cơ chế một cửa {SCRIPT}

Căn cứ Quyết định số 99/QĐ-<img src=x onerror=alert(6)> ngày 01 tháng 01 năm 2024;

Điều 1. Phạm vi điều chỉnh {IMAGE}
Nghị định này quy định {SCRIPT} về cơ chế một cửa\x00 liên thông {TURNED}.

Điều 2. Bãi bỏ
Quyết định số 99/QĐ-BNV {IMAGE} hết hiệu lực kể từ ngày 01 tháng 7 năm 2025.
"""

_PAGE = f"""<html><head><title>Thông tư {SCRIPT}</title><meta http-equiv=refresh content="0;url={ADDRESS}"></head>
<body onload=alert(8)><p>BỘ NỘI VỤ</p><p>Số: 7/2024/TT-BNV</p><p>THÔNG TƯ</p><p>Về báo cáo &lt;script&gt;alert(9)&lt;/script&gt;</p>
<p>Điều 1. Báo cáo &lt;img src=x onerror=alert(10)&gt;</p><p>Báo cáo định kỳ gửi trước ngày 15.
<a href="{ADDRESS}">xem</a> <iframe src="{ADDRESS}"></iframe></p></body></html>"""


def _word_file() -> bytes:
    document = docx.Document()
    for line in (
        "BỘ NỘI VỤ",
        "Số: 8/2024/TT-BNV",
        "THÔNG TƯ",
        f"Về hồ sơ {SCRIPT}",
        f"Điều 1. Hồ sơ {IMAGE}",
    ):
        document.add_paragraph(line)
    document.add_paragraph(f"Hồ sơ gồm {SCRIPT} và {TEMPLATE} {TURNED}.")
    table = document.add_table(2, 2)
    for cell, text in zip(
        (cell for row in table.rows for cell in row.cells), ("STT", SCRIPT, "1", IMAGE), strict=True
    ):
        cell.text = text
    kept = BytesIO()
    document.save(kept)
    return kept.getvalue()


def write_files(folder: Path) -> None:
    """The documents as files with names that no office would give."""
    (folder / "<script>alert(11)<").mkdir(parents=True)
    (folder / "<script>alert(11)<" / "script>.md").write_text(_MARKDOWN, "utf-8")
    (folder / '"><img src=x onerror=alert(12)>.txt').write_text(_PLAIN, "utf-8")
    (folder / f"{TURNED}\r\nSet-Cookie: a=b.html").write_text(_PAGE, "utf-8")
    with zipfile.ZipFile(folder / "kho' onfocus=alert(13) x='.zip", "w") as archive:
        archive.writestr(f"{SCRIPT.replace('/', '')}.docx", _word_file())


@contextmanager
def hostile_desk(folder: Path) -> Iterator[HelpDesk]:
    """The shipped desk over those documents, found by keywords."""
    settings = Settings(data_dir=folder / "data", embedder="off", contact=f"Phòng {SCRIPT}{IMAGE}")
    write_files(folder / "files")
    with Corpus.open(settings.dsn) as corpus:
        report = ingest([folder / "files"], corpus, settings)
        assert not report.failed, report
        publish(corpus, settings, None)
    desk = HelpDesk(Corpus.open(settings.dsn), open_current(settings), settings)
    try:
        yield desk
    finally:
        desk.close()

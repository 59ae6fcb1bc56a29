"""Pages in the styles of the legal portals, made by the tests: the document alone comes out. All wording is invented."""

import base64
from pathlib import Path

import pytest

from ingest.header import header
from ingest.read import read_bytes
from ingest.reading import ReadFailure, Reading
from ingest.structure import parse

SHARED = Path(__file__).resolve().parents[2] / "shared" / "documents"

LETTERHEAD = """<table width="100%"><tr><td><p align="center"><b>UBND TỈNH SÔNG LAM<br>SỞ VĂN THƯ</b></p><p>Số: 15/QĐ-SVT</p></td>
<td><p><b>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM<br>Độc lập - Tự do - Hạnh phúc</b></p>
<p><i>Sông Lam, ngày 12 tháng 5 năm 2024</i></p></td></tr></table>"""
DOCUMENT = f"""{LETTERHEAD}<p align="center"><b>QUYẾT ĐỊNH</b></p><p align="center"><b>Về việc ban hành Quy chế tiếp nhận hồ sơ</b></p>
<p>Căn cứ <a href="/luat-1">Luật Văn thư ngày 01 tháng 01 năm 2020</a>;</p><p><b>QUYẾT ĐỊNH:</b></p>
<p><b><a name="dieu_1">Điều 1.</a></b> Ban hành kèm theo Quyết định này Quy chế tiếp nhận hồ sơ của người dân tại bộ phận một cửa.</p>
<p><b>Điều 2.</b> Thời hạn trả kết quả theo bảng sau:</p>
<table border="1"><tr><td>TT</td><td>Loại hồ sơ</td><td>Thời hạn</td></tr><tr><td>1</td><td>Bản sao</td><td>01 ngày</td></tr>
<tr><td>2</td><td>Chứng thực</td><td>02 ngày</td></tr></table>
<p><b>Điều 3.</b> Quyết định này có hiệu lực kể từ ngày ký.</p>
<table><tr><td><p><b>Nơi nhận:</b></p><p>- Như Điều 3;</p><p>- Lưu: VT.</p></td><td><p><b>GIÁM ĐỐC</b></p><p><b>Trần Thị Mẫu</b></p></td></tr></table>"""
RELATED = "".join(
    f'<li><a href="/vb/{n}">Quyết định {n}/QĐ-XYZ năm 20{n} về việc điều chỉnh quy hoạch số {n} của tỉnh khác</a> <span>{n}/03/20{n}</span></li>'
    for n in range(10, 40)
)
EXPECTED = [
    "UBND TỈNH SÔNG LAM SỞ VĂN THƯ",
    "Số: 15/QĐ-SVT",
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "Độc lập - Tự do - Hạnh phúc",
    "Sông Lam, ngày 12 tháng 5 năm 2024",
    "QUYẾT ĐỊNH",
    "Về việc ban hành Quy chế tiếp nhận hồ sơ",
    "Căn cứ Luật Văn thư ngày 01 tháng 01 năm 2020;",
    "QUYẾT ĐỊNH:",
    "Điều 1. Ban hành kèm theo Quyết định này Quy chế tiếp nhận hồ sơ của người dân tại bộ phận một cửa.",
    "Điều 2. Thời hạn trả kết quả theo bảng sau:",
    "TT | Loại hồ sơ | Thời hạn",
    "1 | Bản sao | 01 ngày",
    "2 | Chứng thực | 02 ngày",
    "Điều 3. Quyết định này có hiệu lực kể từ ngày ký.",
    "Nơi nhận:",
    "- Như Điều 3;",
    "- Lưu: VT.",
    "GIÁM ĐỐC",
    "Trần Thị Mẫu",
]

NATIONAL = f"""<!DOCTYPE html><html><head><title>Quyết định 15/QĐ-SVT</title></head><body><div id="top"><div class="logo">CƠ SỞ DỮ LIỆU QUỐC GIA
VỀ VĂN BẢN PHÁP LUẬT</div><ul class="nav"><li><a>Trang chủ</a></li><li><a>Tìm kiếm</a></li></ul></div><div id="wrap"><div class="left">
<div class="title">CƠ QUAN BAN HÀNH</div><ul>{RELATED}</ul></div><div class="content"><div class="box-tab-vb"><div class="header">
<ul><li><a>Toàn văn</a></li><li><a>Thuộc tính</a></li><li><a>Lịch sử</a></li><li><a>VB liên quan</a></li><li><a>Lược đồ</a></li><li><a>Bản PDF</a></li></ul></div>
<div class="vbInfo"><ul><li class="red"><span>Hiệu lực:</span> Còn hiệu lực</li><li class="green"><span>Ngày có hiệu lực:</span> 12/05/2024</li></ul></div>
<div class="fulltext"><div class="toanvancontent" id="toanvancontent">{DOCUMENT}</div></div>
<div><a>Bản PDF</a> <a>File đính kèm</a> <a>In trang này</a> <a>Gửi phản hồi</a></div></div></div></div>
<div id="foot"><p>CỔNG THÔNG TIN ĐIỆN TỬ SÔNG LAM</p><p>Địa chỉ: 1 phố Mẫu, Sông Lam</p><p>Điện thoại: 0123; Email: a@b.vn</p></div></body></html>"""

LIBRARY = f"""<html><head><title>Quyết định 15/QĐ-SVT - Thư viện</title></head><body><form id="aspnetForm"><div id="divHeader"><a>Đăng nhập</a>
<a>Đăng ký</a></div><div class="MenuTop"><a>Văn bản</a></div><div id="ctl00_Content"><div class="contentDoc"><div id="divThuocTinh">
<table><tr><td><b>Số hiệu:</b></td><td>15/QĐ-SVT</td><td><b>Loại văn bản:</b></td><td>Quyết định</td></tr>
<tr><td><b>Nơi ban hành:</b></td><td>Sở Văn thư</td><td><b>Người ký:</b></td><td>Trần Thị Mẫu</td></tr>
<tr><td><b>Ngày ban hành:</b></td><td>12/05/2024</td><td><b>Tình trạng:</b></td><td>Đã biết</td></tr></table></div>
<div class="adv-top">Mua gói tra cứu nâng cao giá rẻ hôm nay</div><div class="content1"><div>{DOCUMENT}</div></div>
<p>Bản dịch này thuộc quyền sở hữu của trang</p></div><div><h3>Văn bản liên quan</h3><ul>{RELATED}</ul></div>
<div class="qc">Luật sư tư vấn trực tuyến, gọi ngay 1900 0000</div></div><div class="Footer">Giấy phép số 1; Chịu trách nhiệm chính</div></form></body></html>"""

GAZETTE = f"""<html><body><table width="1000"><tr><td colspan="2"><img alt=""/>CÔNG BÁO ĐIỆN TỬ</td></tr><tr><td width="200"><ul>{RELATED}</ul></td>
<td><table><tr><td><div class="vb-content">{DOCUMENT}</div></td></tr></table></td></tr><tr><td colspan="2">Tổng truy cập: 1234567</td></tr></table></body></html>"""

STYLES = {"national": NATIONAL, "library": LIBRARY, "gazette": GAZETTE}


def lines(reading: Reading) -> list[str]:
    return reading.text.split("\n")


@pytest.mark.parametrize("style", STYLES)
def test_a_portal_gives_the_document_alone(style: str) -> None:
    assert lines(read_bytes(STYLES[style].encode(), "a.html")) == EXPECTED


def test_the_attributes_of_a_portal_are_facts() -> None:
    facts = dict(read_bytes(LIBRARY.encode(), "a.html").facts)
    assert facts["Số hiệu"] == "15/QĐ-SVT" and facts["Người ký"] == "Trần Thị Mẫu"
    assert "Tình trạng" not in facts  # "Đã biết" is the portal's, it says nothing
    assert dict(read_bytes(NATIONAL.encode(), "a.html").facts)["Hiệu lực"] == "Còn hiệu lực"


NEWS = f"""<html><head><meta property="article:published_time" content="2024-06-01"/><title>Tin</title></head><body>
<header><a>Chính phủ</a></header><div class="detail-container"><div class="breadcrumb">Trang chủ / Tin</div><h1 class="detail-title">Một cửa làm việc cả thứ Bảy</h1>
<div class="detail-time">01/06/2024 08:00</div><div class="share-box">Chia sẻ</div><h2 class="sapo">(Cổng) Từ tháng Sáu, bộ phận một cửa mở thêm buổi sáng thứ Bảy.</h2>
<div class="detail-content"><p>Sở Văn thư cho biết việc mở thêm buổi nhằm giảm thời gian chờ của người dân, nhất là người làm công nhân.</p>
<p>Người dân đặt lịch qua cổng dịch vụ công, không phải nộp thêm lệ phí nào.</p><figure><img/><figcaption>Cán bộ hướng dẫn người dân.</figcaption></figure></div>
<div class="detail-author">An Nhiên</div><div class="box-related"><h4>Tin liên quan</h4><ul>{RELATED}</ul></div></div>
<div class="sidebar"><h3>Đọc nhiều nhất</h3><ul>{RELATED}</ul></div><footer>© Cổng thông tin</footer></body></html>"""


def test_government_news_gives_the_article_without_related_lists() -> None:
    got = read_bytes(NEWS.encode(), "tin.html")
    text = got.text
    assert "Một cửa làm việc cả thứ Bảy" in text and "không phải nộp thêm lệ phí nào" in text
    assert "điều chỉnh quy hoạch" not in text and "Chia sẻ" not in text and "Trang chủ" not in text
    assert ("ngày đăng", "2024-06-01") in got.facts


REFUSALS = {
    "login": "<html><head><title>Đăng nhập</title></head><body><form><h2>Đăng nhập</h2><label>Tên đăng nhập</label><input/><input type='password'/>"
    "<p>Bạn cần đăng nhập để xem nội dung này.</p></form></body></html>",
    "captcha": "<html><head><title>Just a moment...</title></head><body><h1>Checking your browser before accessing the site</h1>"
    "<p>Please enable JavaScript and cookies to continue. Verify you are human.</p></body></html>",
    "missing": "<html><head><title>404 - Không tìm thấy trang</title></head><body><h1>404</h1><p>Không tìm thấy trang bạn yêu cầu.</p></body></html>",
    "broken": "<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center><hr><center>nginx</center></body></html>",
    "script": "<html><body><div id='root'></div><noscript>You need to enable JavaScript to run this app.</noscript></body></html>",
}


@pytest.mark.parametrize("kind", REFUSALS)
def test_a_page_that_is_no_document_is_refused_with_the_reason(kind: str) -> None:
    with pytest.raises(ReadFailure) as caught:
        read_bytes(REFUSALS[kind].encode(), "Luat-Van-thu-2020.html")
    assert caught.value.code == "not_a_document"
    assert "hãy" in caught.value.reason


def test_a_document_about_logging_in_is_a_document() -> None:
    page = f"<html><head><title>Đăng nhập một lần</title></head><body>{DOCUMENT}<p>Điều 4. Tài khoản đăng nhập do Sở cấp.</p></body></html>"
    assert "Tài khoản đăng nhập" in read_bytes(page.encode(), "a.html").text


def test_a_page_archived_with_its_pictures_is_read_whatever_its_name() -> None:
    body = base64.encodebytes(NATIONAL.encode()).decode()
    archive = (
        'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="=_b"\r\n\r\nTrang\r\n--=_b\r\n'
        'Content-Type: text/html; charset="utf-8"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
        f"{body}\r\n--=_b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--=_b--\r\n"
    )
    assert lines(read_bytes(archive.encode(), "quyet-dinh.doc")) == EXPECTED


def test_a_piece_of_a_page_is_a_page() -> None:
    assert lines(read_bytes(f'<div class="fulltext">{DOCUMENT}</div>'.encode(), "a.txt")) == EXPECTED


@pytest.mark.shared
def test_a_real_page_that_is_not_what_its_name_says_is_kept_under_its_true_header() -> None:
    path = SHARED / "raw" / "tvpl_page_MISLABELED_e-transactions.html"
    got = read_bytes(path.read_bytes(), "luat-giao-dich-dien-tu-2023.html")
    found = header(got, parse(got))
    assert found.number == "1456/QĐ-UBND" and str(found.issued_on) == "2021-07-09"
    assert next(line for line in lines(got) if line.startswith("Điều ")).startswith("Điều 1.")
    assert sum(len(block.rows) > 5 for block in got.blocks) == 3
    assert lines(got)[0].startswith("ỦY BAN") and "Đăng nhập" not in got.text

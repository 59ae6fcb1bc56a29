"""What kind of answer a question asks for, recognised by its form, with or without diacritics."""

import re
from dataclasses import dataclass

from corpus.spelling import fold

_LIST = re.compile(
    r"\bnhung (?:gi|ai|noi dung|truong hop|loai|giay to|viec|hanh vi|doi tuong|nguyen tac|thong tin|hinh thuc|muc)\b"
    r"|\b(?:nhung|cac) .{1,60}\b(?:nao|gi)\b|\b(?:gom|bao gom)\b|\bliet ke\b|\bke ten\b|\b(?:giay to|thanh phan ho so) (?:gi|nao)\b"
    r"|\b(?:nguyen tac|nhiem vu|quyen han|quyen loi|noi dung|dieu kien|tieu chuan|tieu chi|hanh vi|yeu cau|ho so|trach nhiem) (?:gi|nao|la gi)\b"
    r"|\b(?:may|bao nhieu) (?:noi dung|nhom|loai|hinh thuc|muc|nguyen tac|buoc|nhiem vu|truong hop|trong tam|quan diem|giai phap)\b"
    r"|\b(?:sau|nam|bon|ba|bay|tam|\d+) (?:noi dung|nhom|nguyen tac|nhiem vu|trong tam|quan diem|giai phap)\b"
    r"|\b(?:khi nao thi|truong hop nao)\b"
    r"|\bquy dinh (?:ve )?(?:nhung )?(?:gi|cai gi|the nao|ra sao)\b|\blam nhung\b|\blam gi\b|\bcac buoc\b|\btrinh tu\b"
)
_NUMBER = re.compile(
    r"\bbao nhieu\b|\bmay (?!cap|noi|nhom|loai)\w+|\bmuc (?:phi|chi|thu|ho tro|phat|luong)\b|\bty le\b|\bti le\b|\bphan tram\b|\bthu may\b|%"
)
_WHEN = re.compile(
    r"\bbao lau\b|\bthoi han\b|\bkhi nao\b|\bngay nao\b|\btu ngay\b|\bnam nao\b|\bcham nhat\b|\bmay (?:ngay|thang|nam|gio)\b"
    r"|\bbao nhieu (?:ngay|thang|nam|gio|lau)\b|\bthoi gian\b|\bthoi hieu\b|\bthoi diem\b"
)
_WHO = re.compile(
    r"\bai\b|\b(?:co quan|don vi|nguoi|cap|bo|so|phong|to chuc|chuc danh) nao\b|\btham quyen\b|\bchu tri\b"
)
_DEFINITION = re.compile(r"\bla gi\b|\bduoc hieu\b|\bnghia la\b|\bthe nao la\b|\bkhai niem\b|\bdinh nghia\b")
_VALIDITY = re.compile(
    r"\b(?:con|het|mat|ngung) hieu luc\b|\bcon (?:duoc )?(?:ap dung|gia tri|dung)\b|\b(?:bi|duoc) (?:\S+ ){0,6}?(?:thay the|thay bang|thay|bai bo)\b"
    r"|\bvan ban nao (?:thay|bai bo|lam het)"
    r"|\bda bi (?:thay|bai)\b|\b(?:nghi dinh|luat|thong tu|quyet dinh|van ban) nao thay\b"
)
_EFFECT = re.compile(
    r"\b(?:co )?hieu luc (?:thi hanh )?(?:tu|khi|ke tu|vao|ngay)\b|\b(?:tu|khi|ngay) nao .{0,20}hieu luc\b|\bhieu luc (?:tu )?(?:khi|ngay) nao\b|\bngay (?:co )?hieu luc\b"
    r"|^(?:the |vay |no )?(?:ap dung|thi hanh) (?:ke )?(?:tu|khi) "
)
_ENDS_OTHERS = re.compile(
    r"\blam (?:nhung|cac|cho|van ban|nghi dinh|quyet dinh|thong tu) .{0,60}het hieu luc|\b(?:thay the|bai bo) (?:nhung|cac|cho nhung) (?:van ban|nghi dinh|quyet dinh|thong tu)"
    r"|(?<!bi )(?<!duoc )\b(?:thay the|bai bo|thay) (?:cho )?(?:van ban|nghi dinh|quyet dinh|thong tu|luat|nghi quyet|quy dinh) nao\b"
)
_IDENTITY = re.compile(
    r"\b(?:quyet dinh|nghi dinh|thong tu|nghi quyet|van ban|luat|ke hoach) (?:nao|so may|so bao nhieu|so nao)\b.*(?:\?|$)"
    r"|\b(?:ky|ban hanh|phe duyet) (?:vao )?(?:ngay|khi) nao\b|\bai (?:ky|ban hanh)\b|\bdo ai (?:ky|ban hanh)\b|\bso hieu\b|\bngay ban hanh\b"
    r"|\bcua (?:nhung )?(?:dia phuong|tinh|co quan|bo) nao\b"
)
_ARTICLE_ONLY = re.compile(
    r"\b(?:quy dinh|noi) (?:ve )?(?:nhung )?(?:gi|ai|the nao|ra sao)\b|^\W*(?:dieu|khoan|diem|muc|phu luc)\b"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """The forms a question has; several may hold."""

    list: bool = False
    number: bool = False
    when: bool = False
    who: bool = False
    definition: bool = False
    validity: bool = False  # whether a document still holds, and what took its place
    effect: bool = False  # from when a document holds
    ends_others: bool = False  # which documents a document ends
    identity: bool = False  # number, date, issuer or signer of a document
    whole: bool = False  # what a provision says as a whole


def asked_for(question: str) -> Asked:
    """The forms of a question."""
    text = fold(question)
    return Asked(
        list=bool(_LIST.search(text)),
        number=bool(_NUMBER.search(text)),
        when=bool(_WHEN.search(text)),
        who=bool(_WHO.search(text)),
        definition=bool(_DEFINITION.search(text)),
        validity=bool(_VALIDITY.search(text)),
        effect=bool(_EFFECT.search(text)),
        ends_others=bool(_ENDS_OTHERS.search(text)),
        identity=bool(_IDENTITY.search(text)),
        whole=bool(_ARTICLE_ONLY.search(text)),
    )

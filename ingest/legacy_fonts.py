"""Text typed for the fonts of before Unicode, TCVN3 (".VnTime") and VNI ("VNI-Times"), as Unicode; Đ typed as another letter.

Every reader calls it before it cleans text (TCVN3's "ư" is a soft hyphen). Where the source names the font of a run,
the font decides; elsewhere the words do: they are converted when they are no Vietnamese syllables and become such.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache


class Scheme(StrEnum):
    """How a legacy font laid Vietnamese letters over the codes of Windows-1252."""

    TCVN3 = "tcvn3"
    VNI = "vni"


# TCVN 5712:1993 (VN3), codes A1–FE; capitals with a tone have no code: a font of capitals (.VnTimeH) shows the small ones
_TCVN3 = dict(zip("¡¢£¤¥¦§¨©ª«¬\u00ad®", "ĂÂÊÔƠƯĐăâêôơưđ", strict=True)) | dict(
    zip(
        "µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ",
        "àảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
        strict=True,
    )
)
_TCVN3_TABLE = str.maketrans(_TCVN3)
# VNI: one sign alone, or a base letter followed by a sign that stands for its marks
_VNI_ALONE = dict(zip("ôöæóòñîíì", "ơưỉĩịđỵíì", strict=True))
_VNI_TONES = dict(zip("ùøûõï", "\u0301\u0300\u0309\u0303\u0323", strict=True))
_VNI_SHAPES = {
    "â": "\u0302", "á": "\u0302\u0301", "à": "\u0302\u0300", "å": "\u0302\u0309", "ã": "\u0302\u0303",
    "ä": "\u0302\u0323", "ê": "\u0306", "é": "\u0306\u0301", "è": "\u0306\u0300", "ú": "\u0306\u0309",
    "ü": "\u0306\u0303", "ë": "\u0306\u0323",
}  # fmt: skip
_VNI_LETTER = re.compile(
    rf"([aeouyôö])([ùøûõï])|([aeo])([âáàåãä])|(a)([êéèúüë])|([{''.join(_VNI_ALONE)}])", re.IGNORECASE
)

_TONES = "\u0300\u0301\u0303\u0309\u0323"
_ONSETS = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x".split()  # noqa: SIM905
_RHYMES = frozenset(
    """a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây e ec em en eng eo ep et
    ê êch êm ên êng ênh êp êt êu i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu y
    o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong ooc oong
    op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt u ua uân uâng uât uây uc uê uêch uênh ui um un ung uơ uôc uôi uôm
    uôn uông uôt up ut uy uya uych uyên uyêt uyn uynh uyt uyu ư ưa ưc ưi ưm ưn ưng ươc ươi ươm ươn ương ươp ươt ươu ưt
    ưu""".split()  # noqa: SIM905
)
_Y_RHYMES = {"yêm", "yên", "yêng", "yêt", "yêu"}  # nothing or qu stands before them
_QU_RHYMES = {"ynh", "yt", "yn", "ych"}
_STOPPED = ("c", "ch", "p", "t")  # rhymes ending so take two tones only

_WORD = re.compile(r"[A-Za-z\u00a1-\u024f\u0300-\u0323\u1ea0-\u1ef9]+")
_ODD = re.compile("[\u00a1-\u00ff]")
_UNICODE_ONLY = re.compile("[ĂăĐđĨĩŨũƠơƯư\u0300\u0301\u0303\u0309\u0323\u1ea0-\u1ef9]")
#: "QĐ", "HĐND" in TCVN3: a paragraph sign glued to capitals
_GLUED_SIGN = re.compile(r"(?=.*[A-Z])[A-Z§]*§[A-Z§]*$")
_SIGN_WITHIN = re.compile(
    "[a-zA-Z][¨-\u00ae\u00b5-\u00b9\u00bb-\u00be]|[¨-\u00ae\u00b5-\u00b9\u00bb-\u00be§][a-zA-Z]"
)
#: Letters that look like Đ: Icelandic eth and African D; no Vietnamese text holds them.
_LOOKALIKES = str.maketrans("\u00d0\u00f0\u0189\u0256", "ĐđĐđ")
_MIN_GAIN = 2  # mended words in a line that show a scheme; one is enough where it holds a sign like "®"
_MAX_LOSS = 0.25  # spoilt words for one mended; good Unicode text loses far more than it gains
_PURE = 0.05  # share of Unicode words below which lines without own evidence follow the document


def scheme_of(font: str) -> Scheme | None:
    """The scheme a font's name announces: ".VnTimeH" and ".VnArial" TCVN3, "VNI-Times" VNI, others none."""
    name = font.strip("\"' ").lower()
    if name.startswith(".vn"):
        return Scheme.TCVN3
    return Scheme.VNI if name.startswith(("vni-", "vni ")) else None


def mended(text: str) -> str:
    """The text in Unicode; text that is Unicode already comes back as it is, but for look-alikes of Đ."""
    return LegacyText.of(text).mend(text)


def from_runs(runs: Sequence[tuple[str, str]]) -> str:
    """One paragraph from its runs of (text, font name): legacy fonts converted, capital fonts as capitals.

    A legacy font over Unicode text is a remnant and means nothing.
    """
    done: list[str] = []
    for scheme in (None, *Scheme):
        told = "".join(text for text, font in runs if scheme and scheme_of(font) is scheme)
        if told and (_UNICODE_ONLY.search(told) or _is_spoilt(told, scheme)):
            runs = [(text, "" if scheme_of(font) is scheme else font) for text, font in runs]
    place = 0
    while place < len(runs):
        font = runs[place][1]
        scheme, capitals = scheme_of(font), _is_capital_font(font)
        words = ""
        while place < len(runs) and (scheme_of(runs[place][1]), _is_capital_font(runs[place][1])) == (
            scheme,
            capitals,
        ):
            words += runs[place][0]  # a letter and its mark may stand in two runs
            place += 1
        words = _converted(words, scheme) if scheme else words
        done.append(words.upper() if capitals else words)
    return "".join(done)


def syllable_share(text: str) -> float:
    """Share of the words beyond ASCII that are Vietnamese syllables, 0–1; 0 for texts with fewer than three."""
    words = _words(text)
    total = sum(words.values())
    return sum(count for word, count in words.items() if is_syllable(word)) / total if total > 2 else 0.0


@dataclass(frozen=True, slots=True)
class LegacyText:
    """What was found out about one document's text; `mend` applies it to its lines."""

    schemes: tuple[Scheme, ...]  # those in use, the commoner first
    pure: bool  # hardly any word is in Unicode: lines without own evidence follow the document

    @classmethod
    def of(cls, text: str) -> "LegacyText":
        """Looks at the words of a whole document."""
        words = _words(text)
        if not any(_ODD.search(word) for word in words):
            return cls((), False)
        in_unicode = sum(count for word, count in words.items() if _UNICODE_ONLY.search(word))
        pure = in_unicode <= _PURE * sum(words.values())
        found: list[tuple[int, Scheme]] = []
        for scheme in Scheme:
            signs = [word for word in words if _gains(word, scheme)]
            if not signs:  # the common case, Unicode, ends here
                continue
            lines = [line for line in text.split("\n") if any(word in line for word in signs)]
            gain = sum(_balance(_words(line), scheme)[0] for line in lines if _is_evidence(line, scheme))
            loss = _balance(words, scheme)[1] if pure else 0  # Unicode lines say nothing about the others
            if gain and loss <= gain * _MAX_LOSS:
                found.append((gain - loss, scheme))
        found.sort(reverse=True)
        return cls(tuple(scheme for _, scheme in found), pure)

    def mend(self, text: str) -> str:
        """Lines of the document in Unicode."""
        if self.schemes:
            text = "\n".join(self._line(line) for line in text.split("\n"))
        return text.translate(_LOOKALIKES)

    def _line(self, line: str) -> str:
        words = _words(line)
        if not any(_ODD.search(word) for word in words):
            return line
        balances = [(*_balance(words, scheme), scheme) for scheme in self.schemes]
        gain, loss, scheme = max(balances, key=lambda one: one[0] - one[1])
        if not self.pure and not _is_evidence(line, scheme):
            return line
        if any(_UNICODE_ONLY.search(word) for word in words):  # a mixed line: only words that are certain
            return _WORD.sub(lambda m: _converted(m[0], scheme) if _gains(m[0], scheme) else m[0], line)
        return _converted(line, scheme) if gain >= loss else line


def _words(text: str) -> "Counter[str]":
    """The words with letters beyond ASCII."""
    return Counter(word for word in _WORD.findall(text) if not word.isascii())


def _is_evidence(line: str, scheme: Scheme) -> bool:
    """Whether a line shows a scheme: several mended words, or one with a sign no word of Unicode holds."""
    words = _words(line)
    gain, loss = _balance(words, scheme)
    return gain > loss and (
        gain >= _MIN_GAIN
        or (scheme is Scheme.TCVN3 and any(_SIGN_WITHIN.search(w) and _gains(w, scheme) for w in words))
    )


def _is_spoilt(text: str, scheme: Scheme | None) -> bool:
    if scheme is None:
        return False
    gain, loss = _balance(_words(text), scheme)
    return loss > gain


def _balance(words: "Counter[str]", scheme: Scheme) -> tuple[int, int]:
    """How many words the conversion mends and how many it spoils."""
    gain = loss = 0
    for word, count in words.items():
        if _UNICODE_ONLY.search(word):
            continue
        if _gains(word, scheme):
            gain += count
        elif is_syllable(word) and not is_syllable(_raw(word, scheme)):
            loss += count
    return gain, loss


def _gains(word: str, scheme: Scheme) -> bool:
    if not _ODD.search(word) or is_syllable(word):
        return False
    if scheme is Scheme.TCVN3 and _GLUED_SIGN.match(word):
        return True
    after = _raw(word, scheme)
    return after != word and len(after) > 1 and is_syllable(after)


@lru_cache(maxsize=20_000)
def is_syllable(word: str) -> bool:
    """Whether a word is spelt like a Vietnamese syllable, in any case and with the tone on any vowel."""
    parts = unicodedata.normalize("NFD", word.lower())
    tones = [sign for sign in parts if sign in _TONES]
    plain = unicodedata.normalize("NFC", "".join(sign for sign in parts if sign not in _TONES))
    if len(tones) > 1:
        return False
    for size in range(min(3, len(plain) - 1), -1, -1):
        onset, rhyme = plain[:size], plain[size:]
        if (
            (rhyme in _RHYMES and (not onset or onset in _ONSETS))
            or (rhyme in _Y_RHYMES and onset in ("", "qu"))
            or (rhyme in _QU_RHYMES and onset == "qu")
        ):
            return not rhyme.endswith(_STOPPED) or (bool(tones) and tones[0] in "\u0301\u0323")
    return False


def _converted(text: str, scheme: Scheme) -> str:
    return "\n".join(map(_with_capitals, text.split("\n"))) if scheme is Scheme.TCVN3 else _raw(text, scheme)


def _raw(text: str, scheme: Scheme) -> str:
    if scheme is Scheme.TCVN3:
        return text.translate(_TCVN3_TABLE)
    return _VNI_LETTER.sub(_vni_letter, text)


def _vni_letter(match: re.Match[str]) -> str:
    base, sign = [group for group in match.groups() if group] if match.lastindex != 7 else (match[7], "")
    if not sign:
        return _in_case(_VNI_ALONE[base.lower()], base)
    letter = {"ô": "ơ", "ö": "ư"}.get(base.lower(), base.lower())
    marks = _VNI_TONES.get(sign.lower()) or _VNI_SHAPES[sign.lower()]
    return _in_case(unicodedata.normalize("NFC", letter + marks), base)


def _in_case(letter: str, like: str) -> str:
    return letter.upper() if like.isupper() else letter


def _with_capitals(text: str) -> str:
    """A line of TCVN3 converted; a word whose plain letters are capitals was set in a font of capitals: "QUYÕT" → "QUYẾT".

    A word with one plain letter or none ("§Ó", "ë") takes after the words beside it.
    """
    words = list(_WORD.finditer(text))
    sure = [_case(word[0]) for word in words]
    all_capitals = True in sure and False not in sure
    done: list[str] = []
    end = 0
    for place, word in enumerate(words):
        capital = sure[place] is True
        if sure[place] is None and not word[0].isascii():
            beside = [
                sure[other]
                for other in (place - 1, place + 1)
                if 0 <= other < len(words) and _is_blank(text, words, min(place, other))
            ]
            capital = bool(beside) and False not in beside and (True in beside or all_capitals)
        after = word[0].translate(_TCVN3_TABLE)
        done += [text[end : word.start()], after.upper() if capital else after]
        end = word.end()
    return "".join([*done, text[end:]])


def _is_blank(text: str, words: Sequence[re.Match[str]], place: int) -> bool:
    return not text[words[place].end() : words[place + 1].start()].strip()


def _case(word: str) -> bool | None:
    """True: in capitals, False: not, None: too few plain letters to tell."""
    plain = [letter for letter in word if letter.isascii()]
    if any(letter.islower() for letter in plain):
        return False
    signs: Iterable[str] = (letter for letter in word if not letter.isascii())
    return True if len(plain) > 1 or (plain and any(sign in "¡¢£¤¥¦§" for sign in signs)) else None


def _is_capital_font(font: str) -> bool:
    name = font.strip("\"' ")
    return scheme_of(name) is Scheme.TCVN3 and name.endswith("H") and name[-2:-1].islower()

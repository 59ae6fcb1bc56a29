"""What a document is about in a few words, and how a question names it. Called by `index.training.pairs`.

Half of what people ask can only be told apart by the matter that the title of a document names: "trách nhiệm của Bộ
Tài chính" stands in hundreds.
"""

import random
import re

from corpus.document import Document
from index.training.forms import small

#: Words of a topic.
_MOST = 12
#: A title that only says whose details it gives: the topic is that of the law.
_DETAILS = re.compile(
    r"^.*?(?:thi hành|một số điều|biện pháp|quy định chi tiết)[^,;]*?\b(?:Luật|Bộ luật|Pháp lệnh)\s+(?P<x>.+)$"
)
#: What stands before the matter itself.
_FRAME = re.compile(
    r"^(?:(?:về việc|về|ban hành|phê duyệt|sửa đổi|bổ sung|quy định|hướng dẫn|thực hiện|chi tiết|cụ thể|một số|nội dung|biện pháp|điều|của|việc|và|"
    r"quy chế|quy trình|danh mục|điều lệ|chế độ|tổ chức|công tác|hoạt động|thi hành)(?:,|\b)\s*)+",
    re.IGNORECASE,
)
#: A title that names another document by its number: the matter is what that one is about.
_OTHER = re.compile(
    r"^.*\b(?:Thông tư|Thông tư liên tịch|Nghị định|Nghị quyết|Quyết định)\b.*?(?:\bquy định\b|\bhướng dẫn\b|\bvề\b)\s+(?P<x>.+)$"
)
#: What stands after it.
_TAIL = re.compile(r"\s*(?:;|\(|\bngày \d|\bsố \d|\bgiai đoạn\b|\bcủa Luật\b|\btheo\b|\bban hành kèm\b).*$")
#: A document's own name is no matter, and a topic does not end between two words that belong together.
_BARE = re.compile(r"\b(?:nghị định|thông tư|quyết định|nghị quyết)\b", re.IGNORECASE)
_LOOSE = re.compile(
    r"(?:[ ,]+(?:và|của|về|cho|tại|có|để|trong|đối với|với|từ|do|bảo đảm|một số|các|những|thuộc|phạm|trên|đường))+$"
)
_WITH_TOPIC = ("{q} trong {t}", "{q} về {t}", "{q} trong lĩnh vực {t}", "{q} đối với {t}", "{q} ({t})", "{q} khi {t}", "{q} của {t}")  # fmt: skip
_TOPIC_FIRST = ("{t}: {q}", "về {t}, {q}", "{t} thì {q}", "trong {t}, {q}", "liên quan đến {t}, {q}")
_NAMED = ("theo {d}, {q}", "theo {d} thì {q}", "{q} theo {d}", "{d} quy định {q}", "trong {d}, {q}")
_OF_DOCUMENT = (
    "văn bản nào quy định về {t}?", "{t} được quy định ở văn bản nào?", "{kind} về {t}", "quy định về {t} áp dụng cho ai?", "{t} áp dụng đối với ai?",
    "{kind} về {t} điều chỉnh những gì?",
)  # fmt: skip


def topic_of(title: str) -> str:
    """ "Quy định chi tiết một số điều của Luật Hóa chất" → "hóa chất"; "" where the title says too little."""
    title = " ".join(title.split()).strip(" .")
    named = _DETAILS.match(title) or _OTHER.match(title)
    said = _TAIL.sub("", _FRAME.sub("", named["x"] if named else title)).strip(" ,.;:")
    if len(said.split()) > _MOST:
        # at a comma where that leaves a matter
        said = re.split(r",(?<=.{24},)", " ".join(said.split()[:_MOST]))[0]
        said = _LOOSE.sub("", said)
    return "" if len(said) < 4 or _BARE.search(said) else small(said)


def with_topic(question: str, topic: str, chance: random.Random) -> str:
    """The question with what its document is about, before or after it."""
    mark = "?" * question.endswith("?")
    bare = question.rstrip("?")
    # "… gồm những gì" reads on; "trách nhiệm của …" takes the topic behind it
    form = chance.choice(_TOPIC_FIRST if mark and chance.random() < 0.5 else _WITH_TOPIC)
    return form.format(q=bare, t=topic) + mark


def with_document(question: str, header: Document, chance: random.Random) -> str:
    """The question with the name of its document: number or title."""
    title = " ".join(re.sub(r"^(?:về việc |về |ban hành )", "", small(header.title)).split()[:10])
    names = [f"{header.kind} {header.number}"] if header.number else []
    names += [f"{header.kind} {title}"] * 2 if len(title) > 4 else []
    if not names:
        return question
    return chance.choice(_NAMED).format(
        d=chance.choice(names).strip(), q=question.rstrip("?")
    ) + "?" * question.endswith("?")


def of_document(header: Document, chance: random.Random) -> str:
    """A question for the document itself; "" where its title says too little."""
    topic = topic_of(header.title)
    return (
        chance.choice(_OF_DOCUMENT).format(t=topic, kind=small(header.kind)) if len(topic.split()) > 1 else ""
    )

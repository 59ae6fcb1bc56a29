"""The report of a run: complete, closed in itself, safe to open, and usable in a real browser."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from eval_runs import QUOTE, cited, record, refusal, reply, right_reply, row, summary_of
from playwright.sync_api import Browser, Page, expect, sync_playwright

from evals.faults import Fault, faults
from evals.figures import BY_NAME, FIGURES
from evals.highlight import differing, marked
from evals.record import Opinion, Record
from evals.report import shown, write_report

CHROMIUM = Path("/usr/bin/chromium")
ARGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
]
HOSTILE = "</script><script>document.title='hacked'</script><img src=x onerror=\"document.title='hacked'\">"
ALTERED = QUOTE.replace("05", "06")
#: A row for each fault, named after it, with the answer that has it.
FAULTY = {
    Fault.ERROR: reply("Lỗi.", status="error"),
    Fault.ANSWERED_WRONGLY: reply("Có thể."),
    Fault.REFUSED_WRONGLY: refusal(),
    Fault.STATUS_WRONG: reply("Hỏi về văn bản nào?", status="clarify"),
    Fault.DOCUMENT_MISSED: reply(citations=[cited(number="30/2020/NĐ-CP")]),
    Fault.PROVISION_MISSED: reply(citations=[cited("Điều 9")]),
    Fault.PROVISION_ABOVE: reply(citations=[cited("Điều 2")]),
    Fault.FACT_MISSING: reply("Thời hạn là 05 ngày.", citations=[cited()]),
    Fault.FORBIDDEN_SAID: reply(QUOTE + " Không có ngoại lệ.", citations=[cited()]),
    Fault.QUOTE_ALTERED: reply(citations=[cited(quote=ALTERED)]),
    Fault.NUMBER_UNSUPPORTED: reply(QUOTE + " Lệ phí 77 nghìn đồng.", citations=[cited()]),
}


def faulty() -> list[Record]:
    records = []
    for fault, said in FAULTY.items():
        if fault is Fault.ANSWERED_WRONGLY:
            one = row(fault, kind="out_of_corpus", expect="abstain")
        else:
            one = row(fault, must_not=["ngoại lệ"], kind="table" if fault is Fault.FACT_MISSING else "fact")
        records.append(record(one, said))
    return records


def run() -> list[Record]:
    """Every fault, right answers, hostile texts everywhere, a peer and a perturbation."""
    hostile = row(
        "x<b>", kind='loại"><i>', question=HOSTILE, history=[HOSTILE], note=HOSTILE, as_of="2025-01-31",
        facts=[[HOSTILE]], gold=[{"document": HOSTILE, "provision": HOSTILE}], must_not=["onerror"],
    )  # fmt: skip
    says = reply(HOSTILE, citations=[cited(HOSTILE, HOSTILE, HOSTILE)])
    ours = [*faulty(), record(row("dung"), ms=80), record(hostile, says, stored="khác " + HOSTILE)]
    ours += [record(row("tu-choi", kind="out_of_scope", expect="abstain"), refusal())]
    peer = [record(one.row, right_reply(), system="bm25") for one in ours]
    upper = [record(one.row, refusal(), variant="upper") for one in ours]
    return [*ours, *peer, *upper]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("run") / "report.html"
    records = run()
    write_report(file, summary_of(records), records)
    return file


@pytest.fixture(scope="module")
def html(report: Path) -> str:
    return report.read_text("utf-8")


class Tags(HTMLParser):
    """The tags of a page with their attributes, and the text outside of them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "dt", "dd", "p", "li", "summary"):
            self.text += " "

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_asks_nothing_of_any_network(html: str) -> None:
    for tag, attributes in Tags(html).tags:
        assert tag not in ("link", "img", "iframe", "object", "embed", "base")
        for name in ("src", "href", "xlink:href", "action", "srcset", "poster"):
            assert (attributes.get(name) or "#").startswith("#"), (tag, attributes)
    assert not re.search(r"url\((?!#)", html) and "@import" not in html
    policy = next(a["content"] for tag, a in Tags(html).tags if "http-equiv" in a)
    assert policy and policy.startswith("default-src 'none'; ")


def test_hostile_texts_stay_text(html: str) -> None:
    page = Tags(html)
    assert [tag for tag, _ in page.tags].count("script") == 1
    assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)
    assert not any(tag in ("i", "b") for tag, _ in page.tags)
    assert page.text.count(HOSTILE) >= 5  # question, history, note, fact, answer …


def test_every_failure_is_shown_and_right_answers_are_folded_apart(html: str) -> None:
    wrong, _, passing = html.partition('class="more passing"')
    for fault in Fault:
        assert f'<span class="card-id">{fault}</span>' in wrong
        assert fault.vietnamese in wrong
    for name in ("dung", "tu-choi"):
        assert f'<span class="card-id">{name}</span>' in passing
    assert passing.count('class="card"') == 2
    assert "12 câu sai trên 14 câu." in html


@pytest.mark.parametrize("fault", list(Fault))
def test_each_kind_of_failure_is_told_from_the_others(fault: Fault) -> None:
    (one,) = [one for one in faulty() if one.row.id == fault]
    assert faults(one) == (fault,)


def test_a_right_answer_and_a_right_refusal_have_no_fault() -> None:
    assert faults(record(row("a"))) == ()
    assert faults(record(row("b", expect="abstain"), refusal())) == ()


def test_figures_stand_under_their_key_with_interval_and_number_of_questions(html: str) -> None:
    for measure in FIGURES:
        assert f'<span class="key">{measure.name}</span>' in html
        assert measure.title in html
    text = " ".join(Tags(html).text.split())
    assert re.search(r"Câu có đủ mọi ý facts_all [\d,]+ % 95 %: [\d,]+ … [\d,]+ · \d+ câu", text)


def test_what_must_be_met_by_every_desk_is_raised_where_it_is_not(html: str, tmp_path: Path) -> None:
    assert html.count('class="tile alarm"') == 2  # an altered quote, a figure without a source
    clean = tmp_path / "clean.html"
    records = [record(row("a"))]
    write_report(clean, summary_of(records), records)
    assert clean.read_text("utf-8").count('class="tile met"') == 2


def test_the_head_says_what_was_asked_of_whom_and_what_could_not_be_read(html: str) -> None:
    text = " ".join(Tags(html).text.split())
    for said in (
        "bo-cau-hoi.jsonl: 14 câu", "sha256 c0ffeec0ffee…", "22/11/2026 09:30", "“Hôm nay” của lần chạy 22/11/2026",
        "Văn bản trong kho 24", "không biết trường “golds”", "1 tệp không đọc được", "quet.pdf: Bản quét",
    ):  # fmt: skip
        assert said in text


def test_peers_and_perturbations_stand_beside_ours(html: str) -> None:
    text = " ".join(Tags(html).text.split())
    assert "ours − bm25" in text
    assert "CHỮ HOA upper" in text
    assert "bm25: trả lời – đúng" in text


def test_an_altered_quote_is_shown_beside_what_is_stored_with_the_difference_marked(html: str) -> None:
    card = html.partition(f'<span class="card-id">{Fault.QUOTE_ALTERED}</span>')[2].partition("</details>")[0]
    assert "khác bản lưu" in card
    assert '<mark class="changed">06</mark>' in card and '<mark class="changed">05</mark>' in card


def test_opinions_of_a_judge_are_shown_as_opinions(tmp_path: Path) -> None:
    judged = [
        record(row(name)).model_copy(
            update={"opinion": Opinion(faithful=faithful, relevant=None, reason="vì <b>")}
        )
        for name, faithful in (("a", True), ("b", True), ("c", False))
    ]
    compared = {"n": 3, "agreement": 2 / 3, "kappa": None}
    summary = summary_of(
        judged, judge={"judged": 3, "unusable": 3, "faithful": compared, "relevant": compared}
    )
    write_report(tmp_path / "report.html", summary, judged)
    text = " ".join(Tags((tmp_path / "report.html").read_text("utf-8")).text.split())
    assert "faithful 2 1 0" in text and "relevant 0 0 3" in text and "66,7 %" in text
    assert "vì <b>" in text


def test_the_same_run_gives_the_same_page(report: Path, tmp_path: Path) -> None:
    records = run()
    write_report(tmp_path / "again.html", summary_of(records), records)
    assert (tmp_path / "again.html").read_bytes() == report.read_bytes()


def test_a_run_of_peers_only_has_a_report_too(tmp_path: Path) -> None:
    records = [record(row("a"), system="bm25")]
    write_report(tmp_path / "report.html", summary_of(records), records)
    assert "bm25" in (tmp_path / "report.html").read_text("utf-8")


def test_a_figure_in_one_line_has_its_interval_or_is_a_dash() -> None:
    figures = summary_of([record(row("a"))]).systems["ours"].overall
    assert shown(BY_NAME["facts_all"], figures["facts_all"]) == "100 % [100,0 … 100,0]"
    assert shown(BY_NAME["latency_p50"], figures["latency_p50"]) == "50 ms [50 … 50]"
    assert shown(BY_NAME["must_not"], None) == "–"


def test_marks_are_whole_words_whatever_their_case_and_dashes_and_lose_no_letter() -> None:
    text = "Trong 15 ngày – hoặc 5 NGÀY, 2021–2030."
    parts = marked(text, (("fact", ["5 ngày", "2021-2030"]),))
    assert "".join(part.text for part in parts) == text
    assert [part.text for part in parts if part.mark] == ["5 NGÀY", "2021–2030"]


def test_differing_texts_keep_every_letter_of_both() -> None:
    left, right = differing("Trong 05 ngày.", "Trong 06 ngày  làm việc.")
    assert "".join(part.text for part in left) == "Trong 05 ngày."
    assert "".join(part.text for part in right) == "Trong 06 ngày  làm việc."
    assert {"05", "06"} <= {part.text for part in (*left, *right) if part.mark}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("needs Chromium (Debian package chromium)")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield started
        started.close()


@pytest.fixture(params=[(1280, 900), (320, 640)], ids=["desktop", "narrow"])
def page(request: pytest.FixtureRequest, browser: Browser, report: Path) -> Iterator[Page]:
    """The report, open; whatever it complained about or asked for fails the test."""
    width, height = request.param
    context = browser.new_context(viewport={"width": width, "height": height}, locale="vi-VN")
    opened = context.new_page()
    opened.set_default_timeout(10_000)
    trouble: list[str] = []
    opened.on("pageerror", lambda error: trouble.append(str(error)))
    opened.on("console", lambda message: trouble.append(message.text))
    opened.on("request", lambda asked: trouble.append(asked.url) if asked.url != report.as_uri() else None)
    opened.goto(report.as_uri())
    yield opened
    context.close()
    assert not trouble


def cards(page: Page) -> Any:
    return page.locator("#cau-sai > .card:visible")


@pytest.mark.browser
def test_the_list_is_narrowed_by_kind_by_failure_and_by_words(page: Page) -> None:
    expect(page.locator("#count")).to_have_text("Đang hiện 12 trên 12 câu sai.")
    page.get_by_role("combobox", name="Loại câu hỏi").select_option("fact")
    expect(cards(page)).to_have_count(9)
    page.get_by_role("combobox", name="Kiểu lỗi").select_option("provision_above")
    expect(cards(page)).to_have_count(1)
    expect(page.locator("#count")).to_have_text("Đang hiện 1 trên 12 câu sai.")
    page.get_by_role("button", name="Bỏ lọc").click()
    expect(cards(page)).to_have_count(12)
    page.get_by_label("Có những chữ").fill("le phi 77 NGHIN dong")
    expect(cards(page)).to_have_count(1)
    expect(cards(page)).to_contain_text("number_unsupported")


@pytest.mark.browser
def test_a_count_of_failures_leads_to_just_those(page: Page) -> None:
    page.get_by_role("link", name="tra bảng 1").click()
    expect(cards(page)).to_have_count(1)
    expect(cards(page)).to_contain_text("fact_missing")
    expect(cards(page)).to_be_in_viewport()


@pytest.mark.browser
def test_a_question_opens_by_keyboard_and_shows_expected_answer_and_source(page: Page) -> None:
    card = page.locator(".card", has=page.locator(f".card-id:text-is('{Fault.QUOTE_ALTERED}')"))
    card.locator("summary").first.focus()
    page.keyboard.press("Enter")
    for said in ("Mong đợi", "61/2018/NĐ-CP · Điều 2 khoản 1", "05 ngày / 5 ngày", "Bản lưu:", ALTERED):
        expect(card).to_contain_text(said)
    expect(card.locator(".held blockquote")).to_be_visible()


@pytest.mark.browser
def test_hostile_texts_do_nothing_in_a_browser(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    expect(page).to_have_title(re.compile("^Chất lượng trả lời"))
    assert page.locator("main img").count() == 0


@pytest.mark.browser
def test_nothing_is_wider_than_the_screen(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(page: Page, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    found = Axe().run(page).response["violations"]
    serious = [one for one in found if one["impact"] in ("serious", "critical")]
    assert not serious, [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in serious]


@pytest.mark.browser
def test_without_scripts_everything_is_a_plain_list(browser: Browser, report: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(report.as_uri())
    expect(cards(page)).to_have_count(12)
    expect(page.locator("#filter")).to_be_hidden()
    expect(page.locator("#count")).to_have_text("12 câu sai trên 14 câu.")
    context.close()

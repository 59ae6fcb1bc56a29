"""Two runs compared: figures, the rows that changed and how, and when a change may be called one."""

import pytest
from eval_runs import cited, record, refusal, reply, right_reply, row

from evals.diff import compare, mcnemar, table
from evals.problem import EvalProblem
from evals.record import Record

#: Cites the clause's parent and tells one fact of two.
HALF = reply("Thời hạn là 05 ngày.", citations=[cited("Điều 2", "Thời hạn là 05 ngày.")])


def changed(before: Record, after: Record) -> tuple[str, tuple[str, ...]]:
    (found,) = compare([before], [after]).rows
    return found.turn, found.changes


def test_a_better_answer_is_told_by_what_became_better() -> None:
    one = row("a")
    turn, changes = changed(record(one, HALF, stored=HALF.text), record(one))
    assert turn == "better"
    assert changes == ("right: no → yes", "provision: near → hit", "facts: 1/2 → 2/2")


def test_an_answer_that_became_a_refusal_broke() -> None:
    one = row("a")
    turn, changes = changed(record(one), record(one, refusal()))
    assert turn == "worse"
    assert {"status: answered → no_evidence", "document: 1/1 → 0/1", "provision: hit → miss"} <= set(changes)


def test_a_refusal_that_became_an_answer_broke_where_nothing_may_be_answered() -> None:
    one = row("a", kind="out_of_corpus", expect="abstain")
    turn, changes = changed(record(one, refusal()), record(one, reply("Có thể.")))
    assert (turn, changes[:2]) == ("worse", ("status: no_evidence → answered", "right: yes → no"))


def test_gain_and_loss_in_one_answer_are_both_said() -> None:
    one = row("a")
    elsewhere = reply(citations=[cited("Điều 9")])
    turn, changes = changed(record(one, HALF, stored=HALF.text), record(one, elsewhere))
    assert turn == "mixed"
    assert {"provision: near → document", "facts: 1/2 → 2/2"} <= set(changes)


def test_an_altered_quote_a_forbidden_word_and_a_loose_figure_break_an_answer() -> None:
    one = row("a", must_not=["77 ngày"])
    broken = reply(
        right_reply().text + " Hoặc 77 ngày.", citations=[cited(quote="Thời hạn trả kết quả là 06 ngày")]
    )
    turn, changes = changed(record(one), record(one, broken))
    assert turn == "worse"
    assert {"must_not: – → 77 ngày", "altered quotes: 0 → 1", "unsupported: – → 77"} <= set(changes)


def test_another_status_of_the_same_worth_is_neither_better_nor_worse() -> None:
    one = row("a")
    other = reply(status="not_in_force", citations=[cited()])
    assert changed(record(one), record(one, other)) == ("other", ("status: answered → not_in_force",))


def test_runs_that_say_the_same_show_no_change() -> None:
    records = [record(row("a")), record(row("b"), refusal())]
    found = compare(records, records)
    assert found.rows == ()
    assert found.tests["facts_all"].p == 1
    assert "Không câu nào đổi kết quả" in table(found)


def test_figures_are_compared_over_common_questions_with_an_interval() -> None:
    rows = [row(f"r{count}") for count in range(30)]
    before = [record(one, refusal() if count < 20 else None) for count, one in enumerate(rows)]
    found = compare(before, [record(one) for one in rows]).figures["facts_all"]
    assert (found.before, found.after, found.difference.value) == (0.3333, 1, 0.6667)
    assert found.better is True and found.difference.low > 0.3
    back = compare([record(one) for one in rows], before).figures["facts_all"]
    assert back.better is False and back.difference.high < -0.3


def test_a_figure_that_not_every_question_has_is_compared_where_both_have_it() -> None:
    quoting, silent = row("a"), row("b")
    before = [record(quoting), record(silent, reply(citations=[cited(quote="khác")]))]
    found = compare(before, [record(quoting), record(silent, refusal())]).figures["quote_fidelity"]
    assert (found.before, found.after, found.difference.n) == (1, 1, 1)


def test_a_difference_of_one_question_is_not_called_significant() -> None:
    rows = [row(f"r{count}") for count in range(10)]
    found = compare([record(one) for one in rows], [record(rows[0], refusal()), *map(record, rows[1:])])
    assert found.figures["facts_all"].better is None
    assert found.tests["facts_all"].p == 1
    assert len(found.of("worse")) == 1


@pytest.mark.parametrize(("lost", "gained", "p"), [(0, 0, 1), (0, 5, 0.0625), (1, 9, 0.021484375), (6, 6, 1)])
def test_mcnemar_is_the_exact_binomial_test(lost: int, gained: int, p: float) -> None:
    rows = [row(f"r{count}") for count in range(lost + gained + 3)]
    lose = set(range(lost))
    gain = set(range(lost, lost + gained))
    before = [record(one, refusal() if count in gain else None) for count, one in enumerate(rows)]
    after = [record(one, refusal() if count in lose else None) for count, one in enumerate(rows)]
    found = mcnemar(before, after, lambda one: one.verdict.facts_all)
    assert (found.lost, found.gained, found.n, found.p) == (lost, gained, len(rows), p)


def test_rows_of_only_one_run_are_named_and_not_compared() -> None:
    a, b, c = row("a"), row("b"), row("c")
    found = compare([record(a), record(b)], [record(b), record(c)])
    assert (found.pairs, found.only_before, found.only_after) == (1, ("a",), ("c",))
    said = table(found)
    assert "Chỉ có trong A (1): a" in said and "Chỉ có trong B (1): c" in said


def test_a_row_that_asks_or_expects_something_else_now_is_not_compared() -> None:
    kept = record(row("a"))
    found = compare(
        [kept, record(row("b")), record(row("c"))],
        [kept, record(row("b", facts=[["khác"]])), record(row("c", note="đã đọc lại"))],
    )
    assert (found.edited, found.pairs) == (("b",), 2)
    assert "đã sửa, không so (1): b" in table(found)


def test_peers_and_perturbed_questions_are_left_out() -> None:
    one = row("a")
    noise = [record(one, refusal(), system="bm25"), record(one, refusal(), variant="upper")]
    assert compare([record(one), *noise], [record(one)]).rows == ()


def test_runs_without_a_common_question_cannot_be_compared() -> None:
    with pytest.raises(EvalProblem, match="chung"):
        compare([record(row("a"))], [record(row("b"))])


def test_the_table_shows_ids_questions_and_changes_and_never_reads_them_as_markup() -> None:
    hostile = row("x-1", question="[bold]Thời hạn[/bold] [/] bao lâu?\nHỏi thêm")
    said = table(compare([record(hostile)], [record(hostile, refusal())]))
    assert "HỎNG: 1 câu" in said
    assert "x-1 [fact] [bold]Thời hạn[/bold] [/] bao lâu? Hỏi thêm" in said
    assert "status: answered → no_evidence" in said
    assert "facts_all" in said and "McNemar" in said
    assert max(map(len, said.split("\n"))) <= 110 and "\x1b" not in said


def test_a_long_list_may_be_cut_and_says_how_many_are_left() -> None:
    rows = [row(f"r{count}") for count in range(5)]
    found = compare([record(one) for one in rows], [record(one, refusal()) for one in rows])
    assert "… và 3 câu nữa" in table(found, limit=2)
    assert "câu nữa" not in table(found)


def test_json_holds_everything_the_table_shows() -> None:
    one = row("a")
    said = compare([record(one)], [record(one, refusal())]).as_json()
    assert said["rows"][0]["id"] == "a" and said["rows"][0]["turn"] == "worse"
    assert said["tests"]["right"] == {"lost": 1, "gained": 0, "n": 1, "p": 1.0}
    assert said["figures"]["facts_all"]["difference"]["value"] == -1

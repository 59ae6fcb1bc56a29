"""`python -m index.training pairs|train|blend|shrink`: see the package's docstring for the order."""

import argparse
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from corpus.store import Corpus
from index.builder import IndexedDocument, build
from index.problem import IndexProblem
from index.publishing import searched
from index.training.asked import drawn_asked, read_asked
from index.training.negatives import examples
from index.training.pairs import Example, drawn_from, read_examples, write_examples
from index.training.recipe import RECIPE, Recipe, read_recipe
from index.training.suites import Kept, questions_of, without
from settings import load_settings


def main() -> None:
    """Entry of `python -m index.training`."""
    parser = argparse.ArgumentParser(prog="python -m index.training", description=__doc__)
    parser.add_argument("--recipe", type=Path, default=RECIPE)
    commands = parser.add_subparsers(dest="command", required=True)
    pairs = commands.add_parser("pairs", help="make the training data from the documents of data folders")
    pairs.add_argument("data", type=Path, nargs="+", help="data folders that `cchc ingest` has filled")
    pairs.add_argument("--out", type=Path, required=True, help="the training data, .jsonl.gz")
    pairs.add_argument(
        "--without", type=Path, nargs="*", default=[], help="JSONL files whose questions are kept out"
    )
    train = commands.add_parser("train", help="train a sentence-transformers model folder")
    train.add_argument("start", type=Path)
    train.add_argument("pairs", type=Path)
    train.add_argument("out", type=Path)
    shrink = commands.add_parser("shrink", help="teach models of fewer layers what a trained one knows")
    shrink.add_argument("teacher", type=Path)
    shrink.add_argument("pairs", type=Path)
    shrink.add_argument("out", type=Path)
    shrink.add_argument("--layers", type=int, nargs="+", required=True, help="one model for each number")
    blend = commands.add_parser(
        "blend", help="a model between the one that training started from and the trained one"
    )
    blend.add_argument("start", type=Path)
    blend.add_argument("trained", type=Path)
    blend.add_argument("out", type=Path)
    blend.add_argument("--share", type=float, help="of the trained weights; that of the recipe without it")
    arguments = parser.parse_args()
    try:
        recipe = read_recipe(arguments.recipe)
        if arguments.command == "pairs":
            _pairs(arguments.data, arguments.out, arguments.without, recipe)
        elif arguments.command == "train":
            _train(arguments.start, arguments.pairs, arguments.out, recipe)
        elif arguments.command == "blend":
            _blend(arguments.start, arguments.trained, arguments.out, arguments.share, recipe)
        else:
            _shrink(arguments.teacher, arguments.layers, arguments.pairs, arguments.out, recipe)
    except ImportError as error:
        sys.exit(f"error: {error}; install what training needs: pip install -e '.[train]'")
    except (ValueError, OSError, EOFError, IndexProblem) as error:
        sys.exit(f"error: {error}")


def _pairs(folders: list[Path], out: Path, kept_out: list[Path], recipe: Recipe) -> None:
    # one document may lie in several folders
    by_id = {document.id: document for folder in folders for document in _documents(folder)}
    documents = list(by_id.values())
    print(f"{len(documents)} documents", flush=True)
    written_by_hand = read_asked()
    asked = [one for document in documents for one in drawn_asked(document, written_by_hand, recipe)]
    made = [one for document in documents for one in drawn_from(document, recipe)]
    random.Random(recipe.seed).shuffle(made)
    drawn = asked + made  # those that were written first: `most` cuts off made ones
    clean, dropped = without(drawn, Kept(questions_of(kept_out)))
    print(f"{len(drawn)} questions, {dropped} of them like a question that is kept out", flush=True)
    with tempfile.TemporaryDirectory() as scratch:
        settings = load_settings(data_dir=Path(scratch), embedder="off")
        build(iter(documents), settings, None)
        forms: Counter[str] = Counter()

        def counted() -> Iterator[Example]:
            for example in islice(examples(clean, settings, recipe), recipe.pairs.most):
                forms[example.form] += 1
                yield example

        written = write_examples(counted(), out)
    print(f"{written} examples: " + ", ".join(f"{form} {count}" for form, count in forms.most_common()))


def _documents(folder: Path) -> Iterator[IndexedDocument]:
    if not (folder / "corpus.db").is_file():
        raise ValueError(
            f"{folder} holds no corpus.db; fill it with `CCHC_DATA_DIR={folder} cchc ingest FOLDER`"
        )
    with Corpus.open(load_settings(data_dir=folder, database_url=None).dsn) as corpus:
        yield from searched(corpus)


def _train(start: Path, pairs: Path, out: Path, recipe: Recipe) -> None:
    from index.training.train import train

    with tempfile.TemporaryDirectory() as work:
        train(start, read_examples(pairs), out, recipe, Path(work))


def _blend(start: Path, trained: Path, out: Path, share: float | None, recipe: Recipe) -> None:
    from index.training.blend import blend

    blend(start, trained, out, recipe.train.share if share is None else share)


def _shrink(teacher: Path, layers: list[int], pairs: Path, out: Path, recipe: Recipe) -> None:
    from index.training.shrink import shrink

    with tempfile.TemporaryDirectory() as work:
        shrink(teacher, layers, read_examples(pairs), out, recipe, Path(work))


if __name__ == "__main__":
    main()

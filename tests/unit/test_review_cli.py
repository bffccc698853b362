"""`eventsmith review export` against the real API, and the file on to the evaluation."""

from pathlib import Path

import pytest
from review_samples import review, review_item
from review_site import review_site, run_apart

from evaluation.reviews import read_reviews
from serve.adapters.review_store import SqlReviewStore
from serve.cli import main


def status(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    return int(left.value.code or 0)


async def _submit(database: Path) -> None:
    store = SqlReviewStore(f"sqlite:///{database}")
    await store.submit(review())
    await store.close()


def test_export(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    database, out = tmp_path / "reviews.db", tmp_path / "reviews.jsonl"
    with review_site(database, [review_item()], "secret") as url:
        run_apart(_submit(database))
        command = ("review", "export", "--url", url, "--key")
        assert status(*command, "secret", "--out", str(out)) == 0
        (reviewed,) = read_reviews(out.read_bytes(), out.name)
        assert reviewed.reviews[0].reviewer == "민지"

        assert status(*command, "secret", "--format", "csv") == 0
        assert capsys.readouterr().out.startswith("\ufeffitemId,reviewer,")

        assert status(*command, "wrong") == 4
        assert "401" in capsys.readouterr().err

        missing = str(tmp_path / "no folder" / "out.csv")
        assert status(*command, "secret", "--out", missing) == 1
        assert "--out" in capsys.readouterr().err

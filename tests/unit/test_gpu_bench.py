"""The engine benchmark: shapes, bounds, figures, objectives, reports; the engine itself is not started."""

import json
import re
from dataclasses import replace
from itertools import islice
from math import inf
from pathlib import Path
from typing import Any

import pytest
from fakes import ScriptedEngine

from loadtest import gpu_bench
from loadtest.gpu import device, plan
from loadtest.gpu.device import Gpu, GpuUse
from loadtest.gpu.engine import PrefixCache, drive
from loadtest.gpu.levels import FAILED, Level, Seconds, Written, highest, level, percentile
from loadtest.gpu.pages import markdown, write
from loadtest.gpu.plan import Plan
from loadtest.gpu.result import Result
from loadtest.gpu.run import Outcome
from loadtest.gpu.shapes import SHAPES, write_model
from loadtest.gpu.tables import table
from loadtest.gpu.text_bounds import Tried, narrowed, share_for
from serve.domain.schema import draft_schema
from serve.domain.state import Locale
from serve.errors import ConfigurationError, EngineTimeout
from serve.generation import WARM_UP, Completion


def planned(folder: Path, *options: str) -> Plan:
    return plan.plan(gpu_bench.parser().parse_args(options), folder)


def a_level(concurrency: int, seconds: float, tokens: int = 136) -> Level:
    written = [Written(0.1, seconds, tokens, 500, whole=True)] * 4
    return level(concurrency, written, 4 * seconds, 136, 0.9, None)


def a_result(
    folder: Path, *levels: Level, shape: str = "tiny", share: float | None = 0.2
) -> Result:
    made = planned(folder, "--device", "cpu", "--shape", shape)
    outcome = Outcome(list(levels), share, 12.3)
    return Result("2026-11-24", made, outcome, "NVIDIA H200", [], {"vllm": "0.32.0"})


@pytest.mark.parametrize(
    ("name", "parameters"), [("qwen2.5-7b", 7_615_616_512), ("qwen2.5-0.5b", 494_032_768)]
)
def test_shapes_have_as_many_parameters_as_their_public_models(name: str, parameters: int) -> None:
    assert SHAPES[name].parameters == parameters


def test_a_model_folder_has_what_vllm_loads_without_a_network(tmp_path: Path) -> None:
    write_model(SHAPES["qwen2.5-7b"], tmp_path)
    config = json.loads((tmp_path / "config.json").read_text("utf-8"))
    assert (config["hidden_size"], config["num_key_value_heads"], config["head_dim"]) == (
        3584,
        4,
        128,
    )
    told = json.loads((tmp_path / "tokenizer_config.json").read_text("utf-8"))
    assert "message" in told["chat_template"]
    vocabulary = json.loads((tmp_path / "tokenizer.json").read_text("utf-8"))["model"]["vocab"]
    assert len(vocabulary) < config["vocab_size"]


def test_narrowing_lowers_every_text_and_nothing_else() -> None:
    schema = draft_schema(Locale.KO, "EC2", "ALB")
    before = json.dumps(schema)
    found = narrowed(schema, 0.1)
    lengths = re.findall(r"\{\d+,\d+\}", json.dumps(found))
    assert lengths == ["{4,4}", "{22,22}", "{5,10}", "{10,14}"]
    assert re.sub(r"\{\d+,\d+\}", "", json.dumps(found)) == re.sub(r"\{\d+,\d+\}", "", before)
    assert json.dumps(schema) == before, "the schema is shared"


@pytest.mark.parametrize(
    ("tokens", "share"),
    [(150, 0.3), (100, 0.1), (20, 0.01), (9_000, 1.0)],
    ids=["between", "one that was tried", "shorter than can be", "longer than can be"],
)
def test_the_share_for_a_length(tokens: int, share: float) -> None:
    assert share_for(tokens, Tried(0.1, 100), Tried(0.5, 200)) == pytest.approx(share)


def test_texts_that_end_by_themselves_are_left_alone() -> None:
    assert share_for(136, Tried(0.1, 120), Tried(0.5, 120)) == 1.0


def test_a_request_stretched_to_another_length() -> None:
    one = Written(0.2, 1.2, 101)
    assert one.gap_s == pytest.approx(0.01)
    assert one.seconds_for(51) == pytest.approx(0.7)


@pytest.mark.parametrize(
    ("changes", "whole"),
    [
        ({}, True),
        ({"finish_reason": "length"}, False),
        ({"text": "{"}, False),
        ({"text": "[]"}, False),
    ],
    ids=["whole", "cut off", "broken", "no object"],
)
def test_whole_answers(changes: dict[str, Any], whole: bool) -> None:
    told: dict[str, Any] = {
        "text": "{}",
        "finish_reason": "stop",
        "prompt_tokens": 9,
        "output_tokens": 3,
    }
    completion = Completion(**told | changes, first_token_s=0.1, duration_s=0.3)
    assert Written.of(completion).whole is whole


def test_an_empty_completion_is_no_fast_one() -> None:
    completion = Completion(
        text="",
        finish_reason="error",
        prompt_tokens=9,
        output_tokens=0,
        first_token_s=0,
        duration_s=0,
    )
    assert Written.of(completion) == FAILED


def test_a_level() -> None:
    written = [Written(0.1, 1.1, 101, 500, whole=True), Written(0.3, 3.3, 301, 500), FAILED]
    found = level(2, written, 4.0, 201, 0.5, GpuUse(1024, 90, 8))
    assert (found.events, found.failed, found.whole_share) == (3, 1, pytest.approx(1 / 3))
    assert (found.ttft_p50_ms, found.ttft_p95_ms) == pytest.approx((300, 300))
    assert found.inter_token_p50_ms == pytest.approx(10)
    assert (found.tokens_per_s, found.tokens_per_draft) == (100.5, 201)
    assert found.events_per_s == pytest.approx(0.5)
    assert found.events_per_s_normalised == pytest.approx(0.5), "as long on average as asked for"
    assert found.total.p99 == inf
    assert not found.total.kept


def test_shorter_drafts_come_faster() -> None:
    found = level(1, [Written(0.0, 2.0, 201)], 2.0, 101, 0, None)
    assert found.events_per_s == pytest.approx(0.5)
    assert found.events_per_s_normalised == pytest.approx(1.0)
    assert found.total_normalised.mean == pytest.approx(1.0)


def test_without_an_answer_nothing_is_kept() -> None:
    found = level(1, [FAILED, FAILED], 2.0, 136, 0, None)
    assert (found.events_per_s, found.tokens_per_s, found.events_per_s_normalised) == (0, 0, 0)
    assert highest([found]) is None


@pytest.mark.parametrize(
    ("seconds", "kept"),
    [
        (Seconds(1.49, 1.4, 2.9, 4.9), True),
        (Seconds(1.5, 1.4, 2.9, 4.9), False),
        (Seconds(1.4, 1.4, 3.0, 4.9), False),
        (Seconds(1.4, 1.4, 2.9, 5.0), False),
    ],
    ids=["all", "mean", "p95", "p99"],
)
def test_objectives(seconds: Seconds, kept: bool) -> None:
    assert seconds.kept is kept


def test_the_highest_level_is_the_last_before_one_that_misses() -> None:
    levels = [a_level(1, 0.4), a_level(4, 1.0), a_level(2, 0.6), a_level(8, 2.0), a_level(16, 1.0)]
    found = highest(levels)
    assert found is not None
    assert found.concurrency == 4
    assert highest([a_level(1, 2.0), a_level(2, 0.5)]) is None


def test_objectives_of_normalised_drafts() -> None:
    long = [a_level(1, 2.0, tokens=400)]
    assert highest(long) is None
    assert highest(long, normalised=True) == long[0]


def test_percentiles_are_of_what_was_measured() -> None:
    values = [float(number) for number in range(100, 0, -1)]
    assert [percentile(values, percent) for percent in (0, 50, 95, 99, 100)] == [
        1,
        51,
        96,
        100,
        100,
    ]
    assert percentile([1.0, inf], 99) == inf


def test_what_nvidia_smi_tells() -> None:
    told = "NVIDIA H200, 570.1, 1024, 143771, 87\nNVIDIA H200, 570.1, 0, 143771, [N/A]\n\nfailed\n"
    first, second = device.parse(told)
    assert first == Gpu("NVIDIA H200", "570.1", 1024, 143_771, 87)
    assert second.busy is None


def test_an_idle_gpu_beside_the_busy_one_does_not_count() -> None:
    busy, idle = Gpu("a", "1", 900, 1000, 80), Gpu("a", "1", 10, 1000, 0)
    assert device.use([[busy, idle], [busy._replace(busy=100), idle]]) == GpuUse(910, 90, 2)
    assert device.use([]) is None


def test_prefix_hits_are_counted_from_where_a_level_began() -> None:
    assert PrefixCache(90, 100).share_since(PrefixCache(40, 50)) == 1.0
    assert PrefixCache(0, 0).share_since(PrefixCache(0, 0)) == 0.0


async def test_clients_share_the_requests_and_a_timeout_is_a_failure() -> None:
    engine = ScriptedEngine("{}", EngineTimeout("late"), "{}")
    written, _ = await drive(engine, [WARM_UP] * 5, 2)
    assert len(engine.requests) == 5
    assert (written.count(FAILED), sum(one.whole for one in written)) == (1, 4)


def test_the_cpu_measures_the_bundled_model_with_its_own_prompt(tmp_path: Path) -> None:
    made = planned(tmp_path, "--device", "cpu", "--concurrency", "4", "1", "4")
    assert (made.model, made.weights, made.prompt.version[:7]) == (
        "eventsmith-small",
        "real",
        "compact",
    )
    assert (made.concurrency, made.requests_in_all) == ((1, 4), 32 + 1 + 32 + 4)
    assert not list(tmp_path.iterdir())


def test_a_gpu_gets_a_shape_and_the_settings_of_production(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "any_gpu", lambda: True)
    monkeypatch.setattr(plan, "gpus", lambda: [Gpu("NVIDIA H200", "570.1", 0, 143_771, 0)])
    made = planned(tmp_path, "--max-num-seqs", "32", "--dtype", "half", "--tensor-parallel", "2")
    config = made.config
    assert (made.model, made.weights, made.prompt.version[:8]) == (
        "qwen2.5-7b",
        "random",
        "instruct",
    )
    assert (config.device, config.max_model_len, config.kv_cache_mib) == ("gpu", 4096, None)
    assert (config.max_num_seqs, config.dtype, config.tensor_parallel_size) == (32, "half", 2)
    assert (config.gpu_memory_utilization, config.enforce_eager) == (0.9, False)
    assert Path(config.model, "config.json").is_file()


def test_a_shape_too_large_for_the_gpu_names_one_that_fits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "any_gpu", lambda: True)
    monkeypatch.setattr(plan, "gpus", lambda: [Gpu("Tesla T4", "570.1", 0, 15_360, 0)])
    with pytest.raises(ConfigurationError, match=r"take --shape qwen2\.5-0\.5b"):
        planned(tmp_path)


@pytest.mark.parametrize(
    ("options", "cure"),
    [
        (("--device", "gpu"), "--device cpu"),
        (("--device", "cpu", "--model", "/nowhere"), "choose a --shape"),
    ],
    ids=["no GPU", "no model"],
)
def test_errors_name_the_option_and_the_cure(
    options: tuple[str, ...], cure: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "any_gpu", lambda: False)
    with pytest.raises(ConfigurationError, match=f"{options[-2]}.*{cure}"):
        planned(tmp_path, *options)


@pytest.mark.parametrize("option", ["--concurrency", "--events", "--gpu-memory-utilization"])
def test_options_that_make_no_sense(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        gpu_bench.parser().parse_args([option, "0"])
    assert option in capsys.readouterr().err


def test_requests_are_the_platforms_own_but_for_the_bounds(tmp_path: Path) -> None:
    made = planned(tmp_path, "--device", "cpu")
    whole = list(islice(made.requests(None), 3))
    short = list(islice(made.requests(0.2), 3))
    assert [one.prompt for one in whole] == [one.prompt for one in short]
    assert whole[0].grammar != short[0].grammar
    assert whole[0].max_tokens == made.prompt.sampling.max_tokens
    assert len({one.seed for one in whole}) == 3


def test_the_last_line(tmp_path: Path) -> None:
    found = a_result(tmp_path, a_level(1, 0.5), a_level(2, 1.0), a_level(4, 2.0))
    assert found.last_line() == (
        "device=NVIDIA_H200 model=tiny weights=random events_per_s_at_objectives=1 "
        "concurrency_at_objectives=2 ttft_p50_ms_c1=100 tokens_per_s_max=272"
    )


def test_the_last_line_where_nothing_is_kept(tmp_path: Path) -> None:
    told = a_result(tmp_path, a_level(2, 9.0)).last_line()
    assert "events_per_s_at_objectives=0 concurrency_at_objectives=0 ttft_p50_ms_c1=none" in told


def test_the_report_says_that_weights_are_random(tmp_path: Path) -> None:
    told = markdown(a_result(tmp_path, a_level(1, 0.5), a_level(2, 2.0)))
    assert "The weights are random: only speed is meaningful." in told
    assert "lowered to 20.0% of the schema's" in told
    assert "kept up to 1 at a time, 2.00 events a second" in told


def test_the_report_of_real_weights(tmp_path: Path) -> None:
    found = a_result(tmp_path, a_level(1, 9.0), share=None)
    told = markdown(replace(found, plan=planned(tmp_path, "--device", "cpu")))
    assert "The weights are real." in told
    assert "lowered" not in told
    assert "As measured: not kept even at the lowest concurrency" in told


def test_figures_and_page_lie_side_by_side(tmp_path: Path) -> None:
    found = a_result(tmp_path, a_level(1, 0.5), level(2, [FAILED], 1.0, 136, 0, None))
    twin = write(found, tmp_path / "reports" / "gpu.json")
    assert twin.read_text("utf-8").startswith("# Engine on NVIDIA H200")
    told = json.loads((tmp_path / "reports" / "gpu.json").read_text("utf-8"))
    assert told["model"]["weights"] == "random"
    assert told["at_objectives"]["concurrency"] == 1
    assert told["levels"][1]["total"]["mean"] is None, "JSON knows no infinity"
    assert str(tmp_path) not in json.dumps(told), "where a folder lay is nobody's business"


def test_the_table_is_aligned() -> None:
    lines = table([a_level(1, 0.5), a_level(64, 2.0)]).splitlines()
    assert len({len(line) for line in lines}) == 1
    assert "64" in lines[-1]
    assert "0.50 / 0.50 / 0.50 / 0.50" in lines[2]

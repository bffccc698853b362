"""The engine: how long it takes, what waits for it, what it runs on."""

from grafana_foundation_sdk.models.dashboard import Dashboard

from grafana.boards import board
from grafana.panels import figure, lines
from grafana.promql import RATE, own, quantile, quantiles, rate, total
from grafana.release import BREAKER, BREAKER_STEPS
from grafana.steps import at_least, at_most

_DEADLINE_S = 2.8
_EACH = "{{instance}} {{GpuIndex}}"


def dashboard() -> Dashboard:
    return board(
        "engine",
        "Engine",
        "Generations, vLLM's queue and cache, GPUs.",
        [("Now", _now()), ("Generations", _generations()), ("vLLM", _vllm()), ("GPU", _gpu())],
    )


def _now() -> list[object]:
    return [
        figure(
            "Engine",
            "Down: no replica reaches it, nothing is written. Is it starting, or out of memory?",
            "none",
            f"max({own('vllm_health_status')})",
            at_least(1),
            {0: "down", 1: "up"},
        ),
        figure(
            "Breaker of generations",
            "Open: too many attempts failed, only probes are written. Mend what they fail of; it "
            "closes by itself.",
            "none",
            f"max({own('llm_breaker_state')})",
            BREAKER_STEPS,
            BREAKER,
        ),
        figure(
            "Attempts that fail",
            "Failed and rejected. Over 10 % for five minutes the flag goes off: see Attempts by "
            "outcome for which.",
            "percentunit",
            "cluster:llm_generations_failed:ratio_rate5m",
            at_most(0.05, bearable=0.1),
        ),
        figure(
            "Generation p95",
            "One completion. Over the usual deadline (2.8 s) players get something else: fewer "
            "background generations, or more engines.",
            "s",
            "cluster:llm_generation_duration_seconds:p95_rate5m",
            at_most(_DEADLINE_S),
        ),
    ]


def _generations() -> list[object]:
    return [
        lines(
            "Generation time",
            "One completion in the engine, against the usual deadline of 2.8 s.",
            "s",
            quantiles("llm_generation_duration_seconds", 50, 95, 99),
            at_most(_DEADLINE_S),
        ),
        lines(
            "Time to first token",
            "Grows first when requests queue inside vLLM.",
            "s",
            quantiles("llm_time_to_first_token_seconds", 50, 95, 99),
        ),
        lines(
            "Attempts by outcome",
            "`failed` is the engine, `rejected` a rule or the rubric (see Quality).",
            "ops",
            {"{{outcome}}": rate("llm_generations_total", by="outcome")},
            stacked=True,
        ),
        lines(
            "Beside the engine",
            "p95 of what a draft costs after it is written. Tenths of a second: CPU is short.",
            "s",
            {"{{stage}}": quantile(0.95, "llm_generation_stage_seconds", by="stage")},
        ),
        lines(
            "Tokens",
            "A second, of prompts and written. Written ones flat while orders wait: it is full.",
            "suffix: tok/s",
            {
                "prompt": rate("llm_prompt_tokens_total"),
                "written": rate("llm_output_tokens_total"),
            },
        ),
        lines(
            "Orders",
            "In flight and waiting. Refills wait while players' orders take the engine.",
            "none",
            {
                "in flight": total("llm_generations_in_flight"),
                "at once, at most": total("llm_generations_at_once"),
                "refills waiting": total("llm_refills_waiting"),
            },
        ),
    ]


def _vllm() -> list[object]:
    cached = f"sum(rate(ray_vllm_prefix_cache_hits_total[{RATE}]))"
    asked = f"sum(rate(ray_vllm_prefix_cache_queries_total[{RATE}]))"
    return [
        lines(
            "Requests in vLLM",
            "Waiting above zero for long: add replicas. Empty when the engine is another server.",
            "none",
            {
                "running": "sum(ray_vllm_num_requests_running)",
                "waiting": "sum(ray_vllm_num_requests_waiting)",
            },
        ),
        lines(
            "KV cache",
            "Used share, the fullest replica. Over 90 %: requests wait or are preempted; give it "
            "more memory or shorten the prompt.",
            "percentunit",
            {"used": "max(ray_vllm_kv_cache_usage_perc)"},
            at_most(0.9),
        ),
        lines(
            "Prefix cache",
            "Share of prompt tokens found. Near zero: the prompt's constant part is not first.",
            "percentunit",
            {"hits": f"({cached} or vector(0)) / ({asked} > 0)"},
        ),
        lines(
            "Ray Serve's queues",
            "Requests that wait for a replica, by deployment. Which one needs more replicas.",
            "none",
            {"{{deployment}}": "sum by (deployment) (ray_serve_deployment_queued_queries)"},
        ),
    ]


def _gpu() -> list[object]:
    return [
        lines(
            "GPU",
            "Busy share of each. Low while requests wait: CPU, or compiling schemas, holds it up.",
            "percent",
            {_EACH: "sum by (instance, GpuIndex) (ray_node_gpus_utilization)"},
        ),
        lines(
            "GPU memory",
            "Used of each. vLLM takes its share at start: a change means that it started anew.",
            "mbytes",
            {_EACH: "sum by (instance, GpuIndex) (ray_node_gram_used)"},
        ),
    ]

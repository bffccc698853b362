"""The composition root: `build(args)` makes the application; only here are deployments decorated."""

from dataclasses import replace
from typing import Any

from ray import serve as ray_serve
from ray.serve import Application

from serve.adapters.review_store import SqlReviewStore
from serve.adapters.vllm_engine import model_name
from serve.deployments.api import EventApi, build_api
from serve.deployments.cache import EventCache
from serve.deployments.engine import EventEngine
from serve.deployments.scorer import QualityScorer
from serve.deployments.validator import EventValidator
from serve.domain.balance import BalancePolicy
from serve.errors import ConfigurationError
from serve.pool import Variant
from serve.prompts import load
from serve.settings import PlatformArgs, Settings


def build(args: PlatformArgs) -> Application:
    """Five deployments, or six with a candidate's engine; `configs/serve/*.yaml` scales each of them.

    Raises ConfigurationError for a setting that is wrong or missing.
    """
    settings = Settings.from_environ()
    if not settings.redis_url:
        raise ConfigurationError(
            "REDIS_URL is not set; `eventsmith up` starts a Redis of its own, "
            "`serve run` needs yours"
        )
    SqlReviewStore(settings.review_database)  # a wrong URL is told here, not by a replica
    policy = BalancePolicy.parse(settings.table("balance.yaml"))
    engine_config = args.engine
    if settings.model and not settings.endpoint:
        engine_config = engine_config.model_copy(update={"model": settings.model})
    model = settings.model if settings.endpoint and settings.model else model_name(engine_config)
    candidate = _candidate(args, model)
    engine = _deploy(EventEngine).bind(engine_config, settings)
    canary = _canary(args, settings) or engine
    cache = _deploy(EventCache).bind(
        args,
        settings,
        model,
        candidate,
        engine,
        canary,
        _deploy(EventValidator).bind(policy),
        _deploy(QualityScorer).bind(policy),
        policy,
    )
    api = _deploy(ray_serve.ingress(build_api)(EventApi))
    return api.bind(args, settings, policy, model, candidate, cache, engine)


def _candidate(args: PlatformArgs, model: str) -> Variant | None:
    """What a roll-out puts beside the current prompt and model.

    Raises ConfigurationError when it is the same: their drafts could not be told apart.
    """
    if args.candidate is None:
        return None
    prompt = load(args.candidate.prompt or args.prompt).version
    engine = args.candidate.engine
    candidate = Variant(prompt, model_name(engine) if engine else model)
    if candidate == (load(args.prompt).version, model):
        raise ConfigurationError(
            f"candidate: is {candidate}, as the current one is; name another prompt or model"
        )
    return candidate


def _canary(args: PlatformArgs, settings: Settings) -> Application | None:
    """The candidate's engine, where it has one of its own."""
    if args.candidate is None or args.candidate.engine is None:
        return None
    own = replace(settings, model="")  # VLLM_MODEL names the current one
    return _deploy(EventEngine).options(name="EventEngineCanary").bind(args.candidate.engine, own)


def _deploy(cls: Any) -> ray_serve.Deployment:
    decorated: Any = ray_serve.deployment(cls)  # typed as what it is when called with options
    return decorated

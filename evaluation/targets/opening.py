"""Opens the targets a suite names: the one place where the evaluation touches engines."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager

from evaluation.suite.config import Endpoint, Pipeline, Platform
from evaluation.suite.config import Target as TargetConfig
from evaluation.suite.plan import Suite, key_of
from evaluation.suite.target import Target
from evaluation.targets.pipeline import PipelineTarget
from evaluation.targets.platform import PlatformTarget
from serve.adapters.openai_engine import OpenAIEngine
from serve.adapters.vllm_engine import VllmEngine
from serve.domain.balance import BalancePolicy
from serve.generation import WARM_UP


@asynccontextmanager
async def opened(suite: Suite, policy: BalancePolicy) -> AsyncGenerator[dict[str, Target]]:
    """The suite's targets by model name. Raises ConfigurationError where a key is missing."""
    async with AsyncExitStack() as stack:
        yield {
            name: await _target(config, policy, suite.config.timeout_s, stack)
            for name, config in suite.config.models.items()
        }


async def _target(
    config: TargetConfig, policy: BalancePolicy, timeout_s: float, stack: AsyncExitStack
) -> Target:
    match config:
        case Pipeline():
            engine = VllmEngine(config.engine)
            stack.callback(engine.close)
            await engine.complete(WARM_UP)  # or the first trial's time would be another thing's
            return PipelineTarget(engine, policy, timeout_s)
        case Endpoint():
            server = OpenAIEngine(config.url.rstrip("/"), config.model, key_of(config.key_env))
            stack.push_async_callback(server.close)
            return PipelineTarget(server, policy, timeout_s)
        case Platform():
            platform = PlatformTarget(config, key_of(config.key_env), policy)
            stack.push_async_callback(platform.close)
            return platform

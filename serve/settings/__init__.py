"""Everything that can be set: secrets and switches from the environment, the rest from `configs/`.

Read once, at the edge: `Settings.from_environ` in the command line and the composition root.
"""

from serve.settings.access import Access, Scope
from serve.settings.environment import Settings
from serve.settings.platform import (
    BreakerConfig,
    CandidateConfig,
    EngineConfig,
    PlatformArgs,
    PoolConfig,
    RolloutConfig,
)
from serve.settings.sources import JudgeConfig, PromptRegistryConfig

__all__ = [
    "Access",
    "BreakerConfig",
    "CandidateConfig",
    "EngineConfig",
    "JudgeConfig",
    "PlatformArgs",
    "PoolConfig",
    "PromptRegistryConfig",
    "RolloutConfig",
    "Scope",
    "Settings",
]

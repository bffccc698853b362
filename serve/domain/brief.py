"""What a draft is asked for: the coarse features of a state, and what the story turns on."""

from dataclasses import dataclass
from random import Random

from serve.domain.balance import BalancePolicy
from serve.domain.event import EventType
from serve.domain.state import (
    CANONICAL_INFRASTRUCTURE,
    Difficulty,
    GameState,
    InfrastructureTier,
    Locale,
    MoneyPressure,
    Stage,
    TrustTier,
)

NEXT_STEPS: dict[Stage, tuple[str, ...]] = {
    Stage.EARLY: ("CloudWatch", "S3", "RDS", "Route53", "ALB", "Auto Scaling", "CloudFront"),
    Stage.GROWTH: ("RDS", "ALB", "Auto Scaling", "CloudFront", "Redis", "Lambda", "ECS"),
    Stage.EXPANSION: ("Redis", "ECS", "Aurora", "Lambda", "CloudFront", "EKS", "Bedrock"),
    Stage.SCALE_UP: ("Aurora", "EKS", "Karpenter", "Bedrock", "dr-configured", "Redis"),
    Stage.IPO_PREP: ("Karpenter", "Aurora Global DB", "dr-configured", "multi-region", "Bedrock"),
}
"""Infrastructure that makes sense to bring in at a stage, in the order a company grows."""

ANGLES = 8


@dataclass(frozen=True, slots=True)
class Situation:
    """What players who may share a draft have in common; the pool's key is made of it."""

    locale: Locale
    stage: Stage
    difficulty: Difficulty
    pressure: MoneyPressure
    trust: TrustTier
    tier: InfrastructureTier

    @classmethod
    def of(cls, state: GameState, locale: Locale, policy: BalancePolicy) -> "Situation":
        return cls(
            locale,
            state.stage,
            state.difficulty,
            policy.money_pressure(state),
            state.trust_tier,
            state.infrastructure_tier,
        )


@dataclass(frozen=True, slots=True)
class Brief:
    """One order to the model: a situation, an event type, and the infrastructure in the story."""

    situation: Situation
    event_type: EventType
    uses: str | None
    """Owned infrastructure the story is about, if any."""
    offers: str | None
    """Infrastructure one choice brings in, if any."""
    angle: int = 0
    """Which of `ANGLES` ways in the story takes: models asked the same twice write the same twice."""

    @classmethod
    def draw(
        cls,
        situation: Situation,
        state: GameState,
        rng: Random,
        event_type: EventType | None = None,
    ) -> "Brief":
        """A brief at random, but only about what this player owns or could sensibly own next."""
        owned = [name for name in CANONICAL_INFRASTRUCTURE[:16] if name in state.owned]
        steps = [name for name in NEXT_STEPS[situation.stage] if name not in state.owned]
        return cls(
            situation,
            event_type or rng.choice(list(EventType)),
            uses=rng.choice(owned) if owned and rng.random() < 0.6 else None,
            offers=rng.choice(steps) if steps and rng.random() < 0.4 else None,
            angle=rng.randrange(ANGLES),
        )

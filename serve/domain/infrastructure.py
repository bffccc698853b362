"""Which infrastructure a text speaks of, by the names it goes by in Korean and English."""

import re
from functools import lru_cache

_SURFACE_FORMS = {
    "EC2": r"EC2",
    "Route53": r"Route ?53",
    "CloudWatch": r"CloudWatch|클라우드워치",
    "RDS": r"RDS",
    "S3": r"S3",
    "Auto Scaling": r"Auto ?Scaling|오토 ?스케일링",
    "ALB": r"ALB",
    "ECS": r"ECS",
    "Aurora": r"Aurora(?! Global)|오로라(?! 글로벌)",
    "Redis": r"Redis|ElastiCache|레디스|엘라스티캐시",
    "EKS": r"EKS",
    "Karpenter": r"Karpenter|카펜터",
    "Lambda": r"Lambda|람다",
    "Bedrock": r"Bedrock|베드록",
    "Aurora Global DB": r"Aurora Global DB|오로라 글로벌",
    "CloudFront": r"CloudFront|클라우드프론트",
}
"""`dr-configured` and `multi-region` are states of an architecture, not products a text names."""

_MENTIONS = re.compile(
    "|".join(
        f"(?P<i{index}>(?<![A-Za-z0-9])(?:{forms})(?![A-Za-z0-9]))"
        for index, forms in enumerate(_SURFACE_FORMS.values())
    )
)
_NAMES = tuple(_SURFACE_FORMS)


@lru_cache(maxsize=4096)
def mentioned(text: str) -> frozenset[str]:
    """Canonical names of the infrastructure the text names."""
    groups = (match.lastgroup or "" for match in _MENTIONS.finditer(text))
    return frozenset(_NAMES[int(group[1:])] for group in groups)

"""What generating costs, as a suite's file says it."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Prices(BaseModel):
    """Per token, per hour of the machine, or both; amounts of `currency`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    input_per_million: float = Field(default=0.0, ge=0)
    """Per million prompt tokens."""
    output_per_million: float = Field(default=0.0, ge=0)
    """Per million tokens written."""
    per_hour: float = Field(default=0.0, ge=0)
    """Per hour of the machine that generates, whatever it does in it."""
    currency: str = Field(default="USD", pattern=r"^[A-Z]{3}$")

    @model_validator(mode="after")
    def _of_something(self) -> Self:
        if not (self.by_token or self.per_hour):
            raise ValueError("needs input_per_million, output_per_million or per_hour above zero")
        return self

    @property
    def by_token(self) -> bool:
        """Whether tokens cost anything."""
        return self.input_per_million > 0 or self.output_per_million > 0

    def cost(self, prompt_tokens: int, output_tokens: int, machine_s: float) -> float:
        """Of so many tokens and seconds of the machine."""
        tokens = prompt_tokens * self.input_per_million + output_tokens * self.output_per_million
        return tokens / 1e6 + machine_s / 3600 * self.per_hour

"""Schemathesis over the OpenAPI document: every check, every phase, each call with the key it needs."""

import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from schemathesis.auths import AuthContext
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import Failure, ServerError
from schemathesis.engine import Status, events, from_schema
from schemathesis.openapi.checks import RejectedPositiveData

Case = schemathesis.Case[Any]
SEED = 20261128
UNTESTED: dict[str, str] = {
    "object_level_authorization": "needs two identities that own objects; a key here is a whole game's, and "
    "that an event is rated by nobody but its player is in tests/e2e/test_events.py",
}
"""Checks that are off, and why."""


@dataclass
class Findings:
    """What a run has seen."""

    operations: int
    cases: Counter[str] = field(default_factory=Counter[str])
    """By phase."""
    failures: dict[str, str] = field(default_factory=dict[str, str])
    """Title and operation -> the first of its kind in words."""
    server_errors: int = 0
    away: int = 0
    """Admin calls told by 503 to come again, as documented: Redis did not answer in time."""
    errors: list[str] = field(default_factory=list[str])
    """What could not be tested."""

    def line(self) -> str:
        failures = len(self.failures) + len(self.errors)
        return (
            f"operations={self.operations} cases={self.cases.total()} "
            f"failures={failures} server_errors={self.server_errors} store_away={self.away}"
        )

    def note(self, event: Any) -> None:
        if isinstance(event, events.ScenarioFinished):
            self._count(event.phase.value, event.recorder)
        elif isinstance(event, events.NonFatalError):
            self.errors.append(f"{event.label}: {event.info.title} {event.info.message}")
        elif isinstance(event, events.FatalError):
            raise event.exception

    def _count(self, phase: str, recorder: Any) -> None:
        self.cases[phase] += len(recorder.cases)
        answers = [one.response for one in recorder.interactions.values() if one.response]
        away = sum(_asks_to_come_again(answer) for answer in answers)
        self.away += away
        self.server_errors += sum(answer.status_code >= 500 for answer in answers) - away
        for case_id, checks in recorder.checks.items():
            for check in checks:
                if check.status is Status.FAILURE:
                    told, found = check.failure_info, recorder.interactions[case_id].response
                    name = f"{told.failure.title}: {told.failure.operation}"
                    words = (
                        f"{told.failure.message}\n{found and found.text[:300]}\n{told.code_sample}"
                    )
                    self.failures.setdefault(name, words)


def examine(
    url: str,
    keys: Mapping[str, str],
    *,
    examples: int,
    sequences: int,
    off: Mapping[str, str] = UNTESTED,
) -> Findings:
    """Up to so many examples an operation, and so many sequences of calls. Checks in `off` are left out."""
    config = SchemathesisConfig.from_dict(
        {
            "seed": SEED,
            "continue-on-failure": True,
            "checks": {name: {"enabled": False} for name in off},
            "generation": {"max-examples": examples, "database": "none"},
            "phases": {"stateful": {"generation": {"max-examples": sequences}}},
        }
    )
    schema = schemathesis.openapi.from_url(f"{url}/openapi.json", config=config)
    schema.auth(refresh_interval=None)(_sending(keys))
    schema.hook("filter_failure")(_stands)
    found = Findings(schema.statistic.operations.selected)
    for event in from_schema(schema).execute():
        found.note(event)
    return found


def _sending(keys: Mapping[str, str]) -> type[Any]:
    """Sends the key of the scope that the document says a call needs."""

    class Keys:
        def get(self, _: Case, context: AuthContext) -> str | None:
            security = context.operation.definition.raw.get("security")
            return keys[security[0]["bearer"][0]] if security else None

        def set(self, case: Case, data: str | None, _: AuthContext) -> None:
            if data is not None:
                case.headers["Authorization"] = f"Bearer {data}"

    return Keys


def _stands(_: Any, failure: Failure, case: Case, response: Any) -> bool:
    """False for what was refused by right, though a JSON schema cannot say so or is misread."""
    if isinstance(failure, ServerError):
        return not _asks_to_come_again(response)
    if not isinstance(failure, RejectedPositiveData) or response.status_code != 422:
        return True
    fields = [error["field"] for error in response.json()["errors"]]
    return not all(_with_a_fraction(case.body, name) or _unassigned(case, name) for name in fields)


def _asks_to_come_again(response: Any) -> bool:
    """Redis did not answer an admin in time. The call for events may not say so, whatever is away."""
    event_call = response.request.method == "POST" and response.request.url.endswith("/events")
    return response.status_code == 503 and "retry-after" in response.headers and not event_call


def _with_a_fraction(body: Any, name: str) -> bool:
    """2.0: an integer to a JSON schema, and none in the contract, where integers are written as such."""
    for part in name.split("."):
        body = body.get(part) if isinstance(body, dict) else None
    return isinstance(body, float) and body.is_integer()


def _unassigned(case: Case, name: str) -> bool:
    r"""A character that no script has yet: drawn for \p{L}, and no letter."""
    place, _, parameter = name.rpartition(".")
    sent: Any = case.query if place == "query" else case.body
    return any(unicodedata.category(letter) == "Cn" for letter in str(sent[parameter]))

"""What an event is recognised by, whatever id it was given and wherever it was logged."""

import json
from hashlib import sha256

from serve.domain.event import GameEvent
from serve.domain.state import GameState, Locale

CONTENT = "eventsmith.content"
"""The tag of a trace that carries it."""


def content_digest(event: GameEvent, state: GameState, locale: Locale) -> str:
    """Of texts, figures and player; two events with the same one are the same to a reviewer."""
    document = event.model_dump(mode="json", by_alias=True, exclude={"event_id"})
    player = state.model_dump(mode="json", by_alias=True)
    text = json.dumps([document, player, locale.value], sort_keys=True, ensure_ascii=False)
    return sha256(text.encode()).hexdigest()[:32]

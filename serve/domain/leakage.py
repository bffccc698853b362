"""Signs in a folded text that a model speaks of itself, its orders or the format it writes."""

import re

from serve.domain.model_speech import speaks_of_itself

_MAY_MARK = re.compile(r'[<>\[{}"`|#*\\&]')
_MARKS = re.compile(
    # the turns of chat templates: ChatML and harmony, Llama, Gemma, EXAONE, GLM
    r"<\s?/?\s?\||\|\s?>|\[\|/?[a-z]|\|\]|<<\s?/?sys|\[/?\s?inst\s?\]|\[(?:gmask|sop|bos|eos|cls|sep)\]|"
    r"</?\s?(?:s|bos|eos|pad|unk|think|thought|analysis|final|system|user|human|assistant|model|end|start|"
    r"channel|message|im_start|im_end|(?:start|end)_of_turn|tool_call|unused\d+)(?:\s[^<>]{0,30})?/?>|"
    # what a model writes around its answer: Markdown, HTML, JSON
    r"```|^#{1,6}\s|\*\*\w|</?(?:a|b|i|p|br|ul|li|div|span|script|style|title|text|result|json)\b[^<>]{0,60}>|"
    r'\{\{|\}\}|[{,\[]\s?"[\w ]{1,30}"\s?:|"[\w ]{1,30}"\s?:\s?(?:["{\[]|-?\d|true|false|null)|'
    r'["\]}]\s?[}\]]|[}\]]\s?,\s?[{"]|\\[nrt"u]|&(?:quot|amp|lt|gt|nbsp|#\d+);',
    re.MULTILINE,
)


def leaks(text: str) -> bool:
    """Whether a folded text shows the prompt, the format or the model behind it."""
    if _MAY_MARK.search(text) and _MARKS.search(text):
        return True
    return speaks_of_itself(text)

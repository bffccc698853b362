#!/usr/bin/env bash
# Resolves the dependencies into index-free locks with hashes, one per engine.
set -euo pipefail
folder=$(.venv/bin/python -m pip config list 2>/dev/null | sed -n "s/.*find-links='\([^']*\)'.*/\1/p" | head -1)
compile() {
    .venv/bin/uv pip compile pyproject.toml "$@" --python-version 3.11 \
        --python-platform x86_64-manylinux_2_28 --generate-hashes --no-emit-find-links \
        --no-emit-index-url --no-annotate --no-header --quiet
}
if compgen -G "$folder/torch-*cpu*.whl" >/dev/null; then
    UV_FIND_LINKS=$folder compile --extra cpu --extra dev -o requirements-cpu.lock
else
    compile --extra cpu --extra dev --torch-backend cpu -o requirements-cpu.lock
fi
compile --extra gpu --extra dev -o requirements-gpu.lock

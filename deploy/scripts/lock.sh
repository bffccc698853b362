#!/usr/bin/env bash
# Resolves the dependencies into index-free locks with hashes: one per engine, and the part of each that an image needs.
set -euo pipefail
folder=$(.venv/bin/python -m pip config list 2>/dev/null | sed -n "s/.*find-links='\([^']*\)'.*/\1/p" | head -1)
compile() {
    .venv/bin/uv pip compile pyproject.toml "$@" --python-version 3.11 \
        --python-platform x86_64-manylinux_2_28 --generate-hashes --no-emit-find-links \
        --no-emit-index-url --no-annotate --no-header --quiet
}
# Where pip knows a folder with torch's CPU wheel, from there; else from PyTorch's index.
compile_cpu() {
    if compgen -G "$folder/torch-*cpu*.whl" >/dev/null; then
        UV_FIND_LINKS=$folder compile --extra cpu "$@"
    else
        compile --extra cpu --torch-backend cpu "$@"
    fi
}
compile_cpu --extra dev -o requirements-cpu.lock
compile --extra gpu --extra dev -o requirements-gpu.lock
compile_cpu deploy/requirements.in -c requirements-cpu.lock -o deploy/requirements-cpu.lock
compile --extra gpu deploy/requirements.in -c requirements-gpu.lock -o deploy/requirements-gpu.lock
# uv itself, which installs the rest: by its hashes too.
echo "uv==0.13.9" | .venv/bin/uv pip compile - --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
    --no-emit-index-url --quiet -o deploy/requirements-uv.lock

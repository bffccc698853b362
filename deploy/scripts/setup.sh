#!/usr/bin/env bash
# Prepares .venv from requirements-EXTRA.lock: the same command where pip is configured with a local
# folder of wheels and where PyTorch's own index of CPU wheels is reached.
set -euo pipefail
extra=${1:-cpu}
say() { echo "setup: $*" >&2; }
fail() { say "$*"; exit 1; }

python=$(command -v python3.11 || command -v python3) || fail "Python 3.11 is needed: apt-get install python3"
"$python" -c 'import sys; sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12)))' ||
    fail "Python 3.11 or 3.12 is needed; $python is $("$python" -V)"
"$python" -c 'import ensurepip' 2>/dev/null || fail "venv is missing: apt-get install python3-venv"
[ "$(df --output=avail -BG . | tail -1 | tr -dc 0-9)" -ge 6 ] || fail "6 GB of disk are needed here"

say "environment .venv ($extra)"
[ -x .venv/bin/python ] || "$python" -m venv .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r deploy/requirements-uv.lock

# uv does not read pip's configuration: a folder with torch's CPU wheel has to be handed on.
folder=$(.venv/bin/python -m pip config list 2>/dev/null | sed -n "s/.*find-links='\([^']*\)'.*/\1/p" | head -1)
torch=()
if [ "$extra" = cpu ]; then
    if compgen -G "$folder/torch-*cpu*.whl" >/dev/null; then
        export UV_FIND_LINKS=$folder
    else
        torch=(--torch-backend cpu)
    fi
fi
say "packages (about 4 GB on disk; a minute where they are cached, a few where they are not)"
.venv/bin/uv pip sync --python .venv/bin/python --require-hashes --compile-bytecode \
    ${torch[@]+"${torch[@]}"} "requirements-$extra.lock"
.venv/bin/python -m ensurepip --upgrade >/dev/null
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r deploy/requirements-uv.lock
.venv/bin/uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --editable .
touch ".venv/.installed-$extra"
say "done: .venv/bin/eventsmith, .venv/bin/eventsmith-eval"

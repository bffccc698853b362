# What deploy.sh, rollback.sh and smoke.sh share; to be sourced.
# shellcheck shell=bash
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

target=compose overlay=production dry='' url=${EVENTSMITH_URL:-http://127.0.0.1:8000}
secrets=${EVENTSMITH_SECRETS:-deploy/secrets}
repository=${EVENTSMITH_REPOSITORY:-eventsmith}
state=${EVENTSMITH_STATE:-.eventsmith}

say() { echo "$(basename "$0" .sh): $*" >&2; }
fail() { say "$*"; exit 1; }
usage() { sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"; exit "${1:-0}"; }
value() { [ -n "${2:-}" ] || fail "$1 needs a value; see --help"; echo "$2"; }

run() { # COMMAND…: runs it, or says what would be run
    if [ -n "$dry" ]; then echo "+ $*"; else "$@"; fi
}

secret() { # VARIABLE FILE: the first of the values, which `printf`, a built-in, hands on unseen by `ps`
    local held=${!1:-}
    [ -n "$held" ] || held=$(cat "$secrets/clients/$2" 2>/dev/null) || true
    printf %s "${held%%,*}"
}

call() { # TOKEN METHOD PATH [BODY]: prints body and status, each on a line of its own
    { [ -z "$1" ] || printf 'header = "Authorization: Bearer %s"\n' "$1"; } |
        curl --silent --show-error --max-time 40 --config - --request "$2" "$url$3" \
            --header 'Content-Type: application/json' ${4:+--data "$4"} --write-out '\n%{http_code}\n'
}

namespace() { if [ "$overlay" = staging ]; then echo eventsmith-staging; else echo eventsmith; fi; }

releases() { # the versions that were brought up and proved, oldest first
    case $target in
    compose) if [ -f "$state/releases" ]; then cat "$state/releases"; fi ;;
    kuberay) kubectl -n "$(namespace)" get configmap eventsmith-releases -o 'jsonpath={.data.versions}' 2>/dev/null || true ;;
    esac
}

remember() { # VERSION
    [ -z "$dry" ] || return 0
    local known
    known=$(releases)
    [ "$(tail -n 1 <<<"$known")" != "$1" ] || return 0
    known=$(printf '%s\n%s' "$known" "$1" | sed '/^$/d' | tail -n 20)
    case $target in
    compose) mkdir -p "$state" && printf '%s\n' "$known" >"$state/releases" ;;
    kuberay) kubectl -n "$(namespace)" create configmap eventsmith-releases --from-literal=versions="$known" \
        --dry-run=client -o yaml | kubectl apply -f - >/dev/null ;;
    esac
}

bring_up() { # VERSION: what runs it already is left alone
    local image="$repository:$1"
    case $target in
    compose)
        [ -f .env ] || [ -n "$dry" ] || fail "there is no .env: cp .env.example .env && deploy/scripts/secrets.sh"
        run env "EVENTSMITH_IMAGE=$image" "EVENTSMITH_GPU_IMAGE=$image" \
            docker compose --env-file .env -f deploy/docker-compose.yml up --detach --wait --no-build
        ;;
    kuberay)
        folder=$(mktemp -d -p deploy/kuberay/overlays)
        trap 'rm -rf "$folder"' EXIT
        printf 'resources: [../%s]\nconfigurations: [rayservice-fields.yaml]\nimages: [{name: eventsmith, newName: "%s", newTag: "%s"}]\n' \
            "$overlay" "$repository" "$1" >"$folder/kustomization.yaml"
        cp deploy/kuberay/base/rayservice-fields.yaml "$folder" # kustomize reads nothing outside of its folder
        [ -z "$dry" ] || { echo "+ images: eventsmith -> $image"; }
        # Each only after the one before, which `set -e` does not see to where a caller asks how it went.
        run kubectl apply -k "$folder" &&
            run sleep 10 && # until the operator has seen the change
            run kubectl -n "$(namespace)" wait rayservice/eventsmith --for=condition=UpgradeInProgress=False --timeout=30m &&
            run kubectl -n "$(namespace)" wait rayservice/eventsmith --for=condition=Ready --timeout=30m
        ;;
    esac
}

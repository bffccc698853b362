#!/usr/bin/env bash
# Does a platform do what it is there for? One line per check; exit status 1 when one fails.
#   deploy/scripts/smoke.sh [--url URL] [--dry-run]
#
# A game's key is the first of $EVENTSMITH_API_KEYS or of deploy/secrets/clients/game_key, the admin token
# $EVENTSMITH_ADMIN_TOKEN or deploy/secrets/clients/admin_token. Neither is ever printed or seen by `ps`.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

while [ $# -gt 0 ]; do
    case $1 in
    --url) url=$(value "$1" "${2:-}") && shift ;;
    --dry-run) dry=--dry-run ;;
    -h | --help) usage ;;
    *) fail "no option $1; see --help" ;;
    esac
    shift
done

failed=0
check() { # NAME WANTED-STATUS PATTERN TOKEN METHOD PATH [BODY]
    local name=$1 status=$2 pattern=$3 answer
    [ -z "$dry" ] || { echo "+ $name: curl $5 $url$6"; return; }
    answer=$(call "${@:4}" 2>&1) || true
    if [ "$(tail -n 1 <<<"$answer")" = "$status" ] && grep -q "$pattern" <<<"$answer"; then
        echo "ok      $name"
    else
        echo "FAILED  $name: wanted $status with $pattern, got $(tail -n 1 <<<"$answer")"
        failed=1
    fi
}

event() { # LOCALE
    printf '{"playerId": "smoke-%s", "locale": "%s", "deadlineMs": 20000, "gameState": {"currentTurn": 8, "cash": 42000000, "users": 1200, "trust": 55, "infrastructure": ["EC2"]}}' \
        "$RANDOM$RANDOM" "$1"
}

SECONDS=0
key=$(secret EVENTSMITH_API_KEYS game_key) admin=$(secret EVENTSMITH_ADMIN_TOKEN admin_token)
check 'it is ready' 200 ready '' GET /readyz
check 'engine and Redis answer' 200 healthy '' GET /api/llm/health
check 'an event in Korean' 200 '"choices"' "$key" POST /api/llm/events "$(event ko)"
check 'an event in English' 200 '"choices"' "$key" POST /api/llm/events "$(event en)"
check 'the totals' 200 '"llmServedShare"' "$key" GET /api/llm/metrics
check 'the flag' 200 '"enabled"' "$admin" GET /api/llm/flags/llm-events
[ -z "$key" ] || check 'nobody without a key' 401 key '' POST /api/llm/events "$(event ko)"
[ -z "$admin" ] || check 'no flag for a game' "$([ -n "$key" ] && echo 403 || echo 401)" detail "$key" GET /api/llm/flags/llm-events
[ -n "$dry" ] || say "$([ $failed = 0 ] && echo passed || echo FAILED) after $SECONDS s"
exit $failed

#!/usr/bin/env bash
# One command back: to the version before, from a roll-out, or to hand-written events.
#   deploy/scripts/rollback.sh [--to VERSION] [--target compose|kuberay] [--overlay staging|production] [--url URL] [--dry-run]
#   deploy/scripts/rollback.sh --rollout | --flag-off [--reason TEXT] [--url URL] [--dry-run]
#
# --to        a version instead of the one before the present one
# --rollout   ends the roll-out under way: every player has what is current
# --flag-off  events of the model off, for everybody, now
# --reason    for the audit trail
# The admin token is $EVENTSMITH_ADMIN_TOKEN, or deploy/secrets/clients/admin_token. Ends by saying how many seconds it took.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

what=version to='' reason='rollback.sh'
while [ $# -gt 0 ]; do
    case $1 in
    --to) to=$(value "$1" "${2:-}") && shift ;;
    --target) target=$(value "$1" "${2:-}") && shift ;;
    --overlay) overlay=$(value "$1" "${2:-}") && shift ;;
    --url) url=$(value "$1" "${2:-}") && shift ;;
    --reason) reason=$(value "$1" "${2:-}") && shift ;;
    --rollout) what=rollout ;;
    --flag-off) what=flag ;;
    --dry-run) dry=--dry-run ;;
    -h | --help) usage ;;
    *) fail "no option $1; see --help" ;;
    esac
    shift
done

ask_admin() { # METHOD PATH BODY: fails with the platform's own words
    [ -z "$dry" ] || { echo "+ curl $1 $url$2 $3"; return; }
    local answer
    answer=$(call "$(secret EVENTSMITH_ADMIN_TOKEN admin_token)" "$@") || fail "$url does not answer"
    [ "$(tail -n 1 <<<"$answer")" = 200 ] || fail "refused: $answer"
}

began=$(date +%s.%N)
# The reason goes into JSON: without what would end a string.
reason=$(tr -d '"\\[:cntrl:]' <<<"$reason")
case $what in
flag) ask_admin PUT /api/llm/flags/llm-events "{\"enabled\": false, \"reason\": \"$reason\"}" ;;
rollout) ask_admin POST /api/llm/rollout "{\"action\": \"rollback\", \"reason\": \"$reason\"}" ;;
version)
    [ -n "$to" ] || to=$(releases | tail -n 2 | head -n 1)
    [ -n "$to" ] || fail "no version before is known; name one with --to"
    say "to $to on $target"
    bring_up "$to"
    deploy/scripts/smoke.sh --url "$url" $dry
    remember "$to"
    ;;
esac
say "$what back after $(awk -v a="$began" -v b="$(date +%s.%N)" 'BEGIN { printf "%.1f", b - a }') s"

#!/usr/bin/env bash
# Brings a version up, proves it, and goes back by itself when the proof fails.
#   deploy/scripts/deploy.sh VERSION [--target compose|kuberay] [--overlay staging|production] [--url URL] [--dry-run]
#
# VERSION     tag of the image, or TAG@sha256:DIGEST; EVENTSMITH_REPOSITORY (eventsmith) is its name
# --target    what it runs on (compose)
# --overlay   of deploy/kuberay (production)
# --url       where the platform answers, for the proof ($EVENTSMITH_URL, http://127.0.0.1:8000)
# --dry-run   says what would be run
# Exit status: 0 it runs, 1 it does not and the version before runs again, 2 it does not and there is none before.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

version=''
while [ $# -gt 0 ]; do
    case $1 in
    --target) target=$(value "$1" "${2:-}") && shift ;;
    --overlay) overlay=$(value "$1" "${2:-}") && shift ;;
    --url) url=$(value "$1" "${2:-}") && shift ;;
    --dry-run) dry=--dry-run ;;
    -h | --help) usage ;;
    -*) fail "no option $1; see --help" ;;
    *) version=$1 ;;
    esac
    shift
done
[[ $version =~ ^[A-Za-z0-9_][A-Za-z0-9_.-]*(@sha256:[0-9a-f]{64})?$ ]] || fail "name the VERSION, a tag such as 1.4.0; see --help"
case $target in compose | kuberay) ;; *) fail "--target is compose or kuberay, not $target" ;; esac
[ -f "deploy/kuberay/overlays/$overlay/kustomization.yaml" ] || fail "--overlay is staging or production, not $overlay"

SECONDS=0
before=$(releases | tail -n 1)
say "$version on $target${before:+, $before before}"
if bring_up "$version" && deploy/scripts/smoke.sh --url "$url" $dry; then
    remember "$version"
    say "$version runs after $SECONDS s"
    exit 0
fi
if [ -z "$before" ] || [ "$before" = "$version" ]; then
    say "$version failed its proof, and no version before it is known"
    exit 2
fi
say "$version failed its proof: back to $before"
bring_up "$before"
deploy/scripts/smoke.sh --url "$url" && say "$before runs again after $SECONDS s"
exit 1

#!/usr/bin/env bash
# Prints the images of .env (or .env.example) with the digests that their registry has for them today, as lines for .env:
#   deploy/scripts/digests.sh >>.env
# An image that is pinned already stays as it is; one of no registry, such as the platform's own, is left out.
set -euo pipefail
cd "$(dirname "$0")/../.."
file=.env
[ -e "$file" ] || file=.env.example

grep -E '^[A-Z_]+_IMAGE=.' "$file" | while IFS='=' read -r variable image; do
    case $image in
    *@sha256:*) echo "$variable=$image" ;;
    eventsmith:*) echo "digests: $variable: built here; pin it by the digest that pushing it prints" >&2 ;;
    *)
        if digest=$(docker buildx imagetools inspect "$image" --format '{{.Manifest.Digest}}' </dev/null) &&
            [[ $digest == sha256:* ]]; then
            echo "$variable=$image@$digest"
        else
            echo "digests: $variable: no registry tells the digest of $image" >&2
            exit 1
        fi
        ;;
    esac
done

#!/usr/bin/env bash
# Prints the rules of configs/prometheus/rules as a PrometheusRule, for the Prometheus operator:
#   deploy/scripts/prometheus-rule.sh | kubectl -n eventsmith apply -f -
set -euo pipefail
cd "$(dirname "$0")/../../configs/prometheus/rules"
cat <<'HEAD'
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: eventsmith
spec:
  groups:
HEAD
# Every file holds `groups:` and what is below it, at the same depth.
for file in *.yml; do sed -n '/^groups:/,$p' "$file" | sed '1d;s/^/  /'; done

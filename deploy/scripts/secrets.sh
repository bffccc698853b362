#!/usr/bin/env bash
# Makes what deploy/secrets lacks: random keys and passwords, Redis' users, a certificate for its TLS. What is there stays.
#   deploy/scripts/secrets.sh [--tls]     --tls: the platform talks to Redis over TLS (profile redis-tls)
set -euo pipefail
cd "$(dirname "$0")/../.."
scheme=redis query=
[ "${1:-}" = --tls ] && scheme=rediss query='?ssl_ca_certs=/run/secrets/redis_ca'
folder=${EVENTSMITH_SECRETS:-deploy/secrets}
# Containers run as users of their own and read the files; on the host the folder keeps others out.
install -d -m 0700 "$folder"
umask 0022

keep() { # NAME: writes standard input to the secret unless there is one
    if [ -e "$folder/$1" ]; then cat >/dev/null; else cat >"$folder/$1"; fi
}
random() { openssl rand -hex 24; }

# Who calls the platform holds a key, in clients/; the platform holds its digest, under a name for the audit trail.
install -d -m 0700 "$folder/clients"
client() { # FILE CLIENT NAME
    [ -e "$folder/$1" ] || {
        random | keep "clients/$2"
        echo "$3:sha256:$(tr -d '\n' <"$folder/clients/$2" | sha256sum | cut -d' ' -f1)" >"$folder/$1"
    }
}
client api_keys game_key game
client evaluation_keys evaluation_key evaluation
client admin_token admin_token admin
client alerts_token alerts_token alertmanager

for name in redis_password mlflow_password mlflow_session_key grafana_password; do
    random | keep "$name"
done
# To be filled in by hand, where wanted: Slack's incoming webhook, keys of model servers, a database for reviews.
for name in slack_url vllm_key judge_key mlflow_token review_database; do
    keep "$name" </dev/null
done

password=$(cat "$folder/redis_password")
echo "$scheme://eventsmith:$password@redis:6379/0$query" >"$folder/redis_url"
hash=$(printf %s "$password" | sha256sum | cut -d' ' -f1)
sed "s/PASSWORD_SHA256/$hash/" configs/redis/users.acl.template >"$folder/redis_users"

if [ ! -e "$folder/redis_ca" ]; then
    openssl req -x509 -newkey rsa:3072 -nodes -days 3650 -subj /CN=redis -addext subjectAltName=DNS:redis \
        -keyout "$folder/redis_key" -out "$folder/redis_certificate" 2>/dev/null
    cp "$folder/redis_certificate" "$folder/redis_ca"
    chmod 0644 "$folder/redis_key"
fi

if [ ! -e "$folder/edge_certificate" ]; then # yours goes here: its chain, then its key
    name=${EVENTSMITH_EDGE_NAME:-localhost}
    { openssl req -x509 -newkey rsa:3072 -nodes -days 397 -subj "/CN=$name" \
        -addext "subjectAltName=DNS:$name,IP:127.0.0.1" -keyout /dev/stdout -out /dev/stdout 2>/dev/null; } |
        keep edge_certificate
fi

#!/usr/bin/env bash
# A Docker engine with compose and buildx on a bare Debian machine, without a service manager; for CI and `make prove-deploy`.
#   docker-engine.sh install    Debian's packages; compose v2 and buildx, which Debian 12 lacks, from its successor
#   docker-engine.sh start      the engine, unless one answers already
#   docker-engine.sh stop       the one that `start` started, with its bridge and firewall rules
set -euo pipefail
plugins=/usr/local/lib/docker/cli-plugins
run=/run/eventsmith-docker
say() { echo "docker-engine: $*" >&2; }

install_packages() {
    hash dockerd mmdebstrap iptables 2>/dev/null ||
        { apt-get update -qq && RUNLEVEL=1 apt-get install -y -qq --no-install-recommends docker.io iptables mmdebstrap; }
    { docker compose version && docker buildx version; } >/dev/null 2>&1 || install_plugins
}

# The packages are unpacked, not installed: nothing else of this machine moves to another release.
install_plugins() {
    local folder
    folder=$(mktemp -d)
    mkdir -p "$folder/lists/partial" "$folder/root" "$plugins"
    sed 's/bookworm/trixie/g' /etc/apt/sources.list.d/debian.sources >"$folder/trixie.sources"
    local apt=(apt-get -qq -o "Dir::Etc::SourceList=$folder/trixie.sources" -o Dir::Etc::SourceParts=/dev/null
        -o "Dir::State::Lists=$folder/lists" -o "Dir::Cache::pkgcache=" -o "Dir::Cache::srcpkgcache=")
    "${apt[@]}" update
    (cd "$folder" && "${apt[@]}" -o APT::Sandbox::User=root download docker-compose docker-buildx)
    for package in "$folder"/*.deb; do dpkg-deb -x "$package" "$folder/root"; done
    find "$folder/root" -path '*cli-plugins/docker-*' -type f -exec install -m 0755 -t "$plugins" {} +
    rm -rf "$folder"
}

start() {
    docker info >/dev/null 2>&1 && { say "one answers already"; return; }
    command -v dockerd >/dev/null || { say "dockerd is missing: $0 install"; exit 1; }
    mkdir -p "$run"
    cat /proc/sys/net/ipv4/ip_forward >"$run/ip_forward"
    setsid dockerd --pidfile "$run/pid" >"$run/log" 2>&1 </dev/null &
    for _ in $(seq 60); do
        docker info >/dev/null 2>&1 && return
        sleep 0.5
    done
    say "dockerd does not start: $(tail -3 "$run/log")"
    stop
    exit 1
}

stop() {
    [ -d "$run" ] || return 0
    if [ -s "$run/pid" ]; then
        local pid
        pid=$(cat "$run/pid")
        kill "$pid" 2>/dev/null || true
        for _ in $(seq 60); do kill -0 "$pid" 2>/dev/null || break; sleep 0.5; done
    fi
    ip link delete docker0 2>/dev/null || true
    iptables-save | grep -v -i docker | sed 's/^:FORWARD DROP/:FORWARD ACCEPT/' | iptables-restore
    cat "$run/ip_forward" >/proc/sys/net/ipv4/ip_forward
    rm -rf "$run"
}

case ${1:-} in
install) install_packages ;;
start) start ;;
stop) stop ;;
*) sed -n '2,6s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac

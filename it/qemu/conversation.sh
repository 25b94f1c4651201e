# SPDX-License-Identifier: Apache-2.0
# For scripts that talk with a host and a guest that run: sourced, with $here and $work set.
# shellcheck shell=bash disable=SC2154

# How long anything may take, in seconds: generous, for a machine that does other things as well.
patience=240

die() { printf 'check: %s\n' "$*" >&2; exit 1; }

# Waits until a command succeeds, however often it has to be tried.
eventually() {
  local end=$((SECONDS + patience))
  until "$@"; do
    ((SECONDS < end)) || return 1
    sleep 0.2
  done
}

# Starts a host that serves devices in $work/sockets and takes commands at $work/control; sets host, its process.
start_host() {
  "$here/../../mdev" up --vfio-user "$work/sockets" --control "$work/control" "$@" >"$work/host.out" 2>"$work/host.err" &
  host=$!
  eventually host_is_ready || die "no host: $(cat -- "$work/host.err")"
  kill -0 "$host" 2>/dev/null || die "the host ended at once: $(cat -- "$work/host.err")"
}

host_is_ready() { grep -qx ready "$work/host.out" || ! kill -0 "$host" 2>/dev/null; }

# Has the host carry out a command of mdev shell.
on_host() { "$here/../../mdev" shell --control "$work/control" <<<"$1"; }

# Boots a guest with the devices of these UUIDs; it then carries out what in_guest says. Sets guest, its process.
start_guest() {
  local uuid options=()
  for uuid; do
    options+=(--socket "$work/sockets/$uuid.sock")
  done
  coproc GUEST { exec "$here/guest" --time-limit 900 "${options[@]}" "$(cat -- "$here/obey.sh")" 2>"$work/guest.err"; }
  guest=$GUEST_PID
  exec {from_guest}<&"${GUEST[0]}" {to_guest}>&"${GUEST[1]}"
  await_guest
}

# Waits until the guest has booted.
await_guest() { read_guest '=== ready' >/dev/null || die "the guest does not boot: $(cat -- "$work/guest.err")"; }

# Prints what the guest says until it says this; the line that ends it is left in $last.
read_guest() {
  while IFS= read -r -t "$patience" -u "$from_guest" last; do
    [[ $last != "$1"* ]] || return 0
    printf '%s\n' "$last"
  done
  return 1
}

# Has the guest carry out one line, prints what that printed, and has its status.
in_guest() {
  printf '%s\n' "$1" >&"$to_guest"
  read_guest '=== done ' || return 125
  return "${last#=== done }"
}

# Waits until the guest has ended, by itself; has the status of it/qemu/guest.
await_guest_end() {
  local status=0
  exec {to_guest}>&-
  cat <&"$from_guest"
  exec {from_guest}<&-
  wait "$guest" || status=$?
  guest=
  return "$status"
}

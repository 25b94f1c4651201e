# SPDX-License-Identifier: Apache-2.0
# Runs in the guest: carries out each line that it reads, and says with which status that ended.
# shellcheck shell=dash disable=SC2317

uptime_ms() { sed 's/^\([0-9]*\)\.\([0-9]*\) .*/\1\20/' /proc/uptime; }

# Sends 16 KiB through a serial port that returns what it gets, and compares. The port's interrupts are only counted while
# it is open, so it is held open.
echo_through() {
  stty -F "/dev/$1" raw -echo 115200
  exec 3<>"/dev/$1"
  before=$(interrupts)
  head -c 16384 /dev/urandom >/tmp/sent
  timeout 120 head -c 16384 <&3 >/tmp/got &
  start=$(uptime_ms)
  cat /tmp/sent >&3
  wait $!
  echo "16384 bytes in $(($(uptime_ms) - start)) ms, $(($(interrupts) - before)) interrupts"
  exec 3>&-
  cmp /tmp/sent /tmp/got
}

# Of the line that the ports of the card share.
interrupts() { sed -n 's/^ *[0-9]*: *\([0-9]*\) .*ttyS[12].*/\1/p' /proc/interrupts; }

# Where the device with this vendor and device ID is in sysfs.
pci() {
  for device in /sys/bus/pci/devices/*; do
    [ "$(cat "$device/vendor" "$device/device" | tr '\n' ' ')" != "$1 $2 " ] || echo "$device"
  done
}

# Shows lines on the display's console, below the characters from ! to ~, for it/qemu/ReadConsole.java.
show() {
  {
    printf '\033[H\033[2J\033[?25l'
    for code in $(seq 33 126); do
      printf "\\$(printf '%03o' "$code")"
    done
    printf '\r\n'
    printf '%s\r\n' "$@"
  } >/dev/tty1
}

# Eight bars from left to right, as wide as a console of 128 columns.
color_bars() {
  for row in 1 2 3 4 5 6 7 8; do
    for color in 0 1 2 3 4 5 6 7; do
      printf '\033[4%sm%16s' "$color" ''
    done
    printf '\033[0m\n'
  done
}

echo '=== ready'
while read -r line; do
  eval "$line"
  echo "=== done $?"
done
